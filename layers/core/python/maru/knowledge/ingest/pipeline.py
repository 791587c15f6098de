"""One document's way into a store's index: read, cut, embed, index, live.

Every step may be repeated and the whole may be cut off anywhere: the rendering is kept when it is whole, rows are written under
the version's own keys, how far indexing came is noted behind each batch, and one conditional write makes the version live.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from maru.dynamo import Item
from maru.knowledge.chunk import ChunkSpan
from maru.knowledge.chunking import cut
from maru.knowledge.ingest.announcing import Announcer
from maru.knowledge.ingest.ending import MAX_ATTEMPTS, Endings
from maru.knowledge.ingest.reading import Hide, ParseOf, Reader, as_it_is
from maru.knowledge.ingest.work import LEASE_SECONDS, Work
from maru.knowledge.ingest.writing import STEP, Embed, Writer
from maru.knowledge.library import Library, Place
from maru.knowledge.memberships import Superseded
from maru.knowledge.parse.model import ParsedDocument, ParseFailed
from maru.telemetry import Telemetry

#: How often a worker at work shows life.
_NOTE_SECONDS = 5.0
#: How long a document is worked at before others have their turn: a large one is done in portions, however long it is.
PORTION_SECONDS = 240.0

#: Hands a very large document's work on, as it was claimed.
HandOn = Callable[[Work], None]


class Pipeline:
    """Brings documents into the index; with ``hand_on``, those of at least ``large`` bytes are handed on and read elsewhere."""

    def __init__(
        self,
        library: Library,
        *,
        embed: Embed,
        parse: ParseOf,
        log: Telemetry,
        announcer: Announcer | None = None,
        step: int = STEP,
        hide: Hide = as_it_is,
        hand_on: HandOn | None = None,
        large: int = 0,
    ) -> None:
        self._library, self._hand_on, self._large = library, hand_on, large
        self.reader = Reader(library.blobs, library.renderings, parse=parse, hide=hide)
        self.writer = Writer(library, embed=embed, step=step)
        self.endings = Endings(library, log, announcer)
        self._portion_s = PORTION_SECONDS

    def run(self, store_id: str, file_id: str, version: int) -> bool:
        """Ingest a document's pending version, to its end or to the next attempt; False where it is not to be done (any more)."""
        member = self._library.members.claim(store_id, file_id, version, lease_s=LEASE_SECONDS)
        if member is None:
            return False
        self.endings.guarded(member, lambda: self._attempt(member), self.endings.again)
        return True

    def index_into(self, place: Place, store: Item, member: Item, file: Item) -> bool:
        """Write a document's live version anew into a place that nobody searches yet; False where its text is not there any more.

        ``store`` names the engine and the embedding of that place.
        """
        work = Work(member | {"pending_version": member["live_version"], "progress": 0}, file, store, place, leased=False)
        lost = self._library.renderings.load(file["tenant"], file["id"], work.version) is None and file["version"] != work.version
        if lost:
            return False
        document = self.reader.rendering(work, self.note)
        place.engine.delete(*work.rows)
        self._write(work, document, cut(document, member["chunking"]))
        return True

    def work_of(self, member: Item) -> Work:
        """What a claimed document consists of. Raises Superseded where it is not to be done any more, ParseFailed where it never ends."""
        if member["attempts"] > MAX_ATTEMPTS:
            raise ParseFailed("too_large", "The worker was interrupted again and again at this file. Split it into smaller files.")
        file = self._library.files.find(member["tenant"], member["file_id"])
        store = self._library.stores.find(member["tenant"], member["vector_store_id"])
        if file is None or store is None or file["version"] != member["pending_version"]:
            raise Superseded
        return Work(member, file, store, self._library.place(store))

    def note(self, work: Work, **changes: Any) -> None:
        """Show life, at most every few seconds; progress is always noted. Raises Superseded."""
        if not work.leased:
            return
        if "progress" in changes or time.monotonic() - work.noted > _NOTE_SECONDS:
            self._library.members.advance(work.member, lease_s=work.lease_s, **changes)
            work.noted = time.monotonic()

    def _attempt(self, member: Item) -> None:
        work = self.work_of(member)
        if work.file["status"] == "uploaded":
            # Its parts are being joined; the end of that queues it again.
            self._library.members.release(member, delay_s=0)
            return
        if self._hand_on and work.file["bytes"] >= self._large:
            self._hand_on(work)
            return
        document = self.reader.rendering(work, self.note)
        spans = cut(document, member["chunking"])
        if not self._write(work, document, spans):
            self.endings.go_on(member)
            return
        self.endings.publish(work, len(spans), len(document.text.encode()))

    def _write(self, work: Work, document: ParsedDocument, spans: Sequence[ChunkSpan]) -> bool:
        """Write what is left of the chunks; False where the portion's time was over before the last."""
        begun_here = work.member.get("progress_place", work.store["id"]) == work.place.key
        done = int(work.member.get("progress") or 0) if begun_here else 0
        if not done and work.member.get("live_version") != work.version:
            # What an earlier attempt left may have been cut otherwise.
            work.place.engine.delete(*work.rows, version=work.version)
        for behind in self.writer.write(work, document, spans, range(done, len(spans)), self.note):
            if behind < len(spans):
                self.note(work, stage="embed", progress=behind, progress_place=work.place.key)
                if work.leased and time.monotonic() - work.began > self._portion_s:
                    return False
        return True
