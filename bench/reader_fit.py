"""Learns the reader's weights from the train halves of public English sets: `python -m bench.reader_fit --home .cache/models`.

KorQuAD is not among them: its licence allows no derivatives. What is learned holds for Korean because the features are shares
of a question's terms, not words.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.reader_trials import Trial, answerable, article_missing, clapnq, holds, paragraph_missing, squad
from local.models.embedding import load
from local.models.reader.candidates import Evidence, gather
from local.models.reader.features import NAMES, describe
from local.models.reader.model import Reader
from local.models.reader.question import understand
from local.models.reader.ranking import ANSWER_NAMES, LOOKED_AT, Likeness, observe
from maru.agents.fencing import FencedPassage
from tests.data import data_folder

type Array = NDArray[np.float64]

#: Shares of the train halves' answerable questions above each model's zero; words alone tell less: their zero is stricter.
ANSWERED_BY_WORDS = 0.92
ANSWERED_BY_MEANING = 0.95
TARGET = Path(__file__).parents[1] / "local/models/reader/weights.json"
ABOUT = (
    "Learned from the even articles of XQuAD (google-deepmind/xquad, CC BY-SA 4.0) and COVID-QA (deepset, Apache-2.0) and the even "
    "lines of CLAPNQ (primeqa/clapnq, Apache-2.0) by bench/reader_fit.py."
)


@dataclass(frozen=True)
class Case:
    """A trial seen by the reader: features of its candidates, which of them hold the answer, and its weight for the second model."""

    evidence: Evidence
    rows: Array
    right: NDArray[np.bool_]
    share: float


def main() -> None:
    """Fit both models and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--most", type=int, default=700, help="trials a set")
    told = parser.parse_args()
    likeness = Reader(load(told.home, threads=2)).likeness
    positives, bad = _cases(told.most)
    rank = _fit_rank(positives)
    print("ranked", len(positives), "answerable,", len(bad), "unanswerable", flush=True)
    words, words_bias, odds = _fit_answer(positives, bad, [_seen(case, rank) for case in (*positives, *bad)], ANSWERED_BY_WORDS)
    cosines = [_cosines(case, rank, likeness) for case in (*positives, *bad)]
    rank_cosine = _best_cosine(positives, rank, cosines)
    seen = [_seen(case, rank, cosine, rank_cosine) for case, cosine in zip((*positives, *bad), cosines, strict=True)]
    meaning, meaning_bias, _ = _fit_answer(positives, bad, seen, ANSWERED_BY_MEANING)
    yes, no = odds[: len(positives)], odds[len(positives) :]
    told_weights: dict[str, Any] = {
        "about": ABOUT,
        "rank": _named(NAMES, rank),
        "rank_cosine": rank_cosine,
        "words": _named(ANSWER_NAMES[:-2], words),
        "words_bias": round(words_bias, 4),
        "meaning": _named(ANSWER_NAMES, meaning),
        "meaning_bias": round(meaning_bias, 4),
        "sure_no": round(float(np.quantile(yes, 0.01)), 3),
        "sure_yes": round(float(np.quantile(no, 0.97)), 3),
    }
    TARGET.write_text(json.dumps(told_weights, indent=2) + "\n", encoding="utf-8")
    print(TARGET.read_text(encoding="utf-8"))


