"""Taking away what was made of a document that is deleted or overwritten: cached answers, those kept for an Idempotency-Key, and the
answers that are being written."""

import time
from contextlib import suppress
from typing import NamedTuple

from maru.cache.entries import gone, of
from maru.cache.idempotent import IdempotencyStore
from maru.cache.question import rows_of_questions
from maru.dynamo import ConditionFailed, Item, Table
from maru.knowledge.engines import Engines

#: How long nothing that was made of a document is kept after it went: longer than an answer is written.
_SETTLED_S = 1000


class Left(NamedTuple):
    """What an overwrite leaves of a document: searches find the ``live`` version, and the ``first`` is the oldest that may be read."""

    live: int
    first: int


class Forgetting:
    """Kept answers as those see them who delete documents; blocks."""

    def __init__(self, table: Table, engines: Engines, kept: IdempotencyStore) -> None:
        self._table, self._engines, self._kept = table, engines, kept

    def forget(self, tenant: str, file_id: str, left: Left | None = None) -> None:
        """Remove every answer that was made of the document, or of what is not ``left`` of it; may be cut off and called again.

        A cached answer goes with the version that it was made of; one that was given for a key is given again as long as its
        versions may be read, and that it was given stays known. The row that names an answer goes last. What is written meanwhile
        finds the document, or the version, gone and is not kept.
        """
        self._mark(tenant, file_id, left)
        for row in self._table.query("tenant = :tenant AND begins_with(id, :of)", {":tenant": tenant, ":of": of(file_id)}):
            if left is None or row.get("version", 0) < (left.first if "answer" in row else left.live):
                self._remove(tenant, row)

    def _mark(self, tenant: str, file_id: str, left: Left | None) -> None:
        row = {"tenant": tenant, "id": gone(file_id), "expires_at": int(time.time()) + _SETTLED_S}
        if left is None:
            self._table.put(row)
            return
        # What was said of a later version, or of the whole document, holds.
        older = "attribute_not_exists(id) OR expires_at < :now OR live <= :live"
        with suppress(ConditionFailed):
            self._table.put(row | left._asdict(), condition=older, values={":now": int(time.time()), ":live": left.live})

    def _remove(self, tenant: str, row: Item) -> None:
        if "answer" in row:
            self._kept.withhold(row["answer"])
        else:
            self.forget_question(tenant, row["place"], row["entry"])
            self._table.delete({"tenant": tenant, "id": f"entry#{row['entry']}"})
        self._table.delete({"tenant": tenant, "id": row["id"]})

    def forget_question(self, tenant: str, place: str | None, key: str) -> None:
        """Remove the vector of an entry's question, if it has one: it lies in the deployment's own engine."""
        engine = self._engines.find(self._engines.default) if self._engines.default else None
        if engine is not None and place:
            engine.delete(tenant, rows_of_questions(place), key)
