"""Names, places, organisations and dates as the tagger finds them, put together and held against what they must look like."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from maru.guard.finding import Finding
from maru.guard.normalise import Normalised
from maru.guard.pii import tagger
from maru.guard.pii.tagger import Run

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]{2}")
_RULE = "tagger of names and places"
#: Margins from which on a run is as sure as it gets, and the scores at both ends.
_SURE, _LEAST, _MOST = 260, 0.5, 0.85
_DATE = re.compile(
    r"(?i)\d{1,4}\s?[/.\-]\s?\d{1,2}(?:\s?[/.\-]\s?\d{1,4})?|\b(?:1[89]|20)\d\d\b|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
)
_TITLE = re.compile(r"(?i)(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam)\.?\s$")
#: Countries of two names.
_JOINED = re.compile(
    r"(?i)(?:Bosnia|Antigua|Trinidad|Saint Kitts|St\. Kitts|Saint Vincent|St\. Vincent|S[aã]o Tom[eé]|Turks|Wallis|Svalbard|Saint Pierre|"
    r"Heard Island|South Georgia) (?:and|&) (?:the )?(?:Herzegovina|Barbuda|Tobago|Nevis|Grenadines|Pr[ií]ncipe|Caicos|Futuna|Jan Mayen|"
    r"Miquelon|South Sandwich)"
)
_BETWEEN = re.compile(r"[ ,\n]{1,3}")
_CORNER = re.compile(r"(?i)(?:the )?corner of $")
_CORNERED = re.compile(r"(?i)\bcorner of ")
_AND = re.compile(r"(?i) and ")
#: Digits of a telephone number at least, and of anything here at most: more are an account's or a card's.
_FEWEST_DIGITS, _MOST_DIGITS = 6, 13


def entities(read: Normalised, *, cased: bool = False) -> list[Finding]:
    """What the tagger finds; text without Latin letters costs nothing. ``cased`` text has its names written large."""
    if not _LATIN.search(read.text):
        return []
    found = _shaped(read.text, _merged(read.text, tagger.runs(read.text, cased=cased)))
    return [Finding("pii", _label(read.text, one), *read.original(one.start, one.end), _score(one), _RULE) for one in found]


def _label(text: str, run: Run) -> str:
    """A place with a number in it is an address."""
    return "ADDRESS" if run.kind == "LOCATION" and any(one.isdigit() for one in text[run.start : run.end]) else run.kind


def _score(run: Run) -> float:
    return round(min(_MOST, _LEAST + (_MOST - _LEAST) * run.margin / _SURE), 2)


def _merged(text: str, runs: Iterable[Run]) -> list[Run]:
    """Parts of one address as one: a number before it, a city behind it, the corner of two streets, a country of two names."""
    out: list[Run] = []
    for run in runs:
        before = out[-1] if out else None
        if before and run.kind == "LOCATION":
            between = text[before.end : run.start]
            number = (
                before.kind in {"PHONE", "DATE_TIME"}
                and between in {" ", "\n"}
                and text[before.start : before.end].replace(" ", "").isdigit()
            )
            corner = before.kind == "LOCATION" and _AND.fullmatch(between) and _CORNERED.search(text, max(0, before.start - 16), before.end)
            country = before.kind == "LOCATION" and _JOINED.match(text, before.start) and len(between) < 10
            near = before.kind == "LOCATION" and _BETWEEN.fullmatch(between)
            if number or corner or country or near:
                out[-1] = replace(run, start=before.start, margin=max(run.margin, before.margin))
                continue
        out.append(run)
    return out


def _shaped(text: str, runs: Iterable[Run]) -> Iterator[Run]:
    """Runs that look like what they are said to be, with the title before a name and the words before a corner."""
    for run in runs:
        value = text[run.start : run.end]
        if run.kind == "DATE_TIME" and not _DATE.search(value):
            continue
        digits = sum(one.isdigit() for one in value)
        if (run.kind == "PHONE" and digits < _FEWEST_DIGITS) or digits > _MOST_DIGITS:
            continue
        if run.kind in {"NAME", "LOCATION", "ORGANIZATION", "TITLE"} and not any(one.isalpha() for one in value):
            continue
        lead = {"NAME": _TITLE, "LOCATION": _CORNER}.get(run.kind)
        held = lead.search(text[max(0, run.start - 16) : run.start]) if lead else None
        yield replace(run, start=run.start - len(held[0])) if held else run
