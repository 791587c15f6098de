"""Sessions: conversations of one user, one item per message."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from maru.agents.messages import Message, read
from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import BadRequest, NotFound
from maru.identity import Caller
from maru.ids import new_id
from maru.knowledge.retention import strictest
from maru.knowledge.rights import FileVersion
from maru.transactions import TransactionFailed, put, transact, update
from maru.validation import spelled

_HEAD = "#"
_MESSAGE = "m#"
_TITLE = 80
#: Of a session whose id its caller chose.
SESSION_ID = spelled(r"^[^\s/\x00-\x1f\x7f]{1,128}$", "1 to 128 characters without spaces and slashes, such as 'talk-1'")
type Order = Literal["asc", "desc"]


@dataclass(frozen=True)
class Summary:
    """What the model made of the messages up to the place ``until``; ``used`` are the file versions it may repeat."""

    text: str
    until: str
    used: frozenset[FileVersion]


class SessionStore:
    """The table of sessions: a head row and a row per message under the session's id.

    An id belongs to the (tenant, user) that came first; to everybody else it does not exist.
    """

    SPEC = TableSpec(
        "sessions",
        key="id",
        sort="sk",
        indexes=(
            IndexSpec("by_owner", key="owner", sort="updated"),
            IndexSpec("by_message", key="message_id"),
            IndexSpec("by_tenant", key="retained", sort="updated"),
        ),
    )

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, caller: Caller, session_id: str | None, *, agent: str, title: str) -> tuple[Item, bool]:
        """The session's head and whether it is new; without an id a new one. Raises NotFound for somebody else's."""
        if session_id and (head := self._head(session_id)):
            return self._own(caller, session_id, head), False
        now = time.time()
        head = {
            "id": session_id or new_id("sess_"),
            "sk": _HEAD,
            "tenant": caller.tenant,
            "user": caller.user,
            "owner": _owner(caller),
            "retained": caller.tenant,
            "updated": _stamp(now),
            "agent": agent,
            "title": _titled(title),
            "created_at": int(now),
            "messages": 0,
        }
        try:
            self._table.put(head, condition="attribute_not_exists(id)")
        except ConditionFailed:
            return self._own(caller, head["id"], self._head(head["id"])), False
        return head, True

    def get(self, caller: Caller, session_id: str) -> Item:
        """The head of the caller's session; raises NotFound."""
        return self._own(caller, session_id, self._head(session_id))

    def claimed(self, caller: Caller, session_id: str) -> None:
        """Raises NotFound for a session of somebody else; one that is not there yet may become the caller's."""
        if head := self._head(session_id):
            self._own(caller, session_id, head)

    def discard(self, head: Item) -> None:
        """Take a new session back in which nothing was said."""
        try:
            self._table.delete({"id": head["id"], "sk": _HEAD}, condition="messages = :none", values={":none": 0})
        except ConditionFailed:
            return

    def append(
        self,
        head: Item,
        said: Sequence[Message],
        *,
        title: str | None = None,
        sealed: bytes | None = None,
        data_class: str | None = None,
    ) -> list[Message]:
        """Write messages in their order, all or none; raises NotFound where the session was deleted meanwhile.

        ``title`` is set where the session has none yet, ``sealed`` is what the guard sealed, ``data_class`` that of what they stand on.
        """
        now = time.time()
        placed = [Message(**{**vars(message), "place": f"{_MESSAGE}{_stamp(now, i)}#{message.id}"}) for i, message in enumerate(said)]
        kept = strictest({data_class, head.get("data_class", data_class)}) if data_class else None
        changed = {"title": title and _titled(title), "sealed": sealed, "data_class": kept}
        more = {name: one for name, one in changed.items() if one}
        touch = update(
            self._table,
            {"id": head["id"], "sk": _HEAD},
            "SET updated = :updated" + "".join(f", {name} = :{name}" for name in more) + " ADD messages :count",
            values={":updated": _stamp(now), ":count": len(placed), ":owner": head["owner"]}
            | {f":{key}": one for key, one in more.items()},
            condition="#owner = :owner AND attribute_not_exists(deleted)",
            names={"#owner": "owner"},
        )
        try:
            transact(self._table, [touch, *(put(self._table, one.row(head["tenant"], head["user"])) for one in placed)])
        except TransactionFailed as error:
            raise NotFound("The session was deleted while it was answered.", param="session_id") from error
        return placed

    def listed(self, caller: Caller, *, limit: int, after: str | None = None) -> tuple[list[Item], bool]:
        """Heads of the caller's sessions, the one used last first, and whether more follow."""
        condition, values = "#owner = :owner", {":owner": _owner(caller)}
        if after:
            values[":after"] = self.get(caller, after)["updated"]
            condition += " AND updated < :after"
        rows = self._table.query(condition, values, index="by_owner", names={"#owner": "owner"}, forward=False)
        found = list(islice((row for row in rows if "deleted" not in row), limit + 1))
        return found[:limit], len(found) > limit

    def rename(self, caller: Caller, session_id: str, title: str) -> Item:
        """Give a session another title; raises NotFound."""
        head = self.get(caller, session_id)
        return self._table.set({"id": head["id"], "sk": _HEAD}, {"title": title}, condition="attribute_exists(id)")

    def delete(self, caller: Caller, session_id: str) -> None:
        """Delete a session with everything said in it; raises NotFound."""
        head = self._head(session_id)
        if head is None or head["owner"] != _owner(caller):
            raise _not_found(session_id)
        self.remove(head)

    def remove(self, head: Item) -> None:
        """Delete a session with everything said in it, whoever's it is; may be called again at any time."""
        # Marked first: from now on it does not exist, and nobody else gets its id before its messages are gone.
        self._table.set({"id": head["id"], "sk": _HEAD}, {"deleted": True})
        for row in self._rows(head["id"]):
            self._table.delete({"id": head["id"], "sk": row["sk"]})
        self._table.delete({"id": head["id"], "sk": _HEAD})

    def of_tenant(self, tenant: str) -> Iterable[Item]:
        """The heads of all sessions of a tenant, the one used longest ago first."""
        return self._table.query("retained = :tenant", {":tenant": tenant}, index="by_tenant")

    def rows_of(self, head: Item) -> Iterable[Item]:
        """The rows of a session's messages, in their order."""
        return self._rows(head["id"])

    def messages(
        self, caller: Caller, session_id: str, *, order: Order = "asc", limit: int | None = None, after: str | None = None
    ) -> list[Message]:
        """Messages of the caller's session; ``after`` is a message's id. Raises NotFound, and BadRequest for an unknown cursor."""
        self.get(caller, session_id)
        rows: Iterable[Item] = self._rows(session_id, order=order, after=self._place(session_id, after) if after else None)
        return [read(row) for row in islice(rows, limit)]

    def message(self, caller: Caller, message_id: str) -> Message:
        """One of the caller's own messages; raises NotFound."""
        found = next(self._table.query("message_id = :id", {":id": message_id}, index="by_message", limit=1), None)
        if found is None or (found["tenant"], found["user"]) != (caller.tenant, caller.user):
            raise NotFound(f"No message '{message_id}'.", param="message_id")
        self.get(caller, found["id"])
        return read(found)

    def summary(self, head: Item) -> Summary | None:
        """The summary of older turns, where there is one."""
        kept = head.get("summary")
        return Summary(kept["text"], kept["until"], frozenset((f, v) for f, v in kept["used"])) if kept else None

    def summarised(self, head: Item, summary: Summary) -> None:
        """Keep a summary with the session."""
        kept = {"text": summary.text, "until": summary.until, "used": [list(one) for one in sorted(summary.used)]}
        try:
            self._table.set({"id": head["id"], "sk": _HEAD}, {"summary": kept}, condition="attribute_exists(id)")
        except ConditionFailed:
            return

    def _rows(self, session_id: str, *, order: Order = "asc", after: str | None = None) -> Iterable[Item]:
        low, high = _MESSAGE, _MESSAGE + "~"
        if after:
            low, high = (after, high) if order == "asc" else (low, after)
        values = {":id": session_id, ":low": low, ":high": high}
        rows = self._table.query("id = :id AND sk BETWEEN :low AND :high", values, forward=order == "asc")
        return (row for row in rows if row["sk"] != after)

    def _place(self, session_id: str, message_id: str) -> str:
        found = next(self._table.query("message_id = :id", {":id": message_id}, index="by_message", limit=1), None)
        if found is None or found["id"] != session_id:
            raise BadRequest("'after' names no message of this session: give the `last_id` of the page before.", param="after")
        return str(found["sk"])

    def _head(self, session_id: str) -> Item | None:
        return self._table.get({"id": session_id, "sk": _HEAD})

    def _own(self, caller: Caller, session_id: str, head: Item | None) -> Item:
        if head is None or head["owner"] != _owner(caller) or "deleted" in head:
            raise _not_found(session_id)
        return head


def public_session(head: Item) -> dict[str, Any]:
    """A session as its user gets it."""
    return {
        "id": head["id"],
        "object": "session",
        "title": head["title"],
        "agent": head["agent"],
        "created_at": head["created_at"],
        "updated_at": int(head["updated"]) // 1_000_000,
        "messages": head["messages"],
    }


def _titled(text: str) -> str:
    return " ".join(text.split())[:_TITLE]


def _owner(caller: Caller) -> str:
    return json.dumps([caller.tenant, caller.user], ensure_ascii=False)


def _stamp(now: float, offset: int = 0) -> str:
    """Microseconds since the epoch, in fixed width."""
    return f"{int(now * 1_000_000) + offset:020d}"


def _not_found(session_id: str) -> NotFound:
    return NotFound(f"No session '{session_id}'.", param="session_id")
