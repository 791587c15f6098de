"""A text as it is read rather than as it is written, with the way back to the original's offsets.

Digits and letters of other widths become ASCII (NFKC, Unicode Standard Annex 15), look-alikes of Latin letters become Latin where
they stand among Latin letters, and characters that nobody sees go.
"""

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
    if text.isascii():
        return Normalised(text, None, None)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        folded = _fold(character)
        if character in _LOOKALIKES and not _latin_beside(text, place):
            folded = character
        pieces.append(folded)
        starts += [place] * len(folded)
        ends += [place + 1] * len(folded)
    return Normalised("".join(pieces), tuple(starts), tuple(ends))


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
