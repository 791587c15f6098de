"""Linear models on hashed n-grams of words, small enough to be read with the standard library alone.

A file is one line of JSON (what the model is, its licence and scales) and one signed byte per weight, model after model; behind the
weights of those that tell rare n-grams from frequent ones stands one byte per n-gram.
"""

import json
import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, pairwise
from operator import and_, itemgetter
from pathlib import Path
from zlib import crc32

#: Text of a word beyond this says nothing more about it.
_WORD = 32
#: Words of a text that are read; a longer text is given in parts by whoever asks.
_MOST_WORDS = 400
#: The last character that UTF-16 writes as one unit.
_LAST_OF_ONE = "\uffff"
_BLANK = " ".encode("utf-16-le")
#: Where the checksum of a whole word begins.
_WHOLE = crc32(b"=")


@dataclass(frozen=True)
class Linear:
    """``weights`` are bytes times ``scale``; ``named`` are weights of features that are no n-grams, by name.

    ``squares`` are what each n-gram adds to the square of a text's length, bytes times ``rarity``: rare ones count more
    (inverse document frequency, Sparck Jones 1972, which ``weights`` hold too). Without them each adds one.
    ``slope`` and ``shift`` turn a margin into a probability (Platt's scaling, fitted on folds that the weights never saw).
    """

    bits: int
    low: int
    high: int
    scale: float
    bias: float
    slope: float
    shift: float
    named: Mapping[str, float]
    weights: array[int]
    rarity: float = 1.0
    squares: array[int] | None = None

    def length(self, grams: Sequence[int]) -> float:
        """How long a text is in the space of its n-grams."""
        return math.sqrt(len(grams) if self.squares is None else self.rarity * _sum(self.squares, grams))

    def margin(self, grams: Sequence[int], named: Mapping[str, float] | None = None, *, length: float | None = None) -> float:
        """The side of the plane on which the features lie; the n-grams count together as one of length one."""
        total = self.bias
        if grams:
            total += self.scale * _sum(self.weights, grams) / (length or self.length(grams))
        for name, value in (named or {}).items():
            total += self.named.get(name, 0.0) * value
        return total

    def probability(self, text: str, named: Mapping[str, float] | None = None) -> float:
        """How likely the text is of the kind that the model tells, in [0, 1]."""
        return self.chance(grams(text, self.low, self.high, self.bits), named)

    def chance(self, grams: Sequence[int], named: Mapping[str, float] | None = None, *, length: float | None = None) -> float:
        """The same for n-grams that several models share, and their ``length`` where their squares are the same."""
        margin = self.slope * self.margin(grams, named, length=length) + self.shift
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))


def grams(text: str, low: int, high: int, bits: int) -> list[int]:
    """The distinct hashed features of a text in small letters: words, pairs of words, and n-grams of characters within words.

    Sizes are of UTF-16's units, from 3 to 5, or from 1 or 2 on; a blank before and behind a word counts as a part of it.
    """
    words = [word[:_WORD] for word in text.split()[:_MOST_WORDS]]
    if not words:
        return []
    masked = ((1 << bits) - 1).__and__
    units = _units(f" {' '.join(words)} ")
    inner = list(map(_BLANK.__ne__, units))
    # What begins at each place, one unit longer each time: a checksum goes on from that of what stands before.
    sums, within = list(map(crc32, units)), [True] * len(units)
    found = set(map(masked, sums)) if low <= 1 else set()
    for length in range(2, high + 1):
        sums = list(map(crc32, units[length - 1 :], sums))
        within = list(map(and_, within, inner[length - 2 :])) if length > 2 else within  # no blank but at the ends
        if length >= low:
            found.update(map(masked, compress(sums, within)))
    found.update([masked(crc32(f" {word} ".encode("utf-16-le", "replace"), _WHOLE)) for word in words])
    found.update([masked(crc32(f"{first} {second}".encode("utf-8", "replace"))) for first, second in pairwise(words)])
    return list(found)


class _Units(dict[str, bytes]):
    """Characters of one unit each as UTF-16 has them; what it has no unit for is a question mark."""

    def __missing__(self, character: str) -> bytes:
        found = self[character] = character.encode("utf-16-le", "replace")
        return found


_UNITS = _Units()


def _units(text: str) -> list[bytes]:
    if max(text) <= _LAST_OF_ONE:
        return list(map(_UNITS.__getitem__, text))
    encoded = text.encode("utf-16-le", "replace")
    return [encoded[at : at + 2] for at in range(0, len(encoded), 2)]


def _sum(values: Sequence[int], places: Sequence[int]) -> int:
    """Of the values that stand in these places."""
    return sum(itemgetter(*places)(values)) if len(places) > 1 else sum(map(values.__getitem__, places))


@cache
def load(path: str | Path) -> dict[str, Linear]:
    """The models of a file by name."""
    head, _, body = Path(path).read_bytes().partition(b"\n")
    found: dict[str, Linear] = {}
    at = 0
    for name, said in json.loads(head)["models"].items():
        size = 1 << said["bits"]
        squares = array("B", body[at + size : at + 2 * size]) if "rarity" in said else None
        found[name] = Linear(**said, weights=array("b", body[at : at + size]), squares=squares)
        at += size if squares is None else 2 * size
    return found
