"""What is longer than a message, or has a form: documents and JSON values, read window by window, changed where they stand.

Unlike messages they keep what looks like a placeholder: no session gives anything back in them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from maru.guard.check import Place
from maru.guard.decision import Found, decide, replacements
from maru.guard.engine import Guard
from maru.guard.leaves import Leaves, kept, walk
from maru.guard.masking import Vault
from maru.guard.policy import Policy
from maru.guard.size import beyond, most_of

#: Characters that are checked at once, cut at ends of lines, else of words.
_WINDOW = 4_000

#: Start, end, and what stands there instead; in order and without overlaps.
type Change = tuple[int, int, str]


@dataclass(frozen=True)
class Changes:
    """What a policy changes in a text. ``blocked``: it must not go on for what it holds; ``unanswered``: because a check gave no answer.

    ``unchecked`` are checks without which it goes on.
    """

    changes: tuple[Change, ...] = ()
    blocked: bool = False
    unanswered: bool = False
    unchecked: frozenset[str] = frozenset()

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


async def changed(guard: Guard, text: str, place: Place, policy: Policy, vault: Vault, *, remember: bool = False) -> Changes:
    """What the policy changes; decisions are counted and noted. Stops at the first window that is refused.

    The rule of size holds for the whole of it, every other check reads window by window. ``remember`` is for what comes again with
    every request, see :meth:`Guard.found`.
    """
    changes, unchecked, last = list[Change](), set[str](), len(text)
    names = [name for name in policy.active(place) if name != "size"]
    if len(names) < len(policy.active(place)) and len(text) > most_of(policy.options("size")):
        last = most_of(policy.options("size"))
        decision = decide(text, place, policy, Found((beyond(last, last, len(text)),), ()), vault)
        guard.count(decision, place, policy, text)
        if decision.blocked:
            return Changes(blocked=True)
        cut = replacements(text, policy, decision.acted, vault)
        last = cut[0][0] if cut else len(text)
        changes += cut
    for start, end in _windows(text[:last]) if names else ():
        window = text[start:end]
        decision = decide(window, place, policy, await guard.found(window, place, policy, names, remember=remember), vault)
        guard.count(decision, place, policy, window)
        unchecked |= set(decision.unchecked)
        if decision.blocked:
            held = any(one.action == "block" for one in decision.acted)
            return Changes(blocked=held, unanswered=not held)
        changes += [(start + first, start + end_, new) for first, end_, new in replacements(window, policy, decision.acted, vault)]
    return Changes(tuple(sorted(changes)), unchecked=frozenset(unchecked))


@dataclass(frozen=True)
class Let:
    """Whether a JSON value is ``refused``, the ``value`` as it goes on, and the checks without which it does."""

    refused: bool
    value: Any
    unchecked: frozenset[str]


async def let(guard: Guard, value: Any, place: Place, policy: Policy, vault: Vault) -> Let:
    """A JSON value as the policy lets it go on.

    It is read as lines of ``key: value``, so that a key tells what its value is; nothing changes but keys, texts and numbers.
    """
    leaves = Leaves()
    walk(value, lambda leaf, _, key: leaves.add(leaf, ": " if key else "\n"))
    changes = await changed(guard, leaves.text, place, policy, vault)
    if changes.refused or not changes.changes:
        return Let(changes.refused, value, changes.unchecked)
    news = iter(leaves.rewritten(changes.changes))
    return Let(False, walk(value, lambda leaf, *_: kept(leaf, next(news))), changes.unchecked)


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
