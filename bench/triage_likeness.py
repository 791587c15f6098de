"""What the triage scorer knows of events that taught it: how rare each token is, and what it says of band and concern.

Bands are a softmax regression, concern a logistic one, over tf-idf vectors of unit length, held by L2; classes weigh the same, and a rule
of many samples weighs as the root of their number. Strengths were chosen by eightfold cross-validation by rule on the tuning half alone.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.triage_data import Labelled
from maru.chains.triage.features import features
from maru.chains.triage.likeness import Learned, tokens

type Floats = np.ndarray[Any, np.dtype[np.float64]]

_BANDS_C, _CONCERN_C = 1.0, 10.0
_STEPS = 1_000


def likeness_of(rows: Sequence[Labelled]) -> Learned:
    """What these rows teach."""
    named = [tokens(row.found, features(row.found)) for row in rows]
    seen = Counter(name for one in named for name in one)
    names = sorted(seen)
    rarity = np.array([np.log((1 + len(rows)) / (1 + seen[name])) + 1 for name in names])
    grid = np.zeros((len(rows), len(names)))
    place = {name: at for at, name in enumerate(names)}
    for at, one in enumerate(named):
        grid[at, [place[name] for name in one]] = 1.0
    grid *= rarity
    grid /= np.linalg.norm(grid, axis=1, keepdims=True)
    fires = np.array([row.fires for row in rows])
    samples = Counter(row.rule for row, is_one in zip(rows, fires, strict=True) if is_one)
    shares = np.array([samples[row.rule] ** -0.5 if is_one else 0.0 for row, is_one in zip(rows, fires, strict=True)])
    bands, biases = _softmax(grid[fires], np.array([row.band for row in rows])[fires], shares[fires], _BANDS_C)
    concern, bias = _softmax(grid, fires.astype(int), np.ones(len(rows)), _CONCERN_C)
    weights = np.column_stack([rarity, bands, concern[:, 1] - concern[:, 0]])
    table = {name: [round(float(one), 3) for one in weights[at]] for at, name in enumerate(names)}
    return Learned(table, [round(float(one), 4) for one in (*biases, bias[1] - bias[0])], round(float(np.log(1 + len(rows)) + 1), 3))


def _softmax(grid: Floats, classes: Any, shares: Floats, strength: float) -> tuple[Floats, Floats]:
    """Weights by feature and class and biases by class, by accelerated gradients on the dual: there are fewer events than features."""
    count = int(classes.max()) + 1
    truth = np.eye(count)[classes]
    shares = shares * (len(classes) / (count * truth.sum(axis=0)))[classes]
    kernel = grid @ grid.T
    rate = 1 / (1 + strength / 2 * np.linalg.norm((kernel + 1) * np.sqrt(np.outer(shares, shares)), 2))
    dual, bias = np.zeros_like(truth), np.zeros(count)
    ahead, ahead_bias, pace = dual, bias, 1.0
    for _ in range(_STEPS):
        logits = strength * kernel @ ahead + ahead_bias
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        error = shares[:, None] * (truth - chances)
        after, after_bias = ahead + rate * (error - ahead), ahead_bias + rate * strength * error.sum(axis=0)
        next_pace = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead, ahead_bias = after + (pace - 1) / next_pace * (after - dual), after_bias + (pace - 1) / next_pace * (after_bias - bias)
        dual, bias, pace = after, after_bias, next_pace
    return strength * grid.T @ dual, bias
