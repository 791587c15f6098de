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
    if not isinstance(chunk, dict):
        raise failures.StreamBroken("The model sent an event that cannot be read.")
    return chunk


def event_of(chunk: Chunk) -> bytes:
    """A chunk as a server-sent event."""
    return b"data: " + to_json(chunk) + b"\n\n"


def is_error(event: bytes, chunk: Chunk) -> bool:
    """Whether the event says that the model failed."""
    return bool(chunk.get("error")) or event.startswith(b"event: error")


def says(delta: Chunk) -> bool:
    """Whether a delta has anything but a role: the first that does has the answer's first token."""
    return any(value for name, value in delta.items() if name != "role")


def status(told: Any) -> int:
    """The HTTP status that an error event means."""
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500
