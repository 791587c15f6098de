"""What one part of a chat request asks of another: tools that are called must be offered, messages must say something.

What OpenAI's document states in words, and its server refuses.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from maru.errors import BadRequest

if TYPE_CHECKING:
    from maru.models.requests import ChatRequest, Message

#: An assistant's message may be any of these in place of its words.
_SAID_OTHERWISE = ("tool_calls", "function_call", "refusal", "audio", "reasoning_content", "reasoning")
#: The kinds of inputs that a list may have.
_INPUTS: dict[type, str] = {str: "a string", int: "a whole number", list: "a list"}


def check(request: "ChatRequest") -> None:
    """Raise :class:`BadRequest` naming the first part that lacks another, or contradicts it."""
    if request.stream_options is not None and not request.stream:
        raise BadRequest("stream_options is only allowed where stream is true.", param="stream_options")
    if request.top_logprobs is not None and not request.logprobs:
        raise BadRequest("top_logprobs is only allowed where logprobs is true.", param="top_logprobs")
    for index, message in enumerate(request.messages):
        _check_content(message, f"messages.{index}.content")
        _check_address(message, f"messages.{index}")
    _check_choice("tool_choice", request.tool_choice, ("none", "auto", "required"), "tools", request.tools)
    _check_choice("function_call", request.function_call, ("none", "auto"), "functions", request.functions)


def check_inputs(given: Any) -> Any:
    """What is to be embedded, as it is; raises :class:`BadRequest` naming the first of a list that is of another kind than those before."""
    if isinstance(given, list) and given:
        kind = next((kind for kind in _INPUTS if _is(given[0], kind)), None)
        if kind is None:
            raise _invalid("input.0", "must be a string, a whole number (a token's id), or a list of these numbers")
        _check_kind(given, kind, "input")
        for index, one in enumerate(given if kind is list else ()):
            _check_kind(one, int, f"input.{index}")
    return given


def _check_kind(listed: list[Any], kind: type, place: str) -> None:
    if (odd := next((index for index, one in enumerate(listed) if not _is(one, kind)), None)) is not None:
        raise _invalid(f"{place}.{odd}", f"must be {_INPUTS[kind]}, as all of a list are of one kind")


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _invalid(place: str, told: str, code: str = "invalid_value") -> BadRequest:
    return BadRequest(f"'{place}': {told}.", param=place, code=code)


def _check_content(message: "Message", place: str) -> None:
    if message.content == []:
        raise _invalid(place, "must not be empty")
    if message.content is not None or message.role == "function":
        return
    if message.role != "assistant":
        raise _invalid(place, "must be a string, or a list of parts")
    if not any((message.model_extra or {}).get(name) for name in _SAID_OTHERWISE):
        raise _invalid(place, f"is required where an assistant's message has none of {', '.join(_SAID_OTHERWISE)}")


def _check_address(message: "Message", place: str) -> None:
    """What a result is the result of."""
    if message.role == "tool" and not (message.model_extra or {}).get("tool_call_id"):
        raise _invalid(f"{place}.tool_call_id", "is required: the id of the call that this answers", "missing_required_parameter")
    if message.role == "function" and not message.name:
        raise _invalid(f"{place}.name", "is required: the function that this answers for", "missing_required_parameter")


def _check_choice(
    choice: str, chosen: str | Mapping[str, Any] | None, words: tuple[str, ...], offering: str, offered: list[dict[str, Any]] | None
) -> None:
    if chosen in (None, "auto", "none"):
        return
    if not offered:
        raise BadRequest(f"{choice} is only allowed where {offering} are given.", param=choice)
    if isinstance(chosen, str):
        if chosen not in words:
            raise _invalid(choice, f"must be one of {', '.join(words)}, or name one of {offering}")
        return
    names, there = list(_names(chosen)), {_named(one) for one in offered}
    if not names or not all(names):
        raise _invalid(choice, f"must name one of {offering}")
    if missing := next((name for name in names if name not in there), None):
        raise _invalid(choice, f"names '{missing}', which is not among {offering}")


def _names(chosen: Mapping[str, Any]) -> Iterator[str]:
    allowed = chosen.get("allowed_tools")
    listed = allowed.get("tools") if isinstance(allowed, Mapping) else None
    for one in listed if isinstance(listed, list) else [chosen]:
        yield _named(one) if isinstance(one, Mapping) else ""


def _named(tool: Mapping[str, Any]) -> str:
    """The name of a tool, or of a function in the older form, wherever it stands."""
    inner = tool.get("function") or tool.get("custom") or tool
    name = inner.get("name") if isinstance(inner, Mapping) else None
    return name if isinstance(name, str) else ""
