"""Sessions as their reader may see them now."""

from collections.abc import Iterable
from typing import Any, Protocol

from maru.agents.guarding import Guards
from maru.agents.sessions import Order, SessionStore
from maru.identity import Caller
from maru.knowledge.rights import FileVersion


class Rights(Protocol):
    """What reading asks of the documents' room."""

    def visible(self, caller: Caller, versions: Iterable[FileVersion]) -> set[FileVersion]:
        """Those file versions that the caller may read now; blocks."""
        ...


class SessionReader:
    """Reads messages; references to documents that the reader no longer sees are withheld, what was hidden comes back."""

    def __init__(self, sessions: SessionStore, rights: Rights, guards: Guards) -> None:
        self._sessions, self._guards = sessions, guards
        #: Those file versions that a caller may read now; blocks.
        self.visible = rights.visible

    def messages(
        self, caller: Caller, session_id: str, *, order: Order = "asc", limit: int | None = None, after: str | None = None
    ) -> list[dict[str, Any]]:
        """Messages of the caller's session; raises NotFound, and BadRequest for an unknown cursor."""
        found = self._sessions.messages(caller, session_id, order=order, limit=limit, after=after)
        cited = {(str(one["file_id"]), int(one["version"])) for message in found for one in message.references}
        visible = self.visible(caller, cited) if cited else set()
        vault = self._guards.vault(self._sessions.get(caller, session_id))
        return [vault.restored(message.public(visible)) for message in found]
