"""A process that asks one target again and again through a breaker that it shares with others.

    python -m tests.engines.asker '{"base_url": "http://…", "seconds": 2}'      prints what it saw as one JSON object

Its environment says where DynamoDB is. It asks every 20 ms, one request at a time.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

import boto3

from maru.errors import MaruError
from maru.lean import LeanDynamo
from maru.models import Catalogue, KeyRing, ModelClient, Router, Timeouts, health
from maru.models.health import Health
from maru.models.rules import Breaker, Retry, Routing

BREAKER = Breaker(failures=3, within_seconds=30, cooldown_seconds=1.5, longest_seconds=1.5)


async def ask(options: dict[str, Any]) -> dict[str, Any]:
    """Ask until the time is over."""
    health.FRESH_SECONDS = 0.2
    target = {"model": "up", "base_url": options["base_url"]}
    catalogue = Catalogue({"models": [{"alias": "default", "kind": "chat", "targets": [target]}]}, {})
    seen: Counter[str] = Counter()
    async with LeanDynamo.like(boto3.client("dynamodb")) as dynamo:
        shared = Health(BREAKER, dynamo, Health.SPEC.name)
        router = Router(Routing(breaker=BREAKER, retry=Retry(rounds=0)))
        models = ModelClient(catalogue, KeyRing({}), Timeouts(connect=2, first_byte=2), router=router, health=shared)
        ends = time.monotonic() + options["seconds"]
        async with models:
            while time.monotonic() < ends:
                try:
                    await models.chat("default", {"messages": [{"role": "user", "content": "x"}]})
                    seen["ok"] += 1
                except MaruError as error:
                    seen[error.code] += 1
                await asyncio.sleep(0.02)
    return dict(seen)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(ask(json.loads(sys.argv[1])))))
