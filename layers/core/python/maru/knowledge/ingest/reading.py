"""From a file's bytes to its stored rendering: read once, hidden as its tenant's policy says, kept for every store and attempt."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from maru.dynamo import Item
from maru.knowledge.blobs import Blob, Blobs
from maru.knowledge.ingest.work import Note, Work
from maru.knowledge.parse.model import ParsedDocument
from maru.knowledge.renderings import RenderingStore

_IN_MEMORY = 16 * 1024 * 1024

#: What is stored of a file (its row) that was read.
Hide = Callable[[Item, ParsedDocument], ParsedDocument]


def as_it_is(_file: Item, document: ParsedDocument) -> ParsedDocument:
    """Nothing is hidden."""
    return document


class Parse(Protocol):
    """Reads a document within limits; raises ParseFailed."""

    def __call__(self, source: bytes | Path, *, filename: str, content_type: str | None = None) -> ParsedDocument:
        """The document's rendering."""
        ...


#: What reads a file (its row), on its tenant's account where that costs something.
ParseOf = Callable[[Item], Parse]


class Reader:
    """Gives documents' renderings, reading those that were not read yet."""

    def __init__(self, blobs: Blobs, renderings: RenderingStore, *, parse: ParseOf, hide: Hide) -> None:
        self._blobs, self._renderings, self._parse, self._hide = blobs, renderings, parse, hide

    def rendering(self, work: Work, note: Note) -> ParsedDocument:
        """The rendering of the work's version. Raises ParseFailed, ObjectGone, and Superseded by ``note``."""
        where = (work.file["tenant"], work.file["id"], work.version)
        found = self._renderings.load(*where)
        if found is not None:
            return found
        document = self._hide(work.file, self._read(work.file))
        note(work, stage="embed")
        self._renderings.save(*where, document)
        return document

    def _read(self, file: Item) -> ParsedDocument:
        blob = Blob.from_item(file["content"])
        parse = partial(self._parse(file), filename=file["filename"], content_type=file.get("media_type"))
        if file["bytes"] <= _IN_MEMORY:
            return parse(self._blobs.get(blob))
        with tempfile.NamedTemporaryFile(prefix="maru-") as copy:
            for piece in self._blobs.stream(blob):
                copy.write(piece)
            copy.flush()
            return parse(Path(copy.name))
