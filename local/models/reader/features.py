"""What speaks for a sentence as an answer, as numbers of about 0 to 1, the same for every language."""

import re
from collections.abc import Sequence
from functools import lru_cache

from local.models.reader.candidates import Candidate, Evidence
from local.models.reader.question import Kind, Question

#: Names of the features of `describe`, in order; the weights in the data file are under these names.
NAMES = (
    "covered",
    "covered_best",
    "around",
    "passage",
    "names",
    "names_missing",
    "near",
    "adjacent",
    "kind",
    "kind_missing",
    "unit",
    "first_passage",
    "later_passage",
    "place",
    "short",
    "long",
    "new",
    "last_term",
    "first_term",
    "full_terms",
    "question_mark",
)

_MONTHS = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_COUNT = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundreds?|thousands?|millions?|half|twice"
    "|third|quarter|dozen"
)
_COUNT_KO = r"(?:[한두세네]|다섯|여섯|일곱|여덟|아홉|열)\s?(?:명|개|번|가지|달|살|차례|권|편|대|마리)"
_PLACE_KO = r"[가-힣]{1,6}(?:시|군|구|도|동|읍|면|리|산|섬|강|국|주|성|역|관|원|교|촌)(?=[^가-힣]|에|의|으로|로|을|를|이|가|은|는)"
_PATTERNS = {
    Kind.DATE: re.compile(
        rf"\b1?\d{{3}}s?\b|\b20\d\d\b|\d+\s?년|\d+\s?월|\d+\s?일|\d+세기|\d+\s?시|\b(?:{_MONTHS})\b|\bcentur(?:y|ies)\b"
        r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|요일"
    ),
    Kind.NUMBER: re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{_COUNT})\b|{_COUNT_KO}", re.IGNORECASE),
    Kind.PERSON: re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-zÀ-ɏ]+|[가-힣]{2,4}(?=이|가|은|는|의|을|를|과|와|에게)"),
    Kind.PLACE: re.compile(rf"(?<!^)\b[A-Z][a-zÀ-ɏ]+|{_PLACE_KO}"),
    Kind.REASON: re.compile(
        r"\bbecause\b|\bdue to\b|\bsince\b|\bso that\b|\bin order to\b|\bcaus|\breason|\bas a result\b|\btherefore\b|\bthus\b|\bto avoid\b"
        r"|\bled to\b|때문|위해|위하여|이유|원인|인해|인하여|따라|으로써|말미암|탓|므로|느라|려고|고자|자\b",
        re.IGNORECASE,
    ),
}


def describe(evidence: Evidence) -> list[list[float]]:
    """One row of features a candidate, by `NAMES`."""
    question, weights = evidence.question, evidence.weights
    total = sum(weights) or 1.0
    covered = [_weigh(c.shared, weights) / total for c in evidence.candidates]
    whole = _by_passage(evidence, total)
    best = max(covered, default=0.0) or 1.0
    rows = []
    for place, candidate in enumerate(evidence.candidates):
        around = _around(evidence, place)
        rows.append(
            [
                covered[place],
                covered[place] / best,
                _weigh(around, weights) / total,
                whole[candidate.order],
                *_names(question, candidate, around),
                *_closeness(candidate),
                *_kind(question, candidate),
                *_position(candidate),
                *_shape(candidate),
                *_ends(candidate),
            ]
        )
    return rows


def _weigh(shares: Sequence[float], weights: Sequence[float]) -> float:
    return sum(share * weight for share, weight in zip(shares, weights, strict=True))


def _by_passage(evidence: Evidence, total: float) -> dict[int, float]:
    """Coverage of the question by each passage as a whole."""
    shares: dict[int, list[float]] = {}
    for candidate in evidence.candidates:
        known = shares.setdefault(candidate.order, [0.0] * len(candidate.shared))
        shares[candidate.order] = list(map(max, known, candidate.shared))
    return {order: _weigh(share, evidence.weights) / total for order, share in shares.items()}


