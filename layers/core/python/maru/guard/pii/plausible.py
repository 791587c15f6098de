"""What the tagger took for a name, a place or a number, held against how such things are written: codes and labels are none."""

import re

from maru.guard.pii import tagger
from maru.guard.pii.tagger import Run

_WORD = re.compile(r"[^\s,;()\[\]\"]+")
_MIXED = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])")
#: Letters and digits in one word that addresses have: 221B, B12, 3rd, codes of the British, Dutch, Canadian and Irish post, A-1010.
_POSTAL = re.compile(
    r"(?i)#?(?:\d{1,5}[A-Z]?(?:[-/]\d{1,4}[A-Z]?)?|[A-Z]\d{1,4}|\d{1,3}(?:st|nd|rd|th)|[A-Z]{1,2}\d[A-Z\d]?|\d[A-Z]{2}|\d{4}[A-Z]{2}|"
    r"[A-Z]\d[A-Z]|\d[A-Z]\d|[A-Z]{1,3}-\d{3,6}|[A-Z]\d[A-Z]\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}|[A-Z]\d\d[A-Z\d]{4})\.?"
)
#: Letters of a state before a number: only with one of its postal codes a place.
_INITIALS, _ZIP = re.compile(r"(?:[A-Z]{1,3}[ ,]{1,2})+[\d-]+"), re.compile(r"(?<!\d)\d{5}(?:-\d{4})?(?!\d)")
_HOME = tagger.PLACE | tagger.COUNTRY | tagger.STREET | tagger.CITY
_SOMEBODY = tagger.FIRST | tagger.LAST
#: Behind a word: the number of a version, or what a label has.
_EXTENSION = re.compile(r"x\d")
_VERSION = re.compile(r"/\d|[_=]|\(\w*\)[:;{]?\s*(?:\n|\Z)")
_LABEL = re.compile(r"\s?[:=](?!//)")
_FIELD = re.compile(r"(?i)(?:code|name|mail|number|word|type|date|time|url|uri|id|key|no|pin|status|level|host|port|path|version)$")
#: Rooms and parts of texts that a number tells apart, which are where nobody lives.
_PART = re.compile(
    r"(?i)(?:room|rm|hall|gate|table|figure|fig|page|section|chapter|line|level|part|step|item|zone|platform|track|dock|bay)s?\.?\s\S+"
)
#: From one year to another, and what stands before the rest of a DOI or of a code.
_DURING, _IDENTIFIER = re.compile(r"\(?\d{3,4}\s?[-–—]\s?\d{3,4}\)?"), re.compile(r"[A-Za-z0-9][-/.]$|/\S*$")
_HANGUL = re.compile(r"[가-힣]")
#: Characters beside a run that tell in which language it is written about.
_NEAR = 12
#: The end of a file's or a host's name, beginning with what stands before its dot.
_SUFFIX = re.compile(r"[^\W_]\.[a-z0-9]{1,5}\Z")


def likely(text: str, run: Run) -> bool:
    """Whether a run may be what it was taken for."""
    value = text[run.start : run.end]
    extended = run.kind == "PHONE" and _EXTENSION.match(text, run.end)
    if (_cut(text, run) and not extended) or _VERSION.match(text, run.end) or _suffix(text, run):
        return False
    if run.kind == "PHONE":
        return not (_DURING.fullmatch(value) and _years(value)) and not _IDENTIFIER.search(text[max(0, run.start - 12) : run.start])
    if run.kind == "DATE_TIME":
        return True
    if _HANGUL.search(text[max(0, run.start - _NEAR) : run.end + _NEAR]) and not _somebody(value):
        return False
    words = _WORD.findall(value)
    if all(_code(word) for word in words) or sum(map(str.isalpha, value)) < 2:
        return False
    if run.kind == "LOCATION" and any(map(str.isdigit, value)):
        return _address(value, words)
    return len(words) > 1 or not _LABEL.match(text, run.end) or not _names_a_field(words[0])


def _years(value: str) -> bool:
    first, second = map(int, re.findall(r"\d+", value))
    return first < second <= 2100 and ("-" not in value or first >= 1000)


def _somebody(value: str) -> bool:
    """Whether a word in Korean text is a name: abbreviations and products stand there in Latin letters, too."""
    return any(tagger.load().listed(part.lower()) & (_SOMEBODY | _HOME) for part in re.findall(r"[A-Za-z]+", value))


def _suffix(text: str, run: Run) -> bool:
    return run.kind == "LOCATION" and bool(_SUFFIX.match(text, max(0, run.start - 2), run.end))


def _names_a_field(word: str) -> bool:
    """Whether a word before a colon tells what follows rather than who speaks."""
    flags = tagger.load().listed(word.lower())
    return not flags & _SOMEBODY and (word.isupper() or bool(flags & tagger.COMMON) or bool(_FIELD.search(word)))


def _cut(text: str, run: Run) -> bool:
    """Whether it begins or ends within a word of Latin letters and digits."""
    return (run.start > 0 and _inside(text[run.start - 1 : run.start + 1])) or _inside(text[run.end - 1 : run.end + 1])


def _inside(pair: str) -> bool:
    return len(pair) == 2 and pair.isascii() and all(one.isalnum() or one == "_" for one in pair)


def _code(word: str) -> bool:
    return bool(_MIXED.match(word)) and not _POSTAL.fullmatch(word)


def _address(value: str, words: list[str]) -> bool:
    """Whether words with numbers lead to a place: one of them is of places, or they do not just tell one of a series."""
    if _INITIALS.fullmatch(value):
        return bool(_ZIP.search(value))
    if any(tagger.load().listed(part) & _HOME for word in words for part in re.findall(r"[^\W\d_]+", word.lower())):
        return not _PART.fullmatch(value)
    letters = [word for word in words if word[0].isalpha() and not _MIXED.match(word)]
    return any(not word.isupper() for word in letters) and not _PART.fullmatch(value)
