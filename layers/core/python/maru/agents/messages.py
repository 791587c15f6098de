"""Messages of sessions: what is kept of a turn, and what its reader may still see of it."""

import json
import zlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal

from maru.dynamo import Item
from maru.knowledge.rights import FileVersion

#: A version of a file, ``(file_id, version)``.
type Role = Literal["user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One message.

    ``references`` are complete, as they were when it was written. ``used`` are the file versions that its text may repeat:
    those of all passages and earlier answers that the model saw. ``status`` is ``completed`` or ``failed`` (cut off midway).
    """

    id: str
    session_id: str
    role: Role
    content: str
    created_at: int
    place: str = ""
    agent: str = ""
    status: str = "completed"
    references: tuple[dict[str, Any], ...] = ()
    used: frozenset[FileVersion] = field(default=frozenset())
    usage: dict[str, Any] | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    grounding: dict[str, Any] | None = None

    def sources(self) -> set[FileVersion]:
        """Every file version that decides whether this message may be shown whole or be remembered."""
        return {(str(one["file_id"]), int(one["version"])) for one in self.references} | self.used

    def public(self, visible: AbstractSet[FileVersion]) -> dict[str, Any]:
        """The message as its reader gets it, references to documents that are not ``visible`` to them withheld."""
        shown: dict[str, Any] = {
            "id": self.id,
            "object": "message",
            "session_id": self.session_id,
            "role": self.role,
            "content": self.content,
            "created_at": self.created_at,
        }
        if self.role == "assistant":
            shown |= {"agent": self.agent, "status": self.status, "references": withheld(self.references, visible), "usage": self.usage}
            shown |= {"tool_calls": list(self.tool_calls)} if self.tool_calls else {}
            shown |= {"grounding": self.grounding} if self.grounding else {}
        return shown

    def row(self, tenant: str, user: str) -> Item:
        """The row of this message; text and references lie compressed in it, so that it stays far below 400 KB."""
        whole = {"content": self.content, "references": self.references, "used": sorted(self.used), "usage": self.usage}
        whole |= {"tool_calls": self.tool_calls} if self.tool_calls else {}
        whole |= {"grounding": self.grounding} if self.grounding else {}
        return {
            "id": self.session_id,
            "sk": self.place,
            "message_id": self.id,
            "tenant": tenant,
            "user": user,
            "role": self.role,
            "agent": self.agent,
            "status": self.status,
            "created_at": self.created_at,
            "body": zlib.compress(json.dumps(whole, ensure_ascii=False).encode()),
        }


def read(row: Item) -> Message:
    """The message that a row holds."""
    body = json.loads(zlib.decompress(row["body"]))
    return Message(
        id=row["message_id"],
        session_id=row["id"],
        role=row["role"],
        content=body["content"],
        created_at=row["created_at"],
        place=row["sk"],
        agent=row["agent"],
        status=row["status"],
        references=tuple(body["references"]),
        tool_calls=tuple(body.get("tool_calls", ())),
        grounding=body.get("grounding"),
        used=frozenset((file_id, version) for file_id, version in body["used"]),
        usage=body["usage"],
    )


def withheld(references: Sequence[dict[str, Any]], visible: AbstractSet[FileVersion]) -> list[dict[str, Any]]:
    """The references, those to other than ``visible`` file versions reduced to their index."""
    return [one if (one["file_id"], one["version"]) in visible else {"index": one["index"], "withheld": True} for one in references]
