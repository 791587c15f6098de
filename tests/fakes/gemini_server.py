"""A stand-in for Google's Gemini API, written from its documentation and proved by Google's own client.

Sources: https://ai.google.dev/api/generate-content and https://ai.google.dev/api/embeddings
"""

import json
import re
from typing import Any

from tests.fakes.play import ModelServer, Play, Wrong

_CONFIG = {
    *("temperature", "topP", "candidateCount", "seed", "presencePenalty", "frequencyPenalty", "maxOutputTokens", "stopSequences"),
    *("responseMimeType", "responseJsonSchema", "thinkingConfig", "mediaResolution"),
}


class GeminiServer(ModelServer):
    """``POST /models/{model}:generateContent``, ``:streamGenerateContent?alt=sse`` and ``:batchEmbedContents``."""

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """The rules that a careless translation breaks."""
        if not headers.get("x-goog-api-key") or "authorization" in headers:
            raise Wrong("Method doesn't allow unregistered callers")
        if path.endswith(":batchEmbedContents"):
            return
        if not re.fullmatch(r"(/v1(beta)?)?/models/[^/:]+:(generateContent|streamGenerateContent\?alt=sse)", path):
            raise Wrong(f"not found: {path}")
        unknown = set(body) - {"contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "safetySettings", "serviceTier"}
        unknown |= set(body.get("generationConfig", {})) - _CONFIG
        if unknown:
            raise Wrong(f'Invalid JSON payload received. Unknown name "{unknown.pop()}"')
        _check_contents(body["contents"])

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """An INVALID_ARGUMENT."""
        return 400, {}, {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}

    def streams(self, path: str, body: dict[str, Any]) -> bool:
        """By its path."""
        return "streamGenerateContent" in path

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """A GenerateContentResponse, or embeddings."""
        if path.endswith(":batchEmbedContents"):
            texts = [one["content"]["parts"][0]["text"] for one in body["requests"]]
            # Not of length one: shortened vectors are not, either.
            return {"embeddings": [{"values": [float(len(text)), 0.0, 0.0, 1.0]} for text in texts]}
        play = self.play
        parts = [{"text": "".join(play.thoughts), "thought": True}] if play.thoughts else []
        parts += [{"text": play.text}] if play.words else []
        return _response(play, [*parts, *_calls(play)], last=True)

    def stream(self) -> bytes:
        """All events; nothing marks the last one but its reason."""
        play = self.play
        parts: list[dict[str, Any]] = [{"text": one, "thought": True} for one in play.thoughts]
        parts += [{"text": one} for one in play.words] + _calls(play)
        events = [_response(play, [part], last=False) for part in parts]
        events.append(_response(play, [{"text": ""}], last=True))
        return b"".join(b"data: " + json.dumps(one, ensure_ascii=False).encode() + b"\r\n\r\n" for one in events)


def _check_contents(contents: list[dict[str, Any]]) -> None:
    calls: list[str] = []
    for index, content in enumerate(contents):
        if content["role"] not in {"user", "model"} or not content["parts"]:
            raise Wrong("Please use a valid role: user, model.")
        responses = [part["functionResponse"]["name"] for part in content["parts"] if "functionResponse" in part]
        if len(responses) != len(calls):
            raise Wrong("Please ensure that the number of function response parts is equal to the number of function call parts.")
        called = [part for part in content["parts"] if "functionCall" in part]
        calls = [part["functionCall"]["name"] for part in called]
        if called and not called[0].get("thoughtSignature"):
            raise Wrong(f"Function call in the {index}. content block is missing a thought_signature")


def _calls(play: Play) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"functionCall": {"id": one.id, "name": one.name, "args": one.arguments}} for one in play.calls]
    for part in parts[:1]:
        part["thoughtSignature"] = "c2lnbmF0dXJl"
    return parts


def _response(play: Play, parts: list[dict[str, Any]], *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if last:
        candidate["finishReason"] = play.stop or "STOP"
    counts = {"promptTokenCount": play.prompt, "cachedContentTokenCount": play.cached, "thoughtsTokenCount": play.thought}
    spoken = play.completion - play.thought if last else 1
    usage = {**counts, "candidatesTokenCount": spoken, "totalTokenCount": play.prompt + play.thought + spoken}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "stand-in", "responseId": "r1"}
