"""Priority and score of an event without a model: a sum of weighed features, each with the fact that has it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from maru.chains.triage.facts import Fact
from maru.chains.triage.features import features
from maru.chains.triage.signals import claims

type Priority = Literal["critical", "high", "medium", "low", "info"]

PRIORITIES: tuple[Priority, ...] = ("info", "low", "medium", "high", "critical")
_WEIGHTS = Path(__file__).with_name("weights.json")
#: Reasons that are told.
_REASONS = 6
#: Probability of the upper band from which on an event with a grave sign is critical.
_CRITICAL = 0.8
#: Chances of concern below which an event is info: without a grave sign, without any sign that speaks for gravity, and of the low band.
_ORDINARY, _UNSIGNED, _INFO = 0.2, 0.3, 0.5
#: Kinds of features that are mere wording: told after the signs of which an analyst would speak.
_WORDING = frozenset({"term", "value"})
_LONG_ENOUGH = 4
_SETTLED = frozenset({"sign:settled", "sign:negated", "sign:rated_low", "sign:low_risk"})
#: From this gravity on a sign is grave.
_GRAVE = 1.5


@dataclass(frozen=True)
class Reason:
    """Why: the feature with what it adds to the logit, in words, and the fact it stands in (None: what is missing)."""

    feature: str
    weight: float
    fact: Fact | None

    def words(self, language: str) -> str:
        """The reason as a person reads it."""
        return _words(self.feature, language)


@dataclass(frozen=True)
class Score:
    """``score`` is the chance, 0 to 1, that the event deserves attention; ``priority`` says how much if it does."""

    score: float
    priority: Priority
    bands: tuple[float, float, float]
    reasons: tuple[Reason, ...]
    techniques: tuple[tuple[str, Fact], ...]


def score(found: Sequence[Fact], *, finding: bool = False) -> Score:
    """Score an event by its facts; a ``finding`` is what a security product reports, which stays above info until it is settled."""
    has, model = features(found), weights()
    concern = _sum(model["concern"], has)
    upper = [_chance(_sum(model[name], has)) for name in ("medium", "high")]
    bands = (1 - upper[0], upper[0] * (1 - upper[1]), upper[0] * upper[1])
    chance = _chance(concern)
    reasons = _reasons(model, has)
    # Of what says nothing nobody is told, whatever the usual event of its kind may be.
    priority = _priority(bands, chance, has) if any(one.weight > 0 for one in reasons) else "info"
    if finding and priority == "info" and not _SETTLED & has.keys():
        priority = "low"
    return Score(round(chance, 4), priority, bands, reasons, _techniques(has))


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Learned weights by model and feature, ``bias`` among them; ``bench/triage_fit.py`` writes the file and says from what."""
    found: dict[str, Any] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return {name: found[name] for name in ("concern", "medium", "high")}


def _sum(model: Mapping[str, float], has: Mapping[str, Fact | None]) -> float:
    return model["bias"] + sum(model.get(name, 0.0) for name in has)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _priority(bands: tuple[float, float, float], chance: float, has: Mapping[str, Fact | None]) -> Priority:
    gravest = max((claim.gravity for name, claim in claims().items() if name in has), default=0.0)
    grave, signed = gravest >= _GRAVE, gravest > 0
    band = max(range(3), key=lambda one: bands[one])
    if (chance < _ORDINARY and not grave) or (chance < _UNSIGNED and not signed):
        return "info"
    if band == 0:
        return "info" if chance < _INFO else "low"
    if band == 1 or not signed:  # mere wording makes nothing grave
        return "medium"
    return "critical" if bands[2] >= _CRITICAL and grave else "high"


def _reasons(model: Mapping[str, Mapping[str, float]], has: Mapping[str, Fact | None]) -> tuple[Reason, ...]:
    """What moved the score or the priority most; signs and pairs before mere wording."""
    weighed = [
        Reason(name, round(model["concern"].get(name, 0.0) + model["high"].get(name, 0.0) / 2, 3), fact) for name, fact in has.items()
    ]
    told = [one for one in weighed if abs(one.weight) >= 0.1 and not _idle(one.feature) and _words(one.feature, "en")]
    told.sort(key=lambda one: (one.feature.partition(":")[0] in _WORDING, -abs(one.weight)))
    return tuple(told[:_REASONS])


def _idle(feature: str) -> bool:
    """Whether a feature is a word so short that telling it tells nothing."""
    kind, _, name = feature.partition(":")
    return kind == "term" and len(name) < _LONG_ENOUGH


def _techniques(has: Mapping[str, Fact | None]) -> tuple[tuple[str, Fact], ...]:
    """Techniques with the fact that suggests each, the gravest first."""
    named = [(claim.gravity, claim.technique, has.get(name)) for name, claim in claims().items()]
    if "failed:login" in has:
        named.append((0.1, "T1110", has["failed:login"]))
    found: dict[str, Fact] = {}
    for _, id_, fact in sorted(named, key=lambda one: -one[0]):
        if id_ and fact:
            found.setdefault(id_, fact)
    return tuple(found.items())


def _words(feature: str, language: str) -> str:
    korean = language == "ko"
    if claim := claims().get(feature):
        return claim.ko if korean else claim.en
    kind, _, name = feature.partition(":")
    if kind in {"term", "value"}:
        return f"'{name}' 표현" if korean else f"the wording '{name}'"
    if kind in {"failed", "succeeded"}:
        return _OUTCOME[kind][korean].format(name)
    return ""


_OUTCOME = {
    "failed": ("an attempt to {} failed", "{} 시도가 실패함"),
    "succeeded": ("an attempt to {} succeeded", "{} 시도가 성공함"),
}
