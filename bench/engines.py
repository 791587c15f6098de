"""How each engine bears more chunks: what indexing and searching cost from 1,000 to 100,000, what recall its graph gives up.

    python -m bench.engines [--write] [--engines sqlite,opensearch,postgres,chroma] [--sizes 1000,20000] [--parts curve,bulk,recall]

Chunks are windows of the public passages; vectors are drawn around a thousand centres (384 dimensions, seed 7), which is how
embeddings lie and what makes a graph's walk hard under a filter. `curve` indexes with precomputed vectors and asks 200 filtered hybrid
questions (vector ones where an engine knows no text): the ACL and a tenth of the chunks pass. Recall@10 is against an exact search
by numpy under a filter that one file in a hundred passes. `bulk` compares chunks a second with bare FTS5 + vec0 and with
opensearch-py's own bulk helper in the same run, in turns. `recall` prints what HNSW's settings and quantisation cost.
Real engines all: the nodes of the tests, on this machine's processors, beside the client. Nothing is tuned on these data.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from bench import corpora
from bench.report import report
from local.models.embedding import Vectors
from maru.knowledge.stores.filters import parse_filter
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import Chunk, SearchScope, VectorStore

DIMENSIONS = 384
WINDOW = 300
_CENTRES = 1000
_QUESTIONS = 200
#: Seconds of other questions before those that are measured: a virtual machine compiles what it runs often, for half a minute or so.
_WARM_SECONDS = 30.0
#: Rounds of the measured questions, of which the quietest counts: the rest of the machine's work is in the others.
_ROUNDS = 3
_TENTH = parse_filter({"type": "lt", "key": "bucket", "value": 10})
_HUNDREDTH = parse_filter({"type": "eq", "key": "bucket", "value": 7})


@dataclass(frozen=True)
class Data:
    """Chunks with their vectors, and questions with theirs."""

    texts: Sequence[str]
    vectors: Vectors
    questions: Sequence[str]
    asked: Vectors

    def chunks(self, count: int) -> Iterator[Chunk]:
        """The first ``count`` chunks, forty a file."""
        attributes = [{"bucket": float(bucket)} for bucket in range(100)]
        for number in range(count):
            yield Chunk(
                vector_store_id="vs_bench",
                file_id=f"file-{number // 40}",
                version=1,
                chunk_index=number % 40,
                total_chunks=40,
                text=self.texts[number],
                tenant="bench",
                acl=("public",),
                vector=self.vectors[number].tolist(),
                attributes=attributes[number // 40 % 100],
                source="bench.txt",
            )

    def nearest(self, count: int, question: int) -> set[str]:
        """Keys of the ten nearest of those that pass the hundredth, exactly."""
        passing = np.flatnonzero(np.arange(count) // 40 % 100 == 7)
        order = np.argsort(-(self.vectors[passing] @ self.asked[question]))[:10]
        return {f"file-{number // 40}/{number % 40}" for number in passing[order].tolist()}


def data(count: int) -> Data:
    """Texts of the public sets cut anew, and vectors around centres."""
    drawn = np.random.default_rng(7)
    passages = [text for corpus in (corpora.korquad(), corpora.xquad(), corpora.covid()) if corpus for text in corpus.passages]
    long = "\n".join(passages)
    starts = drawn.integers(0, len(long) - WINDOW, count)
    centres = drawn.normal(size=(_CENTRES, DIMENSIONS))
    vectors = _around(drawn, centres, count)
    places = drawn.integers(0, len(long) - 60, 2 * _QUESTIONS)
    return Data(
        [long[start : start + WINDOW] for start in starts.tolist()],
        vectors,
        [long[place : place + 40] for place in places.tolist()],
        _around(drawn, centres, 2 * _QUESTIONS),
    )


def _around(drawn: np.random.Generator, centres: Any, count: int) -> Vectors:
    rows = centres[drawn.integers(0, len(centres), count)] + drawn.normal(scale=0.7, size=(count, DIMENSIONS))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


@contextlib.contextmanager
def opened(engine: str, options: IndexOptions = DEFAULTS) -> Iterator[tuple[VectorStore, Path]]:
    """An empty store on a real engine of its own, and the folder that holds its data."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        yield _OPENERS[engine](stack, folder, options), folder


