"""Chunks a second through the adapters, beside the bare library doing the same: FTS5 + vec0, and opensearch-py's bulk helper.

FTS5 is given the texts as they are in one line, and in another the words that every engine here indexes (pairs of characters where a
script is written so), made beforehand: with the texts alone it finds three quarters of what Korean questions ask for.
SQLite's seconds are processor time, the node's are the clock's.
"""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import batched, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maru.knowledge.stores import opensearch_index as index
from maru.knowledge.stores.port import Chunk
from maru.knowledge.stores.tokens import mix_tokens

if TYPE_CHECKING:
    from bench.engines_data import Data

COUNT = 4000
#: Turns of each side; the median of the ratios of neighbouring turns counts.
TURNS = 5


def rows(given: "Data", engines: Sequence[str]) -> list[tuple[object, ...]]:
    """A row an engine that has a bare peer."""
    chunks = list(islice(given.chunks(COUNT), COUNT))
    found: list[tuple[object, ...]] = []
    if "sqlite" in engines:
        words = [" ".join(mix_tokens(chunk.searched)) for chunk in chunks]
        found.append(_row("sqlite, bare FTS5 + vec0 given the same words", [_sqlite_turn(chunks, words) for _ in range(TURNS)]))
        found.append(
            _row("sqlite, bare FTS5 + vec0 given the texts", [_sqlite_turn(chunks, [one.text for one in chunks]) for _ in range(TURNS)])
        )
    if "opensearch" in engines:
        found.append(_row("opensearch, bare bulk helper given the same documents", _opensearch_turns(chunks)))
    return found


def _row(name: str, pairs: Sequence[tuple[float, float]]) -> tuple[object, ...]:
    ours, bare = (statistics.median(values) for values in zip(*pairs, strict=True))
    row = (name, f"{ours:.0f}", f"{bare:.0f}", statistics.median(mine / theirs for mine, theirs in pairs))
    print(row, flush=True)
    return row


def _rate(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    begin = clock()
    work()
    return COUNT / (clock() - begin)


def _sqlite_turn(chunks: Sequence[Chunk], words: Sequence[str]) -> tuple[float, float]:
    from maru.knowledge.stores.sqlite import SqliteVectorStore

    with tempfile.TemporaryDirectory() as folder:
        store = SqliteVectorStore(Path(folder) / "ours.db")
        store.ensure_index(len(chunks[0].vector))
        ours = _rate(lambda: store.upsert(chunks), time.process_time)
        store.close()
        return ours, _bare_sqlite(Path(folder) / "bare.db", chunks, words)


def _bare_sqlite(path: Path, chunks: Sequence[Chunk], words: Sequence[str]) -> float:
    """Words into FTS5 and vectors into vec0, row by row in transactions of the adapter's size, in the same journal mode."""
    from maru.knowledge.stores import sqlite_schema
    from maru.knowledge.stores.sqlite import BATCH
    from maru.knowledge.stores.sqlite_rows import pack

    connection = sqlite_schema.connect(path, busy_ms=1000)
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(text)")
    connection.execute(f"CREATE VIRTUAL TABLE vectors USING vec0(vector float[{len(chunks[0].vector)}] distance_metric=cosine)")

    def work() -> None:
        for batch in batched(enumerate(chunks), BATCH, strict=False):
            connection.execute("BEGIN")
            for row, chunk in batch:
                connection.execute("INSERT INTO texts(rowid, text) VALUES(?, ?)", (row, words[row]))
                connection.execute("INSERT INTO vectors(rowid, vector) VALUES(?, ?)", (row, pack(chunk.vector)))
            connection.execute("COMMIT")

    rate = _rate(work, time.process_time)
    connection.close()
    return rate


def _opensearch_turns(chunks: Sequence[Chunk]) -> list[tuple[float, float]]:
    from opensearchpy import OpenSearch

    from maru.knowledge.stores.opensearch import OpenSearchVectorStore
    from tests.engines.opensearch import opensearch_node

    pairs = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        client = stack.enter_context(OpenSearch(stack.enter_context(opensearch_node(folder, heap="1g")), timeout=120))
        for turn in range(TURNS + 1):
            store = OpenSearchVectorStore(client, f"ours{turn}")
            store.ensure_index(len(chunks[0].vector))
            ours = _rate(lambda store=store: store.upsert(chunks))  # type: ignore[misc]
            bare = _bare_opensearch(client, f"bare{turn}", chunks)
            client.indices.delete(index=f"ours{turn}-v*,bare{turn}")
            pairs.append((ours, bare))
    return pairs[1:]  # the first turn warms the node up


def _bare_opensearch(client: Any, name: str, chunks: Sequence[Chunk]) -> float:
    """The same documents, made beforehand, by the library's helper with its own defaults, into an index with the same mapping."""
    from opensearchpy import helpers

    client.indices.create(index=name, body=index.index_body())
    client.indices.put_mapping(index=name, body=index.vector_mapping(len(chunks[0].vector)))
    actions = [{"_index": name, "_id": index.document_id(chunk), "_source": index.document(chunk)} for chunk in chunks]

    def work() -> None:
        helpers.bulk(client, actions)
        client.indices.refresh(index=name)

    return _rate(work)
