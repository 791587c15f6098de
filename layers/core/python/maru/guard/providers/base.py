"""What a provider of checks is."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from maru.guard.check import Subject
from maru.guard.finding import Finding
from maru.guard.policy import Provider


class Untrusted(Exception):
    """A provider's answer does not have the form that it must have; nothing of it counts."""


class Backend(Protocol):
    """One kind of provider."""

    async def ask(self, check: str, subject: Subject, provider: Provider) -> Iterable[Finding]:
        """What it finds for a check; raises whatever kept it from an answer that can be trusted."""
        ...


type Backends = Mapping[str, Backend]


def everywhere(check: str, label: str, subject: Subject, score: float, rule: str) -> Finding:
    """A finding over the whole text, where a provider tells no place."""
    return Finding(check, label, 0, len(subject.text), round(score, 4), rule)
