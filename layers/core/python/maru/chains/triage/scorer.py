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
from maru.chains.triage.likeness import Likeness, learned, likeness, tokens
from maru.chains.triage.signals import claims

type Priority = Literal["critical", "high", "medium", "low", "info"]

PRIORITIES: tuple[Priority, ...] = ("info", "low", "medium", "high", "critical")
_WEIGHTS = Path(__file__).with_name("weights.json")
#: Reasons that are told.
_REASONS = 6
#: Probability of the upper band from which on an event with a grave sign is critical.
_CRITICAL = 0.8
#: Chances of concern below which an event is info: without a grave sign, and of the low band.
_ORDINARY, _INFO = 0.15, 0.5
#: Kinds of features that are mere wording: told after the signs of which an analyst would speak.
_WORDING = frozenset({"term", "value"})
_LONG_ENOUGH = 4
_SETTLED = frozenset({"sign:settled", "sign:negated", "sign:rated_low", "sign:low_risk"})
#: From this gravity on a sign is grave.
_GRAVE = 1.5
#: Shares of an event that were known from which on its likeness counts at all, and counts alone: of what is like nothing that taught,
#: the signs alone tell.
_STRANGE, _KNOWN = 0.3, 0.6
#: What likeness adds to the logit of concern, and gravity of clear signs to that of the high band.
_ALIKE, _CLEARLY = 0.3, 0.5
#: From this gravity on a sign is clear, whatever the event is like.
_CLEAR = 1.0
_NOTHING = (0.0, 0.0, 0.0, 0.0)


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
    like = likeness(tokens(found, has), learned())
    trust = min(1.0, max(0.0, (like.known - _STRANGE) / (_KNOWN - _STRANGE)))
    chance = _chance(_sum(model["concern"], has) + _ALIKE * trust * like.concern)
    bands = _bands(model, has, like, trust)
    reasons = _reasons(model, has, like, trust)
    # Of what says nothing nobody is told, whatever the usual event of its kind may be.
    priority = _priority(bands, chance, has, alike=trust >= 1) if any(one.weight > 0 for one in reasons) else "info"
    if finding and priority == "info" and not _SETTLED & has.keys():
        priority = "low"
    return Score(round(chance, 4), priority, bands, reasons, _techniques(has))


def _bands(
    model: Mapping[str, Mapping[str, float]], has: Mapping[str, Fact | None], like: Likeness, trust: float
) -> tuple[float, float, float]:
    """Chances of the bands: what signs say and what like events were, mixed by how far the latter are to be trusted."""
    medium, high = (_chance(_sum(model[name], has)) for name in ("medium", "high"))
    signed = (1 - medium, medium * (1 - high), medium * high)
    mixed = [trust * alike + (1 - trust) * one for alike, one in zip(like.bands, signed, strict=True)]
    clear = sum(claims()[name].gravity for name in has if name.startswith("sign:") and claims()[name].gravity >= _CLEAR)
    mixed[2] *= math.exp(_CLEARLY * clear)
    return mixed[0] / sum(mixed), mixed[1] / sum(mixed), mixed[2] / sum(mixed)


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Learned weights by model and feature, ``bias`` among them; ``bench/triage_fit.py`` writes the file and says from what."""
    found: dict[str, Any] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return {name: found[name] for name in ("concern", "medium", "high")}


def _sum(model: Mapping[str, float], has: Mapping[str, Fact | None]) -> float:
    return model["bias"] + sum(model.get(name, 0.0) for name in has)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _priority(bands: tuple[float, float, float], chance: float, has: Mapping[str, Fact | None], *, alike: bool) -> Priority:
    gravest = max((claim.gravity for name, claim in claims().items() if name in has), default=0.0)
    grave, signed = gravest >= _GRAVE, gravest > 0
    band = max(range(3), key=lambda one: bands[one])
    if chance < _ORDINARY and not grave:
        return "info"
    if band == 0:
        return "info" if chance < _INFO else "low"
    if band == 1 or not (signed or alike):  # mere wording makes nothing grave
        return "medium"
    return "critical" if bands[2] >= _CRITICAL and grave else "high"


def _reasons(model: Mapping[str, Mapping[str, float]], has: Mapping[str, Fact | None], like: Likeness, trust: float) -> tuple[Reason, ...]:
    """What moved the score or the priority most; signs and pairs before mere wording."""

    def weight(name: str) -> float:
        low, _, high, concern = like.parts.get(name, _NOTHING)
        graver = (1 - trust) * model["high"].get(name, 0.0) + trust * (high - low)
        return model["concern"].get(name, 0.0) + _ALIKE * trust * concern + graver / 2

    weighed = [Reason(name, round(weight(name), 3), fact) for name, fact in has.items()]
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
