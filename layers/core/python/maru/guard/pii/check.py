"""The check of personal data."""

from collections.abc import Iterable

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding, without_overlaps
from maru.guard.normalise import Normalised
from maru.guard.pii import international, korean, names_en, names_ko
from maru.guard.pii.spoken import condensed

_RECOGNISERS = (*korean.RECOGNISERS, *names_ko.RECOGNISERS, *names_en.RECOGNISERS, *international.RECOGNISERS)


class PersonalData:
    """Labels as of the recognisers: ``PHONE``, ``EMAIL``, ``KR_RRN``, ``NAME``, ``ADDRESS``, …"""

    name = "pii"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Findings without overlaps, in order of their place."""
        return without_overlaps([*_identifiers(subject.read), *_dictated(subject.read)])


def _identifiers(read: Normalised) -> list[Finding]:
    return [finding for recogniser in _RECOGNISERS for finding in recogniser.find(read)]


def _dictated(read: Normalised) -> list[Finding]:
    """What shows only once digits that are written in words or one by one are put together."""
    together = condensed(read)
    return _identifiers(together) if together else []


CHECK = PersonalData()
