"""What the settings of a graph cost: recall without and with a filter, and what a question takes."""

import statistics
import time
from collections.abc import Sequence

import numpy as np

from bench.engines import asked, opened, recall
from bench.engines_data import DIMENSIONS, Data
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import SearchScope, VectorStore

SETTINGS = (
    DEFAULTS,
    IndexOptions(quantisation="scalar"),
    IndexOptions(m=8, ef_construction=64, ef_search=50),
    IndexOptions(m=32, ef_construction=256, ef_search=200),
)


def settings(engine: str, size: int, given: Data, neighbours: Sequence[int]) -> list[tuple[object, ...]]:
    """A row for each way of building the graph: recall without and with a filter, and what a vector question takes."""
    rows: list[tuple[object, ...]] = []
    for options in (one for one in SETTINGS if one.m in neighbours):
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


def whole_recall(store: VectorStore, given: Data, size: int) -> float:
    """As `recall`, without a filter: here the graph alone decides."""
    scope, found = SearchScope("bench", ("public",), ("vs_bench",)), 0
    for number in range(100):
        order = np.argsort(-(given.vectors[:size] @ given.asked[number]))[:10]
        hits = store.search_vector(scope, given.asked[number].tolist(), 10)
        nearest = {f"file-{one // 40}/{one % 40}" for one in order.tolist()}
        found += len(nearest & {f"{hit.chunk.file_id}/{hit.chunk.chunk_index}" for hit in hits})
    return found / 1000
