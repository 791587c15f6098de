"""How each engine bears more chunks: what indexing and searching cost from 1,000 to 100,000, what recall its graph gives up.

    python -m bench.engines [--write] [--engines sqlite,opensearch,postgres,chroma] [--sizes 1000,20000] [--parts curve,bulk,recall]
                            [--neighbours 8,16,32]

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
from itertools import cycle
from pathlib import Path

from bench.engines_data import DIMENSIONS, QUESTIONS, Data, data
from bench.report import report
from maru.knowledge.stores.filters import parse_filter
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import SearchScope, VectorStore

#: Other questions before those that are measured, alike for every engine: a virtual machine compiles what it runs often. At least so
#: many and for so many seconds, but no longer than the last of these.
_WARM_QUESTIONS, _WARM_SECONDS, _WARM_AT_MOST = 2000, 30.0, 90.0
#: Rounds of the measured questions, of which the quietest counts: the rest of the machine's work is in the others.
_ROUNDS = 3
_TENTH = parse_filter({"type": "lt", "key": "bucket", "value": 10})
_HUNDREDTH = parse_filter({"type": "eq", "key": "bucket", "value": 7})


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
    begin = time.perf_counter()
    for count, number in enumerate(cycle(range(QUESTIONS, 2 * QUESTIONS))):
        passed = time.perf_counter() - begin
        if passed > (_WARM_SECONDS if count >= _WARM_QUESTIONS else _WARM_AT_MOST):
            break
        _ask(store, scope, given, number)
    return min((_round(store, scope, given) for _ in range(_ROUNDS)), key=lambda one: statistics.quantiles(one[0], n=20)[-1])


def _round(store: VectorStore, scope: SearchScope, given: Data) -> tuple[list[float], list[float]]:
    waits: list[float] = []
    cpu: list[float] = []
    for number in range(QUESTIONS):
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


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="sqlite,opensearch,postgres,chroma")
    parser.add_argument("--sizes", default="1000,5000,20000,100000")
    parser.add_argument("--parts", default="curve,bulk,recall")
    parser.add_argument("--neighbours", default="8,16,32", help="of `recall`: only graphs with these numbers of neighbours (m)")
    parser.add_argument("--write", action="store_true", help="put the rows into the README or docs/figures' tables")
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
        report("engines", header, [row for engine in engines for row in curve(engine, sizes, given)], key=2)
    if "bulk" in parts:
        from bench.engines_bulk import rows

        report("engines_bulk", ("chunks a second", "Maru", "bare", "ratio"), rows(given, engines), key=1)
    if "recall" in parts:
        columns = ("engine", "graph", "indexed a second", "recall@10", "recall@10 under 1 %", "filtered question, ms p50")
        tuned = [engine for engine in engines if engine in ("opensearch", "postgres")]
        from bench.engines_graphs import settings

        neighbours, size = [int(m) for m in given_names.neighbours.split(",")], min(max(sizes), 20_000)
        report("engines_recall", columns, [row for engine in tuned for row in settings(engine, size, given, neighbours)], key=2)


if __name__ == "__main__":
    main()
