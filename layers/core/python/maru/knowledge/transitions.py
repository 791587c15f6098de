"""How documents in vector stores change their status.

Every change moves the counters of the store and of the batch in the same transaction, under the condition of the status that
was read: whatever is delivered twice or at the same time counts once.
"""

import time
from collections.abc import Sequence
from typing import Any

from maru.dynamo import Item
from maru.errors import Conflict, Unavailable
from maru.knowledge.batches import BatchStore
from maru.knowledge.files import FileStore
from maru.knowledge.memberships import ALIVE, QUEUED_SECONDS, Entry, MembershipStore, Superseded, key_of, new_member
from maru.knowledge.vector_stores import VectorStoreStore, generation_of
from maru.transactions import LIMIT, Action, TransactionFailed, change, put, transact

_CLOSED: Item = {"pending_version": None, "open": None, "due": None, "lease_owner": None, "progress": None, "stage": None, "waiting": None}


class RightsChanged(Exception):
    """The file's version or ACL is not any more what was indexed."""


class Rebuilt(Unavailable):
    """The store's rows were built anew meanwhile: the document's belong there now."""

    def __init__(self) -> None:
        super().__init__("The vector store was rebuilt meanwhile: the document is indexed again.")


class Transitions:
    """Moves documents between statuses, and the counts with them."""

    def __init__(self, members: MembershipStore, *, files: FileStore, stores: VectorStoreStore, batches: BatchStore) -> None:
        self._members, self._files, self._stores, self._batches = members, files, stores, batches

    def attach(self, store: Item, entries: Sequence[Entry], *, batch_id: str | None = None) -> list[Item]:
        """Put documents into a store where they are not yet: in steps, each of them whole or not at all.

        Raises Conflict where one was put there, changed or deleted at the same time.
        """
        size = (LIMIT - 2) // 2
        rows = [new_member(store, entry, batch_id) for entry in entries]
        for start in range(0, len(entries), size):
            self._attach(store, entries[start : start + size], rows[start : start + size], batch_id)
        return rows

    def restart(self, member: Item, version: int, *, batch_id: str | None = None, keep_live: bool = True, **changes: Any) -> Item:
        """Have a document ingested (again) in this version; what is live stays so meanwhile, unless ``keep_live`` is False.

        Raises Superseded where it changed meanwhile.
        """
        fresh = {
            "pending_version": version,
            "stage": "queued",
            "attempts": 0,
            "last_error": None,
            "progress": None,
            "lease_owner": None,
            "open": "open",
            "due": int(time.time()) + QUEUED_SECONDS,
            "revision": member["revision"] + 1,
            "waiting": member["tenant"],
            "batch_id": batch_id,
            **({} if keep_live else {"live_version": None}),
            **changes,
        }
        leaving = member.get("batch_id") if member["status"] == "in_progress" else None
        also = [self._batches.count(leaving, {"n_in_progress": -1, "n_cancelled": 1})] if leaving else []
        also += [self._batches.count(batch_id, {"n_in_progress": 1})] if batch_id else []
        self._move(member | {"batch_id": None}, "in_progress", fresh, also=also)
        return self._members.get(member["vector_store_id"], member["file_id"])

    def complete(self, member: Item, file: Item, *, chunks: int, usage_bytes: int, generation: int = 1) -> None:
        """Make the version live, whose rows lie in this building of the store.

        Raises Superseded, RightsChanged where the file is not any more as it was read, or Rebuilt where searches read elsewhere by now.
        """
        live = {"live_version": member["pending_version"], "chunks": chunks, "usage_bytes": usage_bytes, "last_error": None}
        if member.get("live_version") not in (None, member["pending_version"]):
            # Rows of the version before are still in the index: a sweep sees to them if the worker dies now.
            live |= {"open": "open", "due": int(time.time()) + 300}
        also = [self._files.unchanged(file)]
        try:
            self._move(member, "completed", {**_CLOSED, **live}, also=also, owner=member["lease_owner"], generation=generation)
        except Superseded:
            store = self._stores.row(member["vector_store_id"])
            if store and "deleted" not in store and generation_of(store) != generation:
                raise Rebuilt from None
            if self._members.find(member["vector_store_id"], member["file_id"]) is None:
                raise
            present = self._files.row(file["id"])
            if present and (present["version"], present["acl_revision"]) != (file["version"], file["acl_revision"]):
                raise RightsChanged from None
            raise

    def fail(self, member: Item, error: Item) -> None:
        """End it as failed; what was live before stays so. Raises Superseded."""
        self._move(member, "failed", {**_CLOSED, "last_error": error}, owner=member.get("lease_owner"))

    def cancel(self, member: Item) -> None:
        """End it as cancelled. Raises Superseded where it ended otherwise meanwhile."""
        self._move(member, "cancelled", _CLOSED)

    def bury(self, member: Item) -> None:
        """Take the document out of the store; ``open`` until it is forgotten. Raises Superseded."""
        changes = {**_CLOSED, "deleted": True, "listed": None, "open": "open", "due": int(time.time()) + 300}
        self._move(member, None, changes | {"revision": member["revision"] + 1})

    def _attach(self, store: Item, entries: Sequence[Entry], rows: Sequence[Item], batch_id: str | None) -> None:
        new = "attribute_not_exists(file_id) OR attribute_exists(deleted)"
        actions = [put(self._members.table, row, condition=new) for row in rows]
        actions += [self._files.joining(entry.file, store["id"]) for entry in entries]
        actions.append(self._stores.count(store["id"], {"n_in_progress": len(rows)}))
        if batch_id:
            actions.append(self._batches.count(batch_id, {"n_in_progress": len(rows)}))
        try:
            transact(self._members.table, actions)
        except TransactionFailed:
            raise Conflict("A file or the vector store was changed or deleted at the same time. Try again.", code="file_changed") from None

    def _move(
        self,
        member: Item,
        status: str | None,
        changes: Item,
        *,
        also: Sequence[Action] = (),
        owner: str | None = None,
        generation: int | None = None,
    ) -> None:
        """Change the status (None: out of the store) with every count that depends on it."""
        values: Item = {":was": member["status"], ":revision": member["revision"]}
        condition = f"{ALIVE} AND #status = :was AND revision = :revision"
        if owner:
            condition += " AND lease_owner = :owner"
            values[":owner"] = owner
        stated = {"status": status} if status else {}
        action = change(self._members.table, key_of(member), changes | stated, condition=condition, values=values)
        action["Update"]["ExpressionAttributeNames"]["#status"] = "status"
        try:
            transact(self._members.table, [action, *also, *self._counts(member, status, changes, generation)])
        except TransactionFailed:
            raise Superseded from None

    def _counts(self, member: Item, status: str | None, changes: Item, generation: int | None) -> list[Action]:
        deltas = _deltas(member["status"], status)
        usage = (changes.get("usage_bytes", member["usage_bytes"]) if status else 0) - member["usage_bytes"]
        if usage:
            deltas["usage_bytes"] = usage
        if deltas or {"live_version", "attributes"} & changes.keys():
            deltas["knowledge_version"] = 1
        if generation is not None:
            deltas["published"] = 1
        actions = [self._stores.count(member["vector_store_id"], deltas, generation=generation)] if deltas else []
        if member.get("batch_id") and member["status"] == "in_progress":
            actions.append(self._batches.count(member["batch_id"], _deltas("in_progress", status or "cancelled")))
        return actions


def _deltas(before: str, after: str | None) -> dict[str, int]:
    if before == after:
        return {}
    return {f"n_{before}": -1, **({f"n_{after}": 1} if after else {})}