def _around(evidence: Evidence, place: int) -> list[float]:
    """What the sentence shares together with its neighbours, theirs counted half, the heading above, and the document's name."""
    own = evidence.candidates[place]
    shares = list(map(max, own.shared, own.above))
    for step in (-2, -1, 1):
        other = evidence.candidates[place + step] if 0 <= place + step < len(evidence.candidates) else None
        if other is not None and other.order == own.order:
            factor = 0.6 if step == -1 else 0.35
            shares = [max(mine, factor * theirs) for mine, theirs in zip(shares, other.shared, strict=True)]
    return shares


def _names(question: Question, candidate: Candidate, around: Sequence[float]) -> tuple[float, float]:
    """The shares of names and numbers of the question that the sentence has, and that its surroundings lack."""
    places = [place for place, term in enumerate(question.terms) if term.number or (term.capital and place > 0)]
    if not places:
        return 0.5, 0.0
    have = sum(candidate.shared[place] >= 0.9 for place in places)
    lack = sum(around[place] < 0.3 for place in places)
    return have / len(places), lack / len(places)


def _closeness(candidate: Candidate) -> tuple[float, float]:
    """How closely the found terms stand together, and how many neighbours of the question are neighbours here."""
    places = sorted({place for place, share in zip(candidate.found, candidate.shared, strict=True) if share >= 0.5})
    if len(places) < 2:
        return 0.0, 0.0
    near = len(places) / (places[-1] - places[0] + 1)
    neighbours = [
        min(left, right) >= 0 and 0 < right - left <= 3 for left, right in zip(candidate.found, candidate.found[1:], strict=False)
    ]
    return near, sum(neighbours) / max(1, len(neighbours))


def _kind(question: Question, candidate: Candidate) -> tuple[float, float, float]:
    """Whether the kind of thing asked for is there beyond what the question says itself; and the unit that a number counts."""
    pattern = _PATTERNS.get(question.kind)
    if pattern is None:
        return 0.0, 0.0, 0.0
    found = [match for match in pattern.finditer(candidate.text) if match[0] not in question.text]
    return float(bool(found)), float(not found), float(bool(found) and _has_unit(question, candidate.text))


def _has_unit(question: Question, text: str) -> bool:
    """Whether a number counts the unit; one that only says how long before or after is none unless that is asked."""
    pattern = _unit_pattern(question.unit) if question.unit else None
    found = pattern.finditer(text) if pattern else ()
    asked = _OFFSET.search(question.text) is not None
    return any(asked or not _OFFSET.match(text, match.end()) for match in found)


_OFFSET = re.compile(r"[a-z]*\s?(?:전|후|뒤|이내|안에|before|after|prior|in advance|ahead|within)")


@lru_cache(maxsize=256)
def _unit_pattern(unit: str) -> re.Pattern[str]:
    if re.match(r"[가-힣]", unit):
        return re.compile(rf"(?:\d|[한두세네섯곱덟홉열백천만억])\s?{re.escape(unit)}")
    if unit == "percent":
        return re.compile(r"\d\s?(?:%|percent)")
    return re.compile(rf"(?:\d|\b(?:{_COUNT})\b)[^.;]{{0,25}}?\b{re.escape(unit)}", re.IGNORECASE)


def _position(candidate: Candidate) -> tuple[float, float, float]:
    return float(candidate.order == 0), candidate.order / 4, 1 / (1 + candidate.place)


def _shape(candidate: Candidate) -> tuple[float, float, float]:
    """Too short or too long for an answer, and the share of words that the question does not have."""
    size = len(candidate.words)
    found = sum(share >= 0.5 for share in candidate.shared)
    return float(size < 5), float(size > 40), max(0.0, 1 - found / max(1, size))


def _ends(candidate: Candidate) -> tuple[float, float, float, float]:
    shares = candidate.shared or [0.0]
    return shares[-1], shares[0], sum(share >= 0.5 for share in shares) / len(shares), float(candidate.text.endswith("?"))
