"""The text of an answer while it is written: what the model gives, with its citations decided."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from maru.agents.events import Event
from maru.agents.evidence import Row
from maru.knowledge.cite import Citation, CitationStream, Source, Text
from maru.knowledge.cite.stream import Event as Written
from maru.knowledge.passages import Passage


class Writing:
    """Turns a model's chunks into events; :attr:`text` and :attr:`references` are exactly what the events gave.

    Where nothing can be cited the model's text goes through untouched: there is nothing that a marker could mean.
    """

    def __init__(self, passages: Sequence[Passage], *, question: str, cites: bool) -> None:
        self._citing = CitationStream([_source(passage) for passage in passages], question=question) if cites else None
        self._plain: list[str] = []

    @property
    def text(self) -> str:
        """The final text so far."""
        return self._citing.text if self._citing else "".join(self._plain)

    @property
    def references(self) -> tuple[dict[str, Any], ...]:
        """The references so far, as callers get them."""
        return tuple(reference.public() for reference in self._citing.references) if self._citing else ()

    def extend(self, row: Row) -> int:
        """Take a row that a tool gave; gives the number by which the model cites it."""
        assert self._citing  # noqa: S101 - a toolbox that gives rows says so
        return self._citing.extend(replace(_source(row.passage), whole=True, others=row.others))

    def take(self, chunk: dict[str, Any]) -> Iterator[Event]:
        """Events of one `chat.completion.chunk`."""
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            told = delta.get("content") or delta.get("refusal") or ""
            if told:
                yield from self.say(told)

    def say(self, told: str) -> Iterator[Event]:
        """Events of a piece of the model's text."""
        if self._citing:
            yield from map(_event, self._citing.feed(told))
        else:
            self._plain.append(told)
            yield Event("response.delta", {"delta": told})

    def finish(self) -> Iterator[Event]:
        """Events of what was held back."""
        if self._citing:
            yield from map(_event, self._citing.finish())


def _event(written: Written) -> Event:
    match written:
        case Text(delta):
            return Event("response.delta", {"delta": delta})
        case Citation(reference):
            return Event("citation", {"reference": reference.public()})


def _source(passage: Passage) -> Source:
    return Source(
        file_id=passage.file_id,
        version=passage.version,
        chunk_id=passage.chunk_id,
        source=passage.source,
        text=passage.text,
        file_start=passage.file_start,
        score=passage.score,
        page=passage.page,
        pages=tuple((page.number, page.start, page.end) for page in passage.pages),
    )
