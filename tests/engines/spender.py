"""A process that spends a tenant's budget: many requests at once, each ending in one of the ways in which requests end.

    python -m tests.engines.spender '{"seed": 1, "requests": 50, …}'      prints what it saw as one JSON object

Its environment says where DynamoDB is. ``crash`` is the chance that one call of DynamoDB kills the whole process (SIGKILL), before or
after it was sent; ``cancel``, ``fail`` and ``fixed`` are about how requests end.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from typing import Any

import boto3

from maru.errors import RateLimited
from maru.identity import Caller
from maru.lean import LeanDynamo
from maru.models import Catalogue
from maru.models.usage import Usage
from tests.ledger import meter_on

ALIAS = Catalogue(
    {
        "models": [
            {
                "alias": "default",
                "kind": "chat",
                "targets": [{"model": "up", "base_url": "http://x.test", "context_length": 4096, "price": {"input": 1, "output": 10}}],
            }
        ]
    },
    {},
).demand("default")
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "hello"}]}


class Risky:
    """DynamoDB, in a process that may die around any call."""

    def __init__(self, inner: LeanDynamo, chance: random.Random, crash: float) -> None:
        self._inner, self._chance, self._crash = inner, chance, crash
        self.calls = 0

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call."""
        self.calls += 1
        self._die()
        answer = await self._inner.call(operation, request)
        self._die()
        return answer

    def _die(self) -> None:
        if self._chance.random() < self._crash:
            os.kill(os.getpid(), signal.SIGKILL)


async def spend(options: dict[str, Any]) -> dict[str, Any]:
    """Make the requests."""
    chance = random.Random(options["seed"])  # noqa: S311 - to be repeatable
    client = boto3.client("dynamodb")
    seen: Counter[str] = Counter()
    async with LeanDynamo.like(client) as lean:
        dynamo = Risky(lean, chance, options.get("crash", 0))
        meter = meter_on(client, dynamo=dynamo)
        caller = Caller(options["tenant"], "minji", (), frozenset(), "key-1")
        slots = asyncio.Semaphore(options.get("parallel", 25))

        async def one() -> None:
            async with slots:
                body = BODY | ({"max_tokens": options["fixed"]} if "fixed" in options else {})
                body |= {"max_tokens": chance.randrange(1, 200)} if chance.random() < options.get("bounded", 0) else {}
                try:
                    charge = await meter.chat(caller, ALIAS, body, {})
                except RateLimited as refused:
                    seen[refused.code] += 1
                    return
                await asyncio.sleep(chance.uniform(0, options.get("pause", 0.01)))
                if chance.random() < options.get("fail", 0):
                    charge.refused()
                else:
                    full = "fixed" in options
                    tokens = charge.quote.output_tokens if full else chance.randrange(charge.quote.output_tokens + 1)
                    charge.answered(ALIAS.targets[0], Usage(charge.quote.input_tokens, tokens))
                await charge.close()
                seen["done"] += 1

        async def cancelled() -> None:
            task = asyncio.create_task(one())
            if chance.random() < options.get("cancel", 0):
                await asyncio.sleep(chance.uniform(0, 0.05))
                task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                seen["cancelled"] += 1

        began = time.perf_counter()
        await asyncio.gather(*(cancelled() for _ in range(options["requests"])))
        seconds = time.perf_counter() - began
    return {"seen": dict(seen), "calls": dynamo.calls, "seconds": seconds}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(spend(json.loads(sys.argv[1])))))
