"""File batches: documents put into a store with one request, counted together."""

import time
from collections.abc import Mapping
from typing import Any

from maru.dynamo import Item, Table, TableSpec
from maru.errors import NotFound
from maru.ids import new_id
from maru.knowledge.vector_stores import STATUSES
from maru.transactions import Action, change


class BatchStore:
    """The table of file batches."""

    SPEC = TableSpec("file_batches", key="id", ttl="purge_at")
    _KEEP_SECONDS = 90 * 86_400

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, *, tenant: str, store_id: str) -> Item:
        """An empty batch."""
        now = int(time.time())
        row: Item = {
            "id": new_id("vsfb_"),
            "tenant": tenant,
            "vector_store_id": store_id,
            "created_at": now,
            "purge_at": now + self._KEEP_SECONDS,
            **{f"n_{status}": 0 for status in STATUSES},
        }
        self._table.put(row, condition="attribute_not_exists(id)")
        return row

    def get(self, store_id: str, batch_id: str) -> Item:
        """The store's batch. Raises NotFound."""
        row = self._table.get({"id": batch_id})
        if row is None or row["vector_store_id"] != store_id:
            raise NotFound(f"No file batch '{batch_id}' in this vector store.", param="batch_id")
        return row

    def cancel(self, batch_id: str) -> Item:
        """Mark it as cancelled; its documents are another matter."""
        return self._table.set({"id": batch_id}, {"cancelled": True}, condition="attribute_exists(id)")

    def count(self, batch_id: str, deltas: Mapping[str, int]) -> Action:
        """The part of a transaction that moves a batch's counters."""
        return change(self._table, {"id": batch_id}, {}, add=deltas, condition="attribute_exists(id)")


def batch_object(row: Item) -> dict[str, Any]:
    """OpenAI's ``vector_store.files_batch``."""
    counts = {status: row[f"n_{status}"] for status in STATUSES}
    total = sum(counts.values())
    return {
        "id": row["id"],
        "object": "vector_store.files_batch",
        "created_at": row["created_at"],
        "vector_store_id": row["vector_store_id"],
        "status": _status(row, counts, total),
        "file_counts": {**counts, "total": total},
    }


def _status(row: Item, counts: Mapping[str, int], total: int) -> str:
    if row.get("cancelled"):
        return "cancelled"
    if counts["in_progress"]:
        return "in_progress"
    return "failed" if total and counts["failed"] == total else "completed"
