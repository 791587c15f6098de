"""What becomes of each field of OpenAI's request where the model speaks another language: it takes effect there, or is refused by name."""

from typing import Any

import pytest

from maru.errors import BadRequest
from maru.models.catalogue import Target
from maru.models.providers import wire_of
from maru.models.requests import ChatRequest
from tests.unit.models.providers.cases import CASES

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "안녕"}], "max_tokens": 20_000}
TOOLS = [{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("weather", "time")]
ALLOWED = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "time"}}]}}
REFUSED = "refused"
#: Said to nobody, because it asks for what is so anyway, is Maru's own to honour, or hints at what costs less.
NOTHING = "nothing"

#: A field and a value; what of the request of Anthropic, Bedrock and Gemini has it.
FIELDS: list[tuple[str, Any, Any, Any, Any]] = [
    ("temperature", 0.5, {"temperature": 0.5}, {"inferenceConfig": {"temperature": 0.5}}, {"generationConfig": {"temperature": 0.5}}),
    ("top_p", 0.5, {"top_p": 0.5}, {"inferenceConfig": {"topP": 0.5}}, {"generationConfig": {"topP": 0.5}}),
    (
        "max_completion_tokens",
        7,
        {"max_tokens": 7},
        {"inferenceConfig": {"maxTokens": 7}},
        {"generationConfig": {"maxOutputTokens": 7}},
    ),
    (
        "stop",
        "끝",
        {"stop_sequences": ["끝"]},
        {"inferenceConfig": {"stopSequences": ["끝"]}},
        {"generationConfig": {"stopSequences": ["끝"]}},
    ),
    ("seed", 0, REFUSED, REFUSED, {"generationConfig": {"seed": 0}}),
    ("seed", 7, REFUSED, REFUSED, {"generationConfig": {"seed": 7}}),
    ("n", 1, NOTHING, NOTHING, {"generationConfig": {"candidateCount": 1}}),
    ("n", 2, REFUSED, REFUSED, {"generationConfig": {"candidateCount": 2}}),
    ("presence_penalty", 0, NOTHING, NOTHING, {"generationConfig": {"presencePenalty": 0}}),
    ("presence_penalty", 1, REFUSED, REFUSED, {"generationConfig": {"presencePenalty": 1}}),
    ("frequency_penalty", 1, REFUSED, REFUSED, {"generationConfig": {"frequencyPenalty": 1}}),
    ("logit_bias", {}, NOTHING, NOTHING, NOTHING),
    ("logit_bias", {"50256": -100}, REFUSED, REFUSED, REFUSED),
    ("logprobs", False, NOTHING, NOTHING, NOTHING),
    ("logprobs", True, REFUSED, REFUSED, REFUSED),
    ("modalities", ["text"], NOTHING, NOTHING, NOTHING),
    ("modalities", ["text", "audio"], REFUSED, REFUSED, REFUSED),
    ("audio", {"voice": "alloy", "format": "wav"}, REFUSED, REFUSED, REFUSED),
    ("verbosity", "medium", NOTHING, NOTHING, NOTHING),
    ("verbosity", "low", REFUSED, REFUSED, REFUSED),
    ("web_search_options", {}, REFUSED, REFUSED, REFUSED),
    ("service_tier", "turbo", REFUSED, REFUSED, REFUSED),
    ("service_tier", "auto", NOTHING, NOTHING, NOTHING),
    ("service_tier", "default", {"service_tier": "standard_only"}, {"serviceTier": {"type": "default"}}, NOTHING),
    ("service_tier", "flex", REFUSED, {"serviceTier": {"type": "flex"}}, {"serviceTier": "flex"}),
    ("service_tier", "priority", {"service_tier": "auto"}, {"serviceTier": {"type": "priority"}}, {"serviceTier": "priority"}),
    (
        "reasoning_effort",
        "high",
        {"output_config": {"effort": "high"}, "thinking": {"type": "adaptive"}},
        {"outputConfig": {"effort": "high"}},
        {"generationConfig": {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "high"}}},
    ),
    ("reasoning_effort", "none", {"thinking": {"type": "disabled"}}, REFUSED, REFUSED),
    ("reasoning_effort", "extreme", REFUSED, REFUSED, REFUSED),
    ("user", "u1", {"metadata": {"user_id": "u1"}}, NOTHING, NOTHING),
    ("safety_identifier", "u2", {"metadata": {"user_id": "u2"}}, NOTHING, NOTHING),
    ("prediction", {"type": "content", "content": "안녕"}, NOTHING, NOTHING, NOTHING),
    ("prompt_cache_key", "k", NOTHING, NOTHING, NOTHING),
    ("prompt_cache_retention", "24h", NOTHING, NOTHING, NOTHING),
    ("metadata", {"a": "b"}, NOTHING, {"requestMetadata": {"a": "b"}}, NOTHING),
    ("store", True, NOTHING, NOTHING, NOTHING),
]
#: The same beside two tools.
OF_TOOLS: list[tuple[str, Any, Any, Any, Any]] = [
    ("parallel_tool_calls", True, NOTHING, NOTHING, NOTHING),
    ("parallel_tool_calls", False, {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}, REFUSED, REFUSED),
    (
        "tool_choice",
        "required",
        {"tool_choice": {"type": "any"}},
        {"toolConfig": {"toolChoice": {"any": {}}}},
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
    ),
    ("tool_choice", "sometimes", REFUSED, REFUSED, REFUSED),
    ("tool_choice", {"type": "custom", "custom": {"name": "x"}}, REFUSED, REFUSED, REFUSED),
]
PROVIDERS = ("anthropic", "bedrock", "gemini")


