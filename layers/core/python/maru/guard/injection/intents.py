"""What a sentence asks for, told by the ideas that come together in it, in whatever order it puts them.

Two intents: to be told what the model itself was told, and to have what the model sees sent out. Each needs all of its ideas in one
sentence, and neither is there where the sentence forbids it or asks how such things are made.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from maru.guard.injection import leaks, mentions, thefts

_SENTENCE = re.compile(r"[^\n]{1,400}?(?:[.!?。！？](?=\s|$)|\n|$)")
_HANGUL = re.compile(r"[가-힣]")
_SCORE = 0.85


class Intent(NamedTuple):
    """What a sentence asks for."""

    kind: str
    start: int
    end: int
    score: float


_TESTS: dict[str, tuple[Callable[[str], bool], Mapping[str, tuple[str, ...]]]] = {
    "prompt_theft": (thefts.steals, thefts.HINTS),
    "exfiltration": (leaks.leaks, leaks.HINTS),
}


def found(text: str) -> Iterator[Intent]:
    """The intents of a reading in small letters, sentence by sentence."""
    languages = ("ko", "en") if _HANGUL.search(text) else ("en",)
    asked = [kind for kind, (_, hints) in _TESTS.items() if any(hint in text for one in languages for hint in hints[one])]
    for match in _SENTENCE.finditer(text) if asked else ():
        for kind in asked:
            if _TESTS[kind][0](mentions.unquoted(match[0])):
                yield Intent(kind, match.start(), match.end(), _SCORE)
