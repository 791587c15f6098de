"""A stand-in for Anthropic's Messages, written from its documentation and proved by its own client.

Sources: https://platform.claude.com/docs/en/api/messages and …/build-with-claude/streaming
"""

import re
from typing import Any

from tests.fakes.play import ModelServer, Play, Wrong, event


class AnthropicServer(ModelServer):
    """``POST /v1/messages``, streamed or whole."""

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """The rules that a careless translation breaks."""
        _check_headers(path, headers, body)
        if not isinstance(body.get("max_tokens"), int):
            raise Wrong("max_tokens: Field required")
        extra = set(body) - {
            "model",
            "max_tokens",
            "messages",
            "stream",
            "system",
            "temperature",
            "top_p",
            "top_k",
            "stop_sequences",
            "metadata",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "cache_control",
            "service_tier",
        }
        if extra:
            raise Wrong(f"{extra.pop()}: Extra inputs are not permitted")
        if not 0 <= body.get("temperature", 1) <= 1:
            raise Wrong("temperature: range: 0..1")
        self._check_messages(body["messages"])
        for tool in body.get("tools", ()):
            if not {"name", "input_schema"} <= set(tool) or tool["input_schema"].get("type") != "object":
                raise Wrong("tools.0.custom.input_schema.type: Field required")

    def _check_messages(self, messages: list[dict[str, Any]]) -> None:
        asked: set[str] = set()
        for index, message in enumerate(messages):
            blocks = message["content"]
            if isinstance(blocks, str):
                blocks = [{"type": "text", "text": blocks}]
            if not blocks or any(block["type"] == "text" and not block["text"].strip() for block in blocks):
                raise Wrong(f"messages.{index}: text content blocks must be non-empty")
            answered = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
            if answered != asked:
                raise Wrong(f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after")
            asked = {block["id"] for block in blocks if block["type"] == "tool_use"}
            if not all(re.fullmatch(r"[a-zA-Z0-9_-]+", one) for one in asked):
                raise Wrong(f"messages.{index}: tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """A 400."""
        return 400, {}, {"type": "error", "error": {"type": "invalid_request_error", "message": message}, "request_id": "req_1"}

    def streams(self, path: str, body: dict[str, Any]) -> bool:
        """By a field of the body."""
        return bool(body.get("stream"))

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """A message object."""
        play = self.play
        thoughts = [{"type": "thinking", "thinking": "".join(play.thoughts), "signature": "c2ln"}] if play.thoughts else []
        texts = [{"type": "text", "text": play.text}] if play.words else []
        calls = [{"type": "tool_use", "id": one.id, "name": one.name, "input": one.arguments} for one in play.calls]
        return _message(play, content=thoughts + texts + calls, stop_reason=_stop(play), usage=_usage(play))

    def stream(self) -> bytes:
        """All events, with a ping and one of a type that nobody knows yet."""
        play, blocks = self.play, []
        if play.thoughts:
            deltas: list[dict[str, Any]] = [{"type": "thinking_delta", "thinking": one} for one in play.thoughts]
            blocks.append(
                ({"type": "thinking", "thinking": "", "signature": ""}, [*deltas, {"type": "signature_delta", "signature": "c2ln"}])
            )
        if play.words:
            deltas = [{"type": "text_delta", "text": one} for one in play.words]
            blocks.append(({"type": "text", "text": ""}, deltas))
        for call in play.calls:
            deltas = [{"type": "input_json_delta", "partial_json": one} for one in ("", *call.pieces)]
            empty: dict[str, Any] = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
            blocks.append((empty, deltas))
        begun: dict[str, Any] = _usage(play) | {"output_tokens": 1}
        start = _message(play, content=[], stop_reason=None, usage=begun)
        events: list[dict[str, Any]] = [{"type": "message_start", "message": start}, {"type": "ping"}]
        for index, (block, deltas) in enumerate(blocks):
            events.append({"type": "content_block_start", "index": index, "content_block": block})
            events += [{"type": "content_block_delta", "index": index, "delta": one} for one in deltas]
            events.append({"type": "content_block_stop", "index": index})
        delta = {"stop_reason": _stop(play), "stop_sequence": None}
        events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": play.completion} | _thought(play)})
        events.append({"type": "message_stop"})
        return b"".join(event(one, one["type"]) for one in events)


def _check_headers(path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
    if path != "/v1/messages":
        raise Wrong(f"{path}: not found")
    if headers.get("anthropic-version") not in {"2023-06-01", "2026-10-21"}:
        raise Wrong("anthropic-version: header is required")
    if not headers.get("x-api-key") and not headers.get("authorization", "").startswith("Bearer "):
        raise Wrong("x-api-key: header is required")
    if headers["anthropic-version"] == "2026-10-21" and {"temperature", "top_p", "top_k"} & set(body):
        raise Wrong("temperature: Extra inputs are not permitted")


def _message(play: Play, **rest: Any) -> dict[str, Any]:
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-stand-in", "stop_sequence": None, **rest}


def _stop(play: Play) -> str:
    return play.stop or ("tool_use" if play.calls else "end_turn")


def _thought(play: Play) -> dict[str, Any]:
    return {"output_tokens_details": {"thinking_tokens": play.thought}}


def _usage(play: Play) -> dict[str, Any]:
    fresh = play.prompt - play.cached - play.written
    caches: dict[str, Any] = {"cache_read_input_tokens": play.cached, "cache_creation_input_tokens": play.written}
    return {"input_tokens": fresh, "output_tokens": play.completion} | caches | _thought(play)
