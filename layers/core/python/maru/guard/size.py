"""Texts that are larger than a place takes: the policy's ``max_characters``, 400,000 where it says nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding

_MOST = 400_000


def most_of(options: Mapping[str, Any]) -> int:
    """How many characters a text may have under the check's options."""
    return int(options.get("max_characters", _MOST))


class Size:
    """One finding for a text that is too long, over what is too much of it."""

    name = "size"
    unit: Unit = "whole"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """The part beyond the limit."""
        most = most_of(subject.options)
        if len(subject.text) > most:
            yield beyond(most, most, len(subject.text))


def beyond(most: int, start: int, end: int) -> Finding:
    """What is told of the part of a text that is too much."""
    return Finding("size", "characters", start, end, 1.0, f"more than {most} characters")


CHECK = Size()
