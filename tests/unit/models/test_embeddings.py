"""Embeddings: batches in order, patience, and each provider's wire."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from maru.errors import BadRequest, MaruError, RateLimited, UpstreamFailed
from maru.models import ModelClient, Usage
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.conftest import client_of


def embedder(base_url: str, *, abilities: tuple[str, ...] = (), **target: Any) -> ModelClient:
    targets = [{"model": "up", "base_url": base_url, "price": {"input": 2}, **target}]
    return client_of({"alias": "embedding", "kind": "embeddings", "dimensions": 4, "abilities": abilities, "targets": targets})


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


async def test_titan_takes_one_text_a_call(server: OpenAIServer) -> None:
    bedrock = server.base_url.removesuffix("/v1")
    found = await embedder(bedrock, provider="bedrock-titan", model="amazon.titan-embed-text-v2:0").embed("embedding", ["가", "나다"])
    assert [vector[0] * 8 for vector in found.vectors] == [1, 2]
    assert min(server.requests, key=lambda request: len(request["inputText"])) == {
        "inputText": "가",
        "dimensions": 4,
        "normalize": True,
    }
    assert found.usage == Usage(6)


async def test_cohere_is_told_the_purpose_and_its_tokens_are_estimated(server: OpenAIServer) -> None:
    bedrock = server.base_url.removesuffix("/v1")
    client = embedder(bedrock, provider="bedrock-cohere", model="cohere.embed-multilingual-v3")
    found = await client.embed("embedding", ["질문", "abcde"], purpose="query")
    assert server.requests == [{"texts": ["질문", "abcde"], "input_type": "search_query", "truncate": "END"}]
    assert found.usage == Usage(3, estimated=True)


async def test_an_answer_of_another_length_is_no_answer(server: OpenAIServer) -> None:
    bedrock = server.base_url.removesuffix("/v1")
    with pytest.raises(UpstreamFailed):
        await embedder(bedrock, provider="bedrock-cohere", model="amazon.wrong").embed("embedding", ["a"])


def test_workers_call_from_a_fresh_loop_each_time() -> None:
    async def once() -> int:
        async with OpenAIServer() as server:
            return len((await embedder(server.base_url).embed("embedding", ["a", "b"])).vectors)

    assert [asyncio.run(once()) for _ in range(2)] == [2, 2]
