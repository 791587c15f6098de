"""A stand-in for Bedrock's Converse and ConverseStream, written from AWS's documentation and proved by boto3."""

import re
from typing import Any

from tests.fakes.frames import event_frame
from tests.fakes.play import ModelServer, Play, Wrong


class BedrockServer(ModelServer):
    """``POST /model/{modelId}/converse`` and ``…/converse-stream``."""

    stream_type = "application/vnd.amazon.eventstream"

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """The rules that a careless translation breaks."""
        if not re.fullmatch(r"/model/[^/]+/converse(-stream)?", path):
            raise Wrong(f"no such operation: {path}")
        if not headers.get("authorization", "").startswith(("AWS4-HMAC-SHA256 ", "Bearer ")):
            raise Wrong("Missing Authentication Token")
        known = {"messages", "system", "inferenceConfig", "toolConfig", "outputConfig", "requestMetadata", "serviceTier"}
        if set(body) - known:
            raise Wrong(f"extraneous key {(set(body) - known).pop()}")
        _check_messages(body["messages"], tools="toolConfig" in body)

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """A ValidationException."""
        return 400, {"x-amzn-ErrorType": "ValidationException"}, {"message": message}

    def streams(self, path: str, body: dict[str, Any]) -> bool:
        """By its path."""
        return path.endswith("-stream")

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """The answer of Converse."""
        play = self.play
        content: list[dict[str, Any]] = []
        if play.thoughts:
            content.append({"reasoningContent": {"reasoningText": {"text": "".join(play.thoughts), "signature": "c2ln"}}})
        if play.words:
            content.append({"text": play.text})
        content += [{"toolUse": {"toolUseId": one.id, "name": one.name, "input": one.arguments}} for one in play.calls]
        output = {"message": {"role": "assistant", "content": content}}
        return {"output": output, "stopReason": _stop(play), "usage": _usage(play), "metrics": {"latencyMs": 5}}

    def stream(self) -> bytes:
        """All frames."""
        play = self.play
        blocks: list[tuple[dict[str, Any] | None, list[dict[str, Any]]]] = []
        if play.thoughts:
            thoughts = [{"reasoningContent": {"text": one}} for one in play.thoughts]
            blocks.append((None, [*thoughts, {"reasoningContent": {"signature": "c2ln"}}]))
        if play.words:
            blocks.append((None, [{"text": one} for one in play.words]))
        for call in play.calls:
            start = {"toolUse": {"toolUseId": call.id, "name": call.name}}
            blocks.append((start, [{"toolUse": {"input": one}} for one in call.pieces]))
        frames = [event_frame("messageStart", {"role": "assistant", "p": "abcdefg"})]
        for index, (begun, deltas) in enumerate(blocks):
            if begun:
                frames.append(event_frame("contentBlockStart", {"start": begun, "contentBlockIndex": index}))
            frames += [event_frame("contentBlockDelta", {"delta": one, "contentBlockIndex": index}) for one in deltas]
            frames.append(event_frame("contentBlockStop", {"contentBlockIndex": index}))
        frames.append(event_frame("messageStop", {"stopReason": _stop(play)}))
        frames.append(event_frame("metadata", {"usage": _usage(play), "metrics": {"latencyMs": 5}}))
        return b"".join(frames)


def _stop(play: Play) -> str:
    return play.stop or ("tool_use" if play.calls else "end_turn")


def _usage(play: Play) -> dict[str, int]:
    fresh = play.prompt - play.cached - play.written
    caches = {"cacheReadInputTokens": play.cached, "cacheWriteInputTokens": play.written}
    return {"inputTokens": fresh, "outputTokens": play.completion, "totalTokens": play.prompt + play.completion, **caches}


def _check_messages(messages: list[dict[str, Any]], *, tools: bool) -> None:
    asked: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] != ("user", "assistant")[index % 2]:
            raise Wrong("A conversation must alternate between user and assistant roles.")
        blocks = message["content"]
        if not blocks or any(len(block) != 1 or block.get("text") == "" for block in blocks):
            raise Wrong("The content field in the Message object is empty.")
        answered = {block["toolResult"]["toolUseId"] for block in blocks if "toolResult" in block}
        if answered != asked:
            raise Wrong("Expected toolResult blocks for the previous turn's toolUse blocks.")
        asked = {block["toolUse"]["toolUseId"] for block in blocks if "toolUse" in block}
        if wrong := next((one for one in asked if not re.fullmatch("[a-zA-Z0-9_-]{1,64}", one)), None):
            raise Wrong(f"Value '{wrong}' at 'toolUseId' failed to satisfy constraint: [a-zA-Z0-9_-]+, length 1 to 64")
        if (asked or answered) and not tools:
            raise Wrong("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
