"""Lineage: which answers were made of which passages of which file versions, to be asked from either end."""

import time
from collections.abc import Iterable, Sequence

from maru.dynamo import IndexSpec, Item, Table, TableSpec
from maru.transactions import Action, put

_KEEP_SECONDS = 400 * 86_400
#: What an answer is told by beside its id: an agent and a session, or a step of a run of a chain; the others are null.
MADE_BY = ("session_id", "agent", "chain", "run_id", "step")


class LineageStore:
    """The table of what answers were made of: a row for each file version that a model was given, and whether it was cited."""

    SPEC = TableSpec("lineage", key="file_id", sort="place", ttl="expires_at", indexes=(IndexSpec("by_message", "message_id", "file_id"),))

    def __init__(self, table: Table) -> None:
        self.table = table

    def entry(
        self, answer: Item, *, file_id: str, version: int, chunks: Sequence[str], cited: bool | None, at: int | None = None
    ) -> Action:
        """The part of a transaction that keeps one; ``answer`` holds tenant, user, message_id and what made it. Whatever has the same
        ``at`` (seconds, else now) is the same row."""
        now = at or int(time.time())
        row = {
            **answer,
            "file_id": file_id,
            "place": f"{version:010d}#{now:012d}#{answer['message_id']}",
            "version": version,
            "chunk_ids": list(chunks),
            "cited": cited,
            "created_at": now,
            "expires_at": now + _KEEP_SECONDS,
        }
        return put(self.table, row)

    def of_file(self, file_id: str, *, version: int | None = None, limit: int) -> Iterable[Item]:
        """The answers that a file, or one version of it, went into, latest of the latest version first."""
        low, high = ("0", "9~") if version is None else (f"{version:010d}#", f"{version:010d}#~")
        values = {":file": file_id, ":low": low, ":high": high}
        return self.table.query("file_id = :file AND place BETWEEN :low AND :high", values, forward=False, limit=limit)

    def of_message(self, message_id: str) -> list[Item]:
        """What an answer was made of."""
        return list(self.table.query("message_id = :id", {":id": message_id}, index="by_message"))


def answer_object(row: Item, *, named: bool) -> Item:
    """An answer that a file went into; ``named`` says whether the reader may know whose it was."""
    fields = ("message_id", *MADE_BY, "version", "chunk_ids", "cited", "created_at")
    return {"object": "lineage.answer", **{name: row.get(name) for name in fields}, **({"user": row["user"]} if named else {})}
