"""The sentences of the passages as candidates for a quote, with what of a question each of them shares."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from local.models.reader.lexicon import ALIKE
from local.models.reader.question import Question
from local.models.reader.words import Word, pairs, words
from maru.agents.fencing import FencedPassage
from maru.knowledge.sentences import sentences

#: A word that only begins like the one asked for, such as `inventor` for `invention`.
_ALIKE = 0.6
_PREFIX = 5
#: A word that may stand for the one asked for.
_SYNONYM = 0.8
#: How much of a term counts for a sentence when only its heading or the name of its document has it.
_HEADING = 0.6
_SOURCE = 0.35
_HEADING_LENGTH = 60
_LOOSE_STOP = re.compile(r"\s[.!?](?:\s|$)")
_LEAST_SENTENCE = 20
#: Sentences without any term that are thought beside the real ones, lest a word of every sentence of a short text weigh nothing.
_IMAGINED = 10
_CLOSED = re.compile(r"[.!?:;,。]$|[다요]$")


@dataclass(slots=True)
class Candidate:
    """One sentence: where it stands, its words, and how far it has each term of the question (0 to 1)."""

    passage: FencedPassage
    order: int
    place: int
    start: int
    end: int
    words: list[Word]
    shared: list[float] = field(default_factory=list)
    #: Of each term, the place among `words` of what was found, or -1.
    found: list[int] = field(default_factory=list)
    #: What the heading above and the name of the document share with the question.
    above: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of one question and what its terms weigh among them."""

    question: Question
    candidates: list[Candidate]
    weights: list[float]


def gather(question: Question, passages: Sequence[FencedPassage]) -> Evidence:
    """Cut the passages into sentences and look for the terms of the question in each."""
    candidates = [
        Candidate(passage, order, place, start, end, words(passage.text[start:end]))
        for order, passage in enumerate(passages)
        for place, (start, end) in enumerate(_spans(passage.text))
    ]
    for candidate in candidates:
        candidate.shared, candidate.found = _match(question, candidate.words)
    _look_above(question, candidates)
    return Evidence(question, candidates, _weights(question, candidates))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, cut further where a stop stands between spaces: so they end in text that was cut into tokens."""
    for start, end in sentences(text):
        at = start
        for stop in _LOOSE_STOP.finditer(text, start, end):
            if stop.end() - at >= _LEAST_SENTENCE:
                yield at, stop.start() + 2
                at = stop.end()
        if at < end:
            yield at, end


def _look_above(question: Question, candidates: Sequence[Candidate]) -> None:
    names = {c.passage.source: _match(question, words(c.passage.source))[0] for c in candidates}
    nothing = [0.0] * len(question.terms)
    heading, head = nothing, nothing
    for before, candidate in zip([None, *candidates], candidates, strict=False):
        follows = before is not None and before.order == candidate.order
        heading = heading if follows else nothing
        # The first row of a table says what the numbers below it are.
        head = head if follows and before is not None and _is_row(before) else nothing
        over = [_HEADING * max(pair) for pair in zip(heading, head, strict=True)]
        candidate.above = [max(one, _SOURCE * other) for one, other in zip(over, names[candidate.passage.source], strict=True)]
        if _is_row(candidate):
            head = candidate.shared if head is nothing else head
        elif len(candidate.text) <= _HEADING_LENGTH and not _CLOSED.search(candidate.text):
            heading = candidate.shared


def _is_row(candidate: Candidate) -> bool:
    return candidate.passage.text.startswith("|", candidate.start)


def _match(question: Question, among: Sequence[Word]) -> tuple[list[float], list[int]]:
    index: dict[str, int] = {}
    for place, word in enumerate(among):
        index.setdefault(word.key, place)
        if word.hangul:
            for pair in pairs(word.text):
                index.setdefault(pair, place)
    matches = [_find(term, index, among) for term in question.terms]
    return [share for share, _ in matches], [place for _, place in matches]


def _find(term: Word, index: dict[str, int], among: Sequence[Word]) -> tuple[float, int]:
    """How far a sentence has a term, and where: as it is, in parts, a word that begins like it, or one that may stand for it."""
    if term.key in index:
        return 1.0, index[term.key]
    share, place = _in_parts(term, index) if term.hangul else _begun(term, among)
    if share < _SYNONYM:
        other = next((index[word] for word in ALIKE.get(term.key, ()) if word in index), -1)
        return (_SYNONYM, other) if other >= 0 else (share, place)
    return share, place


def _in_parts(term: Word, index: dict[str, int]) -> tuple[float, int]:
    parts = pairs(term.key)
    hits = [index[part] for part in parts if part in index]
    return len(hits) / len(parts), hits[0] if hits else -1


def _begun(term: Word, among: Sequence[Word]) -> tuple[float, int]:
    if len(term.key) < _PREFIX or term.number:
        return 0.0, -1
    place = next((place for place, word in enumerate(among) if word.key.startswith(term.key[:_PREFIX])), -1)
    return (_ALIKE if place >= 0 else 0.0), place


def _weights(question: Question, candidates: Sequence[Candidate]) -> list[float]:
    """Rarity of each term among the sentences (BM25's), more for names and numbers, less for lone syllables."""
    size = len(candidates) + _IMAGINED
    having = Counter(place for c in candidates for place, share in enumerate(c.shared) if share >= 0.5)
    return [
        math.log(1 + (size - having[place] + 0.5) / (having[place] + 0.5)) * _prior(term, place)
        for place, term in enumerate(question.terms)
    ]


def _prior(term: Word, place: int) -> float:
    if term.number or (term.capital and place > 0):
        return 1.25
    return 0.5 if term.hangul and len(term.key) == 1 else 1.0
