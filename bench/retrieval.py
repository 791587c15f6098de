"""How well each engine finds the passage that answers, by text, by vector and by both, beside plain BM25 over words and Chroma as it comes.

    python -m bench.retrieval [--write] [--engines sqlite,opensearch,postgres] [--sets xquad_en,…] [--split test] [--fresh]

Each passage is one file, all passages of a set lie in one store. Right is a passage that holds the answer: R@1 and R@5
are the shares of questions with a right one first or among five, MRR@10 the mean of 1/rank. `bench/corpora.py` tells the
splits; the constants of the fusion were chosen on `train` of the English sets only.

Chroma's defaults are a collection of its own server that is told nothing: squared Euclidean distance and its settings of HNSW. Its
default model, all-MiniLM-L6-v2, is the one whose vectors all columns share; here its weights are those that a package brings along.

What one set gave on one engine is kept in .cache/bench until the code or the set changes: a run that was cut off goes on where it was.
"""

import argparse
import contextlib
import functools
import hashlib
import json
import math
import shutil
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bench import corpora
from bench.corpora import Corpus, Question
from bench.engines import opened
from bench.report import report
from local.models.embedding import DIMENSIONS, LANGUAGES, MiniLM, Vectors, load
from maru.knowledge.stores.port import Chunk, SearchScope, VectorStore
from maru.knowledge.stores.rest import Rest

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
ENGINES = ("sqlite", "opensearch", "postgres")
#: Columns that have nothing to do with our engines.
PLAIN, CHROMA = "plain BM25 over words", "Chroma's defaults"
WAYS = (PLAIN, CHROMA, "text", "vector", "hybrid")
SCOPE = SearchScope("bench", ("public",), ("vs_bench",))
DEPTH = 10


@dataclass(frozen=True)
class Row:
    """One line of the table; figures in [0, 1]."""

    corpus: str
    questions: int
    engine: str
    way: str
    first: float
    five: float
    mrr: float


def every_corpus() -> list[Corpus]:
    """The public sets that are here, Korean and English in one store, and their questions as short key words."""
    plain = [corpus for corpus in (corpora.korquad(), corpora.xquad(), corpora.clapnq(), corpora.covid()) if corpus]
    small = [corpus for corpus in plain if corpus.name in ("korquad1_dev", "xquad_en")]
    mixed = [corpora.together(*small, name="both languages")] if len(small) == 2 else []
    return [*plain, *mixed, *(corpora.keywords(corpus, words=3) for corpus in small)]


def measure(corpus: Corpus, split: str, engines: Sequence[str], model: MiniLM) -> list[Row]:
    """The table's lines for one set."""
    questions = [question for question in corpus.questions if split in (question.split, "all")]
    if not questions:
        return []
    passages, asked = embedded(model, corpus.passages), embedded(model, [question.text for question in questions])

    def kept(of: str, work: Callable[[], dict[str, list[list[int]]]]) -> list[Row]:
        file = CACHE / "bench" / "retrieval" / f"{_version()}-{corpus.name.replace(' ', '_')}-{split}-{of}.json"
        if not file.exists():
            began = time.monotonic()
            rows = [_row(corpus, of, way, questions, found) for way, found in work().items()]
            print(f"{corpus.name}, {of}: {time.monotonic() - began:.0f} s", flush=True)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
        return [Row(**row) for row in json.loads(file.read_text(encoding="utf-8"))]

    peers = kept("peers", lambda: {PLAIN: plain_bm25(corpus.passages, questions), CHROMA: chroma_defaults(passages, asked)})

    def ways(engine: str) -> dict[str, list[list[int]]]:
        with opened(engine) as (store, _):
            store.ensure_index(DIMENSIONS)
            store.upsert(chunk_of(number, text, passages[number].tolist()) for number, text in enumerate(corpus.passages))
            return _ways(store, questions, asked)

    rows: list[Row] = []
    for engine in engines:
        rows += [replace(row, engine=engine) for row in peers] + kept(engine, functools.partial(ways, engine))
    return rows


@functools.cache
def _version() -> str:
    """What figures depend on: the code of the engines' adapters, of the fusion and of this bench, and how vectors are made."""
    room = ROOT / "layers/core/python/maru/knowledge"
    code = sorted((room / "stores").rglob("*.py"))
    beside = [
        room / "fusion.py",
        ROOT / "bench/retrieval.py",
        ROOT / "bench/corpora.py",
        ROOT / "bench/engines.py",
        ROOT / "local/models/embedding.py",
    ]
    hashed = hashlib.sha256(b"\0".join(file.read_bytes() for file in (*code, *beside)))
    return hashed.hexdigest()[:12]


def embedded(model: MiniLM, texts: Sequence[str]) -> Vectors:
    """Vectors of the texts, kept in .cache/bench between runs."""
    way = (ROOT / "local/models/embedding.py").read_text(encoding="utf-8")
    file = CACHE / "bench" / f"{hashlib.sha256('\0'.join([way, *texts]).encode()).hexdigest()[:16]}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, model.embed(texts)[0])
    vectors: Vectors = np.load(file)
    return vectors


