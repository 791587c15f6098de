"""From a rendering's chunks to rows in an index: embedded, paid for once, written under their version's own keys."""

from collections.abc import Callable, Iterator, Sequence
from itertools import batched

from maru.dynamo import Item
from maru.knowledge.chunk import ChunkSpan
from maru.knowledge.ingest.work import Note, Work, headed, row_of
from maru.knowledge.library import Library
from maru.knowledge.parse.model import ParsedDocument

#: Chunks embedded and indexed between two notes of progress.
STEP = 128

#: Texts of a file (its row) to vectors, by the alias of an embedding model.
Embed = Callable[[str, Sequence[str], Item], Sequence[Sequence[float]]]


class Writer:
    """Writes chunks, a step of them at a time."""

    def __init__(self, library: Library, *, embed: Embed, step: int = STEP) -> None:
        self.embed = embed
        self._library, self._step = library, step
        self._ready: set[tuple[str, int]] = set()

    def write(self, work: Work, document: ParsedDocument, spans: Sequence[ChunkSpan], part: range, note: Note) -> Iterator[int]:
        """Embed and index the spans at the positions ``part``; after each step gives how many of all spans lie behind it.

        Raises what the embedder, the index and ``note`` raise.
        """
        done = part.start
        for some in batched(spans[part.start : part.stop], self._step, strict=False):
            texts = [document.text[span.start : span.end] for span in some]
            vectors = self._vectors(work, [headed(span, text) for span, text in zip(some, texts, strict=True)])
            note(work, stage="index")
            self._ensure(work, len(vectors[0]))
            work.place.engine.upsert([row_of(work, len(spans), row) for row in zip(some, texts, vectors, strict=True)])
            done += len(some)
            yield done

    def _vectors(self, work: Work, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Vectors of texts; what was embedded before, for this file or another one of the tenant, is not paid for again."""
        alias, known = work.store["embedding"], self._library.embeddings
        return known.through(
            texts,
            tenant=work.store["tenant"],
            file_id=work.file["id"],
            model=self._library.embedder(alias),
            embed=lambda new: self.embed(alias, new, work.file),
        )

    def _ensure(self, work: Work, dimensions: int) -> None:
        if (work.store["engine"], dimensions) not in self._ready:
            work.place.engine.ensure_index(dimensions)
            self._ready.add((work.store["engine"], dimensions))
