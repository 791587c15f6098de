"""What every provider must be able to do, asked in OpenAI's language through the same client. The README's table is made of this."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from maru.errors import BadRequest, MaruError, RateLimited, Unavailable, UpstreamFailed
from maru.models import ModelClient, StreamBroken, Usage, sse
from maru.models.catalogue import Target
from maru.models.providers import wire_of
from tests.fakes.embedding_servers import EmbeddingEndpoint, InvokeServer
from tests.fakes.gemini_server import GeminiServer
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.play import TWO_CALLS, Called, ModelServer, Play
from tests.unit.models.conftest import client_of
from tests.unit.models.providers.cases import CASES, Case

HELLO: dict[str, Any] = {"messages": [{"role": "system", "content": "짧게"}, {"role": "user", "content": "안녕"}]}
IMAGES = {
    "png": b"\x89PNG\r\n\x1a\n-made-up",
    "jpeg": b"\xff\xd8\xff\xe0-made-up",
    "gif": b"GIF89a-made-up",
    "webp": b"RIFF\x0c\x00\x00\x00WEBPVP8 ",
}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n-made-up").decode()
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
FORM = {"response_format": {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": SCHEMA}}}
FUNCTIONS = [
    {"name": "weather", "description": "The weather", "parameters": SCHEMA},
    {"name": "time", "parameters": {"type": "object", "properties": {}}},
]
TOOLS = {"tools": [{"type": "function", "function": one} for one in FUNCTIONS]}


@pytest.fixture(params=sorted(CASES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def case(name: str, request: pytest.FixtureRequest) -> Case:
    found = CASES[name]
    ability = request.function.__name__.removeprefix("test_")
    if ability in found.lacks:
        pytest.skip(found.lacks[ability])
    return found


@pytest.fixture
async def server(case: Case) -> AsyncIterator[ModelServer]:
    async with case.server() as one:
        yield one


@pytest.fixture
async def client(case: Case, server: ModelServer) -> AsyncIterator[ModelClient]:
    one = case.client(server)
    async with one:
        yield one


async def streamed(client: ModelClient, body: dict[str, Any]) -> tuple[dict[str, Any], Usage | None]:
    """A stream's message with its end, as a client puts it together, and its usage."""
    message: dict[str, Any] = {"content": "", "reasoning_content": "", "calls": {}, "finish": []}
    async with await client.stream("default", body) as stream:
        async for chunk in stream.chunks():
            for choice in chunk["choices"]:
                _add(message, choice)
    return message, stream.usage


def _add(message: dict[str, Any], choice: dict[str, Any]) -> None:
    delta = choice["delta"]
    for field in ("content", "reasoning_content"):
        message[field] += delta.get(field) or ""
    for call in delta.get("tool_calls") or ():
        mine = message["calls"].setdefault(call["index"], {"id": call.get("id"), "name": call["function"].get("name"), "arguments": ""})
        mine["arguments"] += call["function"].get("arguments") or ""
    if "function_call" in delta:
        mine = message["calls"].setdefault(0, {"name": delta["function_call"].get("name"), "arguments": ""})
        mine["arguments"] += delta["function_call"].get("arguments") or ""
    if choice["finish_reason"]:
        message["finish"].append(choice["finish_reason"])


async def test_text(client: ModelClient, server: ModelServer) -> None:
    answer = await client.complete("default", HELLO | {"temperature": 0.5, "stop": ["끝"], "max_tokens": 50})
    assert (answer.text, answer.body["model"], answer.body["object"]) == (server.play.text, "default", "chat.completion")
    assert answer.body["choices"][0]["finish_reason"] == "stop"
    asked = json.dumps(server.requests[0], ensure_ascii=False)
    assert all(one in asked for one in ("짧게", "안녕", "0.5", "끝", "50"))


async def test_streaming(client: ModelClient, server: ModelServer) -> None:
    message, _ = await streamed(client, HELLO)
    assert (message["content"], message["finish"]) == (server.play.text, ["stop"])


async def test_tool_calls(client: ModelClient, server: ModelServer) -> None:
    server.play = Play(words=(), calls=TWO_CALLS)
    answer = await client.complete("default", HELLO | TOOLS)
    message = answer.body["choices"][0]["message"]
    assert [(one["function"]["name"], json.loads(one["function"]["arguments"])) for one in message["tool_calls"]] == [
        (one.name, one.arguments) for one in TWO_CALLS
    ]
    assert answer.body["choices"][0]["finish_reason"] == "tool_calls"
    # What the model asked for goes back with the results, both in one turn.
    results = [{"role": "tool", "tool_call_id": one["id"], "content": '{"ok": true}'} for one in message["tool_calls"]]
    server.play = Play()
    await client.complete("default", {"messages": [*HELLO["messages"], message, *results], **TOOLS})
    assert "ok" in json.dumps(server.requests[-1])


