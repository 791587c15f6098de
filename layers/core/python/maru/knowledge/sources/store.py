"""Sources and what was found in them: two tables, of which the second has a row for every page or file."""

import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import NotFound
from maru.ids import new_id
from maru.knowledge.paging import Cursor, Page, page, stamp

#: How long a worker may be silent before another goes on with its sync.
LEASE_SECONDS = 420
_NEVER = 2**40


class SourceStore:
    """The table of sources.

    ``syncs`` counts the syncs of each; while one is under way the phase is ``syncing`` and a worker holds it until ``due``.
    """

    SPEC = TableSpec(
        "sources",
        key="id",
        ttl="purge_at",
        indexes=(IndexSpec("by_tenant", "tenant", "listed"), IndexSpec("open", "open", "due")),
        numeric=frozenset({"due"}),
    )

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, *, tenant: str, user: str | None, store_id: str, kind: str, settings: Item, rights: Item, minutes: int | None) -> Item:
        """A source that was never synced; ``minutes`` is the time between its syncs, None where only a call starts one."""
        source_id = new_id("src_")
        place = stamp(source_id)
        row: Item = {
            "id": source_id,
            "tenant": tenant,
            "created": place,
            "listed": place,
            "created_at": int(time.time()),
            "created_by": user,
            "vector_store_id": store_id,
            "kind": kind,
            "settings": settings,
            "rights": rights,
            "minutes": minutes,
            "syncs": 0,
            "phase": "new",
            "counts": {},
            **({"open": "open", "due": int(time.time())} if minutes else {}),
        }
        self._table.put({name: value for name, value in row.items() if value is not None}, condition="attribute_not_exists(id)")
        return row

    def find(self, source_id: str) -> Item | None:
        """The source of any tenant, or None where it was deleted."""
        row = self._table.get({"id": source_id})
        return row if row and "deleted" not in row else None

    def get(self, tenant: str, source_id: str) -> Item:
        """The tenant's source. Raises NotFound."""
        row = self.find(source_id)
        if row is None or row["tenant"] != tenant:
            raise NotFound(f"No source '{source_id}'.", param="source_id")
        return row

    def list(self, tenant: str, cursor: Cursor) -> Page:
        """The tenant's sources."""

        def own(source_id: str) -> Item | None:
            row = self._table.get({"id": source_id})
            return row if row and row["tenant"] == tenant else None

        return page(self._table, "by_tenant", ("tenant", tenant), cursor, find=own, keep=lambda rows: rows)

    def due(self, before: float) -> Sequence[Item]:
        """Sources that are to be synced, or whose sync no worker is known to go on with, or that are to be cleared away."""
        values = {":open": "open", ":now": int(before)}
        return list(self._table.query("#o = :open AND due < :now", values, index="open", names={"#o": "open"}))

    def abandoned(self) -> Sequence[Item]:
        """Sources whose sync is under way, freed of their workers: after a restart, when none can be alive."""
        under_way = [row for row in self.due(_NEVER) if row["phase"] == "syncing" and "deleted" not in row]
        condition = "attribute_not_exists(deleted) AND phase = :was"
        return [row for row in under_way if self._set(row, {"worker": None}, condition, {":was": row["phase"]})]

    def claim(self, row: Item) -> Item | None:
        """Go on with a source's sync, or begin one; None where another worker does, or it was deleted."""
        now = int(time.time())
        begins = row["phase"] != "syncing"
        changes = {
            "phase": "syncing",
            "worker": new_id("w_"),
            "open": "open",
            "due": now + LEASE_SECONDS,
            **({"syncs": row["syncs"] + 1, "started_at": now, "counts": {}, "last_error": None} if begins else {}),
        }
        free = "(phase <> :syncing OR attribute_not_exists(worker) OR due < :now)"
        condition = f"attribute_not_exists(deleted) AND syncs = :syncs AND phase = :was AND {free}"
        values = {":syncs": row["syncs"], ":was": row["phase"], ":syncing": "syncing", ":now": now}
        return self._set(row, changes, condition, values)

    def note(self, row: Item, **changes: Any) -> Item | None:
        """Show life and note changes; None where the source is no longer this worker's."""
        kept = {"due": int(time.time()) + LEASE_SECONDS, **changes}
        return self._set(row, kept, "attribute_not_exists(deleted) AND worker = :worker", {":worker": row["worker"]})

    def release(self, row: Item) -> None:
        """Give a sync that goes on later back."""
        changes = {"worker": None, "due": int(time.time()) + LEASE_SECONDS}
        self._set(row, changes, "attribute_not_exists(deleted) AND worker = :worker", {":worker": row["worker"]})

    def ended(self, row: Item, *, phase: str, **changes: Any) -> Item | None:
        """The sync is over: ``completed`` or ``failed``; the next one follows when its time comes."""
        now = int(time.time())
        following = {"due": now + row["minutes"] * 60} if row.get("minutes") else {"open": None, "due": None}
        kept = {"phase": phase, "worker": None, "ended_at": now, **following, **changes}
        return self._set(row, kept, "attribute_not_exists(deleted) AND worker = :worker", {":worker": row["worker"]})

    def change(self, row: Item, settings: Item, minutes: int | None) -> Item:
        """Another scope or schedule, from the next sync on. Raises NotFound where it was deleted meanwhile."""
        while True:
            # A sync under way has the place in the schedule; it gives it back with its end.
            due = {"open": "open", "due": int(time.time()) + minutes * 60} if minutes else {"open": None, "due": None}
            changes = {"settings": settings, "minutes": minutes, **({} if row["phase"] == "syncing" else due)}
            changed = self._set(row, changes, "attribute_not_exists(deleted) AND phase = :was", {":was": row["phase"]})
            if changed is not None:
                return changed
            row = self.get(row["tenant"], row["id"])

    def bury(self, row: Item) -> None:
        """Delete: gone for every caller; its documents follow."""
        changes = {"deleted": True, "listed": None, "open": "open", "due": int(time.time()) + 300, "worker": None}
        self._table.set({"id": row["id"]}, changes)

    def buried(self, source_id: str) -> Item | None:
        """A deleted source that is still to be cleared away."""
        row = self._table.get({"id": source_id})
        return row if row and "deleted" in row and "open" in row else None

    def forget(self, source_id: str) -> None:
        """Nothing of a deleted source is left; its row serves as a cursor for a while."""
        self._table.set({"id": source_id}, {"open": None, "due": None, "purge_at": int(time.time()) + 7 * 86_400})

    def _set(self, row: Item, changes: Item, condition: str, values: Item) -> Item | None:
        try:
            return self._table.set({"id": row["id"]}, changes, condition=condition, values=values)
        except ConditionFailed:
            return None


