"""A real llama.cpp server, where one runs: ``MARU_LLAMA_CPP_URL=http://127.0.0.1:8080/v1`` names it. What it says is its own affair."""

import json
import os
from typing import Any

import pytest

from maru.models import Catalogue, KeyRing, ModelClient, Timeouts
from tests.tools import unavailable

PATIENT = Timeouts(connect=10, first_byte=300, between=120, whole=600)
HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Say hello in Korean, in one word."}], "max_tokens": 64}


@pytest.fixture
def client() -> ModelClient:
    url = os.environ.get("MARU_LLAMA_CPP_URL")
    if not url:
        unavailable("llama.cpp", "MARU_LLAMA_CPP_URL names no server")
    target = {"model": os.environ.get("MARU_LLAMA_CPP_MODEL", "default"), "base_url": url, "price": {"input": 0, "output": 0}}
    entry = {"alias": "llama", "kind": "chat", "abilities": ["json_schema"], "targets": [target]}
    return ModelClient(Catalogue({"models": [entry]}, {}), KeyRing({}), PATIENT)


async def test_a_whole_answer(client: ModelClient) -> None:
    answer = await client.complete("llama", HELLO)
    assert answer.text.strip()
    assert answer.body["model"] == "llama"
    assert answer.body["choices"][0]["finish_reason"] in {"stop", "length"}
    assert answer.usage
    assert answer.usage.prompt_tokens > 0
    assert 0 < answer.usage.completion_tokens <= 64


async def test_a_stream(client: ModelClient) -> None:
    async with await client.stream("llama", HELLO | {"stream_options": {"include_usage": True}}) as stream:
        chunks = [chunk async for chunk in stream.chunks()]
    assert "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]).strip()
    assert [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"] if choice.get("finish_reason")] in (
        ["stop"],
        ["length"],
    )
    assert chunks[-1]["usage"]["completion_tokens"] > 0
    assert {chunk["model"] for chunk in chunks} == {"llama"}


async def test_json_of_a_schema(client: ModelClient) -> None:
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"], "additionalProperties": False}
    asked = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    answer = await client.complete("llama", HELLO | {"response_format": asked, "max_tokens": 200})
    assert set(json.loads(answer.text)) == {"word"}
