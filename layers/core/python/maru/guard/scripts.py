"""What a pattern cannot match without (letters of a script, one of its beginnings), so that other texts are not read for it."""

import re
from collections.abc import Iterator
from typing import Literal

#: Letters of which each match holds at least one; ``None`` where it may have none of either.
type Script = Literal["latin", "hangul"] | None

_PRESENT = (("latin", re.compile(r"[a-z]")), ("hangul", re.compile(r"[ㄱ-ㅣ가-힣]")))
#: What of a pattern's source stands for no letter: escapes, names and kinds of groups, sets of what must not be.
_NO_LETTERS = re.compile(r"\\u[0-9a-f]{4}|\\.|\[\^(?:\\.|[^\]\\])*\]|\(\?(?:P<\w+>|<?[:=!])|\(\?[a-z]+:|\{\d*,?\d*\}")


_LOOK = re.compile(r"\\b|\(\?<?[!=]")
_WRITTEN = re.compile(r"[a-z\u3131-\u3163\uac00-\ud7a3]+")
_MAYBE = ("?", "*", "{0")


def words(*parts: str) -> re.Pattern[str]:
    """What one of the parts matches; flags stand before the first."""
    return re.compile("|".join(parts))


def of(text: str) -> frozenset[Script]:
    """The scripts of a text in small letters, and None, which every text has."""
    return frozenset((None, *(name for name, letter in _PRESENT if letter.search(text))))  # type: ignore[arg-type]  # the names above


def needed(pattern: str) -> Script:
    """The script of all letters in a pattern of phrases in small letters; None where it has both or none."""
    found = [name for name, letter in _PRESENT if letter.search(_NO_LETTERS.sub("", pattern))]
    return found[0] if len(found) == 1 else None  # type: ignore[return-value]  # the names above


def alternatives(pattern: str) -> list[str]:
    """What stands between the ``|`` of a pattern that are in no group."""
    parts, begun = [], 0
    for at, sign, depth in _marks(pattern):
        if sign == "|" and not depth:
            parts.append(pattern[begun:at])
            begun = at + 1
    return [*parts, pattern[begun:]]


def openings(pattern: str) -> tuple[str, ...]:
    """Letters with one of which each match begins, behind what is only looked at; empty where that cannot be told."""
    found: list[str] = []
    for one in alternatives(pattern):
        begun = _opening(one)
        if not begun:
            return ()
        found += begun
    return tuple(dict.fromkeys(found))


def begins(text: str, begun: tuple[str, ...]) -> bool:
    """Whether a text holds one of a pattern's beginnings, as far as they are known."""
    return not begun or any(one in text for one in begun)


def _opening(pattern: str) -> tuple[str, ...]:
    """Of a pattern without a ``|`` outside of its groups."""
    while look := _LOOK.match(pattern):
        pattern = pattern[look.end() :] if look[0] == "\\b" else pattern[_closed(pattern) + 1 :]
    if pattern.startswith("(?:"):
        end = _closed(pattern)
        return () if pattern.startswith(_MAYBE, end + 1) else openings(pattern[3:end])
    written = _WRITTEN.match(pattern)
    if not written:
        return ()
    letters = written[0][:-1] if pattern.startswith(_MAYBE, written.end()) else written[0]
    return (letters,) if letters else ()


def _closed(pattern: str) -> int:
    """Where the group ends with which a pattern begins."""
    return next(at for at, sign, depth in _marks(pattern) if sign == ")" and not depth)


def _marks(pattern: str) -> Iterator[tuple[int, str, int]]:
    """The signs that are no part of an escape or of a set: place, sign, and how many groups are open behind it."""
    depth, at, inside = 0, 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
        else:
            depth += (sign == "(") - (sign == ")")
            yield at, sign, depth
        at += 1
