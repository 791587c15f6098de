"""Requests with something wrong deep inside: refused by the field's name, whatever it is, and never a crash."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from maru.errors import BadRequest, MaruError
from maru.ledger.quotes import Quote
from maru.models.catalogue import Alias
from maru.models.providers import wire_of
from maru.models.requests import ChatRequest, EmbeddingRequest
from maru.models.routing import Router
from tests.unit.models.providers.cases import ABILITIES, CASES

_CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}},
    {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": ""}},
]
_SCHEMA = {"type": "object", "$defs": {"p": {"type": "object"}}, "properties": {"p": {"$ref": "#/$defs/p"}}}
NEW: dict[str, Any] = {
    "model": "default",
    "messages": [
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}], "name": "minji"},
        {"role": "assistant", "content": None, "tool_calls": _CALLS},
        {"role": "tool", "tool_call_id": "call_1", "content": "42"},
        {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "43"}]},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": _SCHEMA, "strict": True}}],
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "x", "description": "d", "schema": _SCHEMA, "strict": True}},
    "moderation": {"policy": {"input": {"mode": "score"}}},
    "prediction": {"type": "content", "content": [{"type": "text", "text": "x"}]},
    "stop": ["a", "b"],
}
OLD: dict[str, Any] = {
    "model": "default",
    "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "42"},
    ],
    "functions": [{"name": "f", "description": "d", "parameters": {"type": "object"}}],
    "function_call": {"name": "f"},
}
ODD: list[Any] = [None, 5, "x", "", [], {}, [None], ["x"], [5], {"type": "x"}, {"name": 5}, True]
_GONE = object()


@pytest.mark.parametrize("provider", sorted(CASES))
@pytest.mark.parametrize("body", [NEW, OLD], ids=["tools", "functions"])
def test_whatever_stands_anywhere_is_asked_or_refused(provider: str, body: dict[str, Any]) -> None:
    target = {"base_url": "http://up", "model": "up", **CASES[provider].target}
    alias = Alias.model_validate({"alias": "default", "kind": "chat", "abilities": ABILITIES, "targets": [target]})
    _ask(alias, body)
    for place in _places(body):
        for odd in [*ODD, _GONE]:
            try:
                _ask(alias, _with(body, place, odd))
            except (MaruError, ValidationError):
                continue


def _ask(alias: Alias, body: dict[str, Any]) -> None:
    request = ChatRequest.model_validate(body).wire()
    request.pop("moderation", None)  # the guard's affair
    target = Router().decide(alias, request).alias.targets[0]
    Quote.chat(alias, request)
    if wire := wire_of(target.provider):
        json.dumps(wire.ask(target, request, False).body)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield (*place, name)
        yield from _places(one, (*place, name))


def _with(body: dict[str, Any], place: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    whole = copy.deepcopy(body)
    holder: Any = whole
    for name in place[:-1]:
        holder = holder[name]
    if odd is _GONE:
        del holder[place[-1]]
    else:
        holder[place[-1]] = odd
    return whole


@pytest.mark.parametrize(
    ("place", "odd", "param"),
    [
        (("messages", 2, "tool_calls"), "x", "messages.2.tool_calls"),
        (("messages", 2, "tool_calls", 0), 5, "messages.2.tool_calls.0"),
        (("messages", 2, "tool_calls", 1, "function"), [], "messages.2.tool_calls.1.function"),
        (("messages", 2, "tool_calls", 0, "function", "arguments"), {"a": 1}, "messages.2.tool_calls.0.function.arguments"),
        (("messages", 1, "content", 0, "text"), 5, "messages.1.content.0.text"),
        (("tools", 0, "function", "description"), 5, "tools.0.function.description"),
        (("tools", 0, "function", "parameters"), "x", "tools.0.function.parameters"),
        (("tool_choice", "function"), "f", "tool_choice.function"),
        (("moderation", "policy"), "x", "moderation.policy"),
        (("moderation", "policy", "input", "mode"), [], "moderation.policy.input.mode"),
    ],
    ids=lambda one: ".".join(map(str, one)) if isinstance(one, tuple) else "",
)
def test_what_has_another_type_is_named(place: tuple[Any, ...], odd: Any, param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        ChatRequest.model_validate(_with(NEW, place, odd))
    assert (refused.value.param, refused.value.code) == (param, "invalid_value")


@pytest.mark.parametrize("place", [("tools", 0, "type"), ("messages", 2, "tool_calls", 0, "type")], ids=["tools", "calls"])
def test_what_kind_of_tool_it_is_may_be_left_out_and_its_fields_are_looked_at(place: tuple[Any, ...]) -> None:
    body = _with(NEW, place, _GONE)
    ChatRequest.model_validate(body)
    with pytest.raises(BadRequest):
        ChatRequest.model_validate(_with(body, (*place[:-1], "function", "surprise"), 1))


def test_null_is_as_good_as_nothing() -> None:
    body = _with(_with(NEW, ("messages", 2, "function_call"), None), ("messages", 1, "name"), None)
    assert ChatRequest.model_validate(body).wire()["messages"][2]["function_call"] is None


_GIVEN = {"type": "function", "function": {"name": "g"}}
_ALLOWED: dict[str, Any] = {"mode": "auto", "tools": [_GIVEN]}


@pytest.mark.parametrize(
    ("body", "place", "odd", "param"),
    [
        (NEW, ("tool_choice",), _GIVEN, "tool_choice"),
        (NEW, ("tool_choice",), {"type": "function"}, "tool_choice"),
        (NEW, ("tool_choice",), "any", "tool_choice"),
        (NEW, ("tool_choice",), {"type": "allowed_tools", "allowed_tools": _ALLOWED}, "tool_choice"),
        (NEW, ("tool_choice",), {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}}, "tool_choice"),
        (NEW, ("tools",), [], "tool_choice"),
        (OLD, ("function_call",), {"name": "g"}, "function_call"),
        (OLD, ("function_call",), "required", "function_call"),
        (OLD, ("functions",), _GONE, "function_call"),
        *((NEW, ("messages", place, "content"), odd, f"messages.{place}.content") for place in (0, 1, 3) for odd in (None, [], _GONE)),
        (NEW, ("messages", 2, "tool_calls"), _GONE, "messages.2.content"),
        (NEW, ("messages", 3, "tool_call_id"), _GONE, "messages.3.tool_call_id"),
        (OLD, ("messages", 2, "name"), None, "messages.2.name"),
    ],
    ids=lambda one: ".".join(map(str, one)) if isinstance(one, tuple) else "",
)
def test_what_contradicts_another_part_is_named(body: dict[str, Any], place: tuple[Any, ...], odd: Any, param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        ChatRequest.model_validate(_with(body, place, odd))
    assert refused.value.param == param


@pytest.mark.parametrize("said", [{"refusal": "no"}, {"audio": {"id": "a"}}, {"reasoning_content": "hm"}, {"content": "x"}])
def test_an_assistant_may_say_nothing_where_it_did_something(said: dict[str, Any]) -> None:
    message = {"role": "assistant", "content": None, **said}
    assert ChatRequest.model_validate(_with(NEW, ("messages", 1), message)).wire()["messages"][1] == message


@pytest.mark.parametrize(
    ("given", "param"),
    [
        (["a", 1], "input.1"),
        ([1, 2, "a"], "input.2"),
        ([[1], "a"], "input.1"),
        (["a", None], "input.1"),
        ([True], "input.0"),
        ([1.5], "input.0"),
        ([[1], [1, "x"]], "input.1.1"),
    ],
)
def test_inputs_of_several_kinds_are_refused_where_another_begins(given: list[Any], param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        EmbeddingRequest.model_validate({"model": "embedding", "input": given})
    assert refused.value.param == param