@pytest.mark.parametrize("call_id", ["functions.weather:0", "호출-1", "call_" + "0" * 80], ids=["signs", "Korean", "long"])
async def test_calls_that_another_model_named(client: ModelClient, server: ModelServer, call_id: str) -> None:
    call = {"id": call_id, "type": "function", "function": {"name": "time", "arguments": ""}}
    said = [{"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": call_id, "content": "12:00"}]
    server.play = Play(words=("정오",))
    answer = await client.complete("default", {"messages": [*HELLO["messages"], *said], **TOOLS})
    assert answer.text == "정오"


async def test_streamed_arguments(client: ModelClient, server: ModelServer) -> None:
    server.play = Play(words=("잠시만요.",), calls=(*TWO_CALLS, Called("call_C", "time", ())))
    message, _ = await streamed(client, HELLO | TOOLS)
    calls = [(call["name"], json.loads(call["arguments"])) for _, call in sorted(message["calls"].items())]
    assert calls == [(one.name, one.arguments) for one in server.play.calls]
    assert len({call["id"] for call in message["calls"].values()}) == 3
    assert (message["content"], message["finish"]) == ("잠시만요.", ["tool_calls"])


@pytest.mark.parametrize("choice", ["auto", "none", "required", {"type": "function", "function": {"name": "time"}}], ids=str)
async def test_tool_choice(client: ModelClient, server: ModelServer, choice: Any) -> None:
    await client.complete("default", HELLO | TOOLS | {"tool_choice": choice})
    assert len(server.requests) == 1
    with pytest.raises(BadRequest) as refused:
        await client.complete("default", HELLO | TOOLS | {"tool_choice": {"type": "function", "function": {"name": "nobody"}}})
    # Servers of OpenAI's protocol refuse it themselves.
    assert refused.value.param == "tool_choice" or len(server.requests) == 2


async def test_functions(client: ModelClient, server: ModelServer) -> None:
    server.play = Play(words=(), calls=TWO_CALLS[:1])
    body = HELLO | {"functions": FUNCTIONS, "function_call": {"name": "weather"}}
    answer = await client.complete("default", body)
    choice = answer.body["choices"][0]
    assert (choice["finish_reason"], choice["message"]["function_call"]["name"]) == ("function_call", "weather")
    assert json.loads(choice["message"]["function_call"]["arguments"]) == {"city": "서울"}
    assert "tool_calls" not in choice["message"]
    message, _ = await streamed(client, body)
    assert (message["finish"], json.loads(message["calls"][0]["arguments"])) == (["function_call"], {"city": "서울"})
    server.play = Play()
    messages = [*HELLO["messages"], choice["message"], {"role": "function", "name": "weather", "content": "맑음"}]
    assert (await client.complete("default", {"messages": messages, "functions": FUNCTIONS})).text == server.play.text


async def test_images(client: ModelClient, server: ModelServer) -> None:
    def asking(url: str) -> dict[str, Any]:
        parts = [{"type": "text", "text": "무엇?"}, {"type": "image_url", "image_url": {"url": url}}]
        return {"messages": [{"role": "user", "content": parts}]}

    await client.complete("default", asking(f"data:image/png;base64,{PNG}"))
    assert PNG in json.dumps(server.requests[0])
    wrong = ("http://169.254.169.254/x.png", "data:image/tiff;base64,AAAA", "data:image/png;base64,AAAA", "data:image/png;base64,*", PNG)
    for url in wrong:
        with pytest.raises(BadRequest) as refused:
            await client.complete("default", asking(url))
        assert refused.value.param == "messages.0.content"
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", sorted(IMAGES))
async def test_every_type_of_image_goes_out_as_it_is(client: ModelClient, server: ModelServer, kind: str) -> None:
    data = base64.b64encode(IMAGES[kind]).decode()
    parts = [{"type": "image_url", "image_url": {"url": f"data:image/{kind};base64,{data}", "detail": "high"}}]
    await client.complete("default", {"messages": [{"role": "user", "content": parts}]})
    sent = json.dumps(server.requests[0])
    assert data in sent
    assert kind in sent
    # What says to be one type and is another reaches nobody.
    for other in IMAGES.keys() - {kind}:
        parts[0]["image_url"] = {"url": f"data:image/{other};base64,{data}"}
        with pytest.raises(BadRequest):
            await client.complete("default", {"messages": [{"role": "user", "content": parts}]})
    assert len(server.requests) == 1


