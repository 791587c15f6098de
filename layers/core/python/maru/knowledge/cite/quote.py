"""The choice of a quote: which whole sentences of a passage best support a claim."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from maru.knowledge.cite.facts import Facts, facts
from maru.knowledge.cite.names import names, occurs
from maru.knowledge.cite.passage import Layout, layout
from maru.knowledge.cite.words import content, coverage, normalise, squeezed, weights, words
from maru.knowledge.sentences import Span, sentences

LONGEST = 300  # code points of a quote
_LEAST = 0.12  # of the score below which nothing in the passage speaks of the claim
_GAIN = 0.08  # that another sentence must add before a longer quote is better than a shorter one

_HINT = 0.06  # what a span that holds all of the context's words gains


class Quote(NamedTuple):
    """`passage[start:end]` in code points; `score` is how much of the claim it carries, 0 to 1."""

    start: int
    end: int
    score: float


def pick_quote(claim: str, passage: str, *, context: str = "") -> Quote | None:
    """The span of whole sentences, at most 300 code points, that best supports a claim sentence.

    A sentence that repeats the claim word for word comes first. A single longer sentence is cut where its clauses end.
    `context`, such as the question, decides between spans that carry the claim equally well. None where nothing in the
    passage speaks of what the claim says.
    """
    return next(iter(quotes(claim, passage, context=context)), None)


def quotes(claim: str, passage: str, *, context: str = "", most: int = 1) -> list[Quote]:
    """The best `most` spans for a claim, best first."""
    wanted = _Wanted(layout(normalise(claim)), weights(content(words(normalise(context)))))
    scored = [(wanted.score(run), run) for run in _runs(_pieces(passage))]
    ranked = sorted(scored, key=lambda pair: (_cost(pair[1]) - pair[0] - wanted.hint(pair[1]), pair[1][-1].end - pair[1][0].start))
    return [Quote(run[0].start, run[-1].end, score) for score, run in ranked[:most] if score >= _LEAST]


class _Piece(NamedTuple):
    start: int
    end: int
    sentence: int
    part: bool
    flat: str
    text: str
    weights: dict[str, float]
    facts: Facts


@lru_cache(maxsize=64)
def _pieces(passage: str) -> tuple[_Piece, ...]:
    """Sentences of the passage, longer ones in parts, ready to be compared; kept because an answer cites a passage repeatedly."""
    return tuple(_piece(passage, start, end, span) for span in sentences(passage) for start, end in _parts(passage, span))


def _piece(passage: str, start: int, end: int, span: Span) -> _Piece:
    text = normalise(passage[start:end])
    return _Piece(start, end, span.start, span != (start, end), squeezed(text), text, weights(content(words(text))), facts(text))


_CUT = re.compile(
    r"(?<=[;,])\s+|(?<=며|고|나|만|데|면|서|여)\s+|\s+(?=(?:and|but|or|which|that|while|because|who)\s)|\s+(?=[(])|(?<=[)])\s+"
)
_SHORT = 60  # code points below which a part of a long sentence is not cut off


def _parts(passage: str, span: Span) -> Iterator[tuple[int, int]]:
    """A sentence whole, or, where it is too long, its clauses; a clause without a border is cut between words."""
    at = span.start
    if span.end - at > LONGEST:
        for match in _CUT.finditer(passage, span.start, span.end):
            if match.start() - at >= _SHORT and span.end - match.end() >= _SHORT:
                yield from _windows(passage, at, match.start())
                at = match.end()
    yield from _windows(passage, at, span.end)


def _windows(passage: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        blank = passage.rfind(" ", start + _SHORT, start + LONGEST)
        cut = blank if blank > 0 else start + LONGEST
        yield start, cut
        start = cut + 1 if blank > 0 else cut
    yield start, end


def _runs(pieces: tuple[_Piece, ...]) -> Iterator[tuple[_Piece, ...]]:
    for i, first in enumerate(pieces):
        for j in range(i + 1, min(i + 8, len(pieces)) + 1):
            last = pieces[j - 1]
            # Parts of a long sentence join only among themselves: a quote is whole sentences, or lies within one.
            if last.end - first.start > LONGEST or (last.sentence != first.sentence and first.part | last.part):
                break
            yield pieces[i:j]


def _cost(run: tuple[_Piece, ...]) -> float:
    """What a longer quote has to make up for: a whole sentence more than another part of the same one."""
    whole = len({piece.sentence for piece in run})
    return _GAIN * whole + _GAIN / 4 * (len(run) - whole)


class _Wanted:
    """What a claim asks of its quote."""

    def __init__(self, claim: Layout, context: dict[str, float]) -> None:
        self._context = context
        self._weights = claim.whole.weights
        self._flat = squeezed(claim.text)
        self._facts = facts(claim.text)
        self._names = [name for name in names(claim.text) if name.sure]

    def score(self, run: tuple[_Piece, ...]) -> float:
        """1 for a run that holds the claim verbatim, else the share of its words and facts."""
        flat = "".join(piece.flat for piece in run)
        if len(self._flat) >= 8 and self._flat in flat:
            return 1.0
        shared = coverage(self._weights, {unit: weight for piece in run for unit, weight in piece.weights.items()})
        needed, held = self._fact_count(run, flat)
        return 0.97 * (shared if not needed else 0.65 * shared + 0.35 * held / needed)

    def hint(self, run: tuple[_Piece, ...]) -> float:
        """How much of the context's words the run holds, as far as it may decide."""
        if not self._context:
            return 0.0
        return _HINT * coverage(self._context, {unit: weight for piece in run for unit, weight in piece.weights.items()})

    def _fact_count(self, run: tuple[_Piece, ...], flat: str) -> tuple[int, int]:
        """Facts of the claim, and how many of them the run holds."""
        said = self._facts
        numbers = [quantity for quantity in said.quantities if quantity.sure]
        written = [other for piece in run for other in (*piece.facts.quantities, *piece.facts.loose)]
        dates = [other for piece in run for other in piece.facts.dates]
        years = frozenset(year for piece in run for year in piece.facts.years())
        marks = [other for piece in run for other in piece.facts.marks]
        text = " ".join(piece.text for piece in run) if self._names else ""
        held = sum(any(quantity.equals(other) for other in written) for quantity in numbers)
        held += sum(any(date.within(other, years) for other in dates) for date in said.dates)
        held += sum(any(mark.names & other.names for other in marks) for mark in said.marks)
        held += sum(occurs(name, text, flat) for name in self._names)
        return len(numbers) + len(said.dates) + len(said.marks) + len(self._names), held
