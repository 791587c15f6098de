"""Question sets with the passages that answer them, read from the public data; what is absent is left out with a line.

Each set is split by article: even indexes are `train`, on which constants may be chosen, odd ones are `test`, which is reported.
KorQuAD's licence allows no derivatives, so nothing is chosen on it and its whole is a test. The passages of both halves always
lie in one store, so a question has all the wrong passages to be tempted by.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.data import data_folder

Split = Literal["train", "test"]
WINDOW, STEP = 1000, 800
_SENTENCE = re.compile(r"[^\n]{15,300}?[.!?](?=\s|$)")


@dataclass(frozen=True)
class Question:
    """A question and the indexes of the passages that hold its answer."""

    text: str
    gold: frozenset[int]
    split: Split


@dataclass(frozen=True)
class Corpus:
    """Passages, each to be indexed as one file, and the questions about them."""

    name: str
    passages: tuple[str, ...]
    questions: tuple[Question, ...]


def sentences(text: str) -> list[str]:
    """The sentences of prose; what is shorter than 15 characters or longer than 300 is none."""
    return [match[0].strip() for match in _SENTENCE.finditer(text)]


def korquad() -> Corpus | None:
    """KorQuAD 1.0 dev (a share): Korean questions written while looking at the paragraph."""
    folder = data_folder("korquad1_dev")
    return _paragraphs("korquad1_dev", folder / "korquad_dev_share.json", tuned=False) if folder else None


def xquad() -> Corpus | None:
    """XQuAD, English."""
    folder = data_folder("xquad_en")
    return _paragraphs("xquad_en", folder / "xquad.en.json") if folder else None


def clapnq() -> Corpus | None:
    """CLAPNQ: real search queries, a passage each; the passages of the unanswerable half are there to mislead."""
    folder = data_folder("clapnq_dev")
    if folder is None:
        return None
    passages: dict[str, int] = {}
    questions = []
    for number, line in enumerate(_lines(folder / "clapnq_dev_answerable_share.jsonl")):
        gold = frozenset(passages.setdefault(passage["text"], len(passages)) for passage in line["passages"])
        questions.append(Question(line["input"], gold, _split(number)))
    for line in _lines(folder / "clapnq_dev_unanswerable_share.jsonl"):
        for passage in line["passages"]:
            passages.setdefault(passage["text"], len(passages))
    return Corpus("clapnq_dev", tuple(passages), tuple(questions))


def covid() -> Corpus | None:
    """COVID-QA: long articles in windows of 1,000 characters, 200 of them shared; right is each window that holds the whole answer."""
    folder = data_folder("covid_qa")
    if folder is None:
        return None
    passages: list[str] = []
    questions: list[Question] = []
    body = json.loads((folder / "data/question-answering/200423_covidQA.json").read_text())
    for number, article in enumerate(body["data"]):
        for paragraph in article["paragraphs"]:
            first, text = len(passages), paragraph["context"]
            passages += [text[start : start + WINDOW] for start in range(0, max(1, len(text) - (WINDOW - STEP)), STEP)]
            questions += _long_questions(paragraph, range(first, len(passages)), _split(number))
    return Corpus("covid_qa", tuple(passages), tuple(questions))


def together(*corpora: Corpus, name: str) -> Corpus:
    """Several corpora in one store, their questions unchanged."""
    passages: list[str] = []
    questions: list[Question] = []
    for corpus in corpora:
        shift = len(passages)
        passages += corpus.passages
        questions += [Question(one.text, frozenset(gold + shift for gold in one.gold), one.split) for one in corpus.questions]
    return Corpus(name, tuple(passages), tuple(questions))


def keywords(corpus: Corpus, *, words: int, seed: int = 7) -> Corpus:
    """The same questions as somebody in a hurry types them: the longest words of each, in random order, no particles removed."""
    generator = random.Random(seed)
    shortened = []
    for question in corpus.questions:
        kept = sorted(question.text.rstrip("?.").split(), key=len, reverse=True)[:words]
        generator.shuffle(kept)
        shortened.append(Question(" ".join(kept), question.gold, question.split))
    return Corpus(f"{corpus.name}, {words} words", corpus.passages, tuple(shortened))


def _paragraphs(name: str, file: Path, *, tuned: bool = True) -> Corpus:
    passages: list[str] = []
    questions: list[Question] = []
    for number, article in enumerate(json.loads(file.read_text())["data"]):
        for paragraph in article["paragraphs"]:
            gold = frozenset({len(passages)})
            passages.append(paragraph["context"])
            questions += [Question(one["question"], gold, _split(number) if tuned else "test") for one in paragraph["qas"]]
    return Corpus(name, tuple(passages), tuple(questions))


def _long_questions(paragraph: Any, windows: range, split: Split) -> Iterator[Question]:
    for one in paragraph["qas"]:
        spans = [(answer["answer_start"], answer["answer_start"] + len(answer["text"])) for answer in one["answers"]]
        gold = frozenset(
            window for place, window in enumerate(windows) for start, end in spans if place * STEP <= start and end <= place * STEP + WINDOW
        )
        if gold:
            yield Question(one["question"], gold, split)


def _split(number: int) -> Split:
    return "test" if number % 2 else "train"


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()]
