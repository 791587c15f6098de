"""Questions with the five passages that a plain BM25 finds for them: what the reader is fitted and measured on.

Splits are by article or document, so that nothing of a reported one was seen: in every set, even indexes of articles (or of lines,
for CLAPNQ) belong to `train`, odd ones to `test`. KorQuAD may not be learned from (its licence allows no derivatives): its `train`
half serves only as the articles whose questions find nothing when the other half is loaded.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from maru.knowledge.sentences import sentences
from maru.knowledge.stores.tokens import mix_tokens

type Split = Literal["train", "test"]

TOP = 5
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Trial:
    """A question with its passages, best first; `answers` is empty where the passages were made to lack it."""

    question: str
    passages: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the texts any of which answers it, and the paragraph it was asked about."""

    question: str
    answers: tuple[str, ...]
    paragraph: int


def holds(text: str, answers: Sequence[str]) -> bool:
    """Whether `text` holds one of `answers`; a chosen sentence that is longer than it may hold it instead."""
    text = " ".join(text.split())
    wanted = [" ".join(answer.split()) for answer in answers]
    return any(answer in text or (len(text) >= 30 and text in answer) for answer in wanted)


class Bm25:
    """Okapi BM25 (k1 1.2, b 0.75) over `mix` tokens of a few thousand texts in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        counts = [Counter(mix_tokens(text)) for text in texts]
        mean = sum(c.total() for c in counts) / max(1, len(counts))
        for place, count in enumerate(counts):
            norm = 1.2 * (0.25 + 0.75 * count.total() / mean)
            for token, n in count.items():
                self._postings[token].append((place, n * 2.2 / (n + norm)))
        self._size = len(texts)

    def best(self, query: str, *, without: frozenset[int] = frozenset(), top: int = TOP) -> list[int]:
        """Places of the best texts, best first, `without` some of them."""
        scores: dict[int, float] = defaultdict(float)
        for token in set(mix_tokens(query)):
            found = self._postings.get(token, [])
            rarity = math.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5))
            for place, weight in found:
                scores[place] += rarity * weight
        return sorted((p for p in scores if p not in without), key=lambda p: (-scores[p], p))[:top]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Paragraphs, the article each belongs to, and the questions asked about them."""

    paragraphs: tuple[str, ...]
    articles: tuple[int, ...]
    asked: tuple[Asked, ...]

    def of(self, split: Split) -> frozenset[int]:
        """Places of the paragraphs of a split: even articles train, odd ones test."""
        parity = 0 if split == "train" else 1
        return frozenset(place for place, article in enumerate(self.articles) if article % 2 == parity)


def squad(path: Path, *, chunk: bool = False) -> Corpus:
    """A file of SQuAD's shape; with `chunk`, long contexts in pieces of about 1,000 characters cut at sentences."""
    paragraphs: list[str] = []
    articles: list[int] = []
    asked: list[Asked] = []
    for article, entry in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        for paragraph in entry["paragraphs"]:
            starts = [start for start, _ in _chunks(paragraph["context"])] if chunk else [0]
            texts = [text for _, text in _chunks(paragraph["context"])] if chunk else [paragraph["context"]]
            asked += [_asked(qa, starts, len(paragraphs)) for qa in paragraph["qas"]]
            paragraphs += texts
            articles += [article] * len(texts)
    return Corpus(tuple(paragraphs), tuple(articles), tuple(asked))


def clapnq(folder: Path) -> Corpus:
    """Both halves of CLAPNQ: questions of the unanswerable one have no answers; each line is an article of its own."""
    paragraphs: list[str] = []
    asked: list[Asked] = []
    for half in ("answerable", "unanswerable"):
        for line in (folder / f"clapnq_dev_{half}_share.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            chosen = tuple(s for output in row["output"] for s in output["selected_sentences"])
            asked.append(Asked(row["input"], chosen if half == "answerable" else (), len(paragraphs)))
            paragraphs.append(row["passages"][0]["text"].strip())
    return Corpus(tuple(paragraphs), tuple(range(len(paragraphs))), tuple(asked))


def answerable(corpus: Corpus, split: Split) -> Iterator[Trial]:
    """Questions of the split with what is found among all paragraphs."""
    return _trials(corpus, split, loaded=None, lacking=False)


def article_missing(corpus: Corpus, split: Split) -> Iterator[Trial]:
    """Questions of the split with what is found among the paragraphs of the other split's articles."""
    other: Split = "test" if split == "train" else "train"
    return _trials(corpus, split, loaded=corpus.of(other), lacking=True)


def paragraph_missing(corpus: Corpus, split: Split) -> Iterator[Trial]:
    """Questions of the split with what is found when only their own paragraph is taken out: the hardest kind."""
    for trial in _trials(corpus, split, loaded=None, lacking=True):
        if not any(answer in passage for answer in trial.answers for passage in trial.passages):
            yield Trial(trial.question, trial.passages, ())


def answering_paragraph(corpus: Corpus, split: Split) -> Iterator[Trial]:
    """Questions of the split with nothing but the paragraph they were asked about."""
    mine = corpus.of(split)
    for asked in corpus.asked:
        if asked.paragraph in mine:
            yield Trial(asked.question, (corpus.paragraphs[asked.paragraph],), asked.answers)


def _trials(corpus: Corpus, split: Split, *, loaded: frozenset[int] | None, lacking: bool) -> Iterator[Trial]:
    search = Bm25(corpus.paragraphs)
    mine, every = corpus.of(split), frozenset(range(len(corpus.paragraphs)))
    for asked in corpus.asked:
        if asked.paragraph not in mine:
            continue
        hidden = every - loaded if loaded is not None else frozenset({asked.paragraph}) if lacking else frozenset[int]()
        passages = tuple(corpus.paragraphs[place] for place in search.best(asked.question, without=hidden))
        yield Trial(asked.question, passages, () if loaded is not None else asked.answers)


def _asked(qa: dict[str, Any], starts: list[int], first: int) -> Asked:
    place = qa["answers"][0]["answer_start"]
    chunk = max(index for index, start in enumerate(starts) if start <= place)
    return Asked(qa["question"], tuple(dict.fromkeys(answer["text"] for answer in qa["answers"])), first + chunk)


def _chunks(text: str) -> list[tuple[int, str]]:
    chunks: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if chunks and end - chunks[-1][0] <= CHUNK:
            chunks[-1] = (chunks[-1][0], end)
        else:
            chunks.append((start, end))
    return [(start, text[start:end]) for start, end in chunks] or [(0, text)]
