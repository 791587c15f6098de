"""A tagger of names, places, organisations and dates in text of Latin letters: an averaged perceptron, read greedily from the left.

The method is that of Collins (2002) with the features of Ratinov and Roth (2009): words, their forms, lists of names and places, what
stands around them, and what was decided before. Common words that are written small are passed over: they cost nothing.
"""

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

TAGS = ("O", "NAME", "LOCATION", "ORGANIZATION", "DATE_TIME", "TITLE", "PHONE")
#: Lists that a word may stand in, one bit each: places by themselves (`CITY` where many live there) and as a part of a longer name.
FIRST, LAST, PLACE, COUNTRY, STREET, COMPANY, JOB, COMMON, CITY, PLACE_PART, COUNTRY_PART = (1 << bit for bit in range(11))
_TOKEN = re.compile(r"[^\W\d_]+(?:['’](?=[A-ZÀ-Þ])[^\W\d_]+)*|\d+|\n|[^\w\s]")
#: Of what is measured in the lists: a text without any capital letter is read as if all of it might be names.
CAPITALS = "".join(letter for letter in map(chr, range(0x41, 0x530)) if letter.isupper())
_CAPITAL = re.compile(f"[{CAPITALS}]")
_DAYS = frozenset(
    {
        *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "january", "february", "march"),
        *("april", "june", "july", "august", "september", "october", "november", "december", "monday", "tuesday", "wednesday"),
        *("thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun"),
    }
)
#: Words written small within names.
_JOINING = frozenset(
    {
        *("of", "and", "the", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "les", "el", "van", "von"),
        *("der", "den", "ter", "ten", "zu", "zum", "bin", "ibn", "al", "nad", "i", "y", "e", "o'"),
    }
)
_LAST_LATIN = "\u052f"  # Greek and Cyrillic names are met beside Latin ones
WEIGHTS = Path(__file__).with_name("tagger.weights")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, sign or line break with its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens of one tag: their kind, their place, and by how much the surest of them was ahead."""

    kind: str
    start: int
    end: int
    margin: int


@dataclass(frozen=True)
class Tagger:
    """``keys`` are sorted hashes of features, ``rows`` their weights (one signed byte a tag); ``words`` and ``flags`` are the lists."""

    keys: array[int]
    rows: bytes
    words: array[int]
    flags: array[int]
    lean: int

    def listed(self, word: str) -> int:
        """The lists in which a word stands; they have Latin letters, and Greek and Cyrillic ones."""
        if word[0] > _LAST_LATIN:
            return 0
        key = crc32(word.encode("utf-8", "replace"))
        at = bisect_left(self.words, key)
        return self.flags[at] if at < len(self.words) and self.words[at] == key else 0

    def tags(self, tokens: Sequence[Token], *, small: bool) -> list[tuple[int, int]]:
        """A tag and its margin for each token."""
        read = Reading(tokens, self.listed, small=small)
        found: list[tuple[int, int]] = []
        before, before2 = 0, 0
        for at in range(len(tokens)):
            tag, margin = (0, 0) if read.plain(at, before) else self._best(read.features(at, before, before2))
            found.append((tag, margin))
            before, before2 = tag, before
        return found

    def _best(self, features: Sequence[int]) -> tuple[int, int]:
        keys, rows, count, many = self.keys, self.rows, len(self.keys), len(TAGS)
        scores = [0] * many
        scores[0] = self.lean
        for key in features:
            at = bisect_left(keys, key)
            if at < count and keys[at] == key:
                for tag, weight in _row(rows[at * many : at * many + many]):
                    scores[tag] += weight
        best = max(range(many), key=scores.__getitem__)
        return best, scores[best] - max(score for tag, score in enumerate(scores) if tag != best)


@lru_cache(maxsize=4096)
def _row(weights: bytes) -> tuple[tuple[int, int], ...]:
    """The weights of a feature that are not zero, by tag."""
    return tuple((tag, weight) for tag, weight in enumerate(array("b", weights)) if weight)


class Reading:
    """A text's tokens with what features are made of; ``small`` says that it has no capital letters to go by."""

    def __init__(self, tokens: Sequence[Token], listed: Callable[[str], int], *, small: bool) -> None:
        self.words = [token.text.lower() for token in tokens]
        self.tokens, self.small = tokens, small
        self.lists = [listed(word) for word in self.words]
        self.shapes = [shape(token.text) for token in tokens]

    def plain(self, at: int, before: int) -> bool:
        """Whether a token is passed over: a common word written small, or one that joins where nothing has begun."""
        kind = self.shapes[at]
        if kind == "x":
            lists = self.lists[at]
            if self.words[at][0] > _LAST_LATIN:
                return True
            if not self.small:
                return (self.words[at] not in _JOINING or not before) and not lists & STREET
            return bool(lists & COMMON) and not lists & (FIRST | LAST | PLACE | COUNTRY | COUNTRY_PART)
        return kind == self.words[at] and (kind not in ",.-/()&:#+'\n" or not (before or kind in "(+"))

    def features(self, at: int, before: int, before2: int) -> list[int]:
        """The hashed features of a token."""
        words, shapes, lists = self.words, self.shapes, self.lists
        last = len(words) - 1
        word, kind, flags = words[at], shapes[at], lists[at]
        p1, s1, l1 = (words[at - 1], shapes[at - 1], lists[at - 1]) if at else ("^", "^", 0)
        p2 = words[at - 2] if at > 1 else "^"
        n1, t1, m1 = (words[at + 1], shapes[at + 1], lists[at + 1]) if at < last else ("$", "$", 0)
        n2, t2 = (words[at + 2], shapes[at + 2]) if at < last - 1 else ("$", "$")
        small = "s" if self.small else ""
        said = (
            f"w{word}", f"e{word[-3:]}", f"b{word[:3]}", f"k{kind}{small}", f"g{flags}{kind}", f"p{p1}", f"n{n1}", f"q{p2} {p1}",
            f"m{n1} {n2}", f"t{before}", f"u{before}{before2}", f"v{before}{kind}{flags}", f"x{s1}{kind}{t1}", f"y{before}{p1}",
            f"z{l1},{flags},{m1}", f"h{kind}{t1}{t2}", f"i{p1}{kind}{flags}", f"j{flags}{n1}", f"d{before}{word}", f"a{before}{t1}{m1}",
        )  # fmt: skip
        return [crc32(one.encode("utf-8", "replace")) for one in said]