def asked(provider: str, body: dict[str, Any]) -> dict[str, Any]:
    """The request in the provider's language."""
    wire, case = wire_of(provider), CASES[provider]
    assert wire
    return wire.ask(Target.model_validate({"base_url": "http://x", **case.target}), body, False).body


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_field_takes_effect_or_is_refused_by_name(provider: str) -> None:
    for rows, base in ((FIELDS, HELLO), (OF_TOOLS, HELLO | {"tools": TOOLS})):
        plain = asked(provider, base)
        for name, value, *outcomes in rows:
            outcome = outcomes[PROVIDERS.index(provider)]
            body = base | {name: value}
            if outcome == REFUSED:
                with pytest.raises(BadRequest) as refused:
                    asked(provider, body)
                assert refused.value.param == name, (name, value)
            elif outcome == NOTHING:
                assert asked(provider, body) == plain, (name, value)
            else:
                assert _holds(asked(provider, body), outcome), (name, value, asked(provider, body))


def test_no_field_of_the_request_is_forgotten() -> None:
    # What the abilities' tests show, and what Maru itself honours.
    elsewhere = {"model", "messages", "stream", "stream_options", "tools", "functions", "function_call", "max_tokens", "response_format"}
    elsewhere |= {"moderation", "top_logprobs", "prompt_cache_options"}
    assert {name for name, *_ in (*FIELDS, *OF_TOOLS)} | elsewhere == set(ChatRequest.model_fields)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_of_the_tools_those_that_are_allowed_are_offered(provider: str) -> None:
    request = asked(provider, HELLO | {"tools": TOOLS, "tool_choice": ALLOWED})
    offered = str(request)
    assert ("weather" in offered, "time" in offered) == (False, True)
    assert _holds(request, OF_TOOLS[2][2 + PROVIDERS.index(provider)])
    nobody = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}}
    with pytest.raises(BadRequest) as refused:
        asked(provider, HELLO | {"tools": TOOLS, "tool_choice": nobody})
    assert refused.value.param == "tool_choice"


def _holds(request: Any, part: Any) -> bool:
    """Whether the request has all of this."""
    if isinstance(part, dict):
        return isinstance(request, dict) and all(name in request and _holds(request[name], value) for name, value in part.items())
    return bool(request == part)


PIXEL = "data:image/png;base64,iVBORw0KGgo="


def pictured(*details: str | None) -> dict[str, Any]:
    told = [{"detail": detail} if detail else {} for detail in details]
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PIXEL, **one}} for one in told]}]}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_images_detail_takes_effect_or_is_refused_by_name(provider: str) -> None:
    plain = asked(provider, pictured(None))
    assert asked(provider, pictured("auto")) == plain
    if provider == "gemini":
        words = {("low",): "LOW", ("high",): "HIGH", ("low", "high"): "HIGH", ("low", "low"): "LOW", ("low", None): None}
        for details, word in words.items():
            config = asked(provider, pictured(*details)).get("generationConfig", {})
            assert config.get("mediaResolution") == (f"MEDIA_RESOLUTION_{word}" if word else None)
        return
    assert asked(provider, pictured("high")) == plain, "they are looked at in full anyway"
    with pytest.raises(BadRequest) as refused:
        asked(provider, pictured("auto", "low"))
    assert refused.value.param == "messages.0.content.1.image_url.detail"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_detail_that_is_none_is_refused(provider: str) -> None:
    with pytest.raises(BadRequest) as refused:
        asked(provider, pictured("auto", "ultra"))
    assert refused.value.param == "messages.0.content.1.image_url.detail"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_name_of_who_wrote_a_message_stands_before_its_words(provider: str) -> None:
    said: list[dict[str, Any]] = [
        {"role": "system", "name": "example_user", "content": "안녕"},
        {"role": "user", "name": "min\nji", "content": [{"type": "text", "text": "날씨는?"}]},
        {"role": "assistant", "name": "writer", "content": "맑음"},
        {"role": "user", "name": "alex", "content": pictured(None)["messages"][0]["content"]},
    ]
    told = str(asked(provider, {"messages": said}))
    assert all(text in told for text in ("'example_user: 안녕'", "'min ji: 날씨는?'", "'writer: 맑음'", "'alex:'"))
    assert "Answer without one." in told
    del said[2]["name"]
    assert "Answer without one." not in str(asked(provider, {"messages": said}))
    assert "user:" not in str(asked(provider, {"messages": [{"role": "user", "content": "안녕"}]}))
