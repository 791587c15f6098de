"""The same answer as a whole and as a stream: chunks put together into a completion, and a completion cut into chunks."""

from collections.abc import Iterator, Mapping
from typing import Any

type Body = dict[str, Any]

#: Characters of one piece of a text that is streamed again.
_PIECE = 48
#: Texts that come in pieces; everything else of a delta comes whole.
_GROWING = ("content", "refusal", "reasoning_content", "reasoning", "arguments", "input", "data", "transcript")
_HEAD = ("id", "created", "model", "service_tier", "system_fingerprint", "moderation")


class Assembly:
    """Takes the chunks of one stream; :meth:`completion` is what the same request would have got as a whole."""

    def __init__(self) -> None:
        self._head: Body = {}
        self._choices: dict[int, Body] = {}

    def add(self, chunk: Mapping[str, Any]) -> None:
        """One more ``chat.completion.chunk``."""
        for name in (*_HEAD, "usage"):
            if chunk.get(name) is not None:
                self._head[name] = chunk[name]
        for told in chunk.get("choices") or ():
            index = told.get("index", 0)
            choice = self._choices.setdefault(index, {"index": index, "message": {"role": "assistant", "content": None, "refusal": None}})
            _grow(choice["message"], told.get("delta") or {})
            if told.get("logprobs"):
                _extend(choice.setdefault("logprobs", {"content": None, "refusal": None}), told["logprobs"])
            if told.get("finish_reason"):
                choice["finish_reason"] = told["finish_reason"]

    def completion(self) -> Body | None:
        """The ``chat.completion``; None where a choice has not come to its end."""
        choices = [self._choices[index] for index in sorted(self._choices)]
        if not choices or not all("finish_reason" in one for one in choices):
            return None
        shown = [{"logprobs": None, **one, "message": _message(one["message"])} for one in choices]
        return {**self._head, "object": "chat.completion", "choices": shown}


def chunks_of(completion: Mapping[str, Any], *, include_usage: bool) -> Iterator[Body]:
    """The completion as ``chat.completion.chunk`` objects, its texts in pieces, the usage last where it is wanted."""
    head: Body = {name: completion[name] for name in _HEAD if name in completion and name != "moderation"}
    head["object"] = "chat.completion.chunk"
    rest = {"usage": None} if include_usage else {}
    for choice in completion["choices"]:
        for delta, logprobs in _deltas(choice):
            yield {**head, "choices": [_told(choice, delta, logprobs, None)], **rest}
        yield {**head, "choices": [_told(choice, {}, None, choice["finish_reason"])], **rest}
    if completion.get("moderation"):
        yield {**head, "choices": [], "moderation": completion["moderation"]}
    if include_usage and completion.get("usage"):
        yield {**head, "choices": [], "usage": completion["usage"]}


def _grow(message: Body, delta: Mapping[str, Any]) -> None:
    for name, value in delta.items():
        if name == "tool_calls":
            for place, call in enumerate(value or ()):
                _grow(_numbered(message.setdefault("tool_calls", {}), call.get("index", place)), call)
        elif isinstance(value, Mapping):
            _grow(message.setdefault(name, {}), value)
        elif isinstance(value, list):
            message[name] = [*(message.get(name) or ()), *value]
        elif name in _GROWING and isinstance(value, str):
            message[name] = (message.get(name) or "") + value
        elif value is not None:
            message[name] = value


def _numbered(calls: dict[int, Body], index: int) -> Body:
    return calls.setdefault(index, {})


def _extend(kept: Body, told: Mapping[str, Any]) -> None:
    for name, tokens in told.items():
        if tokens:
            kept[name] = [*(kept.get(name) or ()), *tokens]


def _message(message: Body) -> Body:
    calls = message.get("tool_calls")
    if not isinstance(calls, dict):
        return message
    whole = [{name: value for name, value in calls[index].items() if name != "index"} for index in sorted(calls)]
    return message | {"tool_calls": whole, "content": message.get("content") or None}


def _told(choice: Mapping[str, Any], delta: Body, logprobs: Any, reason: str | None) -> Body:
    return {"index": choice.get("index", 0), "delta": delta, "logprobs": logprobs, "finish_reason": reason}


def _deltas(choice: Mapping[str, Any]) -> Iterator[tuple[Body, Any]]:
    message: Body = dict(choice["message"])
    text, calls = message.pop("content", None), message.pop("tool_calls", None)
    message.setdefault("role", "assistant")
    first = {name: value for name, value in message.items() if value is not None}
    yield first | ({} if calls else {"content": ""}), None
    for start in range(0, len(text or ""), _PIECE):
        # All probabilities go with the first piece: they are of tokens, which the pieces are not.
        yield {"content": (text or "")[start : start + _PIECE]}, None if start else choice.get("logprobs")
    for index, call in enumerate(calls or ()):
        yield {"tool_calls": [{"index": index, **call}]}, None
