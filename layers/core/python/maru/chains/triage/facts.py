"""An event as a flat list of facts: path and value, which is what evidence points at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from maru.chains.triage.tables import table

#: Facts that one event may have; what lies beyond says nothing new and costs time.
_MOST = 1500
_DEEPEST = 24
_LONGEST = 4_000
_LONGEST_JOINED = 48
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[가-힣]+")


@dataclass(frozen=True)
class Fact:
    """One value of an event; ``field`` is its path in dots, items of lists with their number: ``Records.0.eventName``."""

    field: str
    value: str | int | float | bool

    @property
    def key(self) -> str:
        """The last name of the path that is no number, in words."""
        return phrase(next((part for part in reversed(self.field.split(".")) if not part.isdigit()), self.field))

    @property
    def text(self) -> str:
        """The value as text, cut where it is long."""
        return str(self.value)[:_LONGEST]


def facts(event: Any) -> list[Fact]:
    """All values of an event in their order, empty ones left out."""
    found: list[Fact] = []
    for fact in _walk(event, "", 0):
        found.append(fact)
        if len(found) >= _MOST:
            break
    return found


def phrase(text: str) -> str:
    """Words in lower case with a space between: ``DeleteTrail``, ``delete_trail`` and ``DELETETRAIL`` are ``delete trail``."""
    return " ".join(_apart(word.lower()) for word in _WORDS.findall(text))


@lru_cache(maxsize=20_000)
def _apart(word: str) -> str:
    """Words that are written as one, where each of them is known; as few as can be."""
    known = _joined()
    if not 7 <= len(word) <= _LONGEST_JOINED or word in known:
        return word
    best: list[list[str] | None] = [[], *(None for _ in word)]
    for end in range(3, len(word) + 1):
        for begin in range(max(0, end - 14), end - 1):
            before = best[begin]
            if before is not None and word[begin:end] in known and (best[end] is None or len(before) + 1 < len(best[end] or ())):
                best[end] = [*before, word[begin:end]]
    return " ".join(best[-1] or [word])


@cache
def _joined() -> frozenset[str]:
    return frozenset(table("vocabulary")["joined"].split())


def _walk(value: Any, path: str, depth: int) -> Iterator[Fact]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, part in value.items():
            yield from _walk(part, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST:
        for number, part in enumerate(value):
            yield from _walk(part, f"{path}.{number}" if path else str(number), depth + 1)
    elif isinstance(value, str | int | float | bool) and value != "":
        yield Fact(path or "message", value)
