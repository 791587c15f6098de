"""The PostgreSQL adapter: pgvector's HNSW and BM25 over `mix` tokens, in tables that row-level security parts by tenant."""

import itertools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from maru.errors import BadRequest, Unavailable
from maru.knowledge.fusion import fuse, leg_depth
from maru.knowledge.stores import bulk
from maru.knowledge.stores import postgres_queries as queries
from maru.knowledge.stores import postgres_schema as schema
from maru.knowledge.stores.codes import phrases
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import Ability, Chunk, Hit, IndexingFailed, SearchScope, check_chunk, check_k, check_vector
from maru.knowledge.stores.tokens import mix_text
from maru.postgres import Pool, Terms

if TYPE_CHECKING:
    from pg8000.native import Connection

#: What the server says of tables and their schema before the first document has made them.
_NO_TABLES = frozenset({"sqlstate_42P01", "sqlstate_3F000"})
_TERMS = Terms("The vector store", bulk.Busy, bulk.Refused)
#: Rows written in one transaction.
BATCH = 100
#: Best rows by words among which the phrases of a query (`codes`) are looked for, words being kept here without their places.
CANDIDATES = 50
#: What each counts, in parts of a word that as many of these rows hold.
PHRASE = 0.5


def _nothing_found[**P, T](call: Callable[P, list[T]]) -> Callable[P, list[T]]:
    """A search that finds nothing while nothing was written yet and there are no tables."""

    @wraps(call)
    def answered(*args: P.args, **kwargs: P.kwargs) -> list[T]:
        try:
            return call(*args, **kwargs)
        except bulk.Refused as refused:
            if refused.reason in _NO_TABLES:
                return []
            raise

    return answered


