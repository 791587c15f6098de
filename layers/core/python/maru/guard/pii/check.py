"""The check of personal data."""

import re
from collections.abc import Iterable

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding, without_overlaps
from maru.guard.normalise import Normalised
from maru.guard.pii import announced, international, korean, names_en, names_ko, renowned
from maru.guard.pii.entities import entities
from maru.guard.pii.recogniser import found_by
from maru.guard.pii.spoken import condensed

RECOGNISERS = (*korean.RECOGNISERS, *names_ko.RECOGNISERS, *names_en.RECOGNISERS, *international.RECOGNISERS, *announced.RECOGNISERS)
_WRITTEN = ("output", "tool_arguments")
#: Of those labels, what patterns find so surely that nothing else is asked.
_CERTAIN = 0.85
#: Labels for which the tagger, where it sees something, sees more of it.
_NAMED = frozenset({"NAME", "ADDRESS", "LOCATION", "ORGANIZATION", "DATE_TIME", "TITLE"})


#: What a number is of that is no telephone's, right before it.
_NUMBERED = re.compile(
    r"(?i)(?:\b(?:id|isbn|issn|sku|upc|ean|imei|serial|model|part|order|invoice|tracking|ticket|case|reference|ref|batch|lot|po|policy"
    r"|claim|"
    r"booking|reservation|confirmation|transaction|product|item|version|build|parcel|shipment)(?: (?:id|code|no|number))?|"
    r"아이디|(?:고유|식별|사원|학생|주문|송장|운송장|접수|예약|승인|거래|상품|제품|모델|부품|일련|문서|회의|사건|관리|품목|청구|계약|증권|참조)\s?(?:번호|코드|id)?|좌표)"
    r"\s?(?:no\.?|number|번호|#)?\s?(?:is|was|:|=|#|은|는|이|가)?\s{0,2}[#\"'(]?\Z"
)
#: What four numbers with dots are of that are no address: a place in a document, a program.
_VERSIONED = re.compile(
    r"(?i)(?:\b(?:chapter|section|clause|article|appendix|figure|table|build|firmware|python|java|chrome|windows|driver|revision|rev)|"
    r"upgrad\w*(?: from| to)?|(?:upgrad\w*(?: from)?|versions?|버전) ?\d[\d.]{0,20} ?(?:to|->|→|에서|부터)|"
    r"펌웨어|빌드|드라이버|(?<![가-힣])[제장절항])[ .#]{0,2}\Z"
)
_VERSION = re.compile(r"(?i)\s?(?:is )?(?:released?\b|version\b|firmware\b|펌웨어|버전)")


class PersonalData:
    """Labels as of the recognisers: ``PHONE``, ``EMAIL``, ``KR_RRN``, ``NAME``, ``ADDRESS``, …"""

    name = "pii"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Findings without overlaps, in order of their place."""
        sure = [one for one in (*found_by(RECOGNISERS, subject.read), *_dictated(subject.read)) if not _of_another(subject.text, one)]
        # What a model writes is read as it comes, so that a text without capitals is not known to be one.
        named = [one for one in entities(subject.read, cased=subject.place in _WRITTEN) if not _of_another(subject.text, one)]
        named = [one for one in named if not _meets(one, (other for other in sure if other.label not in _NAMED or other.score >= _CERTAIN))]
        found = without_overlaps([*(one for one in sure if one.label not in _NAMED or not _meets(one, named)), *named])
        return renowned.lowered(found, subject.text)


def _of_another(text: str, finding: Finding) -> bool:
    """Whether digits that may be a telephone's, a car's or a machine's are said to be of something else: an order, a book, a version."""
    before = text[max(0, finding.start - 40) : finding.start]
    if finding.label == "IP_ADDRESS":
        return bool(_VERSIONED.search(before) or _VERSION.match(text, finding.end))
    if finding.label not in {"PHONE", "VEHICLE_PLATE"} or finding.rule == "Korean mobile number":
        return False
    return bool(_NUMBERED.search(before) or _NUMBERED.search(before.rstrip("0123456789-")))


def _meets(finding: Finding, others: Iterable[Finding]) -> bool:
    return any(finding.start < other.end and other.start < finding.end for other in others)


def _dictated(read: Normalised) -> list[Finding]:
    """What shows only once digits that are written in words or one by one are put together."""
    together = condensed(read)
    return found_by(RECOGNISERS, together) if together else []


CHECK = PersonalData()
