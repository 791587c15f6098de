"""Which letters a pattern cannot do without, so that a text that has none of them is not read for it."""

import re
from typing import Literal

#: Letters of which each match holds at least one; ``None`` where it may have none of either.
type Script = Literal["latin", "hangul"] | None

_PRESENT = (("latin", re.compile(r"[a-z]")), ("hangul", re.compile(r"[ㄱ-ㅣ가-힣]")))
#: What of a pattern's source stands for no letter: escapes, names and kinds of groups, sets of what must not be.
_NO_LETTERS = re.compile(r"\\u[0-9a-f]{4}|\\.|\[\^(?:\\.|[^\]\\])*\]|\(\?(?:P<\w+>|<?[:=!])|\(\?[a-z]+:|\{\d*,?\d*\}")


def of(text: str) -> frozenset[Script]:
    """The scripts of a text in small letters, and None, which every text has."""
    return frozenset((None, *(name for name, letter in _PRESENT if letter.search(text))))  # type: ignore[arg-type]  # the names above


def needed(pattern: str) -> Script:
    """The script of all letters in a pattern of phrases in small letters; None where it has both or none."""
    found = [name for name, letter in _PRESENT if letter.search(_NO_LETTERS.sub("", pattern))]
    return found[0] if len(found) == 1 else None  # type: ignore[return-value]  # the names above


def alternatives(pattern: str) -> list[str]:
    """What stands between the ``|`` of a pattern that are in no group."""
    parts, depth, at, begun = [], 0, 0, 0
    inside = False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            parts.append(pattern[begun:at])
            begun = at + 1
        at += 1
    return [*parts, pattern[begun:]]