def _cases(most: int) -> tuple[list[Case], list[Case]]:
    folder = _data()
    covid = squad(folder / "covid_qa/data/question-answering/200423_covidQA.json", chunk=True)
    xquad, nq = squad(folder / "xquad_en/xquad.en.json"), clapnq(folder / "clapnq_dev")
    good = [*_some(answerable(xquad, "train"), most, 1.0), *_some(answerable(covid, "train"), most // 2, 0.3)]
    good += _some((trial for trial in answerable(nq, "train") if trial.answers), most, 3.0)
    bad = [*_some(paragraph_missing(xquad, "train"), most, 0.9), *_some(article_missing(xquad, "train"), most // 2, 0.3)]
    bad += [
        *_some(paragraph_missing(covid, "train"), most // 2, 0.3),
        *_some((t for t in answerable(nq, "train") if not t.answers), most, 3.0),
    ]
    return [case for case in good if case.right.any()], bad


def _data() -> Path:
    folder = data_folder("xquad_en")
    if folder is None:
        raise SystemExit("the public data is absent: set MARU_DATA")
    return folder.parent


def _some(trials: Iterable[Trial], most: int, weight: float) -> list[Case]:
    """Cases of at most `most` trials, of which a third get fewer than five passages; together they have `weight`."""
    chosen, dice = list(trials), random.Random(7)
    dice.shuffle(chosen)
    counts = [dice.choice((5, 5, 5, 5, 3, 1)) for _ in chosen]
    shown = [Trial(trial.question, trial.passages[:count], trial.answers) for trial, count in zip(chosen, counts, strict=True)]
    return [_case(trial, weight / min(most, len(chosen))) for trial in shown[:most] if trial.passages]


def _case(trial: Trial, share: float) -> Case:
    passages = [FencedPassage(number, "", None, text) for number, text in enumerate(trial.passages, 1)]
    evidence = gather(understand(trial.question), passages)
    right = np.array([holds(candidate.text, trial.answers) for candidate in evidence.candidates], bool)
    return Case(evidence, np.array(describe(evidence), float).reshape(-1, len(NAMES)), right, share)


def _ascend(gradient: Callable[[Array], Array], size: int, *, steps: int, rate: float) -> Array:
    """Adam (Kingma and Ba 2014)."""
    weights, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        slope = gradient(weights)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope * slope
        weights = weights + rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights


def _fit_rank(cases: Sequence[Case]) -> Array:
    """Weights that maximise the likelihood of the right candidates among all of their question (conditional logit)."""
    rows = np.concatenate([case.rows for case in cases])
    right = np.concatenate([case.right for case in cases]).astype(float)
    owner = np.repeat(np.arange(len(cases)), [len(case.rows) for case in cases])
    spread = rows.std(0) + 1e-6
    scaled = (rows - rows.mean(0)) / spread

    def gradient(weights: Array) -> Array:
        scores = scaled @ weights
        top = np.full(len(cases), -np.inf)
        np.maximum.at(top, owner, scores)
        mass = np.exp(scores - top[owner])
        every, hit = np.bincount(owner, mass)[owner], np.bincount(owner, mass * right)[owner]
        slope: Array = scaled.T @ (mass * right / hit - mass / every) / len(cases) - 2e-3 * weights
        return slope

    return _ascend(gradient, rows.shape[1], steps=400, rate=0.1) / spread


def _fit_answer(good: Sequence[Case], bad: Sequence[Case], seen: Sequence[Sequence[float]], answered: float) -> tuple[Array, float, Array]:
    """A logistic model of whether the ranking answers; its zero is where the share `answered` of the good stays above."""
    rows = np.array(seen, float)
    label = np.repeat([1.0, 0.0], [len(good), len(bad)])
    part = np.array([case.share for case in (*good, *bad)])
    part = np.where(label > 0, part / part[label > 0].sum(), part / part[label == 0].sum()) / 2
    mean, spread = rows.mean(0), rows.std(0) + 1e-6
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]

    def gradient(weights: Array) -> Array:
        slope: Array = scaled.T @ ((label - 1 / (1 + np.exp(-scaled @ weights))) * part) - 0.05 * np.r_[weights[:-1], 0]
        return slope

    weights = _ascend(gradient, scaled.shape[1], steps=600, rate=0.05)[:-1] / spread
    odds = rows @ weights
    bias = -_quantile(odds[label > 0], part[label > 0], 1 - answered)
    return weights, bias, odds + bias


def _quantile(values: Array, part: Array, share: float) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(part[order]) / part.sum(), share)])


def _order(scores: Array) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")]


def _cosines(case: Case, rank: Array, likeness: Likeness) -> dict[int, float]:
    looked = _order(case.rows @ rank)[:LOOKED_AT]
    texts = [case.evidence.candidates[place].text for place in looked]
    return dict(zip(looked, likeness(case.evidence.question.text, texts), strict=True))


def _scores(case: Case, rank: Array, cosines: dict[int, float], factor: float) -> Array:
    scores: Array = case.rows @ rank
    for place, cosine in cosines.items():
        scores[place] += factor * (cosine - min(cosines.values()))
    return scores


def _best_cosine(cases: Sequence[Case], rank: Array, cosines: Sequence[dict[int, float]]) -> float:
    def missed(factor: float) -> float:
        pairs = zip(cases, cosines, strict=False)
        return sum(case.share * (not case.right[_order(_scores(case, rank, cosine, factor))[0]]) for case, cosine in pairs)

    return min((0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0), key=missed)


def _seen(case: Case, rank: Array, cosines: dict[int, float] | None = None, factor: float = 0.0) -> list[float]:
    scores = _scores(case, rank, cosines or {}, factor)
    order = _order(scores)
    seen = observe(case.evidence, case.rows.tolist(), scores.tolist(), order)
    return seen if cosines is None else [*seen, cosines[order[0]], max(cosines.values())]


def _named(names: Sequence[str], values: Array) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


if __name__ == "__main__":
    main()
