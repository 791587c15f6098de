"""What came through the S3 door and could not be taken: the operators' list."""

import time
from collections.abc import Sequence
from typing import Any

from maru.dynamo import Item, Table, TableSpec

_KEEP_SECONDS = 90 * 86_400


class RejectionStore:
    """The table of objects that were refused at the door, because their tenant or vector store is unknown or their key is none."""

    SPEC = TableSpec("rejections", key="list", sort="at", ttl="purge_at")
    _LIST = "door"

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, *, bucket: str, key: str, sequencer: str, cause: str) -> None:
        """Note a refusal; the same event twice is one entry."""
        now = int(time.time())
        row: Item = {
            "list": self._LIST,
            "at": f"{sequencer}#{key}"[:1024],
            "bucket": bucket,
            "key": key,
            "cause": cause,
            "created_at": now,
            "purge_at": now + _KEEP_SECONDS,
        }
        self._table.put(row)

    def list(self, limit: int) -> Sequence[Item]:
        """The latest refusals."""
        return list(self._table.query("#l = :list", {":list": self._LIST}, names={"#l": "list"}, forward=False, limit=limit))


def rejection_object(row: Item) -> dict[str, Any]:
    """An entry of the operators' list."""
    named = {name: row[name] for name in ("bucket", "key", "cause", "created_at")}
    return {"object": "ingestion.failure", "status": "failed", **named}
