"""Linear models on hashed n-grams of words, small enough to be read with the standard library alone.

A file is one line of JSON (what the model is, its licence and scales) and one signed byte per weight, model after model; behind the
weights of those that tell rare n-grams from frequent ones stands one byte per n-gram.
"""

import itertools
import json
import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

#: Text of a word beyond this says nothing more about it.
_WORD = 32
#: Words of a text that are read; a longer text is given in parts by whoever asks.
_MOST_WORDS = 400


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
        return math.sqrt(len(grams) if self.squares is None else self.rarity * sum(map(self.squares.__getitem__, grams)))

    def margin(self, grams: Sequence[int], named: Mapping[str, float] | None = None, *, length: float | None = None) -> float:
        """The side of the plane on which the features lie; the n-grams count together as one of length one."""
        weights, total = self.weights, self.bias
        if grams:
            total += self.scale * sum(map(weights.__getitem__, grams)) / (length or self.length(grams))
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
    """The distinct hashed features of a text in small letters: words, pairs of words, and n-grams of characters within words."""
    words = text.split()[:_MOST_WORDS]
    mask = (1 << bits) - 1
    found: set[int] = set()
    for word in words:
        found.update(_of_word(word[:_WORD], low, high, mask))
    for first, second in itertools.pairwise(words):
        found.add(crc32(f"{first[:_WORD]} {second[:_WORD]}".encode("utf-8", "replace")) & mask)
    return list(found)


@lru_cache(maxsize=8192)
def _of_word(word: str, low: int, high: int, mask: int) -> tuple[int, ...]:
    padded = f" {word} ".encode("utf-16-le", "replace")
    size = len(padded)
    found = {crc32(b"=" + padded) & mask}
    for length in range(2 * low, 2 * high + 1, 2):
        found.update([crc32(padded[at : at + length]) & mask for at in range(0, size - length + 1, 2)])
    return tuple(found)


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
