"""What a pattern cannot match without, read from its source, so that texts without it are not read for it."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import add

#: Letters all of which stand in a match.
type Clause = tuple[str, ...]

#: What stands for no letter of the match: what is only looked at begins so, and edges.
_LOOK = re.compile(r"\(\?<?[!=]")
_EDGES = re.compile(r"\\[bBAZ]|[\^$]")
_SIGNS = frozenset(".^$*+?{}[]|()\\")
_QUANTITY = re.compile(r"(?:[?*+]|\{\d*,?\d*\})\??")
_MAYBE = ("?", "*", "{0", "{,")
_SET = re.compile(r"\[((?:[^\W_]-[^\W_]|[^\W_])+)\]")
#: Letters of a set, and clauses, beyond which they tell nothing.
_MANY, _MOST = 12, 400


def words(*parts: str) -> re.Pattern[str]:
    """What one of the parts matches; flags stand before the first."""
    return re.compile("|".join(parts))


class Sieve:
    """Which of several patterns can match in a text. They are written in small letters, as the text is, and have no flags."""

    def __init__(self, patterns: Iterable[str]) -> None:
        by: dict[str, list[tuple[Clause, int]]] = {}
        self._untold: list[int] = []
        for at, pattern in enumerate(patterns):
            clauses = held(pattern)
            if not clauses:
                self._untold.append(at)
            for clause in clauses:
                by.setdefault(max(clause, key=len)[:3], []).append((clause, at))
        self._by, self._keys = by, frozenset(by)

    def met(self, text: str) -> list[int]:
        """The places of those patterns, in order; one of which nothing can be told is always among them."""
        found = set(self._untold)
        pairs = list(map(add, text, text[1:]))
        for key in self._keys.intersection(chain(text, pairs, map(add, pairs, text[2:]))):
            found.update([at for clause, at in self._by[key] if at not in found and all(map(text.__contains__, clause))])
        return sorted(found)


def held(pattern: str) -> tuple[Clause, ...]:
    """Clauses of which every match fulfils one; empty where nothing can be told."""
    found: list[Clause] = []
    for one in alternatives(pattern):
        clauses = _held(one)
        if not clauses:
            return ()
        found += clauses
    return tuple(dict.fromkeys(found)) if len(found) <= _MOST else ()


def alternatives(pattern: str) -> list[str]:
    """What stands between the ``|`` of a pattern that are in no group."""
    parts, begun = [], 0
    for at, sign, depth in _marks(pattern):
        if sign == "|" and not depth:
            parts.append(pattern[begun:at])
            begun = at + 1
    return [*parts, pattern[begun:]]


def _held(pattern: str) -> list[Clause]:
    """Of a pattern without a ``|`` outside of its groups: its letters, with the choice that tells most."""
    letters: list[str] = []
    best: tuple[Clause, ...] = ()
    whole = False  # whether the next letter stands right behind the last one
    for part, quantity in _parts(pattern):
        literal = _literal(part)
        if quantity.startswith(_MAYBE):
            whole = False
        elif literal:
            letters[len(letters) - whole :] = [letters[-1] + literal if whole else literal]
            whole = not quantity
        else:
            whole = False
            best = max(best, _choice(part), key=_told)
    own = tuple(dict.fromkeys(letters))
    return [(*own, *clause) for clause in best] or ([own] if own else [])


def _told(clauses: tuple[Clause, ...]) -> int:
    """How much a choice tells: the fewest letters of a clause."""
    return min((sum(map(len, clause)) for clause in clauses), default=0)


def _choice(part: str) -> tuple[Clause, ...]:
    """The clauses of a group or of a set."""
    if part.startswith("(?:"):
        return held(part[3:-1])
    if part.startswith("(") and not part.startswith("(?"):
        return held(part[1:-1])
    found = _SET.fullmatch(part)
    if not found:
        return ()
    letters = [chr(one) for first, last in _ranges(found[1]) for one in range(ord(first), ord(last) + 1)]
    return tuple((one,) for one in letters) if len(letters) <= _MANY else ()


def _ranges(letters: str) -> Iterator[tuple[str, str]]:
    return ((one[0], one[-1]) for one in re.findall(r".-.|.", letters))


def _literal(part: str) -> str:
    """The letter that a part stands for; empty for what stands for several."""
    if len(part) == 1:
        return "" if part in _SIGNS else part
    if part.startswith(r"\u"):
        return part.encode().decode("unicode-escape")
    return part[1] if len(part) == 2 and part[0] == "\\" and not part[1].isalnum() else ""


def _parts(pattern: str) -> Iterator[tuple[str, str]]:
    """The parts of a pattern in their order, each with how often it stands there; what is only looked at is left out."""
    at = 0
    while at < len(pattern):
        end = _end(pattern, at)
        part = pattern[at:end]
        quantity = _QUANTITY.match(pattern, end)
        at = quantity.end() if quantity else end
        if not _LOOK.match(part) and not _EDGES.fullmatch(part):
            yield part, quantity[0] if quantity else ""


def _end(pattern: str, at: int) -> int:
    """Where the part ends that begins at a place."""
    sign = pattern[at]
    if sign == "(":
        return at + 1 + next(place for place, mark, depth in _marks(pattern[at:]) if mark == ")" and not depth)
    if sign == "\\":
        return at + (6 if pattern.startswith(r"\u", at) else 2)
    if sign != "[":
        return at + 1
    end = at + 2 if pattern.startswith(("[^", "[]"), at) else at + 1
    while pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1


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
