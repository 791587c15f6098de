"""Fits the guard's linear models: squared-hinge dual coordinate descent (Hsieh et al. 2008), Platt's scaling on held-out folds."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from maru.guard.linear import grams

type Floats = np.ndarray[Any, np.dtype[np.float64]]
type Rows = list[tuple[np.ndarray[Any, np.dtype[np.int64]], Floats]]


@dataclass(frozen=True)
class Shape:
    """Of a model: bits of the hash, sizes of n-grams, cost of an error, names of the features that are no n-grams."""

    bits: int
    low: int
    high: int
    cost: float
    named: tuple[str, ...] = ()
    #: Weight of a named feature against the whole of the n-grams.
    emphasis: float = 1.0


def rows(shape: Shape, texts: Sequence[str], signs: Sequence[Mapping[str, float]] | None = None, *, rare: Floats | None = None) -> Rows:
    """Feature places and values as inference uses them; ``rare`` are the squares of :func:`squares`."""
    found: Rows = []
    for number, text in enumerate(texts):
        places = sorted(grams(text, shape.low, shape.high, shape.bits))
        each = [1.0] * len(places) if rare is None else [math.sqrt(rare[place]) for place in places]
        length = math.sqrt(sum(one * one for one in each))
        values = [one / length for one in each]
        for name, value in (signs[number] if signs else {}).items():
            if name in shape.named and value:
                places.append((1 << shape.bits) + shape.named.index(name))
                values.append(value * shape.emphasis)
        places.append((1 << shape.bits) + len(shape.named))
        values.append(1.0)
        found.append((np.array(places, dtype=np.int64), np.array(values)))
    return found


def squares(shape: Shape, texts: Sequence[str]) -> Floats:
    """The squared inverse document frequency of every n-gram, as a byte holds it."""
    many = np.zeros(1 << shape.bits)
    for text in texts:
        many[grams(text, shape.low, shape.high, shape.bits)] += 1
    found = (np.log((1 + len(texts)) / (1 + many)) + 1) ** 2
    held: Floats = np.maximum(1, np.round(found * 255 / found.max())) * found.max() / 255
    return held


def log_ratios(shape: Shape, data: Rows, wanted: Sequence[bool], smoothing: float) -> Floats:
    """Weights of naive Bayes (Wang and Manning 2012): how much more often an n-gram is met on the one side; those of others are 0."""
    sides = np.full((2, (1 << shape.bits) + len(shape.named) + 1), smoothing)
    for (places, values), side in zip(data, wanted, strict=True):
        sides[int(side), places] += values
    ratios: Floats = np.log(sides[1] / sides[1].sum()) - np.log(sides[0] / sides[0].sum())
    ratios[1 << shape.bits :] = 0
    return ratios


def together(first: Floats, second: Floats, data: Rows, share: float) -> Floats:
    """Two models as one, ``share`` of the second, both margins spread alike and the second's in the middle of the rows."""
    one, other = margins(first, data), margins(second, data)
    factor = share * one.std() / other.std()
    found = first + factor * second
    found[-1] -= factor * np.median(other)
    return found


def fit(shape: Shape, data: Rows, wanted: Sequence[bool], *, rounds: int = 20, balance: float = 1.0, seed: int = 0) -> Floats:
    """Weights of n-grams, of named features and of the bias, in this order."""
    weights = np.zeros((1 << shape.bits) + len(shape.named) + 1)
    sides = np.where(np.array(wanted), 1.0, -1.0)
    many = max(1, sum(map(bool, wanted)))
    share = {1.0: len(sides) / (2 * many), -1.0: len(sides) / (2 * max(1, len(sides) - many))}
    soft = np.array([1 / (2 * shape.cost * share[float(side)] * (balance if side > 0 else 1)) for side in sides])
    norms = np.array([float(values @ values) for _, values in data]) + soft
    alphas = np.zeros(len(data))
    order = np.random.default_rng(seed)
    for _ in range(rounds):
        for at in order.permutation(len(data)):
            places, values = data[at]
            gradient = sides[at] * float(values @ weights[places]) - 1 + soft[at] * alphas[at]
            alpha = max(alphas[at] - gradient / norms[at], 0.0)
            if alpha != alphas[at]:
                weights[places] += (alpha - alphas[at]) * sides[at] * values
                alphas[at] = alpha
    return weights


def margins(weights: Floats, data: Rows) -> Floats:
    """The side of each row."""
    return np.array([float(values @ weights[places]) for places, values in data])


def platt(found: Floats, wanted: Sequence[bool]) -> tuple[float, float]:
    """Slope and shift by Newton's method on the log-likelihood."""
    slope, shift = 1.0, 0.0
    truth = np.array(wanted, dtype=float)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(slope * found + shift, -30, 30)))
        spread = chance * (1 - chance) + 1e-9
        first = np.array([((truth - chance) * found).sum(), (truth - chance).sum()])
        second = np.array([[(spread * found * found).sum(), (spread * found).sum()], [(spread * found).sum(), spread.sum()]])
        slope, shift = np.array([slope, shift]) + np.linalg.solve(second + 1e-6 * np.eye(2), first)
    return float(slope), float(shift)


def folded(shape: Shape, data: Rows, wanted: Sequence[bool], *, groups: Sequence[int] | None = None, folds: int = 5, **how: Any) -> Floats:
    """Margins of rows by models that never saw their fold."""
    at = np.array(groups if groups is not None else np.random.default_rng(1).permutation(len(data))) % folds
    found = np.zeros(len(data))
    for fold in range(folds):
        train = [int(n) for n in np.flatnonzero(at != fold)]
        weights = fit(shape, [data[n] for n in train], [wanted[n] for n in train], **how)
        for n in map(int, np.flatnonzero(at == fold)):
            found[n] = margins(weights, [data[n]])[0]
    return found


def described(shape: Shape, weights: Floats, slope: float, shift: float, *, rare: Floats | None = None) -> tuple[dict[str, Any], bytes]:
    """A model for :func:`write`: what stands in its file's head, and its bytes."""
    size = 1 << shape.bits
    held = weights[:size] if rare is None else weights[:size] * np.sqrt(rare)
    scale = float(np.abs(held).max()) / 127
    body = np.clip(np.round(held / scale), -127, 127).astype(np.int8).tobytes()
    named = {name: round(float(weights[size + at]) * shape.emphasis, 6) for at, name in enumerate(shape.named)}
    said: dict[str, Any] = {"bits": shape.bits, "low": shape.low, "high": shape.high, "scale": scale, "bias": float(weights[-1])}
    said |= {"slope": slope, "shift": shift, "named": named}
    if rare is None:
        return said, body
    rarity = float(rare.max()) / 255
    return said | {"rarity": rarity}, body + np.round(rare / rarity).astype(np.uint8).tobytes()


def write(path: Path, models: Mapping[str, tuple[dict[str, Any], bytes]], about: Mapping[str, str]) -> None:
    """The file that :func:`maru.guard.linear.load` reads."""
    head = {"about": about, "models": {name: said for name, (said, _) in models.items()}}
    path.write_bytes(json.dumps(head, ensure_ascii=False).encode() + b"\n" + b"".join(body for _, body in models.values()))
