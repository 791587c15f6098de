"""One document's way into a store's index: read, cut, embed, index, live.

Every step may be repeated and the whole may be cut off anywhere: the rendering is kept when it is whole, rows are written under
the version's own keys, how far indexing came is noted behind each batch, and one conditional write makes the version live.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import batched
from pathlib import Path
from typing import Any, Protocol

from maru.dynamo import Item
from maru.errors import MaruError
from maru.knowledge import jobs
from maru.knowledge.blobs import Blob, ObjectGone
from maru.knowledge.chunk import ChunkSpan
from maru.knowledge.chunking import cut
from maru.knowledge.ingest.announcing import Announcer
from maru.knowledge.ingest.work import Work, headed, row_of
from maru.knowledge.library import Library, Place
from maru.knowledge.memberships import Superseded
from maru.knowledge.parse.model import ParsedDocument, ParseFailed
from maru.knowledge.transitions import RightsChanged
from maru.knowledge.vector_stores import generation_of
from maru.telemetry import Telemetry

#: How often a document is tried before it fails; the pauses between grow from 10 s to 15 min, about half an hour together.
MAX_ATTEMPTS = 8
#: Chunks embedded and indexed between two notes of progress.
STEP = 128
#: How long a worker may show no life before another takes its document: longer than reading or embedding may take.
LEASE_SECONDS = 420
#: How often a worker at work shows life.
_NOTE_SECONDS = 5.0
#: How long a document is worked at before others have their turn: a very large one is done in portions, however long it is.
PORTION_SECONDS = 240.0
_LONGEST_PAUSE = 900
_IN_MEMORY = 16 * 1024 * 1024
_RIGHTS_TRIES = 5

#: Texts of a file (its row) to vectors, by the alias of an embedding model.
Embed = Callable[[str, Sequence[str], Item], Sequence[Sequence[float]]]


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


class Pipeline:
    """Brings documents into the index."""

    def __init__(
        self,
        library: Library,
        *,
        embed: Embed,
        parse: Parse,
        log: Telemetry,
        announcer: Announcer | None = None,
        step: int = STEP,
        hide: Hide = as_it_is,
    ) -> None:
        self._hide = hide
        self._announcer = announcer
        self._library, self._embed, self._parse, self._log, self._step = library, embed, parse, log, step
        self._portion_s = PORTION_SECONDS
        self._ready: set[tuple[str, int]] = set()

    def run(self, store_id: str, file_id: str, version: int) -> bool:
        """Ingest a document's pending version, to its end or to the next attempt; False where it is not to be done (any more)."""
        member = self._library.members.claim(store_id, file_id, version, lease_s=LEASE_SECONDS)
        if member is None:
            return False
        try:
            self._attempt(member)
        except Superseded:
            self._abandon(member)
        except ParseFailed as failure:
            code = "unsupported_file" if failure.code == "unsupported" else "invalid_file"
            self._fail(member, code, failure.message, failure.code)
        except ObjectGone:
            self._fail(member, "invalid_file", "The file's content is not in the storage any more. Upload it again.", "gone")
        except MaruError as error:
            if error.status < 500 and error.status != 429:
                self._fail(member, "server_error", error.message, error.code)
            else:
                self._again(member, error, error.message)
        except Exception as error:  # noqa: BLE001 - a worker's edge: one document's trouble must not stop the others
            self._again(member, error, "The document could not be processed because of an error on our side. Tell the operators its id.")
        return True

    def index_into(self, place: Place, store: Item, member: Item, file: Item) -> bool:
        """Write a document's live version anew into a place that nobody searches yet; False where its text is not there any more.

        ``store`` names the engine and the embedding of that place.
        """
        work = Work(member | {"pending_version": member["live_version"], "progress": 0}, file, store, place, leased=False)
        lost = self._library.renderings.load(file["tenant"], file["id"], work.version) is None and file["version"] != work.version
        if lost:
            return False
        document = self._rendering(work)
        place.engine.delete(*work.rows)
        self._write(work, document, cut(document, member["chunking"]))
        return True

    def _attempt(self, member: Item) -> None:
        library = self._library
        if member["attempts"] > MAX_ATTEMPTS:
            raise ParseFailed("too_large", "The worker was interrupted again and again at this file. Split it into smaller files.")
        file = library.files.find(member["tenant"], member["file_id"])
        store = library.stores.find(member["tenant"], member["vector_store_id"])
        if file is None or store is None or file["version"] != member["pending_version"]:
            raise Superseded
        if file["status"] == "uploaded":
            # Its parts are being joined; the end of that queues it again.
            library.members.release(member, delay_s=0)
            return
        work = Work(member, file, store, library.place(store))
        document = self._rendering(work)
        spans = cut(document, member["chunking"])
        if not self._write(work, document, spans):
            self._go_on(member)
            return
        self._publish(work, len(spans), len(document.text.encode()))

    def _rendering(self, work: Work) -> ParsedDocument:
        where = (work.file["tenant"], work.file["id"], work.version)
        found = self._library.renderings.load(*where)
        if found is not None:
            return found
        document = self._hide(work.file, self._read(work.file))
        self._note(work, stage="embed")
        self._library.renderings.save(*where, document)
        return document

    def _read(self, file: Item) -> ParsedDocument:
        blob = Blob.from_item(file["content"])
        known = {"filename": file["filename"], "content_type": file.get("media_type")}
        if file["bytes"] <= _IN_MEMORY:
            return self._parse(self._library.blobs.get(blob), **known)
        with tempfile.NamedTemporaryFile(prefix="maru-") as copy:
            for piece in self._library.blobs.stream(blob):
                copy.write(piece)
            copy.flush()
            return self._parse(Path(copy.name), **known)

    def _write(self, work: Work, document: ParsedDocument, spans: Sequence[ChunkSpan]) -> bool:
        """Embed and index what is left of the chunks; False where the portion's time was over before the last."""
        begun_here = work.member.get("progress_place", work.store["id"]) == work.place.key
        done = int(work.member.get("progress") or 0) if begun_here else 0
        if not done and work.member.get("live_version") != work.version:
            # What an earlier attempt left may have been cut otherwise.
            work.place.engine.delete(*work.rows, version=work.version)
        for some in batched(spans[done:], self._step, strict=False):
            texts = [document.text[span.start : span.end] for span in some]
            whole = [headed(span, text) for span, text in zip(some, texts, strict=True)]
            vectors = self._vectors(work, whole)
            self._note(work, stage="index")
            self._ensure(work, len(vectors[0]))
            work.place.engine.upsert([row_of(work, len(spans), row) for row in zip(some, texts, vectors, strict=True)])
            done += len(some)
            if done < len(spans):
                self._note(work, stage="embed", progress=done, progress_place=work.place.key)
                if work.leased and time.monotonic() - work.began > self._portion_s:
                    return False
        return True

    def _vectors(self, work: Work, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Vectors of texts; what was embedded before, for this file or another one of the tenant, is not paid for again."""
        alias, known = work.store["embedding"], self._library.embeddings
        return known.through(
            texts,
            tenant=work.store["tenant"],
            file_id=work.file["id"],
            model=self._library.embedder(alias),
            embed=lambda new: self._embed(alias, new, work.file),
        )

    def _publish(self, work: Work, chunks: int, size: int) -> None:
        for _ in range(_RIGHTS_TRIES):
            try:
                generation = generation_of(work.store)
                self._library.transitions.complete(work.member, work.file, chunks=chunks, usage_bytes=size, generation=generation)
                break
            except RightsChanged:
                present = self._library.files.find(work.file["tenant"], work.file["id"])
                if present is None or present["version"] != work.version:
                    raise Superseded from None
                work.file = present
                work.place.engine.set_acl(*work.rows, present["acl"])
        else:
            raise Superseded
        if work.member["revision"] > 1:
            # It was ingested before, or was to be: rows of other versions may be in the index.
            work.place.engine.delete(*work.rows, keep_version=work.version)
            self._library.members.tidied(work.member)
        if self._announcer:
            self._announcer.completed(work.member, chunks=chunks)
        self._log.metric({"part": "ingest"}, {"documents": 1, "chunks": chunks}, file_id=work.file["id"], vector_store_id=work.store["id"])

    def _note(self, work: Work, **changes: Any) -> None:
        """Show life, at most every few seconds; progress is always noted. Raises Superseded."""
        if not work.leased:
            return
        if "progress" in changes or time.monotonic() - work.noted > _NOTE_SECONDS:
            self._library.members.advance(work.member, lease_s=LEASE_SECONDS, **changes)
            work.noted = time.monotonic()

    def _ensure(self, work: Work, dimensions: int) -> None:
        if (work.store["engine"], dimensions) not in self._ready:
            work.place.engine.ensure_index(dimensions)
            self._ready.add((work.store["engine"], dimensions))

    def _fail(self, member: Item, code: str, message: str, cause: str) -> None:
        self._log.log("WARNING", "document failed", file_id=member["file_id"], vector_store_id=member["vector_store_id"], cause=cause)
        self._log.metric({"part": "ingest"}, {"failures": 1})
        error = {"code": code, "message": message, "cause": cause}
        try:
            self._library.transitions.fail(member, error)
        except Superseded:
            return
        if self._announcer:
            self._announcer.failed(member, error)
        if member.get("live_version") != member["pending_version"]:
            self._clear(member)

    def _go_on(self, member: Item) -> None:
        """A portion of a large document is done, and no attempt spent: the rest is another message's, behind whoever waits."""
        try:
            self._library.members.release(member, delay_s=0, attempts=member["attempts"] - 1)
        except Superseded:
            return
        self._library.queue.send([jobs.ingest(member)])

    def _again(self, member: Item, error: Exception, message: str) -> None:
        self._log.failure("document put off", error, file_id=member["file_id"], attempt=member["attempts"])
        if member["attempts"] >= MAX_ATTEMPTS:
            self._fail(member, "server_error", message, getattr(error, "code", "internal_error"))
            return
        pause = min(_LONGEST_PAUSE, 5 * 2 ** member["attempts"])
        try:
            self._library.members.release(member, delay_s=pause)
        except Superseded:
            return
        self._library.queue.send([jobs.ingest(member)], delay_s=pause)

    def _abandon(self, member: Item) -> None:
        """Remove what was written for nobody: the document is out of the store, or its work was called off."""
        present = self._library.members.find(member["vector_store_id"], member["file_id"])
        if present is None and self._library.files.find(member["tenant"], member["file_id"]) is None:
            self._library.renderings.delete(member["tenant"], member["file_id"])
        wanted = {present.get("live_version"), present.get("pending_version")} if present else set()
        if member["pending_version"] not in wanted:
            self._clear(member)

    def _clear(self, member: Item) -> None:
        for place in self._library.places(member["vector_store_id"]):
            place.engine.delete(member["tenant"], place.key, member["file_id"], version=member["pending_version"])
