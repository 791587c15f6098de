"""Documents in vector stores: how far each has come and which version of it is live."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import Conflict, NotFound
from maru.expressions import setting
from maru.ids import new_id
from maru.knowledge.chunking import to_openai
from maru.knowledge.paging import Cursor, Page, overdue, page, stamp

#: How long a queued document may wait before a sweep takes the message for lost.
QUEUED_SECONDS = 900
ALIVE = "attribute_exists(file_id) AND attribute_not_exists(deleted)"
_TOMBSTONE_SECONDS = 7 * 86_400


class Superseded(Exception):
    """The document was deleted, cancelled, overwritten or taken over: this work is nobody's any more."""


class Entry(NamedTuple):
    """A file (its row) that is to be in a store, with what is its own there; ``chunking`` as `chunking.from_openai` gives it."""

    file: Item
    attributes: dict[str, Any]
    chunking: Item


class MembershipStore:
    """The table of documents in vector stores.

    ``live_version`` is what searches find, ``pending_version`` what is being ingested. A worker owns a document by
    ``lease_owner`` until ``due``; ``revision`` grows with every change that makes work under way worthless.
    What moves a status stands in `transitions`, with the counts that follow from it.
    """

    SPEC = TableSpec(
        "vector_store_files",
        key="vector_store_id",
        sort="file_id",
        ttl="purge_at",
        indexes=(
            IndexSpec("by_store", "vector_store_id", "listed"),
            IndexSpec("by_batch", "batch_id", "listed"),
            IndexSpec("open", "open", "due"),
            IndexSpec("waiting", "waiting", "listed"),
        ),
        numeric=frozenset({"due"}),
    )

    def __init__(self, table: Table) -> None:
        self.table = table

    def waiting(self, tenant: str, limit: int) -> Iterable[Item]:
        """Documents of a tenant that nobody works at yet, those first that came first; the index may lag behind."""
        return self.table.query("waiting = :tenant", {":tenant": tenant}, index="waiting", limit=limit)

    def find(self, store_id: str, file_id: str) -> Item | None:
        """The document in the store, or None."""
        row = self.table.get(member_key(store_id, file_id))
        return row if row and "deleted" not in row else None

    def get(self, store_id: str, file_id: str) -> Item:
        """As `find`. Raises NotFound."""
        row = self.find(store_id, file_id)
        if row is None:
            raise NotFound(f"No file '{file_id}' in this vector store.", param="file_id")
        return row

    def among(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Those of the (store, file) pairs that exist."""
        rows = self.table.batch_get(member_key(*pair) for pair in pairs)
        return {(row["vector_store_id"], row["file_id"]): row for row in rows if "deleted" not in row}

    def list(self, store_id: str, cursor: Cursor, *, keep: Callable[[list[Item]], list[Item]], batch_id: str | None = None) -> Page:
        """Those documents of a store, or of one batch in it, that ``keep`` lets through."""
        index, partition = ("by_batch", ("batch_id", batch_id)) if batch_id else ("by_store", ("vector_store_id", store_id))
        return page(
            self.table,
            index,
            partition,
            cursor,
            find=lambda file_id: self.table.get(member_key(store_id, file_id)),
            keep=keep,
        )

    def claim(self, store_id: str, file_id: str, version: int, *, lease_s: float) -> Item | None:
        """Take a queued document, or one whose worker stopped showing life; None where there is nothing to take."""
        now = int(time.time())
        values = {
            ":due": int(now + lease_s),
            ":owner": new_id("w_"),
            ":one": 1,
            ":now": now,
            ":version": version,
            ":status": "in_progress",
            ":stage": "parse",
        }
        free = "(attribute_not_exists(lease_owner) OR due < :now)"
        condition = f"{ALIVE} AND #status = :status AND pending_version = :version AND {free}"
        expression = "SET due = :due, lease_owner = :owner, stage = :stage, attempts = attempts + :one REMOVE waiting"
        try:
            return self.table.update(
                member_key(store_id, file_id), expression, values=values, names={"#status": "status"}, condition=condition
            )
        except ConditionFailed:
            return None

    def advance(self, member: Item, *, lease_s: float, **changes: Any) -> Item:
        """Note a step and stay its owner. Raises Superseded."""
        return self._owned(member, {"due": int(time.time() + lease_s), **changes})

    def progressed(self, member: Item, chunks: int, *, lease_s: float) -> None:
        """Count chunks of a portion that is written, as one of several that are, and stay its owner. Raises Superseded."""
        self._owned(member, {"due": int(time.time() + lease_s)}, add={"progress": chunks})

    def release(self, member: Item, *, delay_s: float, **changes: Any) -> None:
        """Give the document back, to be taken up again after the delay. Raises Superseded."""
        self._owned(member, {"lease_owner": None, "due": int(time.time() + delay_s + QUEUED_SECONDS), **changes})

    def requeue(self, member: Item) -> bool:
        """Take a document from an owner that died, or whose message was lost; False where it moved meanwhile."""
        changes = {"lease_owner": None, "due": int(time.time()) + QUEUED_SECONDS}
        try:
            self.table.set(key_of(member), changes, condition="due = :due", values={":due": member["due"]})
        except ConditionFailed:
            return False
        return True

    def buried(self, store_id: str, file_id: str) -> Item | None:
        """A document that was taken out of the store and has not been forgotten yet."""
        row = self.table.get(member_key(store_id, file_id))
        return row if row and "deleted" in row and "open" in row else None

    def change(self, member: Item, changes: Item) -> Item:
        """Set attributes of a document as it was read. Raises Conflict where it changed meanwhile."""
        revised = changes | {"revision": member["revision"] + 1}
        try:
            return self.table.set(key_of(member), revised, condition=f"{ALIVE} AND revision = :was", values={":was": member["revision"]})
        except ConditionFailed:
            raise Conflict("The file in this vector store was changed at the same time. Try again.", code="file_changed") from None

    def building(self, member: Item, mark: str) -> bool:
        """Note that rows of a document are being written into another building; False where it is out of the store."""
        try:
            self.table.set(key_of(member), {"built": mark}, condition=ALIVE)
        except ConditionFailed:
            return False
        return True

    def forget(self, store_id: str, file_id: str) -> None:
        """Nothing of a removed document is left in the index; its row serves as a cursor for a while."""
        changes = {"open": None, "due": None, "purge_at": int(time.time()) + _TOMBSTONE_SECONDS}
        try:
            self.table.set(member_key(store_id, file_id), changes, condition="attribute_exists(deleted)")
        except ConditionFailed:
            return  # it was attached again meanwhile

    def tidied(self, member: Item) -> None:
        """Rows of older versions are gone from the index."""
        closing = "attribute_exists(file_id) AND #n0 = :open AND #st = :completed"
        try:
            self.table.update(
                key_of(member),
                "REMOVE #n0, #n1",
                names={"#n0": "open", "#n1": "due", "#st": "status"},
                condition=closing,
                values={":open": "open", ":completed": "completed"},
            )
        except ConditionFailed:
            return  # it is being ingested again

    def of_store(self, store_id: str) -> Sequence[Item]:
        """Every row of a store."""
        return list(self.table.query("vector_store_id = :store", {":store": store_id}))

    def drop(self, row: Item) -> None:
        """Remove a row of a store that is no more."""
        self.table.delete(key_of(row))

    def overdue(self, before: float) -> Sequence[Item]:
        """Documents with work that should have ended by then."""
        return overdue(self.table, before)

    def _owned(self, member: Item, changes: Item, *, add: Mapping[str, int] | None = None) -> Item:
        condition = f"{ALIVE} AND lease_owner = :owner AND pending_version = :version AND revision = :revision"
        values = {":owner": member["lease_owner"], ":version": member["pending_version"], ":revision": member["revision"]}
        expression, names, placed = setting(changes, add)
        try:
            return self.table.update(key_of(member), expression, values=placed | values, names=names, condition=condition)
        except ConditionFailed:
            raise Superseded from None


def member_key(store_id: str, file_id: str) -> Item:
    """The key of a document in a store."""
    return {"vector_store_id": store_id, "file_id": file_id}


def key_of(row: Item) -> Item:
    """The key of this row."""
    return member_key(row["vector_store_id"], row["file_id"])


def new_member(store: Item, entry: Entry, batch_id: str | None) -> Item:
    """The first row of a document in a store."""
    place = stamp(entry.file["id"])
    return {
        **member_key(store["id"], entry.file["id"]),
        "tenant": store["tenant"],
        "created": place,
        "listed": place,
        "created_at": int(time.time()),
        "status": "in_progress",
        "stage": "queued",
        "attempts": 0,
        "pending_version": entry.file["version"],
        "revision": 1,
        "attributes": entry.attributes,
        "chunking": entry.chunking,
        "usage_bytes": 0,
        "open": "open",
        "due": int(time.time()) + QUEUED_SECONDS,
        # What is still to be joined from parts cannot be worked at.
        **({"waiting": store["tenant"]} if entry.file["status"] != "uploaded" else {}),
        **({"batch_id": batch_id} if batch_id else {}),
    }


def member_object(row: Item) -> dict[str, Any]:
    """OpenAI's ``vector_store.file``, with how far it has come, and how often it was tried, beside it.

    ``chunks_indexed`` counts those of the version under way; ``last_error`` has a ``cause`` beside OpenAI's fields, and
    ``chunks`` where an engine did not take some of them. While the document is in progress it is why the attempt before failed.
    """
    return {
        "id": row["file_id"],
        "object": "vector_store.file",
        "created_at": row["created_at"],
        "vector_store_id": row["vector_store_id"],
        "status": row["status"],
        "stage": row.get("stage"),
        "last_error": row.get("last_error"),
        "usage_bytes": row["usage_bytes"],
        "attributes": row["attributes"],
        "chunking_strategy": to_openai(row["chunking"]),
        "version": row.get("live_version"),
        "chunks": row.get("chunks"),
        "chunks_indexed": row.get("progress") or (row.get("chunks") if row["status"] == "completed" else 0),
        "attempts": row["attempts"],
        "pending_version": row.get("pending_version"),
    }
