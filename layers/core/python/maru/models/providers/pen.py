"""Writes answers in OpenAI's language: chunks of a stream, folded into one object where the answer was not streamed."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from maru.ids import new_id

type Chunk = dict[str, Any]

#: The tool that a model is made to call where it knows no other way to an answer of a given schema.
ANSWER_TOOL = "give_answer"


@dataclass(frozen=True)
class Form:
    """What the request says about its answer's form: ``legacy`` for ``function_call``, ``by_tool`` for a schema given as a tool."""

    model: str
    legacy: bool = False
    by_tool: bool = False

    @classmethod
    def of(cls, model: str, body: Mapping[str, Any], *, by_tool: bool = False) -> Self:
        """Of OpenAI's request; ``by_tool`` where a schema is asked for by a tool of ours."""
        kind = (body.get("response_format") or {}).get("type")
        return cls(model, bool(body.get("functions")), by_tool and kind in {"json_schema", "json_object"})


class Pen:
    """Collects chunks. The role comes with a choice's first words, so that nothing is said before the model says something."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._head: Chunk = {}
        self._chunks: list[Chunk] = []
        self._began: set[int] = set()
        self._places: dict[tuple[int, Any], int | None] = {}
        self._finished: set[int] = set()
        self.begin(None)

    def begin(self, answer_id: str | None) -> None:
        """Name the answer, where the provider has a name for it."""
        head = {"object": "chat.completion.chunk", "created": int(time.time()), "model": self._form.model}
        self._head = {"id": answer_id or new_id("chatcmpl-"), **head}

    def tier(self, name: str | None) -> None:
        """The service tier that was had, where the provider tells."""
        if name:
            self._head["service_tier"] = name

    def text(self, text: str, choice: int = 0) -> None:
        """Some words of the answer."""
        if text:
            self._delta({"content": text}, choice)

    def reasoning(self, text: str, choice: int = 0) -> None:
        """Some words of the thinking, as the field that vLLM and others use for it."""
        if text:
            self._delta({"reasoning_content": text}, choice)

    def call(self, key: Any, call_id: Any, name: Any, *, choice: int = 0, extra: Any = None) -> None:
        """A tool call begins; ``key`` tells it apart within the answer. Raises :class:`ValueError` where it is of no tool."""
        if not isinstance(name, str) or not name:
            raise ValueError("a call of no tool")
        if self._form.by_tool and name == ANSWER_TOOL:
            self._places[choice, key] = None
            return
        place = sum(1 for (of, _), other in self._places.items() if of == choice and other is not None)
        self._places[choice, key] = place
        if not self._form.legacy:
            known = call_id if isinstance(call_id, str) else None
            call = {"index": place, "id": known or new_id("call_"), "type": "function", "function": {"name": name, "arguments": ""}}
            self._delta({"tool_calls": [call | ({"extra_content": extra} if extra else {})]}, choice)
        elif place == 0:
            self._delta({"function_call": {"name": name, "arguments": ""}}, choice)

    def arguments(self, key: Any, text: str, choice: int = 0) -> None:
        """Some characters of a call's arguments."""
        place = self._places[choice, key]
        if not text:
            return
        if place is None:
            self.text(text, choice)
        elif not self._form.legacy:
            self._delta({"tool_calls": [{"index": place, "function": {"arguments": text}}]}, choice)
        elif place == 0:
            self._delta({"function_call": {"arguments": text}}, choice)

    def finish(self, reason: str, choice: int = 0) -> None:
        """The choice ended, for a reason of OpenAI's, or one of the provider's that has no word there."""
        if choice in self._finished:
            return
        self._finished.add(choice)
        if reason == "tool_calls":
            called = any(of == choice and place is not None for (of, _), place in self._places.items())
            reason = ("function_call" if self._form.legacy else "tool_calls") if called else "stop"
        self._delta({}, choice, reason)

    def called(self, choice: int = 0) -> bool:
        """Whether the choice has a tool call."""
        return any(of == choice for of, _ in self._places)

    @property
    def ended(self) -> bool:
        """Whether any choice ended."""
        return bool(self._finished)

    def usage(self, prompt: int, completion: int, *, cached: int = 0, written: int = 0, reasoning: int = 0) -> None:
        """Tokens: ``cached`` (read from the provider's cache) and ``written`` (to it) are part of ``prompt``."""
        told = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached, "cache_write_tokens": written},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }
        self._chunks.append({**self._head, "choices": [], "usage": told})

    def error(self, message: str, status: int) -> None:
        """The model failed midway."""
        self._chunks.append({"error": {"message": message, "type": "server_error", "code": status}})

    def raw(self, chunk: Chunk) -> None:
        """A chunk that is OpenAI's already."""
        self._chunks.append(chunk)

    def done(self) -> None:
        """The stream's end."""
        self._chunks.append({})

    def take(self) -> list[Chunk]:
        """What was written since the last time."""
        chunks, self._chunks = self._chunks, []
        return chunks

    def written(self) -> bytes:
        """The same as server-sent events."""
        return b"".join(_event(chunk) for chunk in self.take()) if self._chunks else b""

    def _delta(self, delta: Chunk, choice: int, reason: str | None = None) -> None:
        if choice not in self._began:
            self._began.add(choice)
            delta = {"role": "assistant", "content": None} | delta
        one = {"index": choice, "delta": delta, "logprobs": None, "finish_reason": reason}
        self._chunks.append({**self._head, "choices": [one]})


