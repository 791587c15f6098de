"""What is longer than a message, or has a form: documents and JSON values, read window by window, changed where they stand.

Unlike messages they keep what looks like a placeholder: no session gives anything back in them.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from maru.guard.check import Place
from maru.guard.decision import decide, replacements
from maru.guard.engine import Guard
from maru.guard.masking import Vault
from maru.guard.policy import Policy

#: Characters that are checked at once, cut at ends of lines, else of words.
_WINDOW = 4_000

#: Start, end, and what stands there instead; in order and without overlaps.
type Change = tuple[int, int, str]


@dataclass(frozen=True)
class Changes:
    """What a policy changes in a text. ``blocked``: it must not go on for what it holds; ``unanswered``: because a check gave no answer."""

    changes: tuple[Change, ...] = ()
    blocked: bool = False
    unanswered: bool = False

    @property
    def refused(self) -> bool:
        """Whether the text must not go on."""
        return self.blocked or self.unanswered

    def made(self, text: str) -> str:
        """The text with its changes."""
        pieces: list[str] = []
        at = 0
        for start, end, instead in self.changes:
            pieces += (text[at:start], instead)
            at = end
        return "".join((*pieces, text[at:]))


async def changed(guard: Guard, text: str, place: Place, policy: Policy, vault: Vault) -> Changes:
    """What the policy changes; decisions are counted and noted. Stops at the first window that is refused."""
    changes: list[Change] = []
    names = policy.active(place)
    for start, end in _windows(text) if names else ():
        window = text[start:end]
        decision = decide(window, place, policy, await guard.found(window, place, policy, names), vault)
        guard.count(decision, place, policy, window)
        if decision.blocked:
            held = any(one.action == "block" for one in decision.acted)
            return Changes(blocked=held, unanswered=not held)
        changes += [(start + first, start + last, new) for first, last, new in replacements(window, policy, decision.acted, vault)]
    return Changes(tuple(changes))


async def let(guard: Guard, value: Any, place: Place, policy: Policy, vault: Vault) -> tuple[bool, Any]:
    """Whether the policy refuses a JSON value, and the value as it goes on.

    It is read as lines of ``key: value``, so that a key tells what its value is; nothing changes but keys, texts and numbers.
    """
    leaves = _Leaves()
    _walk(value, leaves.add)
    changes = await changed(guard, leaves.text, place, policy, vault)
    if changes.refused or not changes.changes:
        return changes.refused, value
    news = iter(leaves.rewritten(changes.changes))
    return False, _walk(value, lambda leaf, _: _kept(leaf, next(news)))


class Moved:
    """Where an offset of the old text lies in the new one; one inside something hidden lies behind what stands for it."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._starts = [start for start, _, _ in changes]
        self._changes, self._shifts, shift = changes, [0], 0
        for start, end, instead in changes:
            shift += len(instead) - (end - start)
            self._shifts.append(shift)

    def __call__(self, offset: int) -> int:
        """The new offset."""
        place = bisect_right(self._starts, offset - 1)
        if place and offset < self._changes[place - 1][1]:
            offset = self._changes[place - 1][1]
        return offset + self._shifts[place]


def _windows(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        end = min(len(text), at + _WINDOW)
        if end < len(text):
            cut = max(text.rfind("\n", at + 1, end), 0) or text.rfind(" ", at + 1, end)
            end = cut + 1 if cut > at else end
        yield at, end
        at = end


class _Leaves:
    """Keys, texts and numbers of a value as one text, and where in it each stands."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._at = 0

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, leaf: Any, end: str) -> Any:
        written = _written(leaf)
        self._spans.append((self._at, self._at + len(written)))
        self._pieces += (written, end)
        self._at += len(written) + len(end)
        return leaf

    def rewritten(self, changes: tuple[Change, ...]) -> Iterator[str]:
        """Every leaf's text with the changes that touch it, each as far as it does."""
        text, first = self.text, 0
        for start, end in self._spans:
            pieces: list[str] = []
            at = start
            while first < len(changes) and changes[first][1] <= start:
                first += 1
            for begin, stop, new in changes[first:]:
                if begin >= end:
                    break
                pieces += (text[at : max(begin, at)], new)
                at = min(stop, end)
            yield "".join((*pieces, text[at:end]))


def _walk(value: Any, leaf: Callable[[Any, str], Any]) -> Any:
    """The value made of what ``leaf`` gives for each of its leaves and what stands behind it; keys before their values."""
    if isinstance(value, dict):
        return {leaf(name, ": "): _walk(one, leaf) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(one, leaf) for one in value]
    return value if value is None or isinstance(value, bool) else leaf(value, "\n")


def _written(leaf: Any) -> str:
    return leaf if isinstance(leaf, str) else json.dumps(leaf)


def _kept(leaf: Any, new: str) -> Any:
    return leaf if _written(leaf) == new else new
