"""Markers in a model's text as it streams: held back until decided, kept with a verified reference or removed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maru.knowledge.cite.facts import facts
from maru.knowledge.cite.passage import layout
from maru.knowledge.cite.quote import Quote, quotes
from maru.knowledge.cite.reference import Reference, References, Source
from maru.knowledge.cite.rivals import says_another
from maru.knowledge.cite.verify import repeats, supports
from maru.knowledge.cite.words import normalise
from maru.knowledge.sentences import sentences


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the final text."""

    delta: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference that the text before has just named for the first time."""

    reference: Reference


type Event = Text | Citation

_CANDIDATES = 3  # spans that are tried before a marker is given up
_WHOLE = 1200  # code points of a source that is quoted whole
_LOOK_BACK = 1200  # code points of text in which the sentence before a marker is sought

# Blanks are held back with the bracket that may follow them: they leave with a removed marker.
_SPECIAL = re.compile(r"[ \t]*\[|`+|[ \t]+$")
_MARKER = re.compile(r"(?P<blank>[ \t]*)\[[ \t]?(?P<numbers>\d{1,3}(?:[ \t]?[,;][ \t]?\d{1,3}){0,9})[ \t]?\]")
_BEGINNING = re.compile(r"[ \t]*\[[ \t]?(?:\d{1,3}[ \t]?[,;][ \t]?){0,9}(?:\d{1,3}[ \t]?)?")
_FENCE = re.compile(r"`{3,}")


class CitationStream:
    """Turns pieces of a model's text into the final text and its references, whatever the pieces' borders.

    The model cites passage n of `sources` by `[n]`, `[n][m]` or `[n, m]`. `question` helps to choose between equal quotes.
    Feed pieces with :meth:`feed`, end with :meth:`finish`; :attr:`text` and :attr:`references` are what the events gave in all.
    Markers inside fenced code stay as they are.
    """

    def __init__(self, sources: Sequence[Source], *, question: str = "") -> None:
        self._references = References(tuple(sources))
        self._question = question
        self._held = ""
        self._in_code = False
        self._said = ""  # the text without markers
        self._cited_to = 0  # where in it the last marker stood
        self._claim = ""
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """The final text so far."""
        return "".join(self._pieces)

    @property
    def references(self) -> list[Reference]:
        """The references so far, by index."""
        return list(self._references)

    def extend(self, source: Source) -> int:
        """Take a passage that is found while the answer is written; gives the number by which the model cites it."""
        return self._references.extend(source)

    def feed(self, delta: str) -> list[Event]:
        """Take the next piece; gives what is decided by now."""
        self._held += delta
        return list(self._merged(self._decide(final=False)))

    def finish(self) -> list[Event]:
        """The model's text is over: gives what was held back."""
        return list(self._merged(self._decide(final=True)))

    def _merged(self, events: Iterator[Event]) -> Iterator[Event]:
        waiting = ""
        for event in events:
            if isinstance(event, Text):
                waiting += event.delta
                self._pieces.append(event.delta)
                continue
            if waiting:
                yield Text(waiting)
                waiting = ""
            yield event
        if waiting:
            yield Text(waiting)

    def _decide(self, *, final: bool) -> Iterator[Event]:
        """Consume what is held back as far as nothing that may follow can change it."""
        text, at = self._held, 0
        while match := _SPECIAL.search(text, at):
            yield from self._say(text[at : match.start()])
            at = match.start()
            marker = None if self._in_code else _MARKER.match(text, at)
            if marker:
                yield from self._cite(marker)
                at = marker.end()
            elif not final and self._undecided(text, match):
                break
            else:
                yield from self._say(match.group())
                self._in_code ^= _FENCE.fullmatch(match.group()) is not None
                at = match.end()
        else:
            yield from self._say(text[at:])
            at = len(text)
        self._held = text[at:]

    def _undecided(self, text: str, match: re.Match[str]) -> bool:
        if match.end() == len(text):
            return True
        return not self._in_code and "[" in match.group() and _BEGINNING.fullmatch(text, match.start()) is not None

    def _say(self, text: str) -> Iterator[Event]:
        if text:
            self._said += text
            yield Text(text)

    def _cite(self, marker: re.Match[str]) -> Iterator[Event]:
        claim = self._claim_before()
        kept: dict[int, Reference] = {}
        new: list[Reference] = []
        for number in map(int, re.findall(r"\d+", marker["numbers"])):
            quote = self._quote(claim, number)
            if quote:
                reference, first = self._references.add(number, quote)
                kept[reference.index] = reference
                new += [reference] if first else []
        if kept:
            yield Text(marker["blank"] + "".join(f"[{index}]" for index in kept))
        yield from map(Citation, new)

    def _quote(self, claim: str, number: int) -> Quote | None:
        source = self._references.source(number)
        if source is None or not claim or says_another(claim, source.text, source.others):
            return None
        for quote in self._spans(claim, source):
            text = source.text[quote.start : quote.end]
            if supports(claim, text):
                return quote
            if repeats(claim, text):
                break
        return None

    def _spans(self, claim: str, source: Source) -> list[Quote]:
        if source.whole and len(source.text) <= _WHOLE:
            return [Quote(0, len(source.text), 1.0)]
        return quotes(claim, source.text, context=self._question, most=_CANDIDATES)

    def _claim_before(self) -> str:
        """The sentence before the marker; after an earlier marker in it only the rest, if that says something of its own."""
        since = self._said[self._cited_to :]
        if self._claim and not re.search(r"\w", since):
            return self._claim
        start = max(0, len(self._said) - _LOOK_BACK)
        spans = sentences(self._said[start:])
        if not spans:
            return ""
        begin, end = start + spans[-1].start, start + spans[-1].end
        rest = self._said[max(begin, self._cited_to) : end]
        self._claim = rest if _says_something(rest) else self._said[begin:end]
        self._cited_to = len(self._said)
        return self._claim


def _says_something(text: str) -> bool:
    """Whether a part of a sentence can be looked for by itself."""
    plain = normalise(text)
    told = len(layout(plain).whole.content) + len(facts(plain).quantities) + len(facts(plain).dates)
    return told >= 2
