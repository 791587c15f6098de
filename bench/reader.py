"""Measures the reader on public questions: `python -m bench.reader --home .cache/models`.

Every question gets the five passages that a plain BM25 finds. A row counts the *test* half (odd articles, or odd lines) of a set
from whose train half the weights were learned; KorQuAD, from which nothing was learned, counts whole. Beside the reader stand two
answerers without a sense for questions: the first sentences of the best passage, and BM25's best sentences of the five; they never
abstain.
"""

import argparse
import itertools
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.reader_trials import (
    Bm25,
    Corpus,
    Trial,
    answerable,
    answering_paragraph,
    article_missing,
    clapnq,
    holds,
    paragraph_missing,
    squad,
)
from bench.report import report
from local.models.embedding import load
from local.models.reader.model import LONGEST, QUOTES, Reader
from maru.agents.fencing import FencedPassage
from maru.knowledge.sentences import sentences
from tests.data import data_folder

#: A question and its passages to the texts that are quoted.
type Answerer = Callable[[str, Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """What one answerer did with the questions of one set, as shares; `quotes` is how many it gave where it answered."""

    answered: float
    right: float
    right_first: float
    quotes: float
    cpu_ms: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the built embedding model")
    parser.add_argument("--most", type=int, default=600, help="questions a row")
    parser.add_argument("--write", action="store_true", help="put the table into the README or docs/figures")
    told = parser.parse_args()
    reader = Reader(load(told.home, threads=2))
    answerers: dict[str, Answerer] = {"reader": _of(reader), "first 3": first_sentences, "bm25 3": bm25_sentences}
    rows: list[Sequence[object]] = []
    for name, trials in _sets():
        chosen = _some(trials, told.most)
        # Where nothing answers, all that counts is who abstains.
        shown = answerers if chosen[0].answers else {"reader": answerers["reader"]}
        for label, answerer in shown.items():
            row = measure(answerer, chosen)
            rows.append((name, len(chosen), label, row.answered, row.right, row.right_first, f"{row.quotes:.2f}", f"{row.cpu_ms:.1f}"))
            print(*rows[-1], flush=True)
    report("reader", ("questions", "n", "answerer", "answered", "right", "right by the first quote", "quotes", "CPU ms"), rows)


def measure(answerer: Answerer, trials: Sequence[Trial]) -> Row:
    """Run `answerer` over `trials`; right means that one of at most 3 quotes of at most 300 characters holds the answer."""
    started = time.process_time()
    given = [answerer(trial.question, trial.passages)[:QUOTES] for trial in trials]
    spent = time.process_time() - started
    assert all(len(quote) <= LONGEST for quotes in given for quote in quotes)
    assert all(any(quote in text for text in trial.passages) for trial, quotes in zip(trials, given, strict=True) for quote in quotes)
    hits = [[holds(quote, trial.answers) for quote in quotes] for trial, quotes in zip(trials, given, strict=True)]
    size, answered = len(trials), sum(map(bool, given))
    return Row(
        answered / size,
        sum(map(any, hits)) / size,
        sum(hit[:1] == [True] for hit in hits) / size,
        sum(map(len, given)) / max(1, answered),
        1000 * spent / size,
    )


def first_sentences(_question: str, passages: Sequence[str]) -> list[str]:
    """The first three sentences of the best passage."""
    best = passages[0] if passages else ""
    return [best[start:end][:LONGEST] for start, end in sentences(best)[:QUOTES]]


def bm25_sentences(question: str, passages: Sequence[str]) -> list[str]:
    """The three sentences of all passages that BM25 puts first."""
    texts = [text[start:end][:LONGEST] for text in passages for start, end in sentences(text)]
    return [texts[place] for place in Bm25(texts).best(question, top=QUOTES)]


def _of(reader: Reader) -> Answerer:
    def answer(question: str, passages: Sequence[str]) -> list[str]:
        fenced = [FencedPassage(number, "", None, text) for number, text in enumerate(passages, 1)]
        return [quote.text for quote in reader.quotes(question, fenced)]

    return answer


def _sets() -> Iterator[tuple[str, Iterable[Trial]]]:
    yield from _korquad()
    yield from _xquad()
    yield from _clapnq()


def _korquad() -> Iterator[tuple[str, Iterable[Trial]]]:
    folder = data_folder("korquad1_dev")
    if folder is None:
        return
    corpus = squad(folder / "korquad_dev_share.json")
    yield "korquad1_dev", _both(answerable, corpus)
    yield "korquad1_dev, its article not loaded", _both(article_missing, corpus)
    yield "korquad1_dev, its paragraph not loaded", _both(paragraph_missing, corpus)


def _xquad() -> Iterator[tuple[str, Iterable[Trial]]]:
    folder = data_folder("xquad_en")
    if folder is None:
        return
    corpus = squad(folder / "xquad.en.json")
    yield "xquad_en test", answerable(corpus, "test")
    yield "xquad_en test, its article not loaded", article_missing(corpus, "test")
    yield "xquad_en test, its paragraph not loaded", paragraph_missing(corpus, "test")


def _clapnq() -> Iterator[tuple[str, Iterable[Trial]]]:
    folder = data_folder("clapnq_dev")
    if folder is None:
        return
    corpus = clapnq(folder)
    for label, find in (("5 passages", answerable), ("its passage only", answering_paragraph)):
        trials = list(find(corpus, "test"))
        yield f"clapnq_dev test, answerable, {label}", [trial for trial in trials if trial.answers]
        yield f"clapnq_dev test, unanswerable, {label}", [trial for trial in trials if not trial.answers]


def _both(find: Callable[..., Iterator[Trial]], corpus: Corpus) -> Iterable[Trial]:
    return itertools.chain(find(corpus, "train"), find(corpus, "test"))


def _some(trials: Iterable[Trial], most: int) -> list[Trial]:
    chosen = list(trials)
    random.Random(11).shuffle(chosen)
    return chosen[:most]


if __name__ == "__main__":
    main()