def _sqlite(stack: contextlib.ExitStack, folder: Path, _: IndexOptions) -> VectorStore:
    from maru.knowledge.stores.sqlite import SqliteVectorStore

    store = SqliteVectorStore(folder / "vectors.db")
    stack.callback(store.close)
    return store


def _opensearch(stack: contextlib.ExitStack, folder: Path, options: IndexOptions) -> VectorStore:
    from opensearchpy import OpenSearch

    from maru.knowledge.stores.opensearch import OpenSearchVectorStore
    from tests.engines.opensearch import opensearch_node

    client = stack.enter_context(OpenSearch(stack.enter_context(opensearch_node(folder, heap="1g")), timeout=120))
    return OpenSearchVectorStore(client, "bench", options=options)


def _postgres(stack: contextlib.ExitStack, folder: Path, options: IndexOptions) -> VectorStore:
    from maru.knowledge.stores.postgres import PostgresVectorStore
    from tests.engines.postgres import postgres_server

    inner = folder / "postgres"
    inner.mkdir()
    server = stack.enter_context(postgres_server(inner, "-c", "shared_buffers=512MB", "-c", "maintenance_work_mem=512MB"))
    server.sql("CREATE ROLE maru LOGIN")
    server.sql("CREATE DATABASE bench OWNER maru")
    server.sql("CREATE EXTENSION vector", "bench")
    store = PostgresVectorStore(server.url("maru", "bench"), options=options, timeout=300)
    stack.callback(store.close)
    return store


def _chroma(stack: contextlib.ExitStack, folder: Path, options: IndexOptions) -> VectorStore:
    from maru.knowledge.stores.chroma import ChromaVectorStore
    from maru.knowledge.stores.rest import Rest
    from tests.engines.chroma import chroma_server

    rest = Rest(stack.enter_context(chroma_server(folder)), timeout=120)
    stack.callback(rest.close)
    return ChromaVectorStore(rest, options=options)


_OPENERS = {"sqlite": _sqlite, "opensearch": _opensearch, "postgres": _postgres, "chroma": _chroma}


def curve(engine: str, sizes: Sequence[int], given: Data) -> list[tuple[object, ...]]:
    """A row for each size: chunks a second, megabytes, milliseconds of a question, recall."""
    rows: list[tuple[object, ...]] = []
    for size in sizes:
        with opened(engine) as (store, folder):
            store.ensure_index(DIMENSIONS)
            begin = time.perf_counter()
            store.upsert(given.chunks(size))
            rate = size / (time.perf_counter() - begin)
            waits, cpu = asked(store, given)
            taken = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and "pginstall" not in str(file)) / 1e6
            rows.append(
                (
                    engine,
                    f"{size:,}",
                    f"{rate:.0f}",
                    f"{taken:.0f}",
                    _middle_and_late(waits),
                    _middle_and_late(cpu),
                    recall(store, given, size),
                )
            )
            print(rows[-1], flush=True)
    return rows


def _middle_and_late(milliseconds: Sequence[float]) -> str:
    return f"{statistics.median(milliseconds):.1f} / {statistics.quantiles(milliseconds, n=20)[-1]:.1f}"


def asked(store: VectorStore, given: Data) -> tuple[list[float], list[float]]:
    """Milliseconds of each filtered question, by the clock and of this process's processor time; other ones warm the engine up.

    Of the round whose late questions came soonest.
    """
    scope = SearchScope("bench", ("public", "user:a"), ("vs_bench",), _TENTH)
    until = time.perf_counter() + _WARM_SECONDS
    for number in cycle(range(_QUESTIONS, 2 * _QUESTIONS)):
        if time.perf_counter() > until:
            break
        _ask(store, scope, given, number)
    return min((_round(store, scope, given) for _ in range(_ROUNDS)), key=lambda one: statistics.quantiles(one[0], n=20)[-1])


def _round(store: VectorStore, scope: SearchScope, given: Data) -> tuple[list[float], list[float]]:
    waits: list[float] = []
    cpu: list[float] = []
    for number in range(_QUESTIONS):
        begin, used = time.perf_counter(), time.process_time()
        _ask(store, scope, given, number)
        waits.append((time.perf_counter() - begin) * 1000)
        cpu.append((time.process_time() - used) * 1000)
    return waits, cpu


