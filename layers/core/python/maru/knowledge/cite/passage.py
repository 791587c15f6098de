"""A text laid out for comparison: its sentences, their clauses, and what words each of them holds."""

import re
from collections.abc import Iterator
from functools import lru_cache

from maru.knowledge.cite.words import Word, content, coverage, weights, words
from maru.knowledge.sentences import sentences


class Clause:
    """A stretch of normalised text with its words; compared by how much of another's weight it covers."""

    def __init__(self, text: str, start: int, end: int, found: list[Word], topic: Word | None = None) -> None:
        self.text, self.start, self.end = text, start, end
        self.words = [word for word in found if start <= word.start < end]
        self.content = content(self.words)
        self.stems = frozenset(word.stem for word in self.words)
        self.own = weights(self.content)
        # What a sentence speaks of is named in its first clause and mostly holds for those that follow.
        self.weights = weights([*self.content, topic]) if topic else self.own

    def holds(self, at: int) -> bool:
        """Whether the place `at` of the text lies in this clause."""
        return self.start <= at < self.end

    def covers(self, other: "Clause") -> float:
        """How much of the other clause's weight this one holds, 0 to 1."""
        return coverage(other.weights, self.weights)


class Layout:
    """One normalised text with its words, sentences and clauses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)
        self.whole = Clause(text, 0, len(text), self.words)
        borders = [(span.start, span.end) for span in sentences(text)] or [(0, len(text))]
        self.sentences = [Clause(text, start, end, self.words) for start, end in borders]
        self.clauses = [
            Clause(text, *span, self.words, next(iter(sentence.content), None))
            for sentence in self.sentences
            for span in clause_spans(text, sentence.start, sentence.end)
        ]

    def clause_at(self, at: int) -> Clause:
        """The clause that holds a place, or the nearest before it."""
        return next((clause for clause in reversed(self.clauses) if clause.start <= at), self.clauses[0])


@lru_cache(maxsize=512)
def layout(text: str) -> Layout:
    """The layout of normalised text."""
    return Layout(text)


_BORDER = re.compile(
    r"[;；]\s*|(?<!\d),\s*|,(?!\d)\s*|:\s+|\s[-—]\s|\s\(|\)\s?"
    r"|(?<=[가-힣]며)\s+|(?<=[^사재보광창최경권신참장금]고)\s+|(?<=지만|으나|하나|는데|은데|하면|으면|되면|하되|으되)\s+"
    r"|\s+(?=(?:but|while|whereas|although|though|unless|except|which|who|because|however|whilst|provided)\b)"
    r"|\s+and\s+(?=(?:the|a|an|it|they|he|she|is|are|was|were|may|must|can|cannot|will|shall|has|have|had|not|no|does|do|team|part|full)\b)"
)
# Python's lookbehind takes one width only, so endings of other lengths are listed by their last two syllables.


def clause_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Clauses of a sentence: cut at commas, semicolons, parentheses and connectives."""
    at = start
    for match in _BORDER.finditer(text, start, end):
        if match.end() > at and _WORDS.search(text, at, match.start()):
            yield at, match.end()
            at = match.end()
    if at < end:
        yield at, end


_WORDS = re.compile(r"[^\W\d_]{2}|\d")
