"""Chat completions through the door, as OpenAI's own client sees them."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest

from maru.http import HttpServices
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.patience import HASTY

HELLO: Any = [{"role": "user", "content": "안녕?"}]
TOOL: Any = {"type": "function", "function": {"name": "f"}}


@pytest.fixture
async def hasty(services: HttpServices, upstream: OpenAIServer) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's client at a door that does not wait long for its model."""
    with served(chat_app(services, upstream.base_url, timeouts=HASTY)) as url:
        async with openai.AsyncOpenAI(base_url=url + "/v1", api_key=key_for(services), max_retries=0) as client:
            yield client


async def test_a_whole_answer_names_the_alias_and_its_cost(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    raw = await ai.chat.completions.with_raw_response.create(model="default", messages=HELLO, temperature=0.5, seed=7)
    answer = raw.parse()
    assert answer.choices[0].message.content == "안녕하세요, world"
    assert answer.model == "default"
    assert raw.headers["x-maru-model"] == "up"
    assert raw.headers["x-maru-cost-usd"] == "0.003"
    assert float(raw.headers["x-maru-overhead-ms"]) > 0
    assert upstream.requests[0] == {"model": "up", "messages": HELLO, "temperature": 0.5, "seed": 7, "stream": False}


async def test_a_stream_gives_the_same_words_an_end_and_no_usage_unasked(ai: openai.AsyncOpenAI) -> None:
    stream = await ai.chat.completions.create(model="default", messages=HELLO, stream=True)
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "안녕하세요, world"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert {chunk.model for chunk in chunks} == {"default"}
    assert all(chunk.usage is None for chunk in chunks)


async def test_usage_comes_at_the_end_of_a_stream_where_it_is_asked_for(ai: openai.AsyncOpenAI) -> None:
    stream = await ai.chat.completions.create(model="default", messages=HELLO, stream=True, stream_options={"include_usage": True})
    chunks = [chunk async for chunk in stream]
    assert chunks[-1].usage is not None
    assert (chunks[-1].choices, chunks[-1].usage.total_tokens) == ([], 1100)


async def test_tools_and_schemas_pass(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    tool: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    called = await ai.chat.completions.create(model="default", messages=HELLO, tools=[tool], tool_choice="auto")
    assert called.choices[0].message.tool_calls
    assert called.choices[0].finish_reason == "tool_calls"
    schema: Any = {"type": "json_schema", "json_schema": {"name": "place", "schema": {"type": "object"}, "strict": True}}
    filled = await ai.chat.completions.create(model="default", messages=HELLO, response_format=schema)
    assert json.loads(filled.choices[0].message.content or "") == {"city": "서울"}
    assert upstream.requests[1]["response_format"] == schema
    assert upstream.requests[0]["tools"] == [tool]


async def test_several_choices_each_end(ai: openai.AsyncOpenAI) -> None:
    stream = await ai.chat.completions.create(model="default", messages=HELLO, stream=True, n=2)
    ends = [(choice.index, choice.finish_reason) async for chunk in stream for choice in chunk.choices if choice.finish_reason]
    assert ends == [(0, "stop"), (1, "stop")]


async def test_an_end_without_a_reason_is_given_one(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    upstream.finish = None
    stream = await ai.chat.completions.create(model="default", messages=HELLO, stream=True)
    assert [chunk async for chunk in stream][-1].choices[0].finish_reason == "stop"


async def test_the_synchronous_client_works(url: str, services: HttpServices, upstream: OpenAIServer) -> None:
    def ask() -> tuple[str | None, int]:
        with openai.OpenAI(base_url=url, api_key=key_for(services), max_retries=0) as client:
            whole = client.chat.completions.create(model="default", messages=HELLO).choices[0].message.content
            return whole, sum(1 for _ in client.chat.completions.create(model="default", messages=HELLO, stream=True))

    assert await asyncio.to_thread(ask) == ("안녕하세요, world", 6)
    assert [request["stream"] for request in upstream.requests] == [False, True]


@pytest.mark.parametrize(
    ("given", "param", "code"),
    [
        ({"temprature": 1}, "temprature", "unknown_parameter"),
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role", "invalid_value"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages.0.content", "invalid_value"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "invalid_request"),
        ({"logprobs": True}, "logprobs", "unsupported"),
        ({"web_search_options": {}}, "web_search_options", "unsupported"),
        ({"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}, "audio", "unsupported"),
        ({"modalities": ["audio"]}, "modalities", "unsupported"),
        ({"tool_choice": "required"}, "tool_choice", "invalid_request"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "g"}}}, "tool_choice", "invalid_value"),
        ({"messages": [{"role": "user", "content": None}]}, "messages.0.content", "invalid_value"),
        ({"stream": "yes"}, "stream", "invalid_value"),
        ({"temperature": True}, "temperature", "invalid_value"),
        ({"max_tokens": "5"}, "max_tokens", "invalid_value"),
        ({"max_tokens": 5.5}, "max_tokens", "invalid_value"),
        ({"n": True}, "n", "invalid_value"),
        ({"function_call": {"name": "f"}}, "function_call", "invalid_request"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema", "missing_required_parameter"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
            "messages.0.content",
            "unsupported",
        ),
        ({"model": "nobody"}, "model", "model_not_found"),
        ({"model": "embedding"}, "model", "wrong_model_kind"),
    ],
)
async def test_what_cannot_be_done_is_refused_by_name(
    ai: openai.AsyncOpenAI, upstream: OpenAIServer, given: dict[str, Any], param: str, code: str
) -> None:
    request = {"model": "default", "messages": HELLO} | given
    with pytest.raises(openai.APIStatusError) as refused:
        await ai.post("/chat/completions", body=request, cast_to=object)
    assert refused.value.status_code in (400, 404)
    assert (refused.value.param, refused.value.code) == (param, code)
    assert upstream.requests == []


async def test_the_models_own_refusal_is_passed_on(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    upstream.status = 400
    upstream.error = {"message": "too long", "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError) as refused:
            await ai.chat.completions.create(model="default", messages=HELLO, stream=stream)
        assert (refused.value.param, refused.value.code) == ("messages", "context_length_exceeded")
        assert "too long" in str(refused.value)


@pytest.mark.parametrize(("status", "expected"), [(429, 429), (503, 503), (500, 502), (401, 502), (404, 502)])
async def test_an_upstreams_failure_is_ours(ai: openai.AsyncOpenAI, upstream: OpenAIServer, status: int, expected: int) -> None:
    upstream.status, upstream.headers = status, {"Retry-After": "7"}
    with pytest.raises(openai.APIStatusError) as failed:
        await ai.chat.completions.create(model="default", messages=HELLO)
    assert failed.value.status_code == expected
    assert failed.value.response.headers.get("retry-after") == ("7" if expected in (429, 503) else None)


async def test_a_server_that_is_down_is_503_with_a_time_to_come_back(ai: openai.AsyncOpenAI) -> None:
    for stream in (False, True):
        with pytest.raises(openai.InternalServerError) as failed:
            await ai.chat.completions.create(model="gone", messages=HELLO, stream=stream)
        assert failed.value.status_code == 503
        assert int(failed.value.response.headers["retry-after"]) > 0


async def test_a_silent_server_is_503(hasty: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    upstream.stall_after = 0
    for stream in (False, True):
        with pytest.raises(openai.InternalServerError) as failed:
            await hasty.chat.completions.create(model="default", messages=HELLO, stream=stream)
        assert (failed.value.status_code, failed.value.code) == (503, "model_timeout")


@pytest.mark.parametrize("fault", [{"cut_after": 3}, {"stall_after": 3}, {"error_after": 3}])
async def test_a_model_that_dies_midway_ends_the_stream_with_an_error_event(
    hasty: openai.AsyncOpenAI, upstream: OpenAIServer, fault: dict[str, int], log_lines: io.StringIO
) -> None:
    for name, value in fault.items():
        setattr(upstream, name, value)
    got: list[str] = []

    async def read() -> None:
        stream = await hasty.chat.completions.create(model="default", messages=HELLO, stream=True)
        async for chunk in stream:
            got.append(chunk.choices[0].delta.content or "")  # noqa: PERF401 - what came before the failure counts

    with pytest.raises(openai.APIError) as failed:
        await read()
    assert "".join(got) == "안녕하세요"
    assert getattr(failed.value, "code", None) == "model_stream_interrupted"
    calls = [line for line in map(json.loads, log_lines.getvalue().splitlines()) if line.get("model_calls")]
    assert [(line["outcome"], line["estimated"], line["unknown_cost"]) for line in calls] == [("failed", True, 1)]


async def test_the_end_of_a_stream_tells_its_cost_in_a_comment(url: str, services: HttpServices) -> None:
    body = {"model": "default", "messages": HELLO, "stream": True}
    headers = {"authorization": f"Bearer {key_for(services)}"}
    async with aiohttp.ClientSession() as http, http.post(f"{url}/chat/completions", json=body, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-maru-model"] == "up"
        tail = (await answer.text()).split("\n\n")[-3:]
    assert ": x-maru-cost-usd: 0.003" in tail[0].splitlines()
    assert tail[1:] == ["data: [DONE]", ""]


async def test_a_client_that_leaves_cancels_the_model(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    upstream.stall_after = 2
    stream = await ai.chat.completions.create(model="default", messages=HELLO, stream=True)
    async for _ in stream:
        break
    await stream.close()
    await asyncio.wait_for(upstream.cancelled.wait(), 60)


async def test_an_unknown_price_is_not_free(ai: openai.AsyncOpenAI, log_lines: io.StringIO) -> None:
    raw = await ai.chat.completions.with_raw_response.create(model="unpriced", messages=HELLO)
    assert "x-maru-cost-usd" not in raw.headers
    call = next(line for line in map(json.loads, log_lines.getvalue().splitlines()) if line.get("model_calls"))
    assert call["unknown_cost"] == 1
    assert "cost_usd" not in call
    assert "안녕" not in log_lines.getvalue()


async def test_a_stream_with_an_idempotency_key_is_given_again_as_a_stream(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    texts = []
    for _ in range(2):
        stream = await ai.chat.completions.create(model="default", messages=HELLO, stream=True, extra_headers={"Idempotency-Key": "once"})
        texts.append("".join([chunk.choices[0].delta.content or "" async for chunk in stream]))
    assert texts == ["안녕하세요, world"] * 2
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ({"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-tokens": "149984", "x-ratelimit-reset-requests": "1s"}, None),
        (
            {"anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-tokens-remaining": "39000"},
            {"x-ratelimit-limit-requests": "50", "x-ratelimit-remaining-tokens": "39000"},
        ),
    ],
)
async def test_what_is_left_of_the_servers_limits_is_told_as_openai_tells_it(
    ai: openai.AsyncOpenAI, upstream: OpenAIServer, told: dict[str, str], seen: dict[str, str] | None
) -> None:
    upstream.headers = told
    for stream in (False, True):
        raw = await ai.chat.completions.with_raw_response.create(model="default", messages=HELLO, stream=stream)
        assert {name: raw.headers[name] for name in seen or told} == (seen or told)
