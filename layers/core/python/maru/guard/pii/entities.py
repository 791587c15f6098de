"""Names, places, organisations and dates as the tagger finds them, put together and held against what they must look like."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from maru.guard.finding import Finding
from maru.guard.normalise import Normalised
from maru.guard.pii import tagger
from maru.guard.pii.tagger import Run

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]{2}")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
#: Characters from a word of Latin letters beyond which nothing is read.
_NEAR = 60
_RULE = "tagger of names and places"
#: Margins from which on a run is as sure as it gets, and the scores at both ends.
_SURE, _LEAST, _MOST = 260, 0.5, 0.85
_DATE = re.compile(
    r"(?i)\d{1,4}\s?[/.\-]\s?\d{1,2}(?:\s?[/.\-]\s?\d{1,4})?|\b(?:1[89]|20)\d\d\b|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
)
_TITLE = re.compile(r"(?i)(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam)\.?\s$")
#: One word written large, behind which the sentence goes on otherwise.
_SURNAME = re.compile(r"[ ]([A-Z\u00c0-\u00de][^\W\d_]+(?:-[A-Z\u00c0-\u00de][^\W\d_]+)?)(?![^\W_]|[ ][A-Z\u00c0-\u00de0-9])")
#: Countries and territories of several words (ISO 3166).
_COUNTRY = re.compile(
    r"(?i)\b(?:United States(?: of America)?|United Kingdom|United Arab Emirates|Saudi Arabia|South Africa|(?:South|North) Korea|"
    r"New Zealand|Costa Rica|El Salvador|Sri Lanka|Sierra Leone|Burkina Faso|C[aô]te d['’]Ivoire|Cape Verde|Ivory Coast|"
    r"(?:Dominican|Czech|Slovak|Central African|Kyrgyz) Republic|"
    r"(?:Democratic |People['’]s )?Republic of (?:the )?(?:Congo|China|Korea|Ireland|Moldova|Macedonia)|"
    r"Papua New Guinea|Equatorial Guinea|(?:Solomon|Marshall|Cayman|Faroe|Falkland|Cook|Virgin|Canary|Channel|Åland) Islands|Hong Kong|"
    r"Puerto Rico|San Marino|Vatican City|Isle of Man|French (?:Polynesia|Guiana)|New Caledonia|American Samoa|Western Sahara|South Sudan|"
    r"North Macedonia|Great Britain|Northern Ireland|Saint (?:Lucia|Helena|Martin)|Netherlands Antilles|"
    r"(?:Bosnia|Antigua|Trinidad|(?:Saint|St\.) Kitts|(?:Saint|St\.) Vincent|S[aã]o Tom[eé]|Turks|Wallis|Svalbard|Saint Pierre|"
    r"Heard Island|South Georgia) (?:and|&) (?:the )?(?:Herzegovina|Barbuda|Tobago|Nevis|Grenadines|Pr[ií]ncipe|Caicos|Futuna|Jan Mayen|"
    r"Miquelon|South Sandwich))\b"
)
_BETWEEN = re.compile(r"[ ,\n]{1,3}")
_CORNER = re.compile(r"(?i)(?:the )?corner of $")
_CORNERED = re.compile(r"(?i)\bcorner of ")
_AND = re.compile(r"(?i) and (?:(?:van|de|der|den|la|le|di|von) ){0,2}")
#: Numbers of a house beside its street, and what stands between two parts of an address: a line's end, a region's letters.
_NUMBERS_BEFORE = re.compile(r"(?<![\w.,-])\d{1,5}[A-Za-z]?(?: \d{1,5}[A-Za-z]?)?[ ]$")
_NUMBER_BEHIND = re.compile(r"[ ]\d{1,5}[A-Za-z]?(?![\w%]|[.,:/-]\d|[ ](?:km|miles|times|people|years|days|hours|minutes|percent)\b)")
_PARTED = re.compile(r"\s{0,3},?\s{0,3}(?:[A-Z]{2,3})?,?\s{0,3}")
#: Digits of a telephone number at least, and of anything here at most: more are an account's or a card's.
_FEWEST_DIGITS, _MOST_DIGITS = 6, 13


def entities(read: Normalised, *, cased: bool = False) -> list[Finding]:
    """What the tagger finds; text without Latin letters costs nothing. ``cased`` text has its names written large."""
    if not _LATIN.search(read.text):
        return []
    cased = cased or not tagger.small(read.text)
    tagged = [
        replace(run, start=run.start + start, end=run.end + start)
        for start, end in _near_latin(read.text)
        for run in tagger.runs(read.text[start:end], cased=cased)
    ]
    runs = tuple(_whole_names(read.text, _countries(read.text, tagged)))
    found = _shaped(read.text, _completed(read.text, _merged(read.text, runs)))
    return [Finding("pii", _label(read.text, one), *read.original(one.start, one.end), _score(one), _RULE) for one in found]


def _near_latin(text: str) -> list[tuple[int, int]]:
    """The parts of a text that lie near Latin letters, to the next blank; of English all of it."""
    if text.isascii():
        return [(0, len(text))]
    parts: list[tuple[int, int]] = []
    for word in _LATIN_WORD.finditer(text):
        start, end = text.rfind(" ", 0, max(0, word.start() - _NEAR)) + 1, text.find(" ", word.end() + _NEAR)
        whole = (start, len(text) if end < 0 else end)
        if parts and start <= parts[-1][1] + 1:
            whole = (parts.pop()[0], whole[1])
        parts.append(whole)
    return parts


def _label(text: str, run: Run) -> str:
    """A place with a number in it is an address."""
    return "ADDRESS" if run.kind == "LOCATION" and any(one.isdigit() for one in text[run.start : run.end]) else run.kind


def _score(run: Run) -> float:
    return round(min(_MOST, _LEAST + (_MOST - _LEAST) * run.margin / _SURE), 2)


def _merged(text: str, runs: Iterable[Run]) -> list[Run]:
    """Parts of one address as one: a number before it, a city behind it, the corner of two streets."""
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
            near = before.kind == "LOCATION" and _BETWEEN.fullmatch(between)
            if number or corner or near:
                out[-1] = replace(run, start=before.start, margin=max(run.margin, before.margin))
                continue
        out.append(run)
    return out


def _countries(text: str, runs: Sequence[Run]) -> list[Run]:
    """Countries of several words as one place, with the places of an address that they end."""
    out = list(runs)
    for match in _COUNTRY.finditer(text):
        met = [run for run in out if run.start < match.end() and match.start() < run.end]
        places = [run for run in met if run.kind == "LOCATION"]
        first, last = min((one.start for one in places), default=match.start()), max((one.end for one in places), default=match.end())
        out = [run for run in out if run not in met]
        out.append(Run("LOCATION", min(first, match.start()), max(last, match.end()), max((one.margin for one in met), default=_SURE)))
    return sorted(out, key=lambda one: one.start)


def _completed(text: str, runs: Sequence[Run]) -> list[Run]:
    """Addresses with the numbers of the house beside them, and with their later lines."""
    out: list[Run] = []
    for run in runs:
        before = out[-1] if out else None
        if not _postal(text, run):
            out.append(run)
            continue
        floor = before.end if before else 0
        lead = _NUMBERS_BEFORE.search(text[max(floor, run.start - 13) : run.start])
        tail = _NUMBER_BEHIND.match(text, run.end) if _street(text, run) and not text[run.end - 1].isdigit() else None
        whole = replace(run, start=run.start - (len(lead[0]) if lead else 0), end=tail.end() if tail else run.end)
        if before and _postal(text, before) and _PARTED.fullmatch(between := text[before.end : whole.start]) and set(between) & set(",\n"):
            out[-1] = replace(whole, start=before.start, margin=max(run.margin, before.margin))
        else:
            out.append(whole)
    return out


def _postal(text: str, run: Run) -> bool:
    return run.kind == "LOCATION" and (any(one.isdigit() for one in text[run.start : run.end]) or _street(text, run))


def _street(text: str, run: Run) -> bool:
    words = text[run.start : run.end].lower().replace(",", " ").split()
    return len(words) > 1 and any(tagger.load().listed(word.strip(".")) & tagger.STREET for word in words if word.strip("."))


def _whole_names(text: str, runs: Sequence[Run]) -> Iterator[Run]:
    """A first name with the words written large behind it, whatever they were taken for: places and companies do not follow so."""
    skipped = 0
    for run in runs:
        if run.start < skipped:
            continue
        if run.kind == "NAME" and (behind := _SURNAME.match(text, run.end)) and tagger.load().listed(_last(text, run)) & tagger.FIRST:
            later = max((other.end for other in runs if other.start < behind.end()), default=0)
            if later <= behind.end() and not _word_of_another_kind(behind[1]):
                run = replace(run, end=behind.end())  # noqa: PLW2901 - the run that goes on
                skipped = behind.end()
        yield run


def _last(text: str, run: Run) -> str:
    return text[run.start : run.end].rsplit(maxsplit=1)[-1].lower()


def _word_of_another_kind(word: str) -> bool:
    flags = tagger.load().listed(word.lower())
    return bool(flags & (tagger.COMPANY | tagger.STREET | tagger.COMMON)) and not flags & (tagger.FIRST | tagger.LAST)


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