class SourceItemStore:
    """The table of what sources hold: a row a page or file. ``syncs`` is the sync that last met it; ``pending`` while that has it to do."""

    SPEC = TableSpec("source_items", key="source_id", sort="item", indexes=(IndexSpec("pending", "pending", "item"),))

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, source_id: str, item: str) -> Item | None:
        """What is known of a page or file."""
        return self._table.get({"source_id": source_id, "item": item})

    def of(self, source_id: str, *, after: str = "", limit: int | None = None) -> Iterable[Item]:
        """All that is known of a source, by name, behind ``after``."""
        values = {":source": source_id, ":after": after or " "}
        return self._table.query("source_id = :source AND #item > :after", values, names={"#item": "item"}, limit=limit)

    def await_(self, source_id: str, item: str, *, run: int, depth: int) -> bool:
        """Have a page done in this run; False where it has been met already."""
        changes = {"syncs": run, "depth": depth, "pending": source_id}
        condition = "attribute_not_exists(syncs) OR syncs < :run"
        try:
            self._table.set({"source_id": source_id, "item": item}, changes, condition=condition, values={":run": run})
        except ConditionFailed:
            return False
        return True

    def awaited(self, source_id: str, limit: int) -> Sequence[Item]:
        """Pages that are to be done, as they are now."""
        named = self._table.query("pending = :source", {":source": source_id}, index="pending", limit=limit)
        rows = self._table.batch_get({"source_id": source_id, "item": one["item"]} for one in named)
        # The index may lag behind in both ways: that nothing is left is told by the table alone.
        found = [row for row in rows if row.get("pending")]
        return found or list(islice((row for row in self.of(source_id) if row.get("pending")), limit))

    def done(self, row: Item, **changes: Any) -> None:
        """Keep what a page or file is now."""
        kept = {"checked_at": int(time.time()), "pending": None, **changes}
        self._table.set({"source_id": row["source_id"], "item": row["item"]}, kept)

    def drop(self, row: Item) -> None:
        """Forget a page or file."""
        self._table.delete({"source_id": row["source_id"], "item": row["item"]})
