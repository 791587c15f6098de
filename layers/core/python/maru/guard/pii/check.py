"""The check of personal data."""

from collections.abc import Iterable

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding, without_overlaps
from maru.guard.normalise import Normalised
from maru.guard.pii import international, korean, names_en, names_ko, renowned
from maru.guard.pii.entities import entities
from maru.guard.pii.recogniser import found_by
from maru.guard.pii.spoken import condensed

RECOGNISERS = (*korean.RECOGNISERS, *names_ko.RECOGNISERS, *names_en.RECOGNISERS, *international.RECOGNISERS)
_WRITTEN = ("output", "tool_arguments")
#: Of those labels, what patterns find so surely that nothing else is asked.
_CERTAIN = 0.85
#: Labels for which the tagger, where it sees something, sees more of it.
_NAMED = frozenset({"NAME", "ADDRESS", "LOCATION", "ORGANIZATION", "DATE_TIME", "TITLE"})


class PersonalData:
    """Labels as of the recognisers: ``PHONE``, ``EMAIL``, ``KR_RRN``, ``NAME``, ``ADDRESS``, …"""

    name = "pii"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Findings without overlaps, in order of their place."""
        sure = [*found_by(RECOGNISERS, subject.read), *_dictated(subject.read)]
        # What a model writes is read as it comes, so that a text without capitals is not known to be one.
        named = entities(subject.read, cased=subject.place in _WRITTEN)
        named = [one for one in named if not _meets(one, (other for other in sure if other.label not in _NAMED or other.score >= _CERTAIN))]
        found = without_overlaps([*(one for one in sure if one.label not in _NAMED or not _meets(one, named)), *named])
        return renowned.lowered(found, subject.text)


def _meets(finding: Finding, others: Iterable[Finding]) -> bool:
    return any(finding.start < other.end and other.start < finding.end for other in others)


def _dictated(read: Normalised) -> list[Finding]:
    """What shows only once digits that are written in words or one by one are put together."""
    together = condensed(read)
    return found_by(RECOGNISERS, together) if together else []


CHECK = PersonalData()
