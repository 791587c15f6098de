"""Dates, days of the week, times of day and quarters of a text, in the ways Korean and English write them."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Date(NamedTuple):
    """A date as far as it is given; a field that is not stands as None."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int

    def within(self, other: "Date", years: frozenset[int]) -> bool:
        """Whether `other` says all that this one says; a year may stand elsewhere in its text, among `years`."""
        year = self.year is None or self.year == other.year or (other.year is None and self.year in years)
        return year and self.month in {None, other.month} and self.day in {None, other.day}


class Mark(NamedTuple):
    """A weekday, quarter, half of a year or time of day in canonical writing, such as `weekday:0`; several where it is ambiguous."""

    names: frozenset[str]
    start: int
    end: int


_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH = (
    r"(?P<name>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_TO = r"(?:\s?(?:-|~|to|through|until|and)\s?(?P<last>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\d|\s?(?:%|percent|days|people)))?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d.,])(?P<year>\d{4})\s?(?P<sep>[-./])\s?(?P<month>0?[1-9]|1[0-2])\s?(?P=sep)\s?(?P<day>0?[1-9]|[12]\d|3[01])(?!\d|[.,]\d)",
        (
            r"(?:(?<!\d)(?P<year>\d{4}|'\d{2})\s?년\s?(?:도\s?)?)?(?<!\d)(?P<month>0?[1-9]|1[0-2])\s?월\s?(?P<day>0?[1-9]|[12]\d|3[01])\s?일"
            r"(?:\s?(?:부터|에서|~|-)\s?(?P<last>0?[1-9]|[12]\d|3[01])\s?일)?"
        ),
        r"(?:(?<!\d)(?P<year>\d{4}|'\d{2})\s?년\s?)?(?<![\d.])(?P<month>0?[1-9]|1[0-2])\s?월(?!급|드)",
        rf"\b{_MONTH}\s{_DAY}{_TO}(?!\d|:)(?:,?\s(?P<year>\d{{4}})(?!\d))?",
        rf"(?<![\d.,]){_DAY}(?:\sof)?\s{_MONTH}(?![a-z])(?:,?\s(?P<year>\d{{4}})(?!\d))?",
        rf"\b{_MONTH},?\s(?:of\s)?(?P<year>\d{{4}})(?!\d)",
        r"(?<![\d./-])(?P<one>0?[1-9]|[12]\d|3[01])/(?P<two>0?[1-9]|[12]\d|3[01])/(?P<year>\d{4})(?!\d)",
        r"(?<![\d.,])(?P<year>(?:19|20)\d{2})-(?P<month>0[1-9]|1[0-2])(?![\d-])",
        r"\b(?P<name>January|February|April|June|July|August|September|October|November|December)\b",
        r"(?:\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ee]very|[Ee]ach|of|[Ff]rom|to|[Ll]ate|[Ee]arly|mid)[\s-])(?P<name>March|May)\b(?!\s[a-z]+\s(?:not|be)\b)",
    )
)


def dates(text: str) -> list[Date]:
    """Dates of normalised text in order; of overlapping readings the first, fuller pattern holds."""
    found: list[Date] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                found.extend(_read(match))
    return sorted(found, key=lambda date: date.start)


def _read(match: re.Match[str]) -> Iterator[Date]:
    part = match.groupdict()
    year = _year(part.get("year"))
    start, end = match.span()
    if part.get("one"):
        one, two = int(part["one"]), int(part["two"])
        yield from (Date(year, month, day, start, end) for month, day in {(one, two), (two, one)} if month <= 12)
        return
    month = _month(part["name"]) if part.get("name") else int(part["month"])
    yield Date(year, month, int(part["day"]) if part.get("day") else None, start, end)
    if part.get("last"):
        yield Date(year, month, int(part["last"]), start, end)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text.strip("'"))


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold()[:3]))


_WEEKDAYS_KO = "월화수목금토일"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(r"(?P<ko>[월화수목금토일])요일|\b(?P<en>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")
_WEEKDAY_LIST = re.compile(r"(?<![가-힣\d])[월화수목금토일](?:\s?[·,~/-]\s?[월화수목금토일])+(?:요일)?(?![가-힣])")
_QUARTER = re.compile(r"(?P<ko>[1-4])(?:/4)?\s?분기|\bQ(?P<en>[1-4])\b|\b(?P<word>first|second|third|fourth)\s+quarter", re.IGNORECASE)
_HALF = re.compile(r"(?P<first>상반기|\bfirst half\b|\bH1\b)|하반기|\bsecond half\b|\bH2\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?P<half>오전|오후|아침|저녁|밤|새벽)?\s?(?<!\d)(?P<hour>[01]?\d|2[0-4])\s?시(?!간|[가-힣]*행)(?:\s?(?P<minute>[0-5]?\d)\s?분|\s?(?P<thirty>반))?"
    r"|(?P<half2>오전|오후)?\s?(?<![\d:])(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d)(?!\d)(?:\s?(?P<meridiem2>[aApP])\.?\s?[mM]\b\.?)?"
    r"|(?<![\d:.])(?P<hour3>1[0-2]|0?[1-9])\s?(?P<meridiem3>[aApP])\.?[mM]\b\.?"
    r"|(?P<noon>정오|\bnoon\b)|(?P<midnight>자정|\bmidnight\b)"
)
_NUMBER_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def marks(text: str) -> list[Mark]:
    """Weekdays, quarters, halves of a year and times of day of normalised text."""
    found = [Mark(frozenset((f"weekday:{_weekday(m)}",)), *m.span()) for m in _WEEKDAY.finditer(text)]
    for m in _WEEKDAY_LIST.finditer(text):
        found += [
            Mark(frozenset((f"weekday:{_WEEKDAYS_KO.index(day)}",)), *m.span())
            for day in re.findall(rf"[{_WEEKDAYS_KO}](?!요일$)", m.group())
        ]
    found += [
        Mark(frozenset((f"quarter:{m['ko'] or m['en'] or _NUMBER_WORDS[m['word'].casefold()]}",)), *m.span())
        for m in _QUARTER.finditer(text)
    ]
    found += [Mark(frozenset((f"half:{1 if m['first'] else 2}",)), *m.span()) for m in _HALF.finditer(text)]
    return found + [Mark(_clock(m), *m.span()) for m in _CLOCK.finditer(text)]


def _weekday(match: re.Match[str]) -> int:
    if match["ko"]:
        return _WEEKDAYS_KO.index(match["ko"])
    return next(i for i, day in enumerate(_WEEKDAYS) if day.startswith(match["en"].casefold()))


def _clock(match: re.Match[str]) -> frozenset[str]:
    """Minutes since midnight; a time without half of the day may be either."""
    if match["noon"] or match["midnight"]:
        return frozenset(("clock:720",)) if match["noon"] else frozenset(("clock:0", "clock:1440"))
    hour = int(match["hour"] or match["hour2"] or match["hour3"])
    minute = 30 if match["thirty"] else int(match["minute"] or match["minute2"] or 0)
    half = match["half"] or match["half2"] or match["meridiem2"] or match["meridiem3"] or ""
    hours = {hour % 24, hour}
    if half and half in "오후저녁밤pP" and hour < 12:
        hours = {hour + 12}
    elif half and half in "오전아침새벽aA":
        hours = {hour % 12}
    elif not half and 1 <= hour < 12 and not match["hour2"]:
        hours = {hour, hour + 12}
    return frozenset(f"clock:{value * 60 + minute}" for value in hours)
