"""Taking out of the cache what was made of a document that is deleted, the answers that are being written included."""

import time

from maru.cache.entries import gone, of
from maru.cache.question import rows_of_questions
from maru.dynamo import Table
from maru.knowledge.engines import Engines

#: How long nothing that was made of a document is kept after it went: longer than an answer is written.
_SETTLED_S = 1000


class Forgetting:
    """The cache as those see it who delete documents; blocks."""

    def __init__(self, table: Table, engines: Engines) -> None:
        self._table, self._engines = table, engines

    def forget(self, tenant: str, file_id: str) -> None:
        """Remove every answer that was made of the document, with its question's vector; may be cut off and called again at any time.

        The row that names an entry goes last. What is written meanwhile finds the document gone, and is not kept.
        """
        self._table.put({"tenant": tenant, "id": gone(file_id), "expires_at": int(time.time()) + _SETTLED_S})
        for row in self._table.query("tenant = :tenant AND begins_with(id, :of)", {":tenant": tenant, ":of": of(file_id)}):
            self.forget_question(tenant, row["place"], row["entry"])
            self._table.delete({"tenant": tenant, "id": f"entry#{row['entry']}"})
            self._table.delete({"tenant": tenant, "id": row["id"]})

    def forget_question(self, tenant: str, place: str | None, key: str) -> None:
        """Remove the vector of an entry's question, if it has one: it lies in the deployment's own engine."""
        engine = self._engines.find(self._engines.default) if self._engines.default else None
        if engine is not None and place:
            engine.delete(tenant, rows_of_questions(place), key)
