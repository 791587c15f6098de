"""How well each engine finds the passage that answers, by text, by vector and by both, beside plain BM25 over words.

    python -m bench.retrieval [--write] [--engines sqlite,opensearch] [--sets xquad_en,…] [--split test]

Each passage is one file, all passages of a set lie in one store. Right is a passage that holds the answer: R@1 and R@5
are the shares of questions with a right one first or among five, MRR@10 the mean of 1/rank. `bench/corpora.py` tells the
splits; the constants of the fusion were chosen on `train` of the English sets only.
"""

import argparse
import contextlib
import hashlib
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import corpora
from bench.corpora import Corpus, Question
from bench.report import report
from local.models.embedding import DIMENSIONS, LANGUAGES, MiniLM, Vectors, load
from maru.knowledge.stores.opensearch import OpenSearchVectorStore
from maru.knowledge.stores.port import Chunk, SearchScope, VectorStore
from maru.knowledge.stores.sqlite import SqliteVectorStore
from tests.engines.opensearch import opensearch_node

CACHE = Path(__file__).resolve().parents[1] / ".cache"
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
    plain, rows = plain_bm25(corpus.passages, questions), []
    for engine in engines:
        rows.append(_row(corpus, engine, "words", questions, plain))
        with open_store(engine) as store:
            store.ensure_index(DIMENSIONS)
            store.upsert(_chunk(number, text, passages[number]) for number, text in enumerate(corpus.passages))
            for way, found in _ways(store, questions, asked).items():
                rows.append(_row(corpus, engine, way, questions, found))
    return rows


def embedded(model: MiniLM, texts: Sequence[str]) -> Vectors:
    """Vectors of the texts, kept in .cache/bench between runs."""
    file = CACHE / "bench" / f"{hashlib.sha256('\0'.join(texts).encode()).hexdigest()[:16]}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, model.embed(texts)[0])
    vectors: Vectors = np.load(file)
    return vectors


@contextlib.contextmanager
def open_store(engine: str) -> Iterator[VectorStore]:
    """An empty store of that engine; OpenSearch is a node of its own, as in the tests."""
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            store = SqliteVectorStore(Path(folder) / "vectors.db")
            yield store
            store.close()
        else:
            from opensearchpy import OpenSearch

            with opensearch_node(Path(folder)) as url, OpenSearch(url, timeout=60) as client:
                yield OpenSearchVectorStore(client, "bench")


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
        for word in set(question.text.lower().split()):
            holders = postings.get(word, [])
            rarity = math.log(1 + (len(documents) - len(holders) + 0.5) / (len(holders) + 0.5))
            for number, count in holders:
                scores[number] += rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[number] / mean))  # type: ignore[assignment]
        answers.append([number for number, _ in scores.most_common(DEPTH)])
    return answers


def _ways(store: VectorStore, questions: Sequence[Question], vectors: Vectors) -> dict[str, list[list[int]]]:
    found: dict[str, list[list[int]]] = {"text": [], "vector": [], "hybrid": []}
    for question, row in zip(questions, vectors, strict=True):
        vector = row.tolist()
        hits = {
            "text": store.search_text(SCOPE, question.text, DEPTH),
            "vector": store.search_vector(SCOPE, vector, DEPTH),
            "hybrid": store.search_hybrid(SCOPE, question.text, vector, DEPTH, languages=LANGUAGES),
        }
        for way, best in hits.items():
            found[way].append([int(hit.chunk.file_id) for hit in best])
    return found


def _chunk(number: int, text: str, vector: Vectors) -> Chunk:
    return Chunk(
        vector_store_id="vs_bench",
        file_id=str(number),
        version=1,
        chunk_index=0,
        total_chunks=1,
        text=text,
        tenant="bench",
        acl=("public",),
        vector=vector.tolist(),
    )


def _row(corpus: Corpus, engine: str, way: str, questions: Sequence[Question], found: Sequence[Sequence[int]]) -> Row:
    ranks = [
        next((place for place, passage in enumerate(best, 1) if passage in question.gold), math.inf)
        for question, best in zip(questions, found, strict=True)
    ]
    count = len(ranks)
    first, five = (sum(rank <= limit for rank in ranks) / count for limit in (1, 5))
    return Row(corpus.name, count, engine, way, first, five, sum(1 / rank for rank in ranks) / count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="sqlite,opensearch")
    parser.add_argument("--sets", help="names, comma-separated; all by default")
    parser.add_argument("--split", choices=("train", "test", "all"), default="test")
    parser.add_argument("--write", action="store_true", help="put the table into the READMEs")
    asked = parser.parse_args()
    (CACHE / "models").mkdir(parents=True, exist_ok=True)
    model = load(CACHE / "models", threads=2)
    rows: list[Row] = []
    for corpus in every_corpus():
        if not asked.sets or corpus.name in asked.sets.split(","):
            rows += measure(corpus, asked.split, asked.engines.split(","), model)
    if not rows:
        print("No public data here: set MARU_DATA to the folder that holds it.")
        return
    ways = ("words", "text", "vector", "hybrid")
    lines: dict[tuple[str, int, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        lines[row.corpus, row.questions, row.engine][row.way] = f"{row.first:.3f} / {row.five:.3f} / {row.mrr:.3f}"
    header = ("R@1 / R@5 / MRR@10 of", "questions", "engine", "plain BM25 over words", *ways[1:])
    report("retrieval", header, [(*line, *(figures[way] for way in ways)) for line, figures in lines.items()])


if __name__ == "__main__":
    main()