def _ask(store: VectorStore, scope: SearchScope, given: Data, number: int) -> None:
    vector = given.asked[number].tolist()
    if "hybrid" in store.abilities:
        store.search_hybrid(scope, given.questions[number], vector, 10)
    else:
        store.search_vector(scope, vector, 10)


def recall(store: VectorStore, given: Data, size: int) -> float:
    """The share of the ten nearest under the hundredth that the engine finds."""
    scope, found, wanted = SearchScope("bench", ("public",), ("vs_bench",), _HUNDREDTH), 0, 0
    for number in range(100):
        nearest = given.nearest(size, number)
        hits = store.search_vector(scope, given.asked[number].tolist(), 10)
        found += len(nearest & {f"{hit.chunk.file_id}/{hit.chunk.chunk_index}" for hit in hits})
        wanted += len(nearest)
    return found / wanted


def whole_recall(store: VectorStore, given: Data, size: int) -> float:
    """As `recall`, without a filter: here the graph alone decides."""
    scope, found = SearchScope("bench", ("public",), ("vs_bench",)), 0
    for number in range(100):
        order = np.argsort(-(given.vectors[:size] @ given.asked[number]))[:10]
        hits = store.search_vector(scope, given.asked[number].tolist(), 10)
        nearest = {f"file-{one // 40}/{one % 40}" for one in order.tolist()}
        found += len(nearest & {f"{hit.chunk.file_id}/{hit.chunk.chunk_index}" for hit in hits})
    return found / 1000


SETTINGS = (
    DEFAULTS,
    IndexOptions(quantisation="scalar"),
    IndexOptions(m=8, ef_construction=64, ef_search=50),
    IndexOptions(m=32, ef_construction=256, ef_search=200),
)


def settings(engine: str, size: int, given: Data) -> list[tuple[object, ...]]:
    """A row for each way of building the graph: recall without and with a filter, and what a vector question takes."""
    rows: list[tuple[object, ...]] = []
    for options in SETTINGS:
        with opened(engine, options) as (store, _):
            store.ensure_index(DIMENSIONS)
            begin = time.perf_counter()
            store.upsert(given.chunks(size))
            rate = size / (time.perf_counter() - begin)
            waits, _cpu = asked(store, given)
            named = f"m {options.m}, ef {options.ef_construction} / {options.ef_search}, {options.quantisation}"
            row = (
                engine,
                named,
                f"{rate:.0f}",
                whole_recall(store, given, size),
                recall(store, given, size),
                f"{statistics.median(waits):.1f}",
            )
            rows.append(row)
            print(row, flush=True)
    return rows


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="sqlite,opensearch,postgres,chroma")
    parser.add_argument("--sizes", default="1000,5000,20000,100000")
    parser.add_argument("--parts", default="curve,bulk,recall")
    parser.add_argument("--write", action="store_true", help="put the tables into the READMEs")
    given_names = parser.parse_args()
    engines, sizes = given_names.engines.split(","), [int(size) for size in given_names.sizes.split(",")]
    parts, given = given_names.parts.split(","), data(max(sizes))
    if "curve" in parts:
        header = (
            "engine",
            "chunks",
            "indexed a second",
            "MB",
            "filtered question, ms p50 / p95",
            "client's processor, ms p50 / p95",
            "recall@10 under 1 %",
        )
        report("engines", header, [row for engine in engines for row in curve(engine, sizes, given)])
    if "bulk" in parts:
        from bench.engines_bulk import rows

        report("engines_bulk", ("chunks a second", "Maru", "bare", "ratio"), rows(given, engines))
    if "recall" in parts:
        columns = ("engine", "graph", "indexed a second", "recall@10", "recall@10 under 1 %", "filtered question, ms p50")
        tuned = [engine for engine in engines if engine in ("opensearch", "postgres")]
        report("engines_recall", columns, [row for engine in tuned for row in settings(engine, min(max(sizes), 20_000), given)])


if __name__ == "__main__":
    main()
