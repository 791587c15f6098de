"""Numbers of a text with their units and bounds, however Korean and English write them."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from maru.knowledge.cite import numerals, units
from maru.knowledge.cite.bounds import bound_at
from maru.knowledge.cite.units import Unit


class Quantity(NamedTuple):
    """A number; `bound` is `min` or `max` where the text makes it one, `sure` False where it may be no number at all."""

    value: Decimal
    unit: Unit | None
    bound: str | None
    sure: bool
    start: int
    end: int

    def equals(self, other: "Quantity") -> bool:
        """The same value, converted between units of one kind, and not a bound in the other direction."""
        if not units.comparable(self.unit, other.unit) or {self.bound, other.bound} == {"min", "max"}:
            return False
        if self.unit and other.unit and self.unit.base == other.unit.base:
            return self.value * self.unit.factor == other.value * other.unit.factor
        return self.value == other.value

    def rivals(self, other: "Quantity") -> bool:
        """Whether both measure the same thing, so that one could be mistaken for the other."""
        return (self.unit.name if self.unit else "") == (other.unit.name if other.unit else "")


def quantities(text: str) -> list[Quantity]:
    """Quantities of normalised text in order; what was read once is not read again by a later pattern."""
    found: list[Quantity] = []
    taken = bytearray(len(text))
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            for quantity in read(text, match):
                found.append(quantity)
                taken[quantity.start : quantity.end] = b"\x01" * (quantity.end - quantity.start)
    return sorted(_shared_units(text, found), key=lambda quantity: quantity.start)


_RANGE = re.compile(r"^\s?(?:-|~|to|and|or|에서|부터|내지|또는|,|·)\s?$")


def _shared_units(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """In `10~15일` the unit belongs to both numbers."""
    ordered = sorted(found, key=lambda quantity: quantity.start)
    for i, quantity in enumerate(ordered):
        follower = ordered[i + 1] if i + 1 < len(ordered) else None
        if (
            quantity.unit is None
            and text[quantity.end - 1].isdigit()
            and follower
            and follower.unit
            and _RANGE.match(text[quantity.end : follower.start])
        ):
            yield quantity._replace(unit=follower.unit)
        else:
            yield quantity


def _measured(text: str, match: re.Match[str], value: Decimal, *, sure: bool = True, unit: Unit | None = None) -> Quantity:
    """The quantity of a number that ends where `match` does, with the unit that follows."""
    end = match.end()
    after = units.AFTER.match(text, end)
    if after and not _swallowed(text, after):
        unit, end = units.read(after) or unit, after.end()
    if _negative(text, match.start()):
        value = -value
    return Quantity(value, unit, bound_at(text, match.start(), end), sure, match.start(), end)


# A unit of one syllable is the beginning of another word unless a particle or a known ending follows.
_TAIL = re.compile(
    r"(?:$|[^가-힣]|[은는이가을를의에와과도만로씩당간째째로쯤까부으마내이미초최인였입된하후전동차분여안중]|까지|이상|이하|이내|미만|초과|정도|가량)"
)


def _swallowed(text: str, after: re.Match[str]) -> bool:
    return bool(after["korean"]) and "가" <= after["korean"][-1] <= "힣" and not _TAIL.match(text, after.end())


def _negative(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start]
    return bool(re.search(r"(?:^|[\s(])-$|영하\s?$|minus\s?$", before))


def _plain(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    """Digits with Korean or English scale words, signs of currencies before them or units behind."""
    sign = match["sign"]
    unit = units.named(units.CURRENCY_SIGNS[sign]) if sign else None
    value = numerals.scaled(match["digits"], match["scale"]) if match["scale"] else numerals.korean(match["number"])
    quantity = _measured(text, match, value, unit=unit)
    if unit is None and quantity.unit is None and _is_year(match):
        quantity = quantity._replace(unit=units.CALENDAR_YEAR)
    yield quantity._replace(unit=unit) if unit else quantity


def _is_year(match: re.Match[str]) -> bool:
    return re.fullmatch(r"1[5-9]\d\d|20\d\d", match["number"]) is not None


def _year(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    before = bool(re.search(r"(?:기원전|B\.?C\.?)\s?$", text[max(0, match.start() - 5) : match.start()]) or match["bc"])
    yield Quantity(Decimal(match["year"]) * (-1 if before else 1), units.CALENDAR_YEAR, None, True, *match.span())


def _decade(_: str, match: re.Match[str]) -> Iterator[Quantity]:
    value = Decimal(match["decade"] if len(match["decade"]) == 4 else "19" + match["decade"])
    yield Quantity(value, units.DECADE, None, True, *match.span())


def _fraction(_: str, match: re.Match[str]) -> Iterator[Quantity]:
    parts = [part for part in match.groups() if part]
    whole, part = (parts[0], parts[1]) if "분의" in match.group() else (parts[1], parts[0])
    if Decimal(whole):
        yield Quantity(
            (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01")).normalize(), units.PERCENT, None, True, *match.span()
        )


def _half(_: str, match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity(Decimal(50), units.PERCENT, None, match.group() not in {"반", "half"}, *match.span())


def _thirds(_: str, match: re.Match[str]) -> Iterator[Quantity]:
    count = {"one": 1, "a": 1, "two": 2, "three": 3}[match["count"].casefold()]
    whole = 3 if match["part"].casefold().startswith("third") else 4 if match["part"].casefold().startswith("quarter") else 5
    yield Quantity((Decimal(count) * 100 / whole).quantize(Decimal("0.01")).normalize(), units.PERCENT, None, True, *match.span())


def _ordinal(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    part = {name: value for name, value in match.groupdict().items() if value}
    unit = units.ORDINAL
    if "digits" in part:
        value = Decimal(part["digits"])
    elif "native" in part:
        value = Decimal(1) if part["native"] in {"첫", "첫째"} else numerals.native(part["native"])
    else:
        value = numerals.ordinal(part["word"])
    after = units.AFTER.match(text, match.end())
    if after and after["english"] and (named := units.read(after)) and named.name in {"century", "floor"}:
        unit = named
    yield Quantity(value, unit, None, part.get("word", "").casefold() not in {"first", "second"}, *match.span())


def _article(_: str, match: re.Match[str]) -> Iterator[Quantity]:
    yield Quantity(Decimal(match["digits"] or match["of"] or match["bare"]), units.ARTICLE, None, True, *match.span())


def _days(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    sure = match.group() not in {"하루", "이레"}
    yield Quantity(
        Decimal(numerals.NATIVE_DAYS[match.group()]), units.named("day"), bound_at(text, *match.span()), sure, match.start(), match.end()
    )


def _korean_words(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    """Hangul numerals count only before a unit or counter."""
    written = match["number"]
    quantity = _measured(text, match, numerals.native(written) if match["native"] else numerals.korean(written), sure=_sure_word(written))
    if quantity.end > match.end():
        yield quantity


def _sure_word(written: str) -> bool:
    return written not in {"이", "일", "오", "사", "구", "조", "천", "만", "영", "공", "세", "네", "석", "서", "넉", "한"}


def _english_words(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    word = match.group().casefold()
    quantity = _measured(text, match, numerals.english(word), sure=True)
    yield quantity._replace(sure=word != "one" or quantity.unit is not None)


def _article_word(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    """`a month` and `한 달` may stand for one month."""
    quantity = _measured(text, match, Decimal(1), sure=False)
    if quantity.unit is not None:
        yield quantity


_READERS: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], Iterator[Quantity]]], ...] = (
    (
        re.compile(
            r"(?<![\d.,])(?P<year>[12]\d{3}|(?<=기원전 )\d{1,3})\s?(?:년(?!간|\s?동안|차|대)|(?P<bc>B\.?C\.?(?:E\.?)?)(?![A-Za-z]))"
        ),
        _year,
    ),
    (re.compile(r"(?<!\d)(?P<decade>(?:1\d|20)\d0|[1-9]0(?=년대))(?:s\b|\s?년대)"), _decade),
    (re.compile(r"(\d+)\s?분의\s?(\d+)|(?<![\d/.])([1-9]\d?)/([1-9]\d?)(?![\d/])"), _fraction),
    (re.compile(r"\b(?P<count>one|a|two|three)[\s-](?P<part>thirds?|quarters?|fifths?)\b(?!\s+of\s+\d{4})", re.IGNORECASE), _thirds),
    (re.compile(r"절반|\b(?:one[\s-])?half of\b|\bhalf\b", re.IGNORECASE), _half),
    (
        re.compile(
            r"\b(?:Article|Art\.)\s?(?P<digits>\d+)|제\s?(?P<of>\d+)\s?조"
            r"|(?<!\d)(?P<bare>\d{1,3})조(?=\s?(?:제?\s?\d+항|에 (?:따|의)|\(|의\d))",
            re.IGNORECASE,
        ),
        _article,
    ),
    (
        re.compile(
            r"(?<![\d.,])(?P<digits>\d+)(?:st|nd|rd|th)\b|(?<!\d)(?P<native>첫|첫째|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?번째"
            rf"|\b(?P<word>{numerals.ENGLISH_ORDINAL})\b(?!\s+(?:quarter|half))",
            re.IGNORECASE,
        ),
        _ordinal,
    ),
    (
        re.compile(
            rf"(?:(?<![A-Za-z\d.])|(?<=FY)|(?<=US)|(?<=USD)|(?<=KRW)|(?<=EUR))(?:(?P<sign>[$€£¥₩￦])\s?)?(?P<number>(?P<digits>{numerals.DIGITS})(?:\s?(?P<scale>{numerals.ENGLISH_SCALE}))"
            rf"|{numerals.KOREAN_MIXED})",
            re.IGNORECASE,
        ),
        _plain,
    ),
    (re.compile("|".join(sorted(numerals.NATIVE_DAYS, key=len, reverse=True))), _days),
    (
        re.compile(rf"(?<![가-힣\d])(?P<number>(?P<native>{numerals.KOREAN_NATIVE})|{numerals.KOREAN_SINO})(?=\s?(?:{units.KOREAN_UNIT}))"),
        _korean_words,
    ),
    (re.compile(rf"\b{numerals.ENGLISH}\b", re.IGNORECASE), _english_words),
    (re.compile(r"\b(?:an?|each|per|every)(?=\s)", re.IGNORECASE), _article_word),
)