async def test_json_schema(client: ModelClient, server: ModelServer) -> None:
    server.play = Play(words=('{"city":', ' "서울"}'))
    answer = await client.complete("default", HELLO | FORM)
    assert json.loads(answer.text) == {"city": "서울"}
    assert '"city"' in json.dumps(server.requests[0]).replace("\\", "")
    message, _ = await streamed(client, HELLO | FORM)
    assert (json.loads(message["content"]), message["finish"]) == ({"city": "서울"}, ["stop"])


async def test_json_schema_by_tool(case: Case, server: ModelServer) -> None:
    server.play = Play(words=(), calls=(Called("call_1", "give_answer", ('{"city":', ' "서울"}')),))
    client = case.client(server, json_by="tool")
    answer = await client.complete("default", HELLO | FORM)
    choice = answer.body["choices"][0]
    assert (json.loads(answer.text), choice["finish_reason"], "tool_calls" in choice["message"]) == ({"city": "서울"}, "stop", False)
    message, _ = await streamed(client, HELLO | FORM)
    assert (json.loads(message["content"]), message["finish"], message["calls"]) == ({"city": "서울"}, ["stop"], {})


async def test_json_object(client: ModelClient, server: ModelServer) -> None:
    server.play = Play(words=('{"a": 1}',))
    assert json.loads((await client.complete("default", HELLO | {"response_format": {"type": "json_object"}})).text) == {"a": 1}


async def test_stop_reasons(case: Case, client: ModelClient, server: ModelServer) -> None:
    assert case.documented <= case.stops.keys() | case.broken
    for own, ours in case.stops.items():
        server.play = Play(stop=own)
        answer = await client.complete("default", HELLO)
        message, _ = await streamed(client, HELLO)
        assert (answer.body["choices"][0]["finish_reason"], message["finish"]) == (ours, [ours]), own


@pytest.mark.parametrize("play", [Play(stop="brand_new"), Play(calls=TWO_CALLS, stop="brand_new")], ids=["words", "calls"])
async def test_a_stop_reason_that_nobody_knows_is_no_whole_answer(client: ModelClient, server: ModelServer, play: Play) -> None:
    server.play = play
    route = await client.route(client.catalogue.find("default", "chat"), HELLO | TOOLS)
    answer = await client.complete(route, HELLO | TOOLS)
    message, _ = await streamed(client, HELLO | TOOLS)
    assert (answer.body["choices"][0]["finish_reason"], message["finish"]) == ("content_filter", ["content_filter"])
    assert (answer.text, message["content"]) == (play.text, play.text)
    assert 'ended="brand_new"' in route.told(answer.target)


async def test_a_broken_answer_is_an_error(case: Case, server: ModelServer) -> None:
    for own in case.broken:
        server.play = Play(calls=TWO_CALLS[:1], stop=own)
        with pytest.raises(UpstreamFailed):
            await case.client(server).complete("default", HELLO | TOOLS)
        with pytest.raises(StreamBroken):
            await streamed(case.client(server), HELLO | TOOLS)
        # Before its first word another target can be asked.
        server.play = Play(words=(), stop=own)
        with pytest.raises(UpstreamFailed):
            await case.client(server).stream("default", HELLO)


async def test_reasoning_tokens(client: ModelClient, server: ModelServer) -> None:
    usage = (await client.complete("default", HELLO)).usage
    assert usage
    assert usage.reasoning_tokens == server.play.thought


async def test_usage(case: Case, client: ModelClient, server: ModelServer) -> None:
    answer = await client.complete("default", HELLO)
    play = server.play
    written, thought = play.written * case.tells_writes, play.thought * case.tells_thinking
    expected = Usage(play.prompt, play.completion, play.cached, written_tokens=written, reasoning_tokens=thought)
    assert answer.usage == expected
    _, usage = await streamed(client, HELLO)
    assert usage == expected
    assert answer.cost_usd


async def test_reasoning(client: ModelClient, server: ModelServer) -> None:
    server.play = Play(thoughts=("음", "…"))
    answer = await client.complete("default", HELLO | {"reasoning_effort": "low"})
    assert answer.body["choices"][0]["message"]["reasoning_content"] == "음…"
    message, _ = await streamed(client, HELLO | {"reasoning_effort": "low"})
    assert (message["reasoning_content"], message["content"]) == ("음…", server.play.text)


EXPECTED: dict[str, tuple[type[MaruError], str | None]] = {
    "wrong": (BadRequest, None),
    "too_long": (BadRequest, "context_length_exceeded"),
    "limited": (RateLimited, None),
    "busy": (Unavailable, None),
    "key": (UpstreamFailed, None),
    "failed": (UpstreamFailed, None),
}


