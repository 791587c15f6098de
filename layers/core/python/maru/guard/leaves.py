"""Keys, texts and numbers of a JSON value: read as one text, and written back with what changed in it."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

#: The keys that lead to a leaf.
type Where = tuple[str, ...]


def walk(value: Any, leaf: Callable[[Any, Where, bool], Any], where: Where = ()) -> Any:
    """The value made of what ``leaf`` gives for each of its leaves, where it stands and whether it is a key; keys before their values."""
    if isinstance(value, dict):
        return {leaf(name, where, True): walk(one, leaf, (*where, name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [walk(one, leaf, where) for one in value]
    return value if value is None or isinstance(value, bool) else leaf(value, where, False)


def written(leaf: Any) -> str:
    """A leaf as it is read."""
    return leaf if isinstance(leaf, str) else json.dumps(leaf)


def kept(leaf: Any, new: str) -> Any:
    """The leaf itself where it reads as before, else what it reads as now."""
    return leaf if written(leaf) == new else new


class Leaves:
    """Leaves as one text, and where in it each stands."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._at = 0

    @property
    def text(self) -> str:
        """All of them."""
        return "".join(self._pieces)

    def add(self, leaf: Any, end: str) -> Any:
        """Take a leaf, and what stands behind it; gives the leaf."""
        told = written(leaf)
        self._spans.append((self._at, self._at + len(told)))
        self._pieces += (told, end)
        self._at += len(told) + len(end)
        return leaf

    def rewritten(self, changes: Sequence[tuple[int, int, str]]) -> Iterator[str]:
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
