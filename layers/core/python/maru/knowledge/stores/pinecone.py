"""The Pinecone adapter: a serverless index a length of vectors and a namespace a tenant, over Pinecone's HTTP API (2025-10)."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from maru.errors import Unavailable
from maru.knowledge.stores import bulk, fields
from maru.knowledge.stores.fields import Condition, Dialect, Fields
from maru.knowledge.stores.port import Ability, Chunk, Hit, SearchScope, check_k, check_vector
from maru.knowledge.stores.rest import Missing, Rest
from maru.knowledge.stores.vectors_only import BATCH, VectorsOnly

API = "https://api.pinecone.io"
VERSION = "2025-10"
#: Source of these limits: https://docs.pinecone.io/reference/api/database-limits (2 MB and 1,000 rows an upsert, 10,000 hits).
_MOST = 10_000
_METADATA_BYTES = 40_000
_PAGE = 1000
_WAIT_SECONDS = 120

DIALECT = Dialect(holds=lambda field, values: {field: {"$in": list(values)}}, absent=lambda field: {field: {"$exists": False}})
Opener = Callable[[str], Rest]


class PineconeVectorStore(VectorsOnly):
    """Vectors by cosine; no text search, and no ``refresh``: Pinecone shows writes some seconds later.

    ``open_at`` gives a client of an address, with the key in its headers. Raises Unavailable where the service does not answer.
    """

    abilities: frozenset[Ability] = frozenset()

    def __init__(
        self, open_at: Opener, *, api: str = API, cloud: str = "aws", region: str = "us-east-1", prefix: str = "maru", poll_s: float = 1.0
    ) -> None:
        self._open_at, self._control, self._prefix, self._poll_s = open_at, open_at(api), prefix, poll_s
        self._serverless = {"cloud": cloud, "region": region}
        self._indexes: dict[int, Rest] = {}

    def ensure_index(self, dimensions: int) -> None:
        """Make the index for vectors of that length and wait until it takes rows, two minutes at most. Raises Unavailable."""
        if self._index(dimensions) is None:
            body = {"name": self._name(dimensions), "dimension": dimensions, "metric": "cosine", "spec": {"serverless": self._serverless}}
            try:
                self._control.call("POST", "/indexes", body)
            except bulk.Refused as refused:
                if refused.reason != "http_409":  # another process was quicker
                    raise
        until = time.monotonic() + _WAIT_SECONDS
        while self._index(dimensions) is None:
            if time.monotonic() > until:
                raise Unavailable("The vector store's index is still being made.", retry_after=30)
            time.sleep(self._poll_s)

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        self._change(
            tenant, "/vectors/delete", {"filter": fields.file_rows(vector_store_id, file_id, version=version, keep_version=keep_version)}
        )

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store."""
        self._change(tenant, "/vectors/delete", {"filter": {"store": {"$eq": vector_store_id}}})

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL."""
        body = {"filter": fields.file_rows(vector_store_id, file_id), "setMetadata": {"acl": fields.acl_field(acl)}}
        self._change(tenant, "/vectors/update", body)

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The nearest rows by Pinecone's index, under the scope."""
        check_k(k)
        check_vector(vector)
        index = None if scope.empty else self._index(len(vector))
        if index is None:
            return []
        where = fields.allowed(scope, DIALECT)
        return fields.search(scope, k, lambda size: _nearest(index, scope.tenant, vector, where, size), most=_MOST)

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        check_k(limit)
        where = fields.page_rows(vector_store_id, file_id, version, after, limit)
        rows: list[Fields] = []
        for index in self._every_index():
            rows += _matching(index, tenant, where)
        return sorted((fields.chunk_of(tenant, row) for row in rows), key=lambda chunk: chunk.chunk_index)[:limit]

    def ready(self) -> bool:
        """Whether the service answers."""
        try:
            self._control.call("GET", "/indexes")
        except (Unavailable, Missing, bulk.Refused):
            return False
        return True

    def _write(self, tenant: str, length: int, rows: Mapping[str, Chunk]) -> dict[str, str]:
        index = self._index(length)
        if index is None:
            return dict.fromkeys(rows, "no_index")
        records = {key: _record(chunk) for key, chunk in rows.items()}
        fitting = {key: record for key, record in records.items() if len(str(record["metadata"]).encode()) <= _METADATA_BYTES}
        failures = dict.fromkeys(records.keys() - fitting.keys(), "metadata_too_large")
        namespace = fields.tenant_id(tenant)
        return failures | bulk.send(
            fitting,
            lambda some: index.call("POST", "/vectors/upsert", {"vectors": list(some), "namespace": namespace}),
            size=BATCH,
            pause=self.pause,
        )

    def _change(self, tenant: str, path: str, body: dict[str, Any]) -> None:
        for index in self._every_index():
            try:
                index.call("POST", path, {**body, "namespace": fields.tenant_id(tenant)})
            except Missing:
                continue  # the tenant has no rows there

    def _name(self, length: int) -> str:
        return f"{self._prefix}-{length}"

    def _index(self, length: int) -> Rest | None:
        """The index for that length, where it is there and ready; what was found once is remembered."""
        if length not in self._indexes:
            try:
                found = self._control.call("GET", f"/indexes/{self._name(length)}")
            except Missing:
                return None
            if not found["status"]["ready"]:
                return None
            self._indexes[length] = self._open_at(_address(found["host"]))
        return self._indexes[length]

    def _every_index(self) -> list[Rest]:
        names = [one["name"] for one in self._control.call("GET", "/indexes")["indexes"]]
        lengths = [name.removeprefix(f"{self._prefix}-") for name in names if name.startswith(f"{self._prefix}-")]
        return [index for length in lengths if length.isdecimal() and (index := self._index(int(length)))]


def opener(key: str) -> Opener:
    """Clients that carry an API key."""
    return lambda address: Rest(address, {"Api-Key": key, "X-Pinecone-Api-Version": VERSION})


def _address(host: str) -> str:
    return host if "://" in host else f"https://{host}"


def _nearest(index: Rest, tenant: str, vector: Sequence[float], where: Condition, size: int) -> list[tuple[Fields, float]]:
    body = {"namespace": fields.tenant_id(tenant), "vector": list(vector), "topK": size, "filter": where, "includeMetadata": True}
    return [(match["metadata"], match["score"]) for match in index.call("POST", "/query", body)["matches"]]


def _matching(index: Rest, tenant: str, where: Condition) -> list[Fields]:
    rows: list[Fields] = []
    body = {"namespace": fields.tenant_id(tenant), "filter": where, "limit": _PAGE}
    while True:
        try:
            answer = index.call("POST", "/vectors/fetch_by_metadata", body)
        except Missing:
            return rows
        rows += [one["metadata"] for one in answer["vectors"].values()]
        token = (answer.get("pagination") or {}).get("next")
        if not token:
            return rows
        body = body | {"paginationToken": token}


def _record(chunk: Chunk) -> dict[str, Any]:
    return {"id": fields.row_id(chunk), "values": list(chunk.vector), "metadata": fields.fields(chunk)}
