"""A document under way: its rows as they were read, and the chunks that come of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from maru.dynamo import Item
from maru.knowledge.chunk import ChunkSpan
from maru.knowledge.library import Place
from maru.knowledge.stores.port import Chunk

#: How long a worker may show no life before another takes its document: longer than reading or embedding may take.
LEASE_SECONDS = 420


class Note(Protocol):
    """Shows life, and notes what is known. Raises Superseded."""

    def __call__(self, work: "Work", **changes: Any) -> None:
        """``changes`` are attributes of the document's row."""
        ...


@dataclass
class Work:
    """A claimed document: its rows as they were read, and when its owner last showed life."""

    member: Item
    file: Item
    store: Item
    place: Place
    leased: bool = True
    lease_s: float = LEASE_SECONDS
    noted: float = field(default_factory=time.monotonic)
    began: float = field(default_factory=time.monotonic)

    @property
    def version(self) -> int:
        return int(self.member["pending_version"])

    @property
    def rows(self) -> tuple[str, str, str]:
        """What names the document's rows in the engine."""
        return self.member["tenant"], self.place.key, self.member["file_id"]


def headed(span: ChunkSpan, text: str) -> str:
    """The text with the headings it stands under and its table's columns: what a passage is about often stands there alone."""
    context = span.context(text)
    return f"{context}\n{text}" if context else text


def row_of(work: Work, total: int, row: tuple[ChunkSpan, str, Sequence[float]]) -> Chunk:
    """The chunk as the engine keeps it; ``row`` is its span, its text and its vector."""
    span, text, vector = row
    return Chunk(
        vector_store_id=work.place.key,
        file_id=work.file["id"],
        version=work.version,
        chunk_index=span.index,
        total_chunks=total,
        text=text,
        tenant=work.store["tenant"],
        acl=tuple(work.file["acl"]),
        vector=vector,
        attributes=work.member["attributes"],
        page=span.page,
        file_start=span.start,
        file_end=span.end,
        source=work.file["filename"],
        heading=" > ".join(span.heading_path),
        context=span.context(text),
    )
