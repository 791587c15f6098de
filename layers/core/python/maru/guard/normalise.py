"""A text as it is read rather than as it is written, with the way back to the original's offsets.

Digits and letters of other widths become ASCII (NFKC, Unicode Standard Annex 15), look-alikes of Latin letters become Latin where
they stand among Latin letters, characters that nobody sees go, and the escapes of JSON and of Markdown are read, those of JSON
within JSON too. Korean syllables and accented letters that were taken apart (NFD, as macOS does) are put together.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

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
        "аВвсСеЕНіІјЈКкМоОрРѕЅТтуУхХԁԛԝАαΑΒεΕΖΗιΙκΚΜΝοΟρΡτΤυΥχΧսօհոցզ",
        "aBbcCeEHiIjJKkMoOpPsSTtyYxXdqwAaABeEZHiIkKMNoOpPtTuYxXuohngq",
        strict=True,
    )
)
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
#: Latin letters in a dress of their own that NFKC leaves on: small capitals, and those in dark circles and squares.
_DRESSED = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡı", "abcdefghijklmnoprstuvwyzagi", strict=True))
_DRESSED |= {chr(first + at): chr(0x61 + at) for first in (0x1F150, 0x1F170) for at in range(26)}
_ASCII_LIMIT = 128
#: Characters that :func:`_fold` leaves as they are, whatever stands around them: most Korean texts have no other.
_PLAIN = re.compile(r"[\x00-\x7f\u4e00-\u9fff\uac00-\ud7a3\u00b7\u2018\u2019\u201c\u201d]*")
#: JSON within JSON is read to this depth: a text in a body in an argument in an envelope. What is escaped more often is not read.
DEEPEST = 4
#: JSON's escapes (RFC 8259, section 7), two of them where they make one character, and Markdown's of signs that stand within data.
_ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[bfnrt]|[\"\\/.@:+*_#~\-])",
)
#: What makes one character in NFC, which its NFKC one by one does not: a syllable's letters (Unicode 17, section 3.12), a letter's accents.
_APART = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[A-Za-z][\u0300-\u036f]+")
_BLANKS = {"b": " ", "f": " ", "n": "\n", "r": "\n", "t": "\t"}
#: What would still be an escape of a character, beyond the deepest.
_UNREAD = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|[bfnrt])")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The text as read; character ``i`` of it comes from the original's ``starts[i]`` to ``ends[i]``.

    ``deep`` where something is escaped more than :data:`DEEPEST` times, so that what it says is not known.
    """

    text: str
    starts: tuple[int, ...] | None
    ends: tuple[int, ...] | None
    deep: bool = False

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's span of ``text[start:end]``, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Normalised:
    """Fold the text; linear, and nearly free where nothing in it is to be folded."""
    read, places = _unescaped(text) if "\\" in text else (text, None)
    # No plain character is part of a letter, and most texts are plain: they are spared the search.
    plain = _PLAIN.fullmatch(read)
    if not plain and _APART.search(read):
        read, places = _layer(read, places or _each(read), _APART, partial(unicodedata.normalize, "NFC"))
        plain = _PLAIN.fullmatch(read)
    deep = places is not None and bool(_UNREAD.search(read))
    if plain:
        return Normalised(read, *_edges(places), deep)
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
    return Normalised("".join(pieces), tuple(starts), tuple(ends), deep)


def _edges(places: list[tuple[int, int]] | None) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    return (None, None) if places is None else (tuple(start for start, _ in places), tuple(end for _, end in places))


def _unescaped(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """The text with its escapes read as what they stand for, layer by layer, and each character's place where there were any."""
    places: list[tuple[int, int]] | None = None
    for _ in range(DEEPEST):
        if not _ESCAPES.search(text):
            break
        text, places = _layer(text, places or _each(text), _ESCAPES, _meant)
    return text, places


def _each(text: str) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(len(text))]


def _layer(
    text: str, places: list[tuple[int, int]], signs: re.Pattern[str], meant: Callable[[str], str]
) -> tuple[str, list[tuple[int, int]]]:
    """One layer of signs read as what each of them means."""
    read: list[str] = []
    kept: list[tuple[int, int]] = []
    at = 0
    for match in signs.finditer(text):
        character = meant(match[0])
        read += (text[at : match.start()], character)
        kept += places[at : match.start()]
        kept += [(places[match.start()][0], places[match.end() - 1][1])] * len(character)
        at = match.end()
    read.append(text[at:])
    kept += places[at:]
    return "".join(read), kept


def _meant(escape: str) -> str:
    if escape[1] != "u":
        return _BLANKS.get(escape[1], escape[1])
    return escape.encode("ascii").decode("unicode-escape").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def _fold(character: str) -> str:
    if ord(character) < _ASCII_LIMIT:
        return character
    if ord(character) in _INVISIBLE:
        return ""
    if unicodedata.category(character) == "Zs":
        return " "
    folded = _DASHES.get(character) or _DRESSED.get(character) or _LOOKALIKES.get(character)
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
