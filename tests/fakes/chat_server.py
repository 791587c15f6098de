"""Stand-ins for OpenAI's protocol, bare and inside a SageMaker endpoint, proved by the openai client and by boto3.

Sources: https://platform.openai.com/docs/api-reference/chat and
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointWithResponseStream.html
"""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.frames import frame
from tests.fakes.play import ModelServer, Play, Wrong, event

_HEAD = {"id": "chatcmpl-1", "created": 1, "model": "up"}


class ChatServer(ModelServer):
    """``POST /chat/completions``, streamed or whole."""

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """A key, and tool results that answer calls."""
        if path != "/chat/completions" or not headers.get("authorization", "").startswith("Bearer "):
            raise Wrong("You didn't provide an API key.")
        _check_messages(body["messages"])
        _check_choice(body)

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """A 400."""
        return 400, {}, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}

    def streams(self, path: str, body: dict[str, Any]) -> bool:
        """By a field of the body."""
        return bool(body.get("stream"))

    @property
    def legacy(self) -> bool:
        """Whether the last request had functions instead of tools."""
        return bool(self.requests) and "functions" in self.requests[-1]

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """A ``chat.completion``."""
        play = self.play
        message: dict[str, Any] = {"role": "assistant", "content": play.text or None, "refusal": None}
        if play.thoughts:
            message["reasoning_content"] = "".join(play.thoughts)
        functions = [{"name": one.name, "arguments": "".join(one.pieces) or "{}"} for one in play.calls]
        if functions and self.legacy:
            message["function_call"] = functions[0]
        elif functions:
            calls = zip(play.calls, functions, strict=True)
            message["tool_calls"] = [{"id": one.id, "type": "function", "function": function} for one, function in calls]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _stop(play, legacy=self.legacy)}
        return {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _usage(play)}

    def stream(self) -> bytes:
        """All events, usage and the end's mark included."""
        play = self.play
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"reasoning_content": one} for one in play.thoughts] + [{"content": one} for one in play.words]
        for index, call in enumerate(play.calls[:1] if self.legacy else play.calls):
            first, *rest = call.pieces or ("{}",)
            pieces = [{"name": call.name, "arguments": ""}, {"arguments": first}, *({"arguments": one} for one in rest)]
            if self.legacy:
                deltas += [{"function_call": one} for one in pieces]
            else:
                begun: dict[str, Any] = {"index": index, "id": call.id, "type": "function", "function": pieces[0]}
                deltas.append({"tool_calls": [begun]})
                deltas += [{"tool_calls": [{"index": index, "function": one}]} for one in pieces[1:]]
        chunks: list[dict[str, Any]] = [{"choices": [_choice(delta, None)], "usage": None} for delta in deltas]
        chunks.append({"choices": [_choice({}, _stop(play, legacy=self.legacy))], "usage": None})
        chunks.append({"choices": [], "usage": _usage(play)})
        body = b"".join(event({**_HEAD, "object": "chat.completion.chunk", **chunk}) for chunk in chunks)
        return body + b"data: [DONE]\n\n"


@dataclass
class SageMakerServer(ChatServer):
    """``POST /endpoints/{name}/invocations`` and ``…-response-stream``; ``part`` is how many bytes a payload part has."""

    part: int = 37
    stream_type = "application/vnd.amazon.eventstream"

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """The path, and what vLLM knows."""
        if not re.fullmatch(r"/endpoints/[^/]+/invocations(-response-stream)?", path):
            raise Wrong(f"no such operation: {path}")
        if {"functions", "function_call"} & set(body) or body.get("stream", False) != path.endswith("-response-stream"):
            raise Wrong("unknown field")
        _check_messages(body["messages"])
        _check_choice(body)

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """What the container refuses."""
        told = {"OriginalStatusCode": 400, "OriginalMessage": message, "Message": message}
        return 424, {"x-amzn-ErrorType": "ModelError"}, told

    def stream(self) -> bytes:
        """The container's bytes in parts that respect nothing."""
        raw = super().stream()
        parts = (raw[start : start + self.part] for start in range(0, len(raw), self.part))
        kinds = {"event_type": "PayloadPart", "content_type": "application/octet-stream", "message_type": "event"}
        return b"".join(frame(part, **kinds) for part in parts)


#: What a component without a copy says, and one whose copy has no model yet.
_NO_CAPACITY = (
    "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if configured) or try to "
    "increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."
)
_NOT_READY = "The model is not ready for inference yet."


@dataclass
class SleepingEndpoint(SageMakerServer):
    """An inference component that has scaled to zero. Asked while ``asleep`` it counts the failure that the alarm waits for and has
    ``no capacity`` until its machine is there; then it is ``waking`` until its model is loaded; then it is ``ready``.

    Each state lasts for the given number of calls; ``met`` are the states that the calls met.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances.html
    """

    lasts: dict[str, int] = field(default_factory=lambda: {"asleep": 1, "no capacity": 2, "waking": 2})
    met: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """The metric ``NoCapacityInvocationFailures``."""
        return sum(state in {"asleep", "no capacity"} for state in self.met)

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """A right request meets the state."""
        super().check(path, headers, body)
        state = next((name for name, calls in self.lasts.items() if self.met.count(name) < calls), "ready")
        self.met.append(state)
        told = {
            "asleep": (400, {"x-amzn-ErrorType": "ValidationError"}, {"Message": _NO_CAPACITY}),
            "waking": (429, {"x-amzn-ErrorType": "ModelNotReadyException"}, {"Message": _NOT_READY}),
        }
        self.refusal = (told | {"no capacity": told["asleep"]}).get(state)


def _check_messages(messages: list[dict[str, Any]]) -> None:
    """Every tool result answers a call; raises :class:`Wrong`."""
    asked: set[str] = set()
    for message in messages:
        asked |= {call["id"] for call in message.get("tool_calls") or ()}
        if message["role"] == "tool" and message["tool_call_id"] not in asked:
            raise Wrong("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.")


def _check_choice(body: dict[str, Any]) -> None:
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["function"]["name"] not in {one["function"]["name"] for one in body["tools"]}:
        raise Wrong("Tool choice names no tool of the request.")


def _choice(delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}


def _stop(play: Play, *, legacy: bool) -> str:
    called = "function_call" if legacy else "tool_calls"
    return play.stop or (called if play.calls else "stop")


def _usage(play: Play) -> dict[str, Any]:
    return {
        "prompt_tokens": play.prompt,
        "completion_tokens": play.completion,
        "total_tokens": play.prompt + play.completion,
        "prompt_tokens_details": {"cached_tokens": play.cached, "cache_write_tokens": play.written},
        "completion_tokens_details": {"reasoning_tokens": play.thought},
    }
