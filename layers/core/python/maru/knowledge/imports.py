"""Imports: objects that lay in the door bucket before anybody listened, brought in by one call that may be repeated."""

import time
from typing import Any

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import NotFound
from maru.ids import new_id

_KEEP_SECONDS = 90 * 86_400


class ImportStore:
    """The table of imports: how far each has come and what it counted. ``seen_to`` is the last key that was seen."""

    SPEC = TableSpec("imports", key="id", ttl="purge_at")

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, *, tenant: str, store_id: str, prefix: str) -> Item:
        """An import of everything below the prefix, nothing of it done."""
        now = int(time.time())
        row: Item = {
            "id": new_id("imp_"),
            "tenant": tenant,
            "vector_store_id": store_id,
            "prefix": prefix,
            "status": "in_progress",
            "seen_to": "",
            "objects": 0,
            "queued": 0,
            "skipped": 0,
            "created_at": now,
            "purge_at": now + _KEEP_SECONDS,
        }
        self._table.put(row, condition="attribute_not_exists(id)")
        return row

    def find(self, import_id: str) -> Item | None:
        """The import, or None."""
        return self._table.get({"id": import_id})

    def get(self, tenant: str, store_id: str, import_id: str) -> Item:
        """The store's import. Raises NotFound."""
        row = self.find(import_id)
        if row is None or (row["tenant"], row["vector_store_id"]) != (tenant, store_id):
            raise NotFound(f"No import '{import_id}' in this vector store.", param="import_id")
        return row

    def advance(self, row: Item, *, seen_to: str, counts: dict[str, int], done: bool) -> Item | None:
        """Note a page that is queued; None where another worker was quicker."""
        added = {name: row[name] + count for name, count in counts.items()}
        changes = {**added, "seen_to": seen_to, **({"status": "completed", "completed_at": int(time.time())} if done else {})}
        try:
            return self._table.set({"id": row["id"]}, changes, condition="seen_to = :was", values={":was": row["seen_to"]})
        except ConditionFailed:
            return None


def import_object(row: Item) -> dict[str, Any]:
    """An import as callers see it."""
    named = ("id", "vector_store_id", "prefix", "status", "created_at")
    counts = {name: row[name] for name in ("objects", "queued", "skipped")}
    return {
        "object": "vector_store.import",
        **{name: row[name] for name in named},
        "counts": counts,
        "completed_at": row.get("completed_at"),
    }
