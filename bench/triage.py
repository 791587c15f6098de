"""The triage scorer alone, without a model, on labelled events of rules that it never saw: `make bench NAME=triage`.

Split: by rule, the half of `bench/triage_data.py` that `bench/triage_fit.py` did not learn from. Rule ids, titles and grades are taken
out of the events. Beside it: the same figures for the weights an analyst gave, before anything was learned, and for chance.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.report import report
from bench.triage_data import Labelled, load
from maru.chains.triage.features import features
from maru.chains.triage.scorer import PRIORITIES, score
from maru.chains.triage.signals import claims

_BAND_OF = {"info": 0, "low": 0, "medium": 1, "high": 2, "critical": 2}


def macro_f1(wanted: Sequence[int], found: Sequence[int]) -> float:
    """Mean F1 of the three bands."""
    scores = []
    for band in range(3):
        hit = sum(a == b == band for a, b in zip(wanted, found, strict=True))
        scores.append(2 * hit / max(1, sum(a == band for a in wanted) + sum(b == band for b in found)))
    return sum(scores) / 3


def auc(scores: Sequence[float], fires: Sequence[bool]) -> float:
    """Chance that an event on which its rule fires scores above one on which it does not; equal scores count half."""
    yes = np.array([one for one, is_one in zip(scores, fires, strict=True) if is_one])
    no = np.array([one for one, is_one in zip(scores, fires, strict=True) if not is_one])
    return float((yes[:, None] > no).mean() + (yes[:, None] == no).mean() / 2)


def analyst(row: Labelled) -> float:
    """The sum of what an analyst gave each sign, nothing learned."""
    given = claims()
    return sum(given[name].weight for name in features(row.found) if name in given)


def measured(rows: Sequence[Labelled]) -> dict[str, Any]:
    """The figures of a set of events."""
    scored = [score(row.found) for row in rows]
    firing = [(row.band, _BAND_OF[one.priority]) for row, one in zip(rows, scored, strict=True) if row.fires]
    fires = [row.fires for row in rows]
    return {
        "rules": len({row.rule for row in rows}),
        "events": len(rows),
        "firing": len(firing),
        "macro_f1": macro_f1([a for a, _ in firing], [b for _, b in firing]),
        "macro_f1_all_medium": macro_f1([a for a, _ in firing], [1] * len(firing)),
        "auc": auc([one.score for one in scored], fires),
        "auc_analyst": auc([analyst(row) for row in rows], fires),
        "priorities": {name: sum(one.priority == name for one in scored) for name in PRIORITIES},
    }


def main() -> None:
    """Print the figures of the report half, and of the tuning half for comparison."""
    rows = load()
    if not rows:
        raise SystemExit("needs the public data sets panther_rules and sigma_regression: set MARU_DATA to the folder that holds them")
    tuning = measured([row for row in rows if row.tuning])
    found = measured([row for row in rows if not row.tuning])
    for name, one in (("tuning", tuning), ("report", found)):
        print(name, {key: round(value, 3) if isinstance(value, float) else value for key, value in one.items()})
    what = f"{found['events']} events of {found['rules']} rules never seen"
    report(
        "triage",
        ("triage scorer alone", "scorer", "baseline"),
        [
            (f"macro F1 on three bands, {what}", found["macro_f1"], f"{found['macro_f1_all_medium']:.3f} (all medium)"),
            ("AUC, rule fires against not", found["auc"], f"{found['auc_analyst']:.3f} (nothing learned)"),
        ],
    )


if __name__ == "__main__":
    main()
