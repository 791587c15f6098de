"""Embeddings: batches in order, patience, and each provider's wire."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from maru.errors import BadRequest, MaruError, RateLimited, UpstreamFailed
from maru.models import ModelClient, Usage
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.conftest import client_of


def embedder(base_url: str, *, abilities: tuple[str, ...] = (), dimensions: int = 4, **target: Any) -> ModelClient:
    targets = [{"model": "up", "base_url": base_url, "price": {"input": 2}, **target}]
    entry = {"alias": "embedding", "kind": "embeddings", "dimensions": dimensions, "abilities": abilities, "targets": targets}
    return client_of(entry, keys={"K": "k"})


async def test_vectors_come_in_the_order_of_the_texts_whatever_the_batches(server: OpenAIServer) -> None:
    texts = ["가" * (index % 7 + 1) for index in range(250)]
    found = await embedder(server.base_url).embed("embedding", texts)
    assert [vector[0] * 8 for vector in found.vectors] == [len(text) for text in texts]
    assert [len(request["input"]) for request in server.requests] == [96, 96, 58]
    assert (found.usage, found.cost_usd) == (Usage(250), Decimal("0.0005"))


async def test_long_texts_make_smaller_batches(server: OpenAIServer) -> None:
    await embedder(server.base_url).embed("embedding", ["x" * 150_000] * 3)
    assert [len(request["input"]) for request in server.requests] == [1, 1, 1]


async def test_no_text_is_no_call(server: OpenAIServer) -> None:
    assert (await embedder(server.base_url).embed("embedding", [])).vectors == []
    assert server.requests == []


async def test_a_busy_server_is_asked_again(server: OpenAIServer) -> None:
    server.fail_first = 1
    assert len((await embedder(server.base_url).embed("embedding", ["a"], attempts=2)).vectors) == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize(("status", "kind", "calls"), [(429, RateLimited, 1), (400, BadRequest, 1), (500, UpstreamFailed, 1)])
async def test_patience_ends(server: OpenAIServer, status: int, kind: type[MaruError], calls: int) -> None:
    server.status = status
    with pytest.raises(kind):
        await embedder(server.base_url).embed("embedding", ["a"], attempts=1)
    assert len(server.requests) == calls


async def test_dimensions_are_passed_only_to_who_can_change_them(server: OpenAIServer) -> None:
    found = await embedder(server.base_url, abilities=("dimensions",)).embed("embedding", ["a"], dimensions=8)
    assert len(found.vectors[0]) == 8
    with pytest.raises(BadRequest) as refused:
        await embedder(server.base_url).embed("embedding", ["a"], dimensions=8)
    assert refused.value.param == "dimensions"
    await embedder(server.base_url).embed("embedding", ["a"], dimensions=4)


def test_workers_call_from_a_fresh_loop_each_time() -> None:
    async def once() -> int:
        async with OpenAIServer() as server:
            return len((await embedder(server.base_url).embed("embedding", ["a", "b"])).vectors)

    assert [asyncio.run(once()) for _ in range(2)] == [2, 2]
