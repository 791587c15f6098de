"""Vector stores: named sets of documents, each on one engine and one embedding alias."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import Conflict, NotFound
from maru.ids import new_id
from maru.knowledge.paging import TOMBSTONE_SECONDS, Cursor, Page, overdue, page, stamp
from maru.transactions import Action, change

#: The states a document in a store can be in; their counts stand in the store's row, as ``n_{status}``.
STATUSES = ("in_progress", "completed", "failed", "cancelled")
DAY = 86_400
#: Between a store's id and the number of the building, in the name of its rows; no id holds it.
_GENERATION = "~"
_LIVING = "attribute_exists(id) AND attribute_not_exists(deleted)"
#: How exactly `last_active_at` is kept: one write in this many seconds of searching.
_ACTIVE_STEP = 3600


class VectorStoreStore:
    """The table of vector stores. A deleted store's row stays, without a place in lists, until its documents are gone."""

    SPEC = TableSpec(
        "vector_stores",
        key="id",
        ttl="purge_at",
        indexes=(
            IndexSpec("by_tenant", "tenant", "listed"),
            IndexSpec("by_name", "name_key", "listed"),
            IndexSpec("open", "open", "due"),
            IndexSpec("expiring", "expiring", "expires_at"),
        ),
        numeric=frozenset({"due", "expires_at"}),
    )

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, *, tenant: str, name: str, engine: str, embedding: str, chunking: Item, optional: Mapping[str, Any]) -> Item:
        """Make a store; ``optional`` may hold metadata, description and expires_after."""
        store_id, now = new_id("vs_"), int(time.time())
        place = stamp(store_id)
        row: Item = {
            "id": store_id,
            "tenant": tenant,
            "created": place,
            "listed": place,
            "created_at": now,
            "name": name,
            "name_key": _name_key(tenant, name),
            "engine": engine,
            "embedding": embedding,
            "chunking": chunking,
            "last_active_at": now,
            "usage_bytes": 0,
            **{f"n_{status}": 0 for status in STATUSES},
            **{field: value for field, value in optional.items() if value is not None},
        }
        self._table.put(row | _expiry(row), condition="attribute_not_exists(id)")
        return row | _expiry(row)

    def find(self, tenant: str, reference: str) -> Item | None:
        """The tenant's store of this id or, where there is none, the oldest of this name."""
        if not reference:
            return None
        row = self._table.get({"id": reference})
        if row is not None and row["tenant"] == tenant:
            return None if "deleted" in row else row
        named = self._table.query("name_key = :key", {":key": _name_key(tenant, reference)}, index="by_name", limit=1)
        # The index may lag behind; the row itself decides.
        found = next((self._table.get({"id": row["id"]}) for row in named), None)
        return found if found and "deleted" not in found else None

    def get(self, tenant: str, reference: str) -> Item:
        """As `find`. Raises NotFound."""
        row = self.find(tenant, reference)
        if row is None:
            raise NotFound(f"No vector store '{reference}'.", param="vector_store_id")
        return row

    def list(self, tenant: str, cursor: Cursor) -> Page:
        """The tenant's stores."""
        return page(self._table, "by_tenant", ("tenant", tenant), cursor, find=lambda one: self._own(tenant, one), keep=lambda rows: rows)

    def update(self, row: Item, changes: Item) -> Item:
        """Change name, metadata or expires_after (None takes it away).

        Raises NotFound where it was deleted meanwhile, and Conflict where its time is over: its index is gone then.
        """
        if expired(row):
            raise Conflict(f"The vector store '{row['id']}' has expired. Create a new one.", code="vector_store_expired")
        if changes.get("name"):
            changes = changes | {"name_key": _name_key(row["tenant"], changes["name"])}
        if "expires_after" in changes:
            changes = changes | {"last_active_at": int(time.time()), "expires_at": None, "expiring": None}
            changes |= _expiry(row | changes)
        try:
            return self._table.set({"id": row["id"]}, changes, condition=_LIVING)
        except ConditionFailed:
            raise NotFound(f"No vector store '{row['id']}'.", param="vector_store_id") from None

    def renew(self, store_id: str) -> None:
        """Note that searches of a store may find something else from now on, so that nothing kept of them is used any more."""
        try:
            self._table.update({"id": store_id}, "ADD knowledge_version :one", values={":one": 1}, condition="attribute_exists(id)")
        except ConditionFailed:
            return

    def touch(self, row: Item) -> None:
        """Note that the store was used: its expiry counts from then."""
        now = int(time.time())
        if row.get("expires_after") and now - row["last_active_at"] > _ACTIVE_STEP:
            self.update(row, {"last_active_at": now} | _expiry(row | {"last_active_at": now}))

    def expired(self, before: float) -> Sequence[Item]:
        """Stores whose time is over and whose index is still there."""
        values = {":e": "expiring", ":now": int(before)}
        return list(self._table.query("expiring = :e AND expires_at < :now", values, index="expiring"))

    def emptied(self, row: Item) -> None:
        """The index of an expired store is gone."""
        self._table.set({"id": row["id"]}, {"expiring": None})

    def bury(self, row: Item) -> Item:
        """Delete: gone for every caller; ``open`` until `forget`, so that a sweep finishes what a crash left."""
        now = int(time.time())
        changes = {"deleted": True, "listed": None, "name_key": None, "expiring": None, "open": "open", "due": now + 300}
        try:
            return self._table.set({"id": row["id"]}, changes, condition=_LIVING)
        except ConditionFailed:
            raise NotFound(f"No vector store '{row['id']}'.", param="vector_store_id") from None

    def row(self, store_id: str) -> Item | None:
        """A store's row whatever its state, for work on what it holds and for nobody's eyes."""
        return self._table.get({"id": store_id})

    def buried(self, store_id: str) -> Item | None:
        """A deleted store whose documents are still to be removed."""
        row = self._table.get({"id": store_id})
        return row if row and "deleted" in row and "open" in row else None

    def forget(self, store_id: str) -> None:
        """Nothing of a deleted store is left; its row serves as a cursor for a while."""
        self._table.set({"id": store_id}, {"open": None, "due": None, "purge_at": int(time.time()) + TOMBSTONE_SECONDS})

    def overdue(self, before: float) -> Sequence[Item]:
        """Deleted stores whose removal should have ended by then."""
        return overdue(self._table, before)

    def count(self, store_id: str, deltas: Mapping[str, int], *, generation: int | None = None) -> Action:
        """The part of a transaction that moves a living store's counters, and that holds only while this building of it is read."""
        condition = _LIVING
        if generation is not None:
            condition += " AND (generation = :generation" + (" OR attribute_not_exists(generation))" if generation == 1 else ")")
        values = {} if generation is None else {":generation": generation}
        return change(self._table, {"id": store_id}, {}, add=deltas, condition=condition, values=values)

    def build(self, row: Item, building: Item) -> Item:
        """Note that a store's rows are being built anew. Raises Conflict while another building is under way or not cleared away."""
        try:
            condition = f"{_LIVING} AND attribute_not_exists(building) AND attribute_not_exists(retired)"
            return self._table.set({"id": row["id"]}, {"building": building, "rebuild": None}, condition=condition)
        except ConditionFailed:
            told = "This vector store is being rebuilt, or what the rebuild before left is being cleared away. Try again later."
            raise Conflict(told, code="rebuild_running") from None

    def rebuilding(self, store_id: str, building: Item, changes: Item, *, published: int | None = None) -> Item | None:
        """Change a store while this building is under way, and (``published``) none of its documents went live meanwhile; else None."""
        condition, values = f"{_LIVING} AND building.id = :id", {":id": building["id"]}
        if published is not None:
            condition += " AND (published = :published" + (" OR attribute_not_exists(published))" if published == 0 else ")")
            values[":published"] = published
        try:
            return self._table.set({"id": store_id}, changes, condition=condition, values=values)
        except ConditionFailed:
            return None

    def cleared(self, store_id: str) -> None:
        """What a rebuild left over is gone."""
        self._table.set({"id": store_id}, {"retired": None}, condition="attribute_exists(id)")

    def _own(self, tenant: str, store_id: str) -> Item | None:
        row = self._table.get({"id": store_id})
        return row if row and row["tenant"] == tenant else None


