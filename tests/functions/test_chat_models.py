"""Embeddings and models through the door, as OpenAI's own client sees them."""

import io
import json
from typing import Any

import openai
import pytest

from maru.http import HttpServices
from tests.fakes.openai_server import OpenAIServer


@pytest.mark.parametrize("encoding", ["float", "base64", None])
async def test_embeddings_come_in_order_in_both_encodings(ai: openai.AsyncOpenAI, encoding: Any) -> None:
    given = {"encoding_format": encoding} if encoding else {}
    raw = await ai.embeddings.with_raw_response.create(model="embedding", input=["가", "나다", "라마바"], **given)
    found = raw.parse()
    assert (found.model, found.object, found.usage.prompt_tokens) == ("embedding", "list", 3)
    assert [row.index for row in found.data] == [0, 1, 2]
    if encoding != "base64":
        assert [row.embedding[0] * 8 for row in found.data] == [1, 2, 3]
        assert {len(row.embedding) for row in found.data} == {4}
    assert raw.headers["x-maru-cost-usd"] == "0.000003"


async def test_one_text_and_tokens_are_taken(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    assert len((await ai.embeddings.create(model="embedding", input="하나")).data) == 1
    assert len((await ai.embeddings.create(model="embedding", input=[1, 2, 3])).data) == 1
    assert len((await ai.embeddings.create(model="embedding", input=[[1, 2], [3]])).data) == 2
    assert [request["input"] for request in upstream.requests] == [["하나"], [[1, 2, 3]], [[1, 2], [3]]]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"input": []}, "input"),
        ({"input": ""}, "input"),
        ({"input": "x", "dimensions": 8}, "dimensions"),
        ({"input": "x", "encoding_format": "int8"}, "encoding_format"),
        ({"input": "x", "truncate": True}, "truncate"),
        ({"input": "x", "model": "default"}, "model"),
    ],
)
async def test_what_cannot_be_embedded_is_refused_by_name(ai: openai.AsyncOpenAI, given: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await ai.post("/embeddings", body={"model": "embedding"} | given, cast_to=object)
    assert refused.value.param == param


async def test_embeddings_leave_a_line_without_a_text(ai: openai.AsyncOpenAI, log_lines: io.StringIO) -> None:
    await ai.embeddings.create(model="embedding", input="비밀")
    line = next(one for one in map(json.loads, log_lines.getvalue().splitlines()) if one.get("model_calls"))
    assert (line["tenant"], line["model"], line["prompt_tokens"], line["target"]) == ("acme", "embedding", 1, "up")
    assert "비밀" not in log_lines.getvalue()


async def test_models_are_listed_with_what_they_can_do_and_cost(ai: openai.AsyncOpenAI) -> None:
    found = {model.id: model async for model in ai.models.list()}
    assert list(found) == ["default", "unpriced", "embedding", "gone"]
    shown = found["default"].model_dump()
    assert shown["price"] == {"input": 2.0, "output": 10.0, "cached_input": 0.5}
    assert (shown["kind"], shown["abilities"], shown["object"]) == ("chat", ["json_schema", "tools"], "model")
    assert found["unpriced"].model_dump()["price"] is None
    assert (await ai.models.retrieve("embedding")).model_dump()["dimensions"] == 4
    with pytest.raises(openai.NotFoundError) as unknown:
        await ai.models.retrieve("no/such:model")
    assert unknown.value.code == "model_not_found"


async def test_a_key_without_the_scope_is_refused(url: str, services: HttpServices) -> None:
    key = services.keys.create(tenant="acme", user="door", groups=(), scopes=["knowledge:write"]).key
    async with openai.AsyncOpenAI(base_url=url, api_key=key, max_retries=0) as client:
        with pytest.raises(openai.PermissionDeniedError):
            await client.models.list()
        with pytest.raises(openai.PermissionDeniedError):
            await client.embeddings.create(model="embedding", input="x")