def _event(chunk: Chunk) -> bytes:
    return b"data: " + (json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode() if chunk else b"[DONE]") + b"\n\n"


def folded(chunks: list[Chunk]) -> Chunk:
    """The ``chat.completion`` that a stream's chunks make together; raises ``ValueError`` where no choice came to an end."""
    head: Chunk = {}
    choices: dict[int, Chunk] = {}
    usage: Chunk | None = None
    for chunk in chunks:
        if "error" in chunk:
            raise ValueError("the answer says that it failed")
        head |= {name: chunk[name] for name in ("id", "created", "model", "service_tier") if name in chunk}
        usage = chunk.get("usage") or usage
        for choice in chunk.get("choices", ()):
            _add(choices.setdefault(choice["index"], _blank(choice["index"])), choice)
    if not choices or not all(choice["finish_reason"] for choice in choices.values()):
        raise ValueError("the answer has no end")
    whole = {"object": "chat.completion", **head, "choices": [choices[index] for index in sorted(choices)]}
    return whole | ({"usage": usage} if usage else {})


def _blank(index: int) -> Chunk:
    return {"index": index, "message": {"role": "assistant", "content": None, "refusal": None}, "logprobs": None, "finish_reason": None}


def _add(choice: Chunk, said: Chunk) -> None:
    message, delta = choice["message"], said["delta"]
    choice["finish_reason"] = said["finish_reason"] or choice["finish_reason"]
    for name in ("content", "reasoning_content"):
        if delta.get(name):
            message[name] = (message.get(name) or "") + delta[name]
    if "function_call" in delta:
        _extend(message.setdefault("function_call", {"name": "", "arguments": ""}), delta["function_call"])
    for call in delta.get("tool_calls", ()):
        _call(message.setdefault("tool_calls", []), call)


def _call(calls: list[Chunk], call: Chunk) -> None:
    if call["index"] == len(calls):
        new = {name: value for name, value in call.items() if name != "index"}
        calls.append(new | {"function": dict(call["function"])})
    else:
        _extend(calls[call["index"]]["function"], call["function"])


def _extend(function: Chunk, more: Chunk) -> None:
    for name, value in _texts(more):
        function[name] += value


def _texts(function: Chunk) -> Iterator[tuple[str, str]]:
    return ((name, function[name]) for name in ("name", "arguments") if name in function)