def rows_key(store_id: str, generation: int) -> str:
    """The name under which an engine keeps a store's rows: another one for each time that they are built anew."""
    return store_id if generation == 1 else f"{store_id}{_GENERATION}{generation}"


def store_of(key: str) -> str:
    """The store that rows under this name belong to."""
    return key.partition(_GENERATION)[0]


def generation_of(row: Item) -> int:
    """Which building of a store's rows searches read."""
    return int(row.get("generation", 1))


def rows_places(row: Item) -> list[tuple[str, str]]:
    """Engine and name of a store's rows wherever they lie: first where searches look, then those being built, and those left over."""
    building, retired = row.get("building"), row.get("retired")
    places = [(row["engine"], rows_key(row["id"], generation_of(row)))]
    places += [(building["engine"], rows_key(row["id"], int(building["generation"])))] if building else []
    return places + ([(retired["engine"], retired["key"])] if retired else [])


def expired(row: Item) -> bool:
    """Whether a store's time is over."""
    return bool(row.get("expires_at")) and row["expires_at"] <= time.time()


def _expiry(row: Item) -> Item:
    policy = row.get("expires_after")
    return {"expires_at": row["last_active_at"] + policy["days"] * DAY, "expiring": "expiring"} if policy else {}


def _name_key(tenant: str, name: str) -> str:
    return f"{tenant}#{name}"


def vector_store_object(row: Item) -> dict[str, Any]:
    """OpenAI's ``vector_store``, with ``engine`` and ``embedding_model`` beside it."""
    counts = {status: row[f"n_{status}"] for status in STATUSES}
    status = "expired" if expired(row) else "in_progress" if counts["in_progress"] else "completed"
    return {
        "id": row["id"],
        "object": "vector_store",
        "created_at": row["created_at"],
        "name": row["name"],
        "description": row.get("description"),
        "usage_bytes": row["usage_bytes"],
        "file_counts": {**counts, "total": sum(counts.values())},
        "status": status,
        **({"expires_after": row["expires_after"]} if row.get("expires_after") else {}),
        "expires_at": row.get("expires_at"),
        "last_active_at": row["last_active_at"],
        "metadata": row.get("metadata") or {},
        "engine": row["engine"],
        "embedding_model": row["embedding"],
    }
