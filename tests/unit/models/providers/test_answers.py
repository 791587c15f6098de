"""What providers say beside plain words, and how they leave out what they have nothing to say about."""

import json
import re
from typing import Any

import pytest

from maru.errors import UpstreamFailed
from maru.models import Alias, Route, StreamBroken, Target, chunks
from maru.models.completion import completion
from maru.models.providers import wire_of
from maru.models.providers.pen import Form
from tests.fakes.frames import event_frame

ROUTE = Route(Alias(alias="default", kind="chat", targets=(Target(model="up", base_url="http://x"),)))
_THOUGHT = {"type": "thinking", "thinking": "음…", "signature": "s"}
_SEARCHED = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
_NO_ARGUMENTS = [("f", "{}"), ("g", "{}")]


def anthropic(*content: Any, stop: str = "end_turn", **usage: Any) -> dict[str, Any]:
    return {"id": "m", "content": list(content), "stop_reason": stop, "usage": {"input_tokens": 1, "output_tokens": 1, **usage}}


def bedrock(*content: Any, stop: str = "end_turn") -> dict[str, Any]:
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, "stopReason": stop, "usage": usage}


def gemini(content: Any, stop: str = "STOP", **more: Any) -> dict[str, Any]:
    return {"candidates": [{"content": content, "finishReason": stop}], "usageMetadata": {"promptTokenCount": 1}, **more}


