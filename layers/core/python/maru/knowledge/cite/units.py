"""Units of measure in Korean and English: which words name the same one, and how those of one kind convert."""

import re
from decimal import Decimal
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: `name` for comparing contexts, `base` and `factor` for comparing values across units of one kind."""

    name: str
    base: str
    factor: Decimal


def _unit(name: str, base: str, factor: str = "1") -> Unit:
    return Unit(name, base, Decimal(factor))


# name, kind, factor, Korean words, English words
_TABLE = (
    (_unit("second", "time"), "초", "seconds second secs sec"),
    (_unit("minute", "time", "60"), "분간 분", "minutes minute mins min"),
    (_unit("hour", "time", "3600"), "시간", "hours hour hrs hr h"),
    (_unit("day", "day"), "영업일 근무일 거래일 일간 일치 일분 일 날", "days day"),
    (_unit("week", "day", "7"), "주일 주간 주", "weeks week wks"),
    (_unit("month", "month"), "개월간 개월 달", "months month mos"),
    (_unit("year", "month", "12"), "년간 개년 년 연간 해", "years year yrs yr"),
    (_unit("age", "age"), "살 세", ""),
    (_unit("percent", "percent"), "% 퍼센트 프로", "% percent"),
    (_unit("point", "point"), "%p %포인트 퍼센트포인트 포인트", "%p"),
    (_unit("won", "won"), "원", "won krw"),
    (_unit("dollar", "dollar"), "달러 불", "dollars dollar usd"),
    (_unit("euro", "euro"), "유로", "euros euro eur"),
    (_unit("yen", "yen"), "엔", "yen jpy"),
    (_unit("pound", "pound"), "파운드", "pounds gbp"),
    (_unit("yuan", "yuan"), "위안", "yuan cny rmb"),
    (_unit("mm", "length", ".001"), "밀리미터 mm ㎜", "mm millimetres millimeters"),
    (_unit("cm", "length", ".01"), "센티미터 센티 cm ㎝", "cm centimetres centimeters"),
    (_unit("km", "length", "1000"), "킬로미터 km ㎞", "km kilometres kilometers kilometre kilometer"),
    (_unit("m", "length"), "미터 m", "m metres meters metre meter"),
    (_unit("mile", "mile"), "마일", "miles mile"),
    (_unit("foot", "foot"), "피트", "feet foot ft"),
    (_unit("kg", "mass", "1000"), "킬로그램 kg ㎏", "kg kilograms kilogram kilos"),
    (_unit("mg", "mass", ".001"), "밀리그램 mg ㎎", "mg milligrams"),
    (_unit("g", "mass"), "그램 g", "g grams gram"),
    (_unit("ton", "mass", "1000000"), "톤 t", "tonnes tonne tons ton t"),
    (_unit("km2", "area", "1000000"), "제곱킬로미터 ㎢ km²", "km² sq"),
    (_unit("m2", "area"), "제곱미터 평방미터 ㎡ m²", "m²"),
    (_unit("hectare", "hectare"), "헥타르 ha", "hectares hectare ha"),
    (_unit("ml", "volume", ".001"), "밀리리터 ml mL ㎖", "ml millilitres milliliters"),
    (_unit("l", "volume"), "리터 L ℓ", "l litres liters litre liter"),
    (_unit("degree", "degree"), "도 ℃ °C °", "°C °F ° degrees degree"),
    (_unit("kb", "data", "1000"), "KB 킬로바이트", "kb kilobytes"),
    (_unit("mb", "data", "1000000"), "MB 메가바이트 메가", "mb megabytes"),
    (_unit("gb", "data", "1000000000"), "GB 기가바이트 기가", "gb gigabytes"),
    (_unit("tb", "data", "1000000000000"), "TB 테라바이트 테라", "tb terabytes"),
    (_unit("person", "person"), "명 인 사람", "people persons person"),
    (_unit("times", "times"), "회 차례", "times"),
    (_unit("fold", "fold"), "배", "fold"),
    (_unit("article", "article"), "조", ""),
    (_unit("clause", "clause"), "항", ""),
    (_unit("floor", "floor"), "층", "floors storeys stories floor"),
    (_unit("point-score", "point-score"), "점", "points"),
    (_unit("century", "century"), "세기", "century centuries"),
)
PERCENT = _TABLE[8][0]
ORDINAL = _unit("ordinal", "ordinal")
CALENDAR_YEAR = _unit("calendar-year", "calendar-year")
DECADE = _unit("decade", "decade")
ARTICLE = next(unit for unit, _, _ in _TABLE if unit.name == "article")
CURRENCY_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₩": "won", "￦": "won"}

_KOREAN = {word: unit for unit, korean, _ in _TABLE for word in korean.split()}
_ENGLISH = {word.casefold(): unit for unit, _, english in _TABLE for word in english.split()}
# Counters without a meaning of their own end the number all the same.
_COUNTERS = "개소 개 건 번 가지 곳 대 장 권 통 종 쪽 면 편 척 마리 호 차 급 등급 등 단계 단 자리 석 팀 부 박 끼 벌 켤레 채 줄 문항 페이지"

_NAMES = {unit.name: unit for unit, _, _ in _TABLE}
_ADJECTIVES = "working|business|calendar|consecutive|full|paid|annual|whole|additional|extra|more|further|square|cubic|US|U\\.S\\.|metric"


def _alternatives(terms: list[str]) -> str:
    return "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))


KOREAN_UNIT = _alternatives([*_KOREAN, *_COUNTERS.split()])
ENGLISH_UNIT = _alternatives(list(_ENGLISH))
#: What may follow a number: a unit with the blank, hyphen and adjective before it.
AFTER = re.compile(
    rf"\s?(?P<korean>{KOREAN_UNIT})(?!(?<=[A-Za-z])[A-Za-z])|[\s-]{{0,2}}(?:(?:{_ADJECTIVES})[\s-])?(?P<english>{ENGLISH_UNIT})(?![A-Za-z])(?P<old>[\s-]old\b|\s+of\s+age\b)?",
    re.IGNORECASE,
)


def named(name: str) -> Unit:
    """The unit of this canonical name."""
    return _NAMES[name]


def read(match: re.Match[str]) -> Unit | None:
    """The unit that a match of :data:`AFTER` names, None for a mere counter."""
    if match["korean"]:
        return _KOREAN.get(match["korean"]) or _ENGLISH.get(match["korean"].casefold())
    if match["old"]:
        return _NAMES["age"]
    return _ENGLISH[match["english"].casefold()]


_ALIKE = {frozenset(("age", "year")), frozenset(("ordinal", "day")), frozenset(("times", "fold")), frozenset(("calendar-year", "year"))}


def comparable(one: Unit | None, other: Unit | None) -> bool:
    """Whether values under these units may be compared at all; a number without a unit compares with every other."""
    return one is None or other is None or one.base == other.base or frozenset((one.name, other.name)) in _ALIKE
