"""The embedded adapter: one SQLite file with sqlite-vec and FTS5, read and written by several processes."""

import itertools
import queue
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from maru.errors import BadRequest, Unavailable
from maru.knowledge.fusion import fuse, leg_depth
from maru.knowledge.stores import sqlite_queries as queries
from maru.knowledge.stores import sqlite_rows as rows
from maru.knowledge.stores import sqlite_schema
from maru.knowledge.stores.port import Ability, Chunk, Hit, SearchScope, check_chunk, check_k, check_vector

#: Rows written in one transaction: other processes wait no longer than these take.
BATCH = 512


class SqliteVectorStore:
    """Vectors compared exactly, texts by BM25 over `mix` tokens; both legs join the filtered rows inside SQLite.

    Threads share the object: each call borrows a connection. The file's folder is made when missing.
    """

    abilities: frozenset[Ability] = frozenset({"text", "hybrid", "refresh"})

    def __init__(self, path: Path, *, busy_ms: int = 10_000) -> None:
        self._path = path
        self._busy_ms = busy_ms
        self._idle: queue.SimpleQueue[apsw.Connection] = queue.SimpleQueue()

    def ensure_index(self, dimensions: int) -> None:
        """Create the file's tables. Lengths of vectors may differ from store to store; none is fixed here."""
        if dimensions < 1:
            raise BadRequest("The number of dimensions must be positive.", param="dimensions")
        with self._connection():
            pass

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Write rows in transactions of `BATCH`; a batch is written whole or not at all."""
        for batch in itertools.batched(chunks, BATCH, strict=False):
            for chunk in batch:
                check_chunk(chunk)
            with self._writing() as connection:
                rows.write(connection, batch)

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        file: rows.Names = {"tenant": tenant, "store": vector_store_id, "file": file_id}
        with self._writing() as connection:
            rows.remove(connection, file | {"version": version, "keep": keep_version})

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store."""
        with self._writing() as connection:
            rows.remove(connection, {"tenant": tenant, "store": vector_store_id, "file": None, "version": None, "keep": None})

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL."""
        file: rows.Names = {"tenant": tenant, "store": vector_store_id, "file": file_id}
        with self._writing() as connection:
            rows.set_acl(connection, file, acl)

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The nearest rows by exact cosine, under the scope."""
        check_k(k)
        with self._reading() as connection:
            return _vector_leg(connection, scope, vector, k)

    def search_text(self, scope: SearchScope, query: str, k: int) -> list[Hit]:
        """The best rows by BM25, under the scope."""
        check_k(k)
        with self._reading() as connection:
            return _text_leg(connection, scope, query, k)

    def search_hybrid(
        self, scope: SearchScope, query: str, vector: Sequence[float], k: int, *, languages: Sequence[str] | None = None
    ) -> list[Hit]:
        """Both legs over one snapshot of the file, fused."""
        check_k(k)
        depth = leg_depth(k)
        with self._reading() as connection:
            text = _text_leg(connection, scope, query, depth)
            near = _vector_leg(connection, scope, vector, depth) if vector else []
        return fuse(query, near, text, k, languages=languages)

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        check_k(limit)
        page: rows.Names = {"tenant": tenant, "store": vector_store_id, "file": file_id, "version": version, "after": after, "limit": limit}
        with self._reading() as connection:
            found = connection.execute(queries.LISTING, page).fetchall()
        return [rows.chunk(row) for row in found]

    def ready(self) -> bool:
        """Whether the file can be opened and read."""
        try:
            with self._reading() as connection:
                connection.execute("SELECT 1 FROM chunks LIMIT 1").fetchall()
        except (apsw.Error, Unavailable, OSError):
            return False
        return True

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with self._connection() as connection, _transaction(connection, "IMMEDIATE"):
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        with self._connection() as connection, _transaction(connection, "DEFERRED"):
            yield connection

    @contextmanager
    def _connection(self) -> Iterator[apsw.Connection]:
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._open()
        try:
            yield connection
        except apsw.BusyError as error:
            raise Unavailable("The vector store is busy.", retry_after=1) from error
        finally:
            self._idle.put(connection)

    def _open(self) -> apsw.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = sqlite_schema.connect(self._path, busy_ms=self._busy_ms)
            sqlite_schema.create(connection)
        except apsw.BusyError as error:
            raise Unavailable("The vector store is busy.", retry_after=1) from error
        return connection


@contextmanager
def _transaction(connection: apsw.Connection, kind: str) -> Iterator[None]:
    connection.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        # A full disk has already rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _vector_leg(connection: apsw.Connection, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
    check_vector(vector)
    if scope.empty:
        return []
    found = rows.scored(connection, *queries.nearest(scope, rows.pack(vector), k))
    return [Hit(chunk, score, vector_score=score) for chunk, cosine in found for score in (max(-1.0, min(1.0, cosine)),)]


def _text_leg(connection: apsw.Connection, scope: SearchScope, query: str, k: int) -> list[Hit]:
    statement = None if scope.empty else queries.matching(scope, query, k)
    if statement is None:
        return []
    return [Hit(chunk, score, text_score=score) for chunk, score in rows.scored(connection, *statement)]
