"""Names, places, organisations and dates as the tagger finds them, put together and held against what they must look like."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from maru.guard.finding import Finding
from maru.guard.normalise import Normalised
from maru.guard.pii import addresses, plausible, tagger
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
_LARGE = f"[{tagger.CAPITALS}]"
_SURNAME = re.compile(rf"[ ]({_LARGE}[^\W\d_]+(?:-{_LARGE}[^\W\d_]+)?)(?![^\W_]|[ ](?:{_LARGE}|\d))")
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
_CORNER = re.compile(r"(?i)(?:the )?corner of $|the $")
#: Words of a job written small: `Training` and development coordinator.
_JOB_ON = re.compile(r"(?:,? (?:and |of |& )?(?!(?:and|of)\b)[a-z]{3,20}){1,5}(?=[,.;:)\n]|\Z)")
#: Digits of a telephone number at least, and of what is no address at most: more are an account's or a card's. Those of an address
#: stand apart: houses, rooms and postal codes.
_FEWEST_DIGITS, _MOST_DIGITS, _MOST_TOGETHER = 6, 13, 8


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
    runs = tuple(_whole_names(read.text, _companies(read.text, _countries(read.text, tagged))))
    found = _shaped(read.text, addresses.completed(read.text, addresses.merged(read.text, runs)))
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


def _of_address(run: Run, value: str) -> bool:
    return run.kind == "LOCATION" and max(sum(map(str.isdigit, one)) for one in re.findall(r"\d[\d \-]*", value)) <= _MOST_TOGETHER


def _companies(text: str, runs: Sequence[Run]) -> list[Run]:
    """Names of companies whose words were taken for several things: whatever stands between two of its parts, or before `Agency`."""
    out: list[Run] = []
    for run in runs:
        if run.kind == "ORGANIZATION" and out and text[out[-1].end : run.start] == " " and out[-1].kind != "DATE_TIME":
            alone = " " not in text[run.start : run.end]
            apart = len(out) > 1 and out[-2].kind == "ORGANIZATION" and text[out[-2].end : out[-1].start] == " "
            last = tagger.load().listed(text[run.start : run.end].lower()) if alone else 0
            if apart or (last & tagger.COMPANY and not any(one.isdigit() for one in text[out[-1].start : out[-1].end])):
                first = out[-2] if apart else out[-1]
                del out[-2 if apart else -1 :]
                run = replace(run, start=first.start)  # noqa: PLW2901 - the run that goes on
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


def _job_on(text: str, run: Run) -> int:
    """Where a job ends whose last words are written small; where it ends before them unless all of them are of jobs."""
    found = _JOB_ON.match(text, run.end)
    words = re.findall(r"[a-z]+", found[0]) if found else []
    whole = all(tagger.load().listed(word) & tagger.JOB for word in words)
    return found.end() if found and words and whole else run.end


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
        if (run.kind == "DATE_TIME" and not _DATE.search(value)) or not plausible.likely(text, run):
            continue
        digits = sum(one.isdigit() for one in value)
        if (run.kind == "PHONE" and digits < _FEWEST_DIGITS) or (digits > _MOST_DIGITS and not _of_address(run, value)):
            continue
        if run.kind == "TITLE":
            run = replace(run, end=_job_on(text, run))  # noqa: PLW2901 - the run that goes on
        if run.kind in {"NAME", "LOCATION", "ORGANIZATION", "TITLE"} and not any(one.isalpha() for one in value):
            continue
        lead = {"NAME": _TITLE, "LOCATION": _CORNER}.get(run.kind)
        lead = (
            None
            if lead is _CORNER and text[max(0, run.start - 4) : run.start].lower() == "the " and not addresses.CORNERED.match(value)
            else lead
        )
        held = lead.search(text[max(0, run.start - 16) : run.start]) if lead else None
        yield replace(run, start=run.start - len(held[0])) if held else run
