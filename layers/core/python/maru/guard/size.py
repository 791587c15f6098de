"""Texts that are larger than a place takes: the policy's ``max_characters``, 400,000 where it says nothing."""

from collections.abc import Iterable

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding

_MOST = 400_000


class Size:
    """One finding for a text that is too long, over what is too much of it."""

    name = "size"
    unit: Unit = "whole"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """The part beyond the limit."""
        most = int(subject.options.get("max_characters", _MOST))
        if len(subject.text) > most:
            yield Finding("size", "characters", most, len(subject.text), 1.0, f"more than {most} characters")


CHECK = Size()
