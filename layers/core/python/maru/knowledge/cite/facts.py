"""What of a text must not change when it is cited: its dates, numbers and codes, each with its place."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from maru.knowledge.cite import units
from maru.knowledge.cite.dates import Date, Mark, dates, marks
from maru.knowledge.cite.quantities import Quantity, quantities


class Code(NamedTuple):
    """A name made of letters and digits (`COVID-19`, `A4`), an address or a URL, in lower case."""

    text: str
    start: int
    end: int


class Facts(NamedTuple):
    """The facts of one normalised text. `loose` holds quantities that dates imply: years, and days of a month."""

    dates: tuple[Date, ...]
    marks: tuple[Mark, ...]
    quantities: tuple[Quantity, ...]
    loose: tuple[Quantity, ...]
    codes: tuple[Code, ...]

    def years(self) -> frozenset[int]:
        """Every year that the text names."""
        found = {int(q.value) for q in (*self.quantities, *self.loose) if q.unit == units.CALENDAR_YEAR}
        return frozenset(found | {date.year for date in self.dates if date.year})


_CODE = re.compile(
    r"https?://[^\s)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![A-Za-z\d])(?!(?:Q[1-4]|H[12]|USD|KRW|EUR|GBP|JPY|US|FY|No)\d*(?![A-Za-z\d]))[A-Za-z]+(?:-?\d+)+(?:[.-]?[A-Za-z\d]+)*(?![A-Za-z])"
    r"|(?<![\d.,])\d[A-Z](?![A-Za-z\d])(?<!\d[LMGT])|(?<![\d.,])[2-6]G(?![A-Za-z])"
)


@lru_cache(maxsize=1024)
def facts(text: str) -> Facts:
    """Read the facts of normalised text; what is part of a date or code is no number as well."""
    codes = tuple(Code(match.group().casefold().rstrip("."), *match.span()) for match in _CODE.finditer(text))
    rest = _blank(text, codes)
    found_dates, found_marks = tuple(dates(rest)), tuple(marks(rest))
    numbers = quantities(_blank(rest, (*found_dates, *found_marks)))
    return Facts(found_dates, found_marks, tuple(numbers), tuple(_implied(found_dates)), codes)


def _blank(text: str, spans: tuple[Date | Mark | Code, ...]) -> str:
    for span in spans:
        # A sign that no number rule reads keeps places as they are and joins nothing.
        text = text[: span.start] + "\x00" * (span.end - span.start) + text[span.end :]
    return text


def _implied(found: tuple[Date, ...]) -> list[Quantity]:
    years = [Quantity(Decimal(date.year), units.CALENDAR_YEAR, None, False, date.start, date.end) for date in found if date.year]
    days = [Quantity(Decimal(date.day), units.named("day"), None, False, date.start, date.end) for date in found if date.day]
    return years + days
