"""Single chunks of a streamed completion, read and written."""

import json
from typing import Any

from pydantic_core import to_json

from maru.models import failures

type Chunk = dict[str, Any]


def parsed(data: bytes) -> Chunk:
    """The object of an event's data; raises ``StreamBroken`` where it is none."""
    try:
        chunk = json.loads(data)
    except ValueError as error:
        raise failures.StreamBroken("The model sent an event that cannot be read.") from error
    if not isinstance(chunk, dict) or not _readable(chunk.get("choices") or []):
        raise failures.StreamBroken("The model sent an event that cannot be read.")
    return chunk


def _readable(choices: Any) -> bool:
    return isinstance(choices, list) and all(
        isinstance(one, dict) and isinstance(one.get("delta") or {}, dict) and isinstance(one.get("index"), int | None) for one in choices
    )


def event_of(chunk: Chunk) -> bytes:
    """A chunk as a server-sent event."""
    return b"data: " + to_json(chunk) + b"\n\n"


def is_error(event: bytes, chunk: Chunk) -> bool:
    """Whether the event says that the model failed."""
    return bool(chunk.get("error")) or event.startswith(b"event: error")


def flatten(said: Chunk) -> None:
    """Make OpenAI's text of a message's or a delta's content that comes in parts, as Mistral's reasoning models give it: whoever guards,
    keeps or shows it looks for a text. Source: https://docs.mistral.ai/inference/conversations/reasoning
    """
    parts = said.get("content")
    if isinstance(parts, list):
        thought = "".join(_text(part.get("thinking")) for part in parts if isinstance(part, dict))
        said["content"] = "".join(_text(part.get("text")) for part in parts if isinstance(part, dict))
        if thought:
            said["reasoning_content"] = (said.get("reasoning_content") or "") + thought


def _text(told: Any) -> str:
    if isinstance(told, list):
        return "".join(_text(part.get("text")) for part in told if isinstance(part, dict))
    return told if isinstance(told, str) else ""


def says(delta: Chunk) -> bool:
    """Whether a delta has anything but a role: the first that does has the answer's first token."""
    return any(value for name, value in delta.items() if name != "role")


def status(told: Any) -> int:
    """The HTTP status that an error event means."""
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500
