"""Fits the weights of the triage scorer on the tuning half and writes the file that ships: `python -m bench.triage_fit`.

Only `panther_rules` teaches (Apache-2.0: learned weights may ship); `sigma_regression` is measured on and never learned from. Each
model is a logistic regression by Adam whose weights begin at what an analyst gave each sign (``weight``, ``gravity``) and are held
there by L2; wording begins at 0. Classes weigh the same. To what was learned the analyst's weights are added once more: of products
that no rule taught they alone tell something. How strongly weights are held, and how much the analyst counts, was chosen by eightfold
cross-validation on the tuning half alone, by rule and by family of rules: an event of a product that taught nothing is the usual case.

Beside them stands what events are like (`bench/triage_likeness.py`), which tells more where a product taught, and nothing elsewhere.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.triage_data import Labelled, load
from bench.triage_likeness import likeness_of
from maru.chains.triage.features import features
from maru.chains.triage.signals import claims

type Floats = np.ndarray[Any, np.dtype[np.float64]]

_FOLDER = Path("layers/core/python/maru/chains/triage")
_WORDING = ("term:", "value:", "field:")
_ROUNDS, _RATE, _KEPT = 120, 0.05, 0.02


@dataclass(frozen=True)
class _Held:
    """How weights are held: ``signs`` and ``wording`` are strengths of L2, ``rules`` how many must have a feature for it to be learned,
    ``most`` what mere wording may weigh: no single word outweighs a sign that an analyst would point at. ``analyst`` is how often an
    analyst's weights are added, ``above`` the sum of them from which on they speak for the class."""

    signs: float
    wording: float
    rules: int
    most: float
    analyst: float
    above: float = 0.0


_CONCERN = _Held(10.0, 3.0, 2, 1.5, 0.35)
_BANDS = {"medium": _Held(3.0, 1.0, 1, 0.8, 2.0, -0.1), "high": _Held(3.0, 1.0, 1, 0.8, 2.0, 0.8)}


def fitted(rows: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """Weights by model: ``concern`` (the rule fires), ``medium`` and ``high`` (its band is at least that)."""
    has = [features(row.found) for row in rows]
    fires = np.array([row.fires for row in rows])
    bands = np.array([row.band for row in rows])
    models = {"concern": _learned(rows, has, fires, among=fires | True, what="weight", held=_CONCERN)}
    for band, (name, held) in enumerate(_BANDS.items(), 1):
        models[name] = _learned(rows, has, bands >= band, among=fires, what="gravity", held=held)
    return models


def _learned(
    rows: Sequence[Labelled], has: Sequence[dict[str, Any]], wanted: Any, *, among: Any, what: str, held: _Held
) -> dict[str, float]:
    """One model, learned from the rows ``among``; ``what`` an analyst gave is where it begins."""
    names = _names(rows, has, held.rules)
    place = {name: at for at, name in enumerate(names)}
    grid = np.zeros((len(rows), len(names)))
    for at, one in enumerate(has):
        grid[at, [place[name] for name in one if name in place]] = 1.0
    strength = np.array([held.wording if name.startswith(_WORDING) else held.signs for name in names])
    analyst = _begin(names, what)
    weights, bias = _model(grid[among], wanted[among], strength, analyst)
    return _named(names, weights + held.analyst * analyst, bias - held.analyst * held.above, held.most)


def _names(rows: Sequence[Labelled], has: Sequence[dict[str, Any]], rules: int) -> list[str]:
    seen: dict[str, set[str]] = defaultdict(set)
    for row, one in zip(rows, has, strict=True):
        for name in one:
            seen[name].add(row.rule)
    return sorted(set(claims()) | {name for name, found in seen.items() if len(found) >= rules})


def _begin(names: Sequence[str], what: str) -> Floats:
    given = claims()
    return np.array([getattr(given[name], what) if name in given else 0.0 for name in names])


def _model(grid: Floats, wanted: Any, strength: Floats, begin: Floats) -> tuple[Floats, float]:
    truth = wanted.astype(float)
    share = np.where(wanted, 0.5 / truth.mean(), 0.5 / (1 - truth.mean())) / len(truth)
    moved, bias = np.zeros(grid.shape[1] + 1), begin
    first, second = np.zeros_like(moved), np.zeros_like(moved)
    for step in range(1, _ROUNDS + 1):
        chance = 1 / (1 + np.exp(-np.clip(grid @ (bias + moved[:-1]) + moved[-1], -30, 30)))
        error = share * (chance - truth)
        slope = np.append(grid.T @ error + strength * moved[:-1] / len(truth), error.sum())
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        moved -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return begin + moved[:-1], float(moved[-1])


def _named(names: Sequence[str], weights: Floats, bias: float, most: float) -> dict[str, float]:
    held = {name: float(weight) for name, weight in zip(names, weights, strict=True) if abs(weight) >= _KEPT}
    bounded = {name: max(-most, min(most, one)) if name.startswith(_WORDING) else one for name, one in held.items()}
    return {"bias": round(bias, 4), **{name: round(weight, 3) for name, weight in bounded.items()}}


def main() -> None:
    """Fit on the tuning half, write, say what was written."""
    rows = [row for row in load() if row.tuning and row.family != "sigma"]
    about = {
        "source": "samples of detection rules of panther-labs/panther-analysis, Apache-2.0, the half whose SHA-256 of the id begins with 0",
        "written_by": "bench/triage_fit.py",
    }
    models, like = fitted(rows), likeness_of(rows)
    _write("weights", {"about": about, **models})
    _write("likeness", {"about": about, "biases": like.biases, "rarest": like.rarest, "tokens": like.tokens})
    sizes = {name: len(one) for name, one in models.items()} | {"likeness": len(like.tokens)}
    print(f"{len(rows)} events of {len({row.rule for row in rows})} rules; weights: {sizes}")


def _write(name: str, table: Any) -> None:
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace(',"', ',\n"')
    (_FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
