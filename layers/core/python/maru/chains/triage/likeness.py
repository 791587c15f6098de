"""What an event is like: its features, the phrases of its actions and the words of its fields, against the events that taught.

Each event is a vector of unit length, a feature weighing the more the rarer it was among the events that taught (tf-idf); what is like
one of them lies near it. How much of an event was known at all says how far this is to be believed.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from maru.chains.triage.facts import Fact
from maru.chains.triage.vocabulary import actions

_LEARNED = Path(__file__).with_name("likeness.json")
_WORD = re.compile(r"[a-z가-힣]{2,20}")
_WORDS = 12
#: What an analyst's tool writes beside an event, not the event itself.
_BESIDE = "p_"


@dataclass(frozen=True)
class Learned:
    """``tokens`` are by name its inverse document frequency and its weights for the low, medium and high band and for concern;
    ``biases`` are those of the four, ``rarest`` is the frequency of a token that none of the events had."""

    tokens: Mapping[str, Sequence[float]]
    biases: Sequence[float]
    rarest: float


@dataclass(frozen=True)
class Likeness:
    """``known`` is the share, 0 to 1, of an event's tokens by weight that the teaching events had; ``parts`` are what each adds."""

    known: float
    bands: tuple[float, float, float]
    concern: float
    parts: Mapping[str, Sequence[float]]


@cache
def learned() -> Learned:
    """What ``bench/triage_fit.py`` wrote."""
    found: dict[str, Any] = json.loads(_LEARNED.read_text(encoding="utf-8"))
    return Learned(found["tokens"], found["biases"], found["rarest"])


def tokens(found: Iterable[Fact], features: Iterable[str]) -> set[str]:
    """An event's features, the words and pairs of words of its actions, and the words of each field."""
    given = tuple(found)
    named = set(features)
    for _, words in actions(given):
        split = words.split()
        named.update(f"said:{word}" for word in split)
        named.update(f"said:{one} {two}" for one, two in pairwise(split))
    for fact in given:
        if not fact.field.startswith(_BESIDE):
            named.update(f"in:{fact.key}={word}" for word in _WORD.findall(fact.text[:300].lower())[:_WORDS])
    return named


def likeness(named: set[str], to: Learned) -> Likeness:
    """How an event of these tokens is like those that taught."""
    there = {name: to.tokens[name] for name in named if name in to.tokens}
    rare = sum(one[0] for one in there.values())
    length = math.sqrt(sum(one[0] ** 2 for one in there.values())) or 1.0
    parts = {name: [one[0] / length * weight for weight in one[1:]] for name, one in there.items()}
    low, medium, high, concern = (bias + sum(part[at] for part in parts.values()) for at, bias in enumerate(to.biases))
    most = max(low, medium, high)
    chances = [math.exp(one - most) for one in (low, medium, high)]
    whole = sum(chances)
    bands = (chances[0] / whole, chances[1] / whole, chances[2] / whole)
    return Likeness(rare / ((rare + to.rarest * (len(named) - len(there))) or 1.0), bands, concern, parts)
