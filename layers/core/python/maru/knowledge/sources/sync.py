"""A source brought to what it is now: what is new or changed comes in, what is gone goes, what failed stays as it was.

A sync is done in portions, each by whichever worker takes it, and every step of it may be repeated: what a page or file is now is noted
when its document is placed, so a worker that dies leaves nothing half done that the next one does not see.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from maru.dynamo import Item
from maru.errors import MaruError
from maru.knowledge import jobs
from maru.knowledge.documents import delete_file
from maru.knowledge.library import Library
from maru.knowledge.placing import Placed, place
from maru.telemetry import Telemetry

#: What one portion may take: half of what a worker has before its lease ends.
PORTION_SECONDS = 200.0


class SyncFailed(Exception):
    """The source as a whole could not be read; nothing of it is deleted. ``cause`` is a code."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass
class Sync:
    """A sync under way: the source's row as claimed, the store its documents go to, and what a reader of the source needs."""

    library: Library
    source: Item
    store: Item
    counts: dict[str, int]
    log: Telemetry
    until: float = field(default_factory=lambda: time.monotonic() + PORTION_SECONDS)

    @property
    def source_id(self) -> str:
        """The source's id."""
        return str(self.source["id"])

    @property
    def number(self) -> int:
        """The number of this sync."""
        return int(self.source["syncs"])

    @property
    def over(self) -> bool:
        """Whether the portion's time is over."""
        return time.monotonic() > self.until

    def count(self, name: str) -> None:
        """Count one page or file."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def keep(self, item: str, body: bytes, *, filename: str, media_type: str, origin: Item) -> tuple[str, bool]:
        """Have a page or file in the store: its document's id, and whether anything was new. Raises MaruError."""
        member, changed = place(
            self.library,
            self.store,
            Placed(
                tenant=self.source["tenant"],
                user=self.source.get("created_by"),
                space=f"source/{self.source_id}",
                name=item,
                filename=filename,
                media_type=media_type,
                body=body,
                rights=self.source["rights"],
                origin={"source_id": self.source_id, **origin},
            ),
        )
        return str(member["file_id"]), changed

    def forget(self, row: Item) -> None:
        """A page or file is gone: so is its document."""
        if row.get("file_id"):
            file = self.library.files.find(self.source["tenant"], row["file_id"])
            if file is not None:
                delete_file(self.library, file)
                self.count("deleted")
        self.library.source_items.drop(row)


#: Reads a portion of a source; True when nothing of it is left to do. Raises SyncFailed.
Reader = Callable[[Sync], bool]


def sync(library: Library, source_id: str, readers: dict[str, Reader], *, log: Telemetry, seconds: float = PORTION_SECONDS) -> None:
    """Do a portion of a source's sync, and see that the next one follows; may be called again at any time."""
    found = library.sources.find(source_id)
    source = library.sources.claim(found) if found else None
    if source is None:
        return
    store = library.stores.find(source["tenant"], source["vector_store_id"])
    if store is None:
        library.sources.ended(source, phase="failed", last_error="no_vector_store")
        return
    work = Sync(library, source, store, dict(source.get("counts") or {}), log, until=time.monotonic() + seconds)
    try:
        finished = readers[source["kind"]](work)
    except SyncFailed as failure:
        log.log("WARNING", "sync failed", source_id=source_id, cause=failure.cause)
        log.metric({"part": "sources"}, {"failures": 1})
        library.sources.ended(source, phase="failed", last_error=failure.cause, counts=work.counts)
        return
    if not finished:
        library.sources.note(source, counts=work.counts)
        library.sources.release(source)
        library.queue.send([jobs.sync(source_id)])
        return
    _clear_unseen(work)
    library.sources.ended(source, phase="completed", counts=work.counts)
    log.metric({"part": "sources"}, {"syncs": 1, **work.counts}, source_id=source_id)


def purge_source(library: Library, source_id: str) -> None:
    """Remove what a deleted source left; may be called again at any time."""
    row = library.sources.buried(source_id)
    if row is None:
        return
    for item in list(library.source_items.of(source_id)):
        file = library.files.find(row["tenant"], item["file_id"]) if item.get("file_id") else None
        if file is not None:
            delete_file(library, file)
        library.source_items.drop(item)
    library.sources.forget(source_id)


def start_due(library: Library, before: float) -> list[jobs.Job]:
    """The work of sources whose time has come, or whose worker has been silent for too long."""
    due: Sequence[Item] = library.sources.due(before)
    return [jobs.purge_source(row["id"]) if "deleted" in row else jobs.sync(row["id"]) for row in due]


def kept(work: Sync, item: str, body: bytes, **what: Any) -> Item:
    """What to note of a page or file that was read: its document, or why it has none."""
    try:
        file_id, changed = work.keep(item, body, **what)
    except MaruError as error:
        work.count("failed")
        return {"status": "failed", "error": error.code}
    work.count("changed" if changed else "unchanged")
    return {"status": "indexed", "error": None, "file_id": file_id}


def _clear_unseen(work: Sync) -> None:
    """What this sync has not met any more is gone."""
    for row in list(work.library.source_items.of(work.source_id)):
        if int(row["syncs"]) < work.number:
            work.forget(row)
