"""Which candidates answer the question, and whether any does: two small linear models over the features.

Their weights lie in `weights.json`, written by `bench/reader_fit.py`, which says there what they were learned from.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from local.models.reader.candidates import Evidence
from local.models.reader.features import NAMES, describe

#: How many of the best candidates the embedding model is asked about: each costs some milliseconds.
LOOKED_AT = 3
#: What the second model sees of a ranking, in order; `cosine` stands last and only where there are embeddings.
ANSWER_NAMES = (
    "score",
    "gap",
    "first_three",
    "found",
    "missing",
    "names_nowhere",
    "terms",
    "best_around",
    "around",
    "covered",
    "passage",
    "full_terms",
    "kind_missing",
    "unit",
    "near",
    "adjacent",
    "cosine",
    "cosine_best",
)
_FROM_ROW = ("around", "covered", "passage", "full_terms", "kind_missing", "unit", "near", "adjacent")

#: The question and some sentences to the cosine of each sentence with the question.
type Likeness = Callable[[str, Sequence[str]], list[float]]


@dataclass(frozen=True, slots=True)
class Weights:
    """Both models. `words` decides alone for text that the embedding model cannot read or where it is sure, else `meaning`."""

    rank: tuple[float, ...]
    words: tuple[float, ...]
    words_bias: float
    meaning: tuple[float, ...]
    meaning_bias: float
    rank_cosine: float
    #: Log-odds of `words` beyond which the embedding model is not asked.
    sure_no: float
    sure_yes: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places of candidates, best first, with their scores; `odds` are the log-odds that the first ones answer, above 0: they do."""

    order: list[int]
    scores: list[float]
    odds: float


@cache
def weights() -> Weights:
    """The committed weights; raises ValueError where they belong to other features."""
    told = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
    if list(told["rank"]) != list(NAMES) or list(told["meaning"]) != list(ANSWER_NAMES):
        raise ValueError("weights.json was fitted to other features; run bench/reader_fit.py")
    return Weights(
        rank=tuple(told["rank"].values()),
        words=tuple(told["words"].values()),
        meaning=tuple(told["meaning"].values()),
        **{name: told[name] for name in ("words_bias", "meaning_bias", "rank_cosine", "sure_no", "sure_yes")},
    )


def rank(evidence: Evidence, using: Weights, likeness: Likeness | None) -> Ranking:
    """Order the candidates of `evidence`, of which there is at least one, and judge the best."""
    rows = describe(evidence)
    scores = [_dot(using.rank, row) for row in rows]
    order = _sorted(scores)
    seen = observe(evidence, rows, scores, order)
    odds = _dot(using.words, seen) + using.words_bias
    if likeness is None or not using.sure_no < odds < using.sure_yes:
        return Ranking(order, scores, odds)
    looked = order[:LOOKED_AT]
    cosines = likeness(evidence.question.text, [evidence.candidates[place].text for place in looked])
    for place, cosine in zip(looked, cosines, strict=True):
        scores[place] += using.rank_cosine * (cosine - min(cosines))
    order = _sorted(scores)
    seen = [*observe(evidence, rows, scores, order), cosines[looked.index(order[0])], max(cosines)]
    return Ranking(order, scores, _dot(using.meaning, seen) + using.meaning_bias)


def observe(evidence: Evidence, rows: Sequence[Sequence[float]], scores: Sequence[float], order: Sequence[int]) -> list[float]:
    """The features of a whole ranking, by `ANSWER_NAMES` without the cosines."""
    first, second = order[0], order[min(1, len(order) - 1)]
    whole = sum(evidence.weights) or 1.0
    best = [max(candidate.shared[place] for candidate in evidence.candidates) for place in range(len(evidence.weights))]
    missing = sum(weight for weight, share in zip(evidence.weights, best, strict=True) if share < 0.5)
    named = [share for term, share in zip(evidence.question.terms, best, strict=True) if term.number or (term.capital and term.start > 0)]
    top = math.fsum(math.exp(scores[place] - scores[first]) for place in order[:3])
    return [
        scores[first] / 10,
        (scores[first] - scores[second]) / 3,
        top / math.fsum(math.exp(score - scores[first]) for score in scores),
        _dot(evidence.weights, best) / whole,
        missing / whole,
        float(sum(share < 0.9 for share in named)),
        min(len(best), 10) / 10,
        max(row[NAMES.index("around")] for row in rows),
        *(rows[first][NAMES.index(name)] for name in _FROM_ROW),
    ]


def _sorted(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda place: (-scores[place], place))


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(left, right, strict=True))
