"""The Chroma adapter: a database a tenant and a collection a length of vectors, on a Chroma server reached over its HTTP API (v2)."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from maru.errors import Unavailable
from maru.knowledge.stores import bulk, fields
from maru.knowledge.stores.fields import Condition, Dialect, Fields
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import Ability, Chunk, Hit, SearchScope, check_k, check_vector
from maru.knowledge.stores.rest import Missing, Rest
from maru.knowledge.stores.vectors_only import BATCH, VectorsOnly

#: Rows of one page of reading.
_PAGE = 1000
_MOST = 10_000


def _holds(field: str, values: Sequence[str]) -> Condition:
    parts = [{field: {"$contains": value}} for value in values]
    return {"$or": parts} if len(parts) > 1 else parts[0]


#: Chroma's ``$nin`` lets rows pass that lack the field.
DIALECT = Dialect(holds=_holds, absent=None)


class ChromaVectorStore(VectorsOnly):
    """Vectors by cosine; no text search. Raises Unavailable where the server does not answer or refuses load."""

    abilities: frozenset[Ability] = frozenset({"refresh"})

    def __init__(self, rest: Rest, *, options: IndexOptions = DEFAULTS, prefix: str = "maru") -> None:
        self._rest, self._options, self._prefix = rest, options, prefix

    def ensure_index(self, dimensions: int) -> None:
        """Collections are made when a tenant's first row comes."""

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        self._delete(tenant, fields.file_rows(vector_store_id, file_id, version=version, keep_version=keep_version))

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store."""
        self._delete(tenant, {"store": {"$eq": vector_store_id}})

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL."""
        for path in self._collections(tenant):
            ids = self._ids(path, fields.file_rows(vector_store_id, file_id))
            for some in itertools.batched(ids, _PAGE, strict=False):
                changes = [{"acl": fields.acl_field(acl)}] * len(some)
                self._rest.call("POST", f"{path}/update", {"ids": some, "metadatas": changes})

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The nearest rows by Chroma's HNSW, under the scope."""
        check_k(k)
        check_vector(vector)
        path = None if scope.empty else self._find(scope.tenant, len(vector))
        if path is None:
            return []
        where = fields.allowed(scope, DIALECT)
        return fields.search(scope, k, lambda size: self._nearest(path, vector, where, size), most=_MOST)

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        check_k(limit)
        where = fields.page_rows(vector_store_id, file_id, version, after, limit)
        rows: list[Fields] = []
        for path in self._collections(tenant):
            rows += self._rest.call("POST", f"{path}/get", {"where": where, "include": ["metadatas"], "limit": limit})["metadatas"]
        return sorted((fields.chunk_of(tenant, row) for row in rows), key=lambda chunk: chunk.chunk_index)[:limit]

    def ready(self) -> bool:
        """Whether the server answers."""
        try:
            self._rest.call("GET", "/api/v2/heartbeat")
        except (Unavailable, Missing, bulk.Refused):
            return False
        return True

    def _write(self, tenant: str, length: int, rows: Mapping[str, Chunk]) -> dict[str, str]:
        path = self._made(tenant, length)
        return bulk.send(rows, lambda some: self._rest.call("POST", f"{path}/upsert", _records(some)), size=BATCH, pause=self.pause)

    def _nearest(self, path: str, vector: Sequence[float], where: Condition, size: int) -> list[tuple[Fields, float]]:
        body = {"query_embeddings": [list(vector)], "n_results": size, "where": where, "include": ["metadatas", "distances"]}
        answer = self._rest.call("POST", f"{path}/query", body)
        return [(row, 1.0 - distance) for row, distance in zip(answer["metadatas"][0], answer["distances"][0], strict=True)]

    def _delete(self, tenant: str, where: Condition) -> None:
        for path in self._collections(tenant):
            # The server looks a filter up and deletes by ids, as many as one write of its own database takes.
            while self._rest.call("POST", f"{path}/get", {"where": where, "limit": 1, "include": []})["ids"]:
                self._rest.call("POST", f"{path}/delete", {"where": where})

    def _ids(self, path: str, where: Condition) -> list[str]:
        ids: list[str] = []
        while True:
            page = self._rest.call("POST", f"{path}/get", {"where": where, "limit": _PAGE, "offset": len(ids), "include": []})["ids"]
            ids += page
            if len(page) < _PAGE:
                return ids

    def _database(self, tenant: str) -> str:
        return f"/api/v2/tenants/default_tenant/databases/{self._prefix}-{fields.tenant_id(tenant)}"

    def _collections(self, tenant: str) -> list[str]:
        """The paths of a tenant's collections, one a length of vectors."""
        base = f"{self._database(tenant)}/collections"
        try:
            return [f"{base}/{one['id']}" for one in self._rest.call("GET", base)]
        except Missing:
            return []

    def _find(self, tenant: str, length: int) -> str | None:
        base = f"{self._database(tenant)}/collections"
        try:
            return f"{base}/{self._rest.call('GET', f'{base}/{_name(length)}')['id']}"
        except Missing:
            return None

    def _made(self, tenant: str, length: int) -> str:
        """The path of a tenant's collection for that length, made where missing."""
        found = self._find(tenant, length)
        if found:
            return found
        database, base = self._database(tenant).rsplit("/", 1)
        try:
            self._rest.call("GET", f"{database}/{base}")
        except Missing:
            self._make_database(database, base)
        hnsw = {"space": "cosine", "max_neighbors": self._options.m, "ef_construction": self._options.ef_construction}
        body = {
            "name": _name(length),
            "get_or_create": True,
            "configuration": {"hnsw": {**hnsw, "ef_search": self._options.ef_search}},
        }
        collection: Any = self._rest.call("POST", f"{database}/{base}/collections", body)
        return f"{database}/{base}/collections/{quote(collection['id'])}"

    def _make_database(self, path: str, name: str) -> None:
        try:
            self._rest.call("POST", path, {"name": name})
        except bulk.Refused as refused:
            if refused.reason != "http_409":  # another process was quicker
                raise


def _name(length: int) -> str:
    return f"vectors-{length}"


def _records(chunks: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "ids": [fields.row_id(chunk) for chunk in chunks],
        "embeddings": [list(chunk.vector) for chunk in chunks],
        "metadatas": [fields.fields(chunk) for chunk in chunks],
    }
