"""References: what an answer shows of the passages it stands on."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from maru.knowledge.cite.quote import Quote


class Reference(BaseModel):
    """One verified citation. All offsets are code points, end exclusive.

    `content[start:end] == quote`, and `rendering[file_start:file_end] == quote` in the rendering of that version of the file.
    `page` is 1-based, where the quote starts, None without pages. `score` is the passage's score in the search.
    `masked` marks a quote that a guard altered; its offsets stay those of the original.
    """

    model_config = ConfigDict(frozen=True)

    index: int
    file_id: str
    version: int
    chunk_id: str
    source: str
    page: int | None
    content: str
    quote: str
    start: int
    end: int
    file_start: int
    file_end: int
    score: float
    masked: bool | None = None

    def public(self) -> dict[str, object]:
        """The reference as callers get it; `masked` only where it is true."""
        return self.model_dump(exclude_none=True) | {"page": self.page}


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as it is cited: its text and where it stands in its file.

    `pages` are the pages that it touches as `(number, start, end)` within the text, `page` the one where it starts. A `whole` one, such
    as a row of a table, is quoted whole; `others` are values that its neighbours have in the place of its own.
    """

    file_id: str
    version: int
    chunk_id: str
    source: str
    text: str
    file_start: int
    score: float
    page: int | None = None
    pages: tuple[tuple[int, int, int], ...] = ()
    whole: bool = False
    others: frozenset[str] = frozenset()

    def page_at(self, offset: int) -> int | None:
        """The 1-based page that holds this offset of the passage, None without pages."""
        return next((number for number, start, end in self.pages if start <= offset < end), self.page)

    def cite(self, index: int, quote: Quote) -> Reference:
        """The reference to a quote of this passage."""
        return Reference(
            index=index,
            file_id=self.file_id,
            version=self.version,
            chunk_id=self.chunk_id,
            source=self.source,
            page=self.page_at(quote.start),
            content=self.text,
            quote=self.text[quote.start : quote.end],
            start=quote.start,
            end=quote.end,
            file_start=self.file_start + quote.start,
            file_end=self.file_start + quote.end,
            score=self.score,
        )


class References:
    """The references of one answer: the same quote of the same passage keeps its index.

    The first quote of passage n is `[n]`, as the model wrote it; further quotes of a passage get the numbers after the last passage.
    """

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self._sources = dict(enumerate(sources, 1))
        self._found: dict[tuple[int, int, int], Reference] = {}
        self._next = len(sources) + 1

    def __iter__(self) -> Iterator[Reference]:
        return iter(sorted(self._found.values(), key=lambda reference: reference.index))

    def source(self, number: int) -> Source | None:
        """Passage `number`, counted from 1 as the model sees it."""
        return self._sources.get(number)

    def extend(self, source: Source) -> int:
        """Take a passage that is found while the answer is written; gives its number."""
        number, self._next = self._next, self._next + 1
        self._sources[number] = source
        return number

    def add(self, number: int, quote: Quote) -> tuple[Reference, bool]:
        """The reference to a quote of passage `number`, and whether it is new."""
        key = (number, quote.start, quote.end)
        if key in self._found:
            return self._found[key], False
        first = all(reference.index != number for reference in self._found.values())
        index = number if first else self._next
        self._next += 0 if first else 1
        self._found[key] = self._sources[number].cite(index, quote)
        return self._found[key], True