async def test_errors(case: Case, server: ModelServer) -> None:
    assert set(case.refusals) == set(EXPECTED)
    for meaning, refusal in case.refusals.items():
        server.refusal = refusal
        kind, code = EXPECTED[meaning]
        # A fresh client each: a target that refused may be left alone for a while.
        for ask in (case.client(server).complete, case.client(server).stream):
            with pytest.raises(MaruError) as failed:
                await ask("default", HELLO)
            assert isinstance(failed.value, kind), meaning
            assert code in (None, failed.value.code), meaning
            assert (failed.value.retry_after == 7) == (meaning == "limited"), meaning


async def test_unsupported_fields(client: ModelClient, server: ModelServer) -> None:
    with pytest.raises(BadRequest) as refused:
        await client.complete("default", HELLO | {"logit_bias": {"5": 1}})
    assert (refused.value.param, refused.value.code) == ("logit_bias", "unsupported")
    assert not server.requests


PLAYS = {
    "text": Play(),
    "calls": Play(words=("잠시만요.",), calls=TWO_CALLS, thoughts=("음",)),
}


@pytest.mark.parametrize("play", sorted(PLAYS))
def test_cut_at_every_byte(case: Case, name: str, play: str) -> None:
    server = case.server()
    server.play = PLAYS[play]
    raw = server.stream()
    wire = wire_of(name)

    def read(*parts: bytes) -> bytes:
        if wire is None:
            cutter = sse.Cutter()
            return b"".join([*map(cutter.feed, parts), cutter.close()])
        form = wire.form(Target.model_validate({"base_url": "http://x", **case.target, "model": "up"}), HELLO)
        decoder = wire.decoder(form)
        out = b"".join([*map(decoder.feed, parts), decoder.close()])
        return b"".join(_stable(one) for one in out.split(b"\n\n"))

    expected = read(raw)
    assert expected.count(b"data: ") >= 1
    for place in range(1, len(raw)):
        assert read(raw[:place], raw[place:]) == expected, place
    assert read(*(raw[place : place + 1] for place in range(len(raw)))) == expected


def _stable(event: bytes) -> bytes:
    """An event without what is made anew each time."""
    if not event.startswith(b"data: {"):
        return event
    chunk = json.loads(event[6:])
    calls = [call for choice in chunk.get("choices", ()) for call in choice["delta"].get("tool_calls", ())]
    for made in (chunk, *calls):
        made.pop("created", None)
        made.pop("id", None)
    return b"data: " + json.dumps(chunk).encode()


@pytest.mark.parametrize("size", [1, 7, 1024])
async def test_in_small_parts(client: ModelClient, server: ModelServer, size: int) -> None:
    server.pieces, server.play = size, PLAYS["calls"]
    message, usage = await streamed(client, HELLO | TOOLS)
    assert (message["content"], len(message["calls"]), message["finish"]) == ("잠시만요.", 2, ["tool_calls"])
    assert usage


async def test_death_midway(client: ModelClient, server: ModelServer) -> None:
    whole = server.stream()
    server.cut = whole.index(server.play.words[1].encode()) if server.play.words[1].encode() in whole else len(whole) // 2
    with pytest.raises((StreamBroken, Unavailable, UpstreamFailed)):
        await streamed(client, HELLO)


async def test_one_play_two_ways(client: ModelClient, server: ModelServer) -> None:
    for play in (*PLAYS.values(), replace(Play(), words=("한",))):
        server.play = play
        body = HELLO | TOOLS
        whole = (await client.complete("default", body)).body["choices"][0]
        message, _ = await streamed(client, body)
        assert (whole["message"]["content"] or "") == message["content"]
        calls = [one["function"] for one in whole["message"].get("tool_calls", ())]
        assert [json.loads(one["arguments"]) for one in calls] == [json.loads(one["arguments"]) for one in message["calls"].values()]


async def test_embeddings(case: Case, name: str) -> None:
    servers = {"openai": OpenAIServer, "gemini": GeminiServer, "sagemaker": EmbeddingEndpoint, "bedrock": InvokeServer}
    models: dict[str, list[dict[str, Any]]] = {
        "bedrock": [
            {"provider": "bedrock-titan", "model": "amazon.titan-embed-text-v2:0"},
            {"provider": "bedrock-cohere", "model": "cohere.embed-multilingual-v3"},
            {"provider": "bedrock-cohere", "model": "cohere.embed-v4:0"},
        ],
    }
    async with servers[name]() as server:
        for model in models.get(name, [{"provider": name, "model": "e", "dimensions": 4}]):
            size = model.pop("dimensions", 1024)
            target = {"base_url": server.base_url, "key": "KEY", **model}
            entry = {"alias": "e", "kind": "embeddings", "dimensions": size, "targets": [target]}
            found = await client_of(entry, keys={"KEY": "k"}).embed("e", ["가", "나다"])
            assert [len(vector) for vector in found.vectors] == [size, size], model
            assert found.vectors[0] != found.vectors[1]
            assert found.usage.prompt_tokens