def _nothing_done[**P](call: Callable[P, None]) -> Callable[P, None]:
    """A change that is done while there are no tables: it changes or removes nothing."""

    @wraps(call)
    def answered(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            call(*args, **kwargs)
        except bulk.Refused as refused:
            if refused.reason not in _NO_TABLES:
                raise

    return answered


class PostgresVectorStore:
    """All tenants in the tables of the schema ``maru``; every transaction is bound to one tenant by row-level security.

    ``url`` is ``postgresql://user@host:port/database``, with ``?sslmode=verify-full`` for a server whose certificate a public authority
    has signed and ``&sslrootcert=FILE`` for another. The role must be bound by row-level security, and the extension ``vector`` (0.8
    or later) be there. Threads share the object: each call borrows a connection.
    """

    abilities: frozenset[Ability] = frozenset({"text", "hybrid", "refresh"})

    def __init__(self, url: str, *, password: str | None = None, options: IndexOptions = DEFAULTS, timeout: float = 30) -> None:
        self._pool, self._options = Pool(url, password=lambda: password, timeout=timeout, terms=_TERMS), options

    def ensure_index(self, dimensions: int) -> None:
        """Create the tables, and the graph for vectors of that length, where missing."""
        if not 1 <= dimensions <= schema.MAX_DIMENSIONS:
            raise BadRequest(f"The number of dimensions must be between 1 and {schema.MAX_DIMENSIONS}.", param="dimensions")
        with self._pool.transaction(None) as connection:
            connection.run("SELECT pg_advisory_xact_lock(:lock)", lock=schema.LOCK)
            for statement in [*schema.statements(), schema.vector_index(dimensions, self._options)]:
                if statement:
                    connection.run(statement)

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Write rows in transactions of `BATCH`; what stays unwritten is raised row by row."""
        failures: dict[str, str] = {}
        for batch in itertools.batched(chunks, BATCH, strict=False):
            groups: dict[str, dict[str, Chunk]] = {}
            for chunk in batch:
                check_chunk(chunk)
                groups.setdefault(chunk.tenant, {})[chunk.key] = chunk
            for tenant, rows in groups.items():
                failures |= bulk.send(rows, partial(self._write, tenant), size=BATCH)
        if failures:
            raise IndexingFailed(failures)

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        condition = queries.rows_of(file=True, version=version, keep_version=keep_version)
        named = {"file": file_id, "version": version, "keep": keep_version}
        self._delete(tenant, condition, {"store": vector_store_id, **{name: value for name, value in named.items() if value is not None}})

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store."""
        self._delete(tenant, queries.rows_of(file=False), {"store": vector_store_id})

    @_nothing_done
    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL."""
        with self._pool.transaction(tenant) as connection:
            connection.run(queries.SET_ACL, tenant=tenant, store=vector_store_id, file=file_id, acl=json.dumps(list(acl)))

    @_nothing_found
    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The nearest rows, under the scope."""
        check_k(k)
        check_vector(vector)
        if scope.empty:
            return []
        with self._pool.transaction(scope.tenant) as connection:
            return _filled(connection, self._vector_leg(connection, scope, vector, k))

    @_nothing_found
    def search_text(self, scope: SearchScope, query: str, k: int) -> list[Hit]:
        """The best rows by BM25, under the scope."""
        check_k(k)
        if scope.empty:
            return []
        with self._pool.transaction(scope.tenant) as connection:
            return _filled(connection, _text_leg(connection, scope, query, k))

    @_nothing_found
    def search_hybrid(
        self, scope: SearchScope, query: str, vector: Sequence[float], k: int, *, languages: Sequence[str] | None = None
    ) -> list[Hit]:
        """Both legs, fused here as for every engine, and the texts of the best."""
        check_k(k)
        if vector:
            check_vector(vector)
        if scope.empty:
            return []
        depth = leg_depth(k)
        with self._pool.transaction(scope.tenant) as connection:
            text = _text_leg(connection, scope, query, depth)
            near = self._vector_leg(connection, scope, vector, depth) if vector else []
            return _filled(connection, fuse(query, near, text, k, languages=languages))

    @_nothing_found
    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        check_k(limit)
        page = {"store": vector_store_id, "file": file_id, "version": version, "after": after, "limit": limit}
        with self._pool.transaction(tenant) as connection:
            return [queries.chunk_of(row) for row in connection.run(queries.LISTING, tenant=tenant, **page)]

    def ready(self) -> bool:
        """Whether the server answers."""
        try:
            with self._pool.transaction(None) as connection:
                connection.run("SELECT 1")
        except Unavailable:
            return False
        return True

    def close(self) -> None:
        """Close the idle connections."""
        self._pool.close()

    def _write(self, tenant: str, chunks: Sequence[Chunk]) -> None:
        rows, count, length = queries.written(chunks)
        with self._pool.transaction(tenant) as connection:
            ((gone, lost),) = connection.run(queries.GOING_ROWS, tenant=tenant, rows=rows)
            if gone:
                connection.run(queries.REPLACE, tenant=tenant, rows=rows)
            connection.run(queries.PUT, tenant=tenant, rows=rows)
            connection.run(queries.COUNT, tenant=tenant, chunks=count - gone, length=length - lost)

    @_nothing_done
    def _delete(self, tenant: str, condition: str, values: Mapping[str, Any]) -> None:
        with self._pool.transaction(tenant) as connection:
            ((gone, lost),) = connection.run(queries.GOING.format(condition=condition), tenant=tenant, **values)
            if gone:
                connection.run(f"DELETE FROM maru.chunks WHERE {condition}", tenant=tenant, **values)  # noqa: S608 - of queries.rows_of
                connection.run(queries.COUNT, tenant=tenant, chunks=-gone, length=-lost)

    def _vector_leg(self, connection: "Connection", scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        sql, values = queries.few(scope)
        ((one_by_one,),) = connection.run(sql, **values)
        if not one_by_one:
            connection.run(f"SET LOCAL hnsw.ef_search = {max(self._options.ef_search, min(k, 1000)):d}")
            # A filter may pass over whole candidate lists: go on walking until enough have passed.
            connection.run("SET LOCAL hnsw.iterative_scan = relaxed_order")
        sql, values = queries.nearest(scope, vector, k, options=self._options, one_by_one=one_by_one)
        found = connection.run(sql, **values)
        return [Hit(_named(row), cosine, vector_score=cosine) for row, number in found for cosine in (max(-1.0, min(1.0, number)),)]


def _text_leg(connection: "Connection", scope: SearchScope, query: str, k: int) -> list[Hit]:
    wanted = phrases(query)
    statement = queries.matching(scope, query, max(k, CANDIDATES) if wanted else k)
    if statement is None:
        return []
    sql, values = statement
    scores: dict[int, float] = dict(connection.run(sql, **values))
    if wanted and scores:
        ((rows,),) = connection.run(queries.ROWS, tenant=scope.tenant)
        read = connection.run(queries.READ, ids=json.dumps(list(scores)))
        words = {row[0]: f" {mix_text(queries.chunk_of(row).searched)} " for row in read}
        for one in wanted:
            holding = [row for row, text in words.items() if f" {one.text}{'' if one.open else ' '}" in text]
            for row in holding:
                scores[row] += PHRASE * one.weight * math.log((max(rows, len(holding)) + 1) / (len(holding) + 0.5))
    best = sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:k]
    return [Hit(_named(row), score, text_score=score) for row, score in best]


def _named(row: int) -> Chunk:
    """A chunk of which only the row's number is known yet: it stands as its file."""
    return Chunk(tenant="", vector_store_id="", file_id=str(row), version=0, chunk_index=0, total_chunks=0, text="", acl=())


def _filled(connection: "Connection", hits: Sequence[Hit]) -> list[Hit]:
    """The hits with their contents."""
    ids = [int(hit.chunk.file_id) for hit in hits]
    found = {row[0]: queries.chunk_of(row) for row in connection.run(queries.READ, ids=json.dumps(ids))} if ids else {}
    return [replace(hit, chunk=found[row]) for row, hit in zip(ids, hits, strict=True) if row in found]
