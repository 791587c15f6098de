"""Texts to vectors: batches of a size that servers take, several at once, again after a pause where a server is busy."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from maru.errors import BadRequest, MaruError, RateLimited, Unavailable
from maru.models import failures
from maru.models.catalogue import Target
from maru.models.embedding_wire import WIRES, Input, Job, Vector
from maru.models.transport import Transport
from maru.models.usage import Usage, cost

_PARALLEL = 4
#: Characters of one call together; servers count tokens, and a token has at least one character.
_BATCH_CHARACTERS = 200_000
_LONGEST_PAUSE = 20.0
#: Where a provider does not tell its tokens, they are counted at so many characters each, as AWS's documentation does.
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Embeddings:
    """One vector per text, in their order; ``cost_usd`` None means unknown."""

    vectors: list[Vector]
    usage: Usage
    cost_usd: Decimal | None
    target: Target


async def embed(transport: Transport, job: Job, inputs: Sequence[Input], *, attempts: int) -> Embeddings:
    """Embed with one target; a busy or absent server is asked ``attempts`` times. Raises :class:`~maru.errors.MaruError`."""
    slots = asyncio.Semaphore(_PARALLEL)

    async def batch(part: Sequence[Input]) -> tuple[list[Vector], int | None]:
        async with slots:
            return await _patiently(lambda: _call(transport, job, part), attempts)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(batch(part)) for part in _batches(inputs, WIRES[job.target.provider].batch)]
    except* MaruError as errors:
        raise _first(errors) from errors
    answers = [task.result() for task in tasks]
    usage = _usage(inputs, [tokens for _, tokens in answers])
    return Embeddings([vector for vectors, _ in answers for vector in vectors], usage, cost(usage, job.target.price), job.target)


def _batches(inputs: Sequence[Input], most: int) -> Iterator[list[Input]]:
    batch: list[Input] = []
    size = 0
    for one in inputs:
        if batch and (len(batch) == most or size + len(one) > _BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one)
    if batch:
        yield batch


async def _patiently[T](call: Callable[[], Awaitable[T]], attempts: int) -> T:
    for attempt in range(1, attempts):
        try:
            return await call()
        except (Unavailable, RateLimited) as error:
            # Full jitter; a rate limit's own time is kept to where it is short.
            told = (error.retry_after or 0) if isinstance(error, RateLimited) else 0
            pause = max(random.uniform(0, 0.5 * 2**attempt), told)  # noqa: S311 - no secret
            await asyncio.sleep(min(pause, _LONGEST_PAUSE))
    return await call()


async def _call(transport: Transport, job: Job, inputs: Sequence[Input]) -> tuple[list[Vector], int | None]:
    wire = WIRES[job.target.provider]
    if job.target.provider not in ("openai", "sagemaker") and any(isinstance(one, list) for one in inputs):
        raise BadRequest("This model takes texts, not the ids of tokens.", param="input", code="unsupported")
    path, body = wire.ask(job, inputs)
    payload = json.dumps(body, ensure_ascii=False).encode()
    reply = await transport.post(
        job.alias.alias, job.target, path, payload, wait=transport.timeouts.first_byte, manners=wire.manners(job.target)
    )
    try:
        vectors, tokens = wire.read(json.loads(await reply.read()))
        told = reply.response.headers.get(wire.counted, "") if wire.counted else ""
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise failures.unusable(job.alias.alias) from error
    finally:
        await reply.close(finished=True)
    if len(vectors) != len(inputs):
        raise failures.unusable(job.alias.alias)
    return vectors, int(told) if tokens is None and told.isdecimal() else tokens


def _usage(inputs: Sequence[Input], told: Sequence[int | None]) -> Usage:
    known = [tokens for tokens in told if tokens is not None]
    if len(known) == len(told):
        return Usage(prompt_tokens=sum(known))
    return Usage(prompt_tokens=sum(-(-len(one) // _CHARACTERS_PER_TOKEN) for one in inputs), estimated=True)


def _first(group: BaseExceptionGroup[MaruError]) -> MaruError:
    found: Any = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, MaruError)  # noqa: S101 - the caller caught nothing else
    return found
