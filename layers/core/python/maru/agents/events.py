"""What an answer under way tells, and how that travels as server-sent events."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from maru.knowledge.rights import FileVersion

type Name = Literal["response.status", "response.delta", "citation", "tool_call", "tool_result", "response.completed", "error"]

#: A comment that keeps a silent stream alive.
HEARTBEAT = b": waiting\n\n"


@dataclass(frozen=True)
class Event:
    """One event with its data; that of a whole answer knows what it was ``made_of``, file versions and rows, which is not sent."""

    name: Name
    data: dict[str, Any]
    made_of: frozenset[FileVersion] = frozenset()

    def encoded(self, number: int) -> bytes:
        """The event as it is sent, `number` being its id in the stream."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {number}\nevent: {self.name}\ndata: {data}\n\n".encode()


def status(stage: Literal["searching", "reading", "writing", "checking"], **more: Any) -> Event:
    """The stage that an answer has reached."""
    return Event("response.status", {"stage": stage, **more})


def comment(values: dict[str, str]) -> bytes:
    """What is only known at the end, as comments of the stream."""
    return "".join(f": {name}: {value}\n" for name, value in values.items()).encode() + b"\n"
