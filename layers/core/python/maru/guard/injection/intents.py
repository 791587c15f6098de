"""What a sentence asks for, told by the ideas that come together in it, in whatever order it puts them.

Three intents: to be told what the model itself was told, to have what the model sees sent out, and, in documents, to steer what is
answered about them. Each needs all of its ideas in one
sentence, and neither is there where the sentence forbids it or asks how such things are made.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from maru.guard.injection import leaks, mentions, steering, thefts

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
    "addressed": (steering.steers, steering.HINTS),
}
#: What only documents have no business to say: whoever writes a prompt steers the answer, and may.
_OF_DOCUMENTS = frozenset({"addressed"})


def found(text: str, *, document: bool = False) -> Iterator[Intent]:
    """The intents of a reading in small letters, sentence by sentence; ``document`` tells that nobody wrote it as a prompt."""
    languages = ("ko", "en") if _HANGUL.search(text) else ("en",)
    kinds = [kind for kind in _TESTS if document or kind not in _OF_DOCUMENTS]
    asked = [kind for kind in kinds if any(hint in text for one in languages for hint in _TESTS[kind][1][one])]
    for match in _SENTENCE.finditer(text) if asked else ():
        for kind in asked:
            if _TESTS[kind][0](mentions.unquoted(match[0])):
                yield Intent(kind, match.start(), match.end(), _SCORE)
