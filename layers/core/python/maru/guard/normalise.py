"""A text as it is read rather than as it is written, with the way back to the original's offsets.

Digits and letters of other widths become ASCII (NFKC, Unicode Standard Annex 15), look-alikes of Latin letters become Latin where
they stand among Latin letters, characters that nobody sees go, and JSON's escapes are read.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

#: Invisible: zero-width and bidirectional controls, soft hyphen, Hangul fillers, variation selectors, tag characters.
_INVISIBLE = frozenset(
    (
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080)),
    )
)
#: The Latin look-alikes that are met in practice; the whole table of Unicode Technical Standard 39 would also fold honest text.
_LOOKALIKES = dict(
    zip(
        "аВвсСеЕНіІјЈКкМоОрРѕЅТтуУхХԁԛԝАαΑΒεΕΖΗιΙκΚΜΝοΟρΡτΤυΥχΧ",
        "aBbcCeEHiIjJKkMoOpPsSTtyYxXdqwAaABeEZHiIkKMNoOpPtTuYxX",
        strict=True,
    )
)
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_ASCII_LIMIT = 128
#: JSON's escapes, two of them where they make one character.
_ESCAPES = re.compile(r"\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The text as read; character ``i`` of it comes from the original's ``starts[i]`` to ``ends[i]``."""

    text: str
    starts: tuple[int, ...] | None
    ends: tuple[int, ...] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's span of ``text[start:end]``, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Normalised:
    """Fold the text; linear, and free where it is ASCII."""
    escaped = "\\u" in text
    if text.isascii() and not escaped:
        return Normalised(text, None, None)
    read, places = _unescaped(text) if escaped else (text, None)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, character in enumerate(read):
        folded = _fold(character)
        if character in _LOOKALIKES and not _latin_beside(read, at):
            folded = character
        first, last = places[at] if places else (at, at + 1)
        pieces.append(folded)
        starts += [first] * len(folded)
        ends += [last] * len(folded)
    return Normalised("".join(pieces), tuple(starts), tuple(ends))


def _unescaped(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with JSON's ``\\uXXXX`` read as the characters they stand for, and each character's place in it."""
    read: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for match in _ESCAPES.finditer(text):
        read += text[at : match.start()]
        places += [(place, place + 1) for place in range(at, match.start())]
        character = match[0].encode("ascii").decode("unicode-escape").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        read.append(character)
        places += [match.span()] * len(character)
        at = match.end()
    read += text[at:]
    places += [(place, place + 1) for place in range(at, len(text))]
    return "".join(read), places


@cache
def _fold(character: str) -> str:
    if ord(character) < _ASCII_LIMIT:
        return character
    if ord(character) in _INVISIBLE:
        return ""
    if unicodedata.category(character) == "Zs":
        return " "
    folded = _DASHES.get(character) or _LOOKALIKES.get(character)
    return folded or unicodedata.normalize("NFKC", character)


def _latin_beside(text: str, place: int) -> bool:
    """Whether a plain Latin letter stands within the same word."""
    for step in (-1, 1):
        at = place + step
        while 0 <= at < len(text) and (text[at].isalpha() or ord(text[at]) in _INVISIBLE):
            if text[at].isascii():
                return True
            at += step
    return False
