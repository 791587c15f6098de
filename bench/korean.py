"""What search does with Korean, chosen and checked on questions that we wrote ourselves (`bench/korean_questions.yaml`).

    python -m bench.korean [--write] [--engines sqlite,postgres,opensearch]

Each passage is one file. Pairs of characters are compared with whole words on BM25 alone, and on OpenSearch what a number with its unit
counts (`opensearch_queries.OPEN_PHRASE`). R@1 is the share of questions whose passage is first, MRR@10 the mean of 1/rank. Constants are
chosen on `train`, the even passages; `test`, the odd ones, and the public sets of `bench/retrieval.py` only report.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import yaml

from bench.corpora import Question, Split
from bench.engines import opened
from bench.engines_data import DIMENSIONS
from bench.report import report
from bench.retrieval import DEPTH, SCOPE, chunk_of, plain_bm25, ranks_of
from maru.knowledge.stores import opensearch_queries
from maru.knowledge.stores.tokens import mix_tokens, query_tokens

OPEN_PHRASES = (0.5, 1.0, 2.0, 4.0, 8.0)

type Found = list[list[int]]


def own_questions() -> tuple[list[str], list[Question]]:
    """The passages, and the questions with the place of the one that answers."""
    entries = yaml.safe_load((Path(__file__).parent / "korean_questions.yaml").read_text(encoding="utf-8"))
    halves: tuple[Split, Split] = ("train", "test")
    questions = [Question(text, frozenset({place}), halves[place % 2]) for place, one in enumerate(entries) for text in one["ask"]]
    return [one["text"] for one in entries], questions


def tokenised(passages: Sequence[str], questions: Sequence[Question]) -> Iterator[tuple[str, Found]]:
    """BM25 over words as the spaces part them, and over the tokens that engines count."""
    yield "words", plain_bm25(passages, questions)
    asked = [Question(" ".join(query_tokens(one.text)), one.gold, one.split) for one in questions]
    yield "pairs", plain_bm25([" ".join(mix_tokens(text)) for text in passages], asked)


def searched(engine: str, passages: Sequence[str], questions: Sequence[Question]) -> Iterator[tuple[str, Found]]:
    """The text leg of an engine; on OpenSearch with each weight of a number and its unit."""
    with opened(engine) as (store, _):
        store.ensure_index(DIMENSIONS)
        store.upsert(chunk_of(place, text) for place, text in enumerate(passages))

        def ask() -> Found:
            return [[int(hit.chunk.file_id) for hit in store.search_text(SCOPE, one.text, DEPTH)] for one in questions]

        if engine != "opensearch":
            yield engine, ask()
            return
        for weight in OPEN_PHRASES:
            with _weighing(weight):
                yield f"{engine}, number with unit counts {weight:g}", ask()


@contextmanager
def _weighing(weight: float) -> Iterator[None]:
    chosen = opensearch_queries.OPEN_PHRASE
    opensearch_queries.OPEN_PHRASE = weight
    try:
        yield
    finally:
        opensearch_queries.OPEN_PHRASE = chosen


def figures(questions: Sequence[Question], found: Found, split: str) -> tuple[int, float, float]:
    """Questions of a half, R@1 and MRR@10."""
    half = [(one, best) for one, best in zip(questions, found, strict=True) if one.split == split]
    ranks = ranks_of([one for one, _ in half], [best for _, best in half])
    return len(ranks), sum(rank == 1 for rank in ranks) / len(ranks), sum(1 / rank for rank in ranks) / len(ranks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", default="sqlite,postgres,opensearch")
    parser.add_argument("--write", action="store_true", help="put the table into the README or docs/figures")
    asked = parser.parse_args()
    passages, questions = own_questions()
    ways = chain(tokenised(passages, questions), *(searched(engine, passages, questions) for engine in asked.engines.split(",")))
    rows = [(name, *figures(questions, found, "train"), *figures(questions, found, "test")) for name, found in ways]
    report("korean", ("what", "train questions", "R@1", "MRR@10", "test questions", "R@1", "MRR@10"), rows)


if __name__ == "__main__":
    main()
