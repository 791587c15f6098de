"""The steps of an answer played into OpenAI's shapes: one completion object, or the events of a stream."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.models.request import ChatRequest
from local.models.steps import Cut, End, Fail, Pace, Pause, Refusal, Step, Text, ToolCall, pieces, tokens
from maru.errors import MaruError, error_object
from maru.ids import new_id

DONE = b"data: [DONE]\n\n"


class ConnectionCut(Exception):
    """The model was told to leave without a word: the server closes the connection."""


class ModelFailure(MaruError):
    """The model was told to fail; `answer_status` is the HTTP status it fails with."""

    default_code = "model_failed"

    def __init__(self, failure: Fail) -> None:
        super().__init__(failure.message, retry_after=failure.retry_after)
        self.answer_status = failure.status


@dataclass
class Answer:
    """One answer under way: what it consists of so far, and how its parts read on the wire."""

    request: ChatRequest
    prompt_tokens: int = 0
    id: str = field(default_factory=lambda: new_id("chatcmpl-"))
    created: int = field(default_factory=lambda: int(time.time()))
    text: str = ""
    refusal: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    end: End = field(default_factory=End)

    def __post_init__(self) -> None:
        self.prompt_tokens = sum(len(tokens(message.content)) + 4 for message in self.request.messages)

    @property
    def reason(self) -> str:
        """`finish_reason`: as told, else by what the answer holds."""
        calls = "function_call" if self.request.legacy else "tool_calls"
        return self.end.reason or (calls if self.calls else "stop")

    @property
    def usage(self) -> dict[str, Any]:
        """OpenAI's usage object; the model's own figures replace the counted ones."""
        arguments = "".join(call["function"]["arguments"] for call in self.calls)
        told = self.end.usage
        prompt = told.get("prompt", self.prompt_tokens)
        completion = told.get("completion", len(tokens(self.text)) + len(tokens(self.refusal)) + len(tokens(arguments)))
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": told.get("cached", 0), "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": told.get("reasoning", 0), "audio_tokens": 0},
        }

    def completion(self) -> dict[str, Any]:
        """The whole as `chat.completion`."""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": self.text or (None if self.calls or self.refusal else ""),
            "refusal": self.refusal or None,
        }
        if self.calls and self.request.legacy:
            message["function_call"] = self.calls[0]["function"]
        elif self.calls:
            message["tool_calls"] = self.calls
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.reason}
        return self._head("chat.completion") | {"choices": [choice], "usage": self.usage}

    def event(self, delta: dict[str, Any], reason: str | None = None) -> bytes:
        """One `chat.completion.chunk` as a server-sent event."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        chunk = self._head("chat.completion.chunk") | {"choices": [choice]}
        return sse(chunk | ({"usage": None} if self.request.include_usage else {}))

    def usage_event(self) -> bytes:
        """The last chunk of a stream whose client asked for the usage."""
        return sse(self._head("chat.completion.chunk") | {"choices": [], "usage": self.usage})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.request.model, "system_fingerprint": "fp_local"}


def sse(value: dict[str, Any]) -> bytes:
    """`value` as one server-sent event."""
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


async def complete(request: ChatRequest, steps: Iterable[Step]) -> dict[str, Any]:
    """Play `steps` to their end. Raises ConnectionCut or ModelFailure where they say so."""
    answer = Answer(request)
    async for _ in _deltas(answer, steps):
        pass
    return answer.completion()


async def stream(request: ChatRequest, steps: Sequence[Step]) -> AsyncIterator[bytes]:
    """The events of the answer as they arise; a failure after the first is an error event, and no [DONE] follows it.

    Raises ConnectionCut, and ModelFailure before the first event.
    """
    answer = Answer(request)
    begun = False
    try:
        async for delta in _deltas(answer, steps):
            if not begun:
                begun = True
                yield answer.event({"role": "assistant", "content": "", "refusal": None})
            yield answer.event(delta)
    except ModelFailure as failure:
        if not begun:
            raise
        yield sse(error_object(failure))
        return
    if not begun:
        yield answer.event({"role": "assistant", "content": "", "refusal": None})
    yield answer.event({}, answer.reason)
    if request.include_usage:
        yield answer.usage_event()
    yield DONE


async def _deltas(answer: Answer, steps: Iterable[Step]) -> AsyncIterator[dict[str, Any]]:
    """Play the steps, give each delta once its time has come, and keep in `answer` what was given."""
    pace = Pace()
    for step in steps:
        if isinstance(step, Text | Refusal | ToolCall):
            for delta in _said(answer, step, pace.size):
                await asyncio.sleep(pace.seconds)
                yield delta
        elif isinstance(step, Pace):
            pace = step
        elif isinstance(step, End):
            answer.end = step
        else:
            await _happen(step)


async def _happen(step: Pause | Cut | Fail) -> None:
    if isinstance(step, Cut):
        raise ConnectionCut
    if isinstance(step, Fail):
        raise ModelFailure(step)
    await asyncio.sleep(step.seconds)


def _said(answer: Answer, step: Text | Refusal | ToolCall, size: int | None) -> Iterable[dict[str, Any]]:
    if isinstance(step, ToolCall):
        yield from _called(answer, step, size)
        return
    name = "content" if isinstance(step, Text) else "refusal"
    for piece in pieces(step.text, size):
        if isinstance(step, Text):
            answer.text += piece
        else:
            answer.refusal += piece
        yield {name: piece}


def _called(answer: Answer, step: ToolCall, size: int | None) -> Iterable[dict[str, Any]]:
    function = {"name": step.name, "arguments": ""}
    call = {"id": new_id("call_"), "type": "function", "function": function}
    index, legacy = len(answer.calls), answer.request.legacy
    if legacy and index:
        return  # the older form has one call
    answer.calls.append(call)
    yield {"function_call": dict(function)} if legacy else {"tool_calls": [{"index": index, **call, "function": dict(function)}]}
    for piece in pieces(step.arguments, size):
        function["arguments"] += piece
        said = {"arguments": piece}
        yield {"function_call": said} if legacy else {"tool_calls": [{"index": index, "function": said}]}
