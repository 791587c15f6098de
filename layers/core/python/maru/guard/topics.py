"""Topics that an organisation keeps out: words of the policy, read without disguises.

``options: {topics: {name: [words and phrases]}}``; a word of Latin letters stands for itself alone, Hangul also before particles.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding


class Topics:
    """A finding for each word of a topic, its label the topic's name."""

    name = "topics"
    unit: Unit = "span"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Words that the policy names."""
        topics: Mapping[str, Sequence[str]] = subject.options.get("topics", {})
        for topic, words in topics.items():
            for match in _pattern(tuple(words)).finditer(subject.read.text):
                yield Finding("topics", topic, *subject.read.original(*match.span()), 1.0, "word of the policy")


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(_spelled(word) for word in sorted(words, key=len, reverse=True) if word.strip())
    return re.compile(alternatives or r"(?!)", re.IGNORECASE)


def _spelled(word: str) -> str:
    """A phrase with any blanks between its words."""
    pattern = r"\s+".join(re.escape(part) for part in word.split())
    return rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])" if word.isascii() else pattern


CHECK = Topics()