def chroma_defaults(passages: Vectors, asked: Vectors) -> list[list[int]]:
    """The first passages of each question from a collection of a real Chroma server that was told nothing but the vectors."""
    from tests.engines.chroma import chroma_server

    with tempfile.TemporaryDirectory() as folder, chroma_server(Path(folder)) as url, contextlib.closing(Rest(url, timeout=120)) as rest:
        base = "/api/v2/tenants/default_tenant/databases/default_database/collections"
        path = f"{base}/{rest.call('POST', base, {'name': 'defaults'})['id']}"
        for start in range(0, len(passages), 500):
            some = passages[start : start + 500].tolist()
            rest.call("POST", f"{path}/add", {"ids": [str(start + place) for place in range(len(some))], "embeddings": some})
        answers: list[list[int]] = []
        for start in range(0, len(asked), 100):
            body = {"query_embeddings": asked[start : start + 100].tolist(), "n_results": DEPTH, "include": []}
            answers += [[int(id_) for id_ in ids] for ids in rest.call("POST", f"{path}/query", body)["ids"]]
        return answers


def plain_bm25(passages: Sequence[str], questions: Sequence[Question]) -> list[list[int]]:
    """The baseline: BM25 (k1 1.2, b .75) over lower-cased words as the spaces part them; the first passages of each question."""
    documents = [Counter(passage.lower().split()) for passage in passages]
    lengths = [sum(document.values()) for document in documents]
    mean = sum(lengths) / len(lengths)
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, document in enumerate(documents):
        for word, count in document.items():
            postings[word].append((number, count))
    answers = []
    for question in questions:
        scores: Counter[int] = Counter()
        for word in dict.fromkeys(question.text.lower().split()):  # in an order that is the same in every run, as sums of floats ask
            holders = postings.get(word, [])
            rarity = math.log(1 + (len(documents) - len(holders) + 0.5) / (len(holders) + 0.5))
            for number, count in holders:
                scores[number] += rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[number] / mean))  # type: ignore[assignment]
        answers.append([number for number, _ in scores.most_common(DEPTH)])
    return answers


def _ways(store: VectorStore, questions: Sequence[Question], vectors: Vectors) -> dict[str, list[list[int]]]:
    def asked(question: Question, row: Vectors) -> list[list[int]]:
        vector = row.tolist()
        hits = (
            store.search_text(SCOPE, question.text, DEPTH),
            store.search_vector(SCOPE, vector, DEPTH),
            store.search_hybrid(SCOPE, question.text, vector, DEPTH, languages=LANGUAGES),
        )
        return [[int(hit.chunk.file_id) for hit in best] for best in hits]

    with ThreadPoolExecutor(2) as several:
        found = list(several.map(asked, questions, vectors))
    return {way: [one[place] for one in found] for place, way in enumerate(WAYS[2:])}


def chunk_of(number: int, text: str, vector: Sequence[float] = ()) -> Chunk:
    """A passage as a file of its own, which its number names."""
    return Chunk(
        vector_store_id="vs_bench",
        file_id=str(number),
        version=1,
        chunk_index=0,
        total_chunks=1,
        text=text,
        tenant="bench",
        acl=("public",),
        vector=vector,
    )


def ranks_of(questions: Sequence[Question], found: Sequence[Sequence[int]]) -> list[float]:
    """The place, from 1 on, of the first passage that answers each question; infinite where none was found."""
    return [
        next((place for place, passage in enumerate(best, 1) if passage in question.gold), math.inf)
        for question, best in zip(questions, found, strict=True)
    ]


def _row(corpus: Corpus, engine: str, way: str, questions: Sequence[Question], found: Sequence[Sequence[int]]) -> Row:
    ranks = ranks_of(questions, found)
    count = len(ranks)
    first, five = (sum(rank <= limit for rank in ranks) / count for limit in (1, 5))
    return Row(corpus.name, count, engine, way, first, five, sum(1 / rank for rank in ranks) / count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--sets", help="names, comma-separated; all by default")
    parser.add_argument("--split", choices=("train", "test", "all"), default="test")
    parser.add_argument("--write", action="store_true", help="put the table into the README or docs/figures")
    parser.add_argument("--fresh", action="store_true", help="measure anew what an earlier run has kept")
    asked = parser.parse_args()
    if asked.fresh:
        shutil.rmtree(CACHE / "bench" / "retrieval", ignore_errors=True)
    (CACHE / "models").mkdir(parents=True, exist_ok=True)
    model, began = load(CACHE / "models", threads=2), time.monotonic()
    rows: list[Row] = []
    for corpus in every_corpus():
        if not asked.sets or corpus.name in asked.sets.split(","):
            rows += measure(corpus, asked.split, asked.engines.split(","), model)
    if not rows:
        print("No public data here: set MARU_DATA to the folder that holds it.")
        return
    lines: dict[tuple[str, int, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        lines[row.corpus, row.questions, row.engine][row.way] = f"{row.first:.3f} / {row.five:.3f} / {row.mrr:.3f}"
    header = ("R@1 / R@5 / MRR@10 of", "questions", "engine", *WAYS)
    report("retrieval", header, [(*line, *(figures[way] for way in WAYS)) for line, figures in lines.items()])
    print(f"{time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