type Told = tuple[str | None, str | None, list[tuple[str, str]], str]
ANSWERS: dict[str, tuple[str, dict[str, Any], Told]] = {
    "anthropic: thoughts in the clear and sealed, its own tools": (
        "anthropic",
        anthropic(_THOUGHT, {"type": "redacted_thinking", "data": "x"}, _SEARCHED, {"type": "text", "text": "안녕", "citations": None}),
        ("안녕", "음…", [], "stop"),
    ),
    "anthropic: nothing": ("anthropic", anthropic(), (None, None, [], "stop")),
    "anthropic: a refusal without a word": ("anthropic", anthropic(stop="refusal"), (None, None, [], "content_filter")),
    "anthropic: caches that are null": (
        "anthropic",
        anthropic({"type": "text", "text": "안녕"}, cache_read_input_tokens=None, cache_creation_input_tokens=None),
        ("안녕", None, [], "stop"),
    ),
    "anthropic: calls without arguments": (
        "anthropic",
        anthropic(*({"type": "tool_use", "id": name, "name": name, "input": {}} for name in "fg"), stop="tool_use"),
        (None, None, _NO_ARGUMENTS, "tool_calls"),
    ),
    "gemini: filtered without a word": ("gemini", gemini(None, "SAFETY"), (None, None, [], "content_filter")),
    "gemini: cut off in its thoughts": ("gemini", gemini({"role": "model"}, "MAX_TOKENS"), (None, None, [], "length")),
    "gemini: feedback that is null": ("gemini", gemini({"parts": [{"text": "안녕"}]}, promptFeedback=None), ("안녕", None, [], "stop")),
    "gemini: a prompt that was blocked": (
        "gemini",
        {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 1}},
        (None, None, [], "content_filter"),
    ),
    "gemini: calls without arguments": (
        "gemini",
        gemini({"parts": [{"functionCall": {"name": "f"}}, {"functionCall": {"name": "g", "args": {}}}]}),
        (None, None, _NO_ARGUMENTS, "tool_calls"),
    ),
    "gemini: code that it ran": (
        "gemini",
        gemini({"parts": [{"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}, {"text": "안녕"}]}),
        ("안녕", None, [], "stop"),
    ),
    "bedrock: thoughts in the clear and sealed": (
        "bedrock",
        bedrock(
            {"reasoningContent": {"reasoningText": {"text": "음…", "signature": "s"}}},
            {"reasoningContent": {"redactedContent": "eA=="}},
            {"text": "안녕"},
        ),
        ("안녕", "음…", [], "stop"),
    ),
    "bedrock: words with their sources": (
        "bedrock",
        bedrock({"citationsContent": {"content": [{"text": "안"}, {"text": "녕"}], "citations": [{"title": "t"}]}}),
        ("안녕", None, [], "stop"),
    ),
    "bedrock: calls without arguments": (
        "bedrock",
        bedrock(*({"toolUse": {"toolUseId": name, "name": name, "input": {}}} for name in "fg"), stop="tool_use"),
        (None, None, _NO_ARGUMENTS, "tool_calls"),
    ),
}


def whole(provider: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The provider's answer as OpenAI's completion."""
    wire = wire_of(provider)
    assert wire is not None
    return completion(ROUTE, wire.answer("default", json.dumps(raw).encode(), Form("up")))


@pytest.mark.parametrize("name", ANSWERS)
def test_it_is_read(name: str) -> None:
    provider, raw, (text, thought, calls, end) = ANSWERS[name]
    (choice,) = whole(provider, raw)["choices"]
    message = choice["message"]
    called = [(one["function"]["name"], one["function"]["arguments"]) for one in message.get("tool_calls") or ()]
    assert (message["content"], message.get("reasoning_content"), called, choice["finish_reason"]) == (text, thought, calls, end)


@pytest.mark.parametrize(
    "choices",
    [None, [], "x", 5, {"a": 1}, [None], [[]], [{}], [{"message": None}], [{"message": "x"}], [{"message": {}}, {"index": 1}]],
    ids=str,
)
def test_what_has_no_message_in_every_choice_is_no_answer(choices: Any) -> None:
    with pytest.raises(UpstreamFailed):
        completion(ROUTE, {"choices": choices})


@pytest.mark.parametrize("choices", ["x", 5, [None], [5], [{"index": []}], [{"index": "0"}], [{"delta": "x"}], [{"delta": [1]}]], ids=str)
def test_an_event_without_choices_that_can_be_read_breaks_the_stream(choices: Any) -> None:
    with pytest.raises(StreamBroken):
        chunks.parsed(json.dumps({"choices": choices}).encode())


@pytest.mark.parametrize("choices", [None, [], [{}], [{"index": None, "delta": None}], [{"index": 1, "delta": {}}]], ids=str)
def test_what_an_event_leaves_out_breaks_nothing(choices: Any) -> None:
    assert chunks.parsed(json.dumps({"choices": choices}).encode()) == {"choices": choices}


def test_a_text_in_parts_becomes_one() -> None:
    # Mistral's reasoning models, which speak OpenAI's protocol else.
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "음…"}]}
    message = {"role": "assistant", "content": [thinking, {"type": "text", "text": "안녕"}, {"type": "reference", "reference_ids": [1]}]}
    answer = completion(ROUTE, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    told = answer["choices"][0]["message"]
    assert (told["content"], told["reasoning_content"]) == ("안녕", "음…")


NAMELESS: dict[str, dict[str, Any]] = {
    "anthropic": anthropic({"type": "tool_use", "id": 5, "name": None, "input": {}}, stop="tool_use"),
    "bedrock": bedrock({"toolUse": {"toolUseId": 5, "name": "", "input": {}}}, stop="tool_use"),
    "gemini": gemini({"parts": [{"functionCall": {"id": 5, "name": ["f"], "args": {}}}]}),
}


@pytest.mark.parametrize("provider", NAMELESS)
def test_a_call_of_no_tool_is_no_answer_and_an_id_that_is_none_is_made(provider: str) -> None:
    with pytest.raises(UpstreamFailed):
        whole(provider, NAMELESS[provider])
    named = json.loads(re.sub(r'"name": (null|""|\["f"\])', '"name": "f"', json.dumps(NAMELESS[provider])))
    (call,) = whole(provider, named)["choices"][0]["message"]["tool_calls"]
    assert call["id"].startswith("call_")


def tiered(name: str) -> dict[str, Any]:
    return gemini({"parts": [{"text": "안녕"}]}) | {"usageMetadata": {"promptTokenCount": 1, "serviceTier": name}}


TIERED: dict[str, tuple[str, dict[str, Any], str]] = {
    "anthropic, standard": ("anthropic", anthropic({"type": "text", "text": "안녕"}, service_tier="standard"), "default"),
    "anthropic, priority": ("anthropic", anthropic({"type": "text", "text": "안녕"}, service_tier="priority"), "priority"),
    "gemini, standard": ("gemini", tiered("STANDARD"), "default"),
    "gemini, priority": ("gemini", tiered("priority"), "priority"),
    "bedrock": ("bedrock", bedrock({"text": "안녕"}) | {"serviceTier": {"type": "flex"}}, "flex"),
}


@pytest.mark.parametrize("name", TIERED)
def test_the_service_tier_that_was_had_is_told(name: str) -> None:
    provider, answer, told = TIERED[name]
    assert whole(provider, answer)["service_tier"] == told


@pytest.mark.parametrize("provider", ["anthropic", "bedrock", "gemini"])
def test_where_no_tier_is_told_none_is_made_up(provider: str) -> None:
    said = {"anthropic": anthropic({"type": "text", "text": "안녕"}), "bedrock": bedrock({"text": "안녕"}), "gemini": tiered("unspecified")}
    assert "service_tier" not in whole(provider, said[provider])


def sse(*said: dict[str, Any]) -> bytes:
    return b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in said)


_DELTA = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}}
_STOP = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}
_BEGIN = {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 1, "output_tokens": 1, "service_tier": "priority"}}}
_METADATA = {"usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}, "serviceTier": {"type": "priority"}}
STREAMED: dict[str, bytes] = {
    "anthropic": sse(_BEGIN, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}, _DELTA, _STOP)
    + sse({"type": "message_stop"}),
    "gemini": sse(tiered("priority")),
    "bedrock": event_frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "hi"}})
    + event_frame("messageStop", {"stopReason": "end_turn"})
    + event_frame("metadata", _METADATA),
}


@pytest.mark.parametrize("provider", STREAMED)
def test_the_service_tier_of_a_stream_is_told_with_its_usage(provider: str) -> None:
    """Converse tells it there alone, after all words."""
    wire = wire_of(provider)
    assert wire
    decoder = wire.decoder(Form("up"))
    told = decoder.feed(STREAMED[provider]) + decoder.close()
    said = [json.loads(line.removeprefix("data: ")) for line in told.decode().split("\n\n") if line.startswith("data: {")]
    (last,) = [one for one in said if one.get("usage")]
    assert (last["choices"], last["service_tier"]) == ([], "priority")
