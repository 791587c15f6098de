"""Embeddings that were paid for once: by the hash of what was embedded, within a tenant and for one model.

Unchanged chunks of a new version, of a copy or of a rebuild cost nothing. Deleting a file removes those that came with it.
"""

import hashlib
import time
from array import array
from collections.abc import Callable, Sequence
from itertools import batched

from maru.dynamo import IndexSpec, Item, Table, TableSpec, call
from maru.items import marshal
from maru.models.catalogue import Alias

#: How long one stays that nobody asked for.
_KEPT_SECONDS = 90 * 86_400
_WRITE = 25

Vectors = Sequence[Sequence[float]]


class EmbeddingStore:
    """The table of embeddings."""

    SPEC = TableSpec("embeddings", key="id", ttl="expires_at", indexes=(IndexSpec("by_file", "file_id"),))

    def __init__(self, table: Table) -> None:
        self._table = table

    def through(self, texts: Sequence[str], *, tenant: str, file_id: str, model: str, embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """A vector per text, in their order; ``embed`` is asked once for each text that is not known, and not at all where all are."""
        ids = [_id(tenant, model, text) for text in texts]
        known: dict[str, Sequence[float]] = {
            row["id"]: _unpacked(row["vector"]) for row in self._table.batch_get({"id": one} for one in ids)
        }
        missing = {one: text for one, text in zip(ids, texts, strict=True) if one not in known}
        if missing:
            made = dict(zip(missing, embed(list(missing.values())), strict=True))
            self._keep(made, file_id)
            known |= made
        return [known[one] for one in ids]

    def forget(self, file_id: str) -> None:
        """Remove what came with a file."""
        for row in self._table.query("file_id = :file", {":file": file_id}, index="by_file"):
            self._table.delete({"id": row["id"]})

    def _keep(self, made: dict[str, Sequence[float]], file_id: str) -> None:
        """Write them; what the table puts off under load is left, and paid for again if it is asked for again."""
        expires = int(time.time()) + _KEPT_SECONDS
        for some in batched(made.items(), _WRITE, strict=False):
            rows: list[Item] = [
                {"id": one, "file_id": file_id, "vector": array("f", vector).tobytes(), "expires_at": expires} for one, vector in some
            ]
            puts = [{"PutRequest": {"Item": marshal(row)}} for row in rows]
            call(self._table.client, "batch_write_item", RequestItems={self._table.name: puts})


def model_of(alias: Alias | None, name: str) -> str:
    """What an embedding depends on beside its text: the models that an alias leads to, not what it is called."""
    if alias is None:
        return name
    return "|".join(f"{target.provider}/{target.model}/{alias.dimensions or ''}" for target in alias.targets)


def _id(tenant: str, model: str, text: str) -> str:
    return hashlib.sha256(f"{tenant}\0{model}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _unpacked(packed: bytes) -> list[float]:
    return array("f", packed).tolist()