@lru_cache(maxsize=8192)
def shape(text: str) -> str:
    """The form of a token: x, Xx, XX, X, xX, months, digits by their count; signs are themselves."""
    if text.isdigit():
        return f"d{min(len(text), 6)}"
    if not text[0].isalpha():
        return text
    if text.lower() in _DAYS:
        return "month" if text[0].isupper() else "month_"
    if text.islower() or not _CAPITAL.search(text):
        return "x"
    if text.isupper():
        return "X" if len(text) == 1 else "XX"
    return "Xx" if text[0].isupper() else "xX"


def small(text: str) -> bool:
    """Whether a text has no capital letter to go by."""
    return not _CAPITAL.search(text)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text."""
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]


@cache
def load(path: str | Path = WEIGHTS) -> Tagger:
    """The tagger of a file: a line of JSON, then hashes and weights, then lists."""
    head, _, body = Path(path).read_bytes().partition(b"\n")
    said = json.loads(head)
    keys, rows = said["features"], said["features"] * len(TAGS)
    at = 0
    parts = []
    for size in (4 * keys, rows, 4 * said["words"], 2 * said["words"]):
        parts.append(body[at : at + size])
        at += size
    return Tagger(array("I", parts[0]), parts[1], array("I", parts[2]), array("H", parts[3]), said["lean"])


def runs(text: str, *, cased: bool = False) -> list[Run]:
    """The runs of one tag in a text, in order; ``cased`` says that names are surely written large."""
    tokens = tokens_of(text)
    tagged = load().tags(tokens, small=not cased and small(text))
    found: list[Run] = []
    at = 0
    while at < len(tokens):
        last, tag = at + 1, tagged[at][0]
        while last < len(tokens) and tagged[last][0] == tag:
            last += 1
        if tag and (run := _trimmed(tokens[at:last], TAGS[tag], max(margin for _, margin in tagged[at:last]))):
            found.append(run)
        at = last
    return found


def _trimmed(tokens: Sequence[Token], kind: str, margin: int) -> Run | None:
    """The run without signs and joining words at its ends."""
    first, last = 0, len(tokens)
    while first < last and not tokens[first].text[0].isalnum() and tokens[first].text not in "(+":
        first += 1
    while last > first and (not tokens[last - 1].text[0].isalnum() or tokens[last - 1].text in _JOINING):
        last -= 1
    return Run(kind, tokens[first].start, tokens[last - 1].end, margin) if first < last else None
