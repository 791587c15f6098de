"""The words of security events: what is done (verbs) to what (objects), read from the fields that say what happened."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from maru.chains.triage.facts import Fact, phrase
from maru.chains.triage.tables import table

#: Names and grades that whoever made a detection gave it: they say what a rule thought, not what happened.
_VERDICTS = re.compile(r"^(p|rule) |\b(rule (id|name|title)|title)$")

#: Parts of a path below which it is told who acted and from where, not what was done.
_ABOUT = re.compile(
    r"^(actor|context|location|geo\w*|initiated by|user identity|client|device|caller|created by|principal|identity|claims|user|session "
    r"context|authentication context|security context|debug context|request context|target resources|participants|assets|owner)$"
)
_LONGEST_ACTION = 300


def is_verdict(fact: Fact) -> bool:
    """Whether a fact is a detection's own name, or what its tool wrote beside the event; what intelligence knows of it is neither."""
    beside = fact.field.startswith("p_") and not fact.field.startswith("p_enrichment")
    return beside or bool(_VERDICTS.search(fact.key))


def actions(found: Iterable[Fact]) -> list[tuple[Fact, str]]:
    """The facts that say what happened, each with its words."""
    keys = _action_keys()
    return [
        (fact, phrase(fact.text))
        for fact in found
        if fact.key in keys and isinstance(fact.value, str) and len(fact.value) <= _LONGEST_ACTION and not is_verdict(fact)
        if not any(_ABOUT.match(phrase(part)) for part in fact.field.split(".")[:-1])
    ]


def said(told: Iterable[tuple[Fact, str]]) -> tuple[dict[str, Fact], dict[str, Fact]]:
    """Verbs and objects that stand in actions, each with the first fact that has it."""
    verbs: dict[str, Fact] = {}
    objects: dict[str, Fact] = {}
    for fact, words in told:
        for patterns, into in ((_patterns("verbs"), verbs), (_patterns("objects"), objects)):
            for name, pattern in patterns.items():
                if name not in into and pattern.search(words):
                    into[name] = fact
    return verbs, objects


@cache
def _action_keys() -> frozenset[str]:
    return frozenset(table("vocabulary")["action_keys"])


@cache
def _patterns(kind: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{words})\b") for name, words in table("vocabulary")[kind].items()}
