"""A recogniser of one kind of identifier: a pattern, a test of what it matched, and the words that make it sure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from maru.guard.finding import Finding
from maru.guard.normalise import Normalised

_CONTEXT_CHARACTERS = 40
_HANGUL = re.compile(r"[가-힣]")
#: Digits with up to eight other characters between two of them.
_DIGITS = re.compile(r"\d(?:\D{0,8}?\d)*")

type Test = Callable[[str], float]


def always(score: float) -> Test:
    """The same score for whatever the pattern matched."""
    return lambda _: score


@dataclass(frozen=True)
class Recogniser:
    """``test`` gives the score of a match, 0 to pass it over; ``context`` raises it where one of its words stands nearby.

    Where ``needs_context``, a match without such a word is passed over. A group named ``value`` narrows the finding to itself.
    ``digits`` are the fewest of a match, no more than eight other characters between two of them, and ``signs`` characters that
    every match has, as it has Hangul where ``hangul``, and ``hint`` is found in its text written small: others are not read for it.
    """

    check: str
    label: str
    rule: str
    pattern: re.Pattern[str]
    test: Test
    context: re.Pattern[str] | None = None
    raised: float = 0.0
    needs_context: bool = False
    digits: int = 0
    signs: str = ""
    hangul: bool = False
    hint: re.Pattern[str] | None = None

    def possible(self, text: str, *, small: str, digits: int, hangul: bool) -> bool:
        """Whether a text may hold a match; ``digits`` is what :func:`most_digits` says of it, ``hangul`` whether it has any."""
        if digits < self.digits or (self.hangul and not hangul) or not all(map(text.__contains__, self.signs)):
            return False
        return self.hint is None or bool(self.hint.search(small))

    def find(self, text: Normalised) -> Iterator[Finding]:
        """All findings in the text, with the original's offsets."""
        group = "value" if "value" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text.text):
            start, end = match.span(group)
            score = self._score(text.text, match[group], start, end)
            if score > 0:
                yield Finding(self.check, self.label, *text.original(start, end), score, self.rule)

    def _score(self, text: str, value: str, start: int, end: int) -> float:
        score = self.test(value)
        if score <= 0 or self.context is None:
            return score
        nearby = text[max(0, start - _CONTEXT_CHARACTERS) : start] + "\n" + text[end : end + _CONTEXT_CHARACTERS // 2]
        if self.context.search(nearby):
            return max(score, self.raised)
        return 0.0 if self.needs_context else score


def found_by(recognisers: Iterable[Recogniser], read: Normalised) -> list[Finding]:
    """What these recognisers find, those passed over whose match the text cannot hold."""
    digits, hangul, small = most_digits(read.text), bool(_HANGUL.search(read.text)), read.text.lower()
    asked = (one for one in recognisers if one.possible(read.text, small=small, digits=digits, hangul=hangul))
    return [finding for one in asked for finding in one.find(read)]


def most_digits(text: str) -> int:
    """The most digits that stand close enough to each other to be one identifier's."""
    return max((len(digits_of(match[0])) for match in _DIGITS.finditer(text)), default=0)


def digits_of(value: str) -> str:
    """The digits of a value, separators left out."""
    return "".join(character for character in value if character.isdigit())
