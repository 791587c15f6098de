"""How work on a document ends: it is live, it failed, it is tried again, it goes on later, or nobody wants it any more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from maru.dynamo import Item
from maru.errors import MaruError
from maru.knowledge import jobs
from maru.knowledge.blobs import ObjectGone
from maru.knowledge.documents import tidy_member
from maru.knowledge.ingest.announcing import Announcer
from maru.knowledge.ingest.work import Work
from maru.knowledge.library import Library
from maru.knowledge.memberships import Superseded
from maru.knowledge.parse.model import ParseFailed
from maru.knowledge.stores.port import IndexingFailed
from maru.knowledge.transitions import RightsChanged
from maru.knowledge.vector_stores import generation_of
from maru.telemetry import Telemetry

#: How often a document is tried before it fails; the pauses between grow from 10 s to 15 min, about half an hour together.
MAX_ATTEMPTS = 8
_LONGEST_PAUSE = 900
_RIGHTS_TRIES = 5
#: Chunks that the log and the document's state name where an engine did not take them; with what it said of each.
_MOST_CHUNKS = 50
Chunks = Sequence[Mapping[str, str]]
#: What owners are told of what is no fault of theirs.
OURS = "The document could not be processed because of an error on our side. Tell the operators its id."


@dataclass
class Endings:
    """Brings documents' work to its ends; ``announcer`` tells others of those that are for good."""

    library: Library
    log: Telemetry
    announcer: Announcer | None = None

    def guarded(self, member: Item, attempt: Callable[[], None], later: Callable[[Item, Exception, str], None]) -> None:
        """Do an attempt and end it as what it raises says; ``later`` has what may do better another time."""
        try:
            attempt()
        except Superseded:
            self.abandon(member)
        except ParseFailed as failure:
            code = "unsupported_file" if failure.code == "unsupported" else "invalid_file"
            self.fail(member, code, failure.message, failure.code)
        except ObjectGone:
            self.fail(member, "invalid_file", "The file's content is not in the storage any more. Upload it again.", "gone")
        except MaruError as error:
            if error.status < 500 and error.status != 429:
                self.fail(member, "server_error", error.message, error.code)
            else:
                later(member, error, error.message)
        except Exception as error:  # noqa: BLE001 - a worker's edge: one document's trouble must not stop the others
            later(member, error, OURS)

    def publish(self, work: Work, chunks: int, size: int) -> None:
        """Make the version live, of ``size`` bytes of text. Raises Superseded."""
        for _ in range(_RIGHTS_TRIES):
            try:
                generation = generation_of(work.store)
                self.library.transitions.complete(work.member, work.file, chunks=chunks, usage_bytes=size, generation=generation)
                break
            except RightsChanged:
                present = self.library.files.find(work.file["tenant"], work.file["id"])
                if present is None or present["version"] != work.version:
                    raise Superseded from None
                work.file = present
                work.place.engine.set_acl(*work.rows, present["acl"])
        else:
            raise Superseded
        if work.member["revision"] > 1:
            # It was ingested before, or was to be: there may be something left of other versions.
            tidy_member(self.library, work.member, work.version)
        if self.announcer:
            self.announcer.completed(work.member, chunks=chunks)
        self.log.metric({"part": "ingest"}, {"documents": 1, "chunks": chunks}, file_id=work.file["id"], vector_store_id=work.store["id"])

    def fail(self, member: Item, code: str, message: str, cause: str, *, chunks: Chunks = ()) -> None:
        """Let it have failed, with a message for its owner, a cause and the chunks that the engine did not take, if that is why.

        Nothing happens where it is somebody else's by now.
        """
        if self.refuse(member, code, message, cause, chunks=chunks) and member.get("live_version") != member["pending_version"]:
            self._clear(member)

    def refuse(self, member: Item, code: str, message: str, cause: str, *, chunks: Chunks = ()) -> bool:
        """As :meth:`fail`, of a document of which nothing was written yet; False where it is somebody else's by now."""
        self.log.log("WARNING", "document failed", file_id=member["file_id"], vector_store_id=member["vector_store_id"], cause=cause)
        self.log.metric({"part": "ingest"}, {"failures": 1})
        error = _told(code, message, cause, chunks)
        try:
            self.library.transitions.fail(member, error)
        except Superseded:
            return False
        if self.announcer:
            self.announcer.failed(member, error)
        return True

    def go_on(self, member: Item) -> None:
        """A portion of a large document is done, and no attempt spent: the rest is another message's, behind whoever waits."""
        try:
            self.library.members.release(member, delay_s=0, attempts=member["attempts"] - 1)
        except Superseded:
            return
        self.library.queue.send([jobs.ingest(member)])

    def again(self, member: Item, error: Exception, message: str) -> None:
        """Try it later, or let it have failed where it was tried often enough."""
        chunks = _unwritten(error)
        self.log.failure("document put off", error, file_id=member["file_id"], attempt=member["attempts"], chunks=chunks)
        cause = getattr(error, "code", "internal_error")
        if member["attempts"] >= MAX_ATTEMPTS:
            self.fail(member, "server_error", message, cause, chunks=chunks)
            return
        pause = min(_LONGEST_PAUSE, 5 * 2 ** member["attempts"])
        try:
            # Whoever waits for the document sees why it takes so long.
            self.library.members.release(member, delay_s=pause, last_error=_told("server_error", message, cause, chunks))
        except Superseded:
            return
        self.library.queue.send([jobs.ingest(member)], delay_s=pause)

    def abandon(self, member: Item) -> None:
        """Remove what was written for nobody: the document is out of the store, or its work was called off."""
        present = self.library.members.find(member["vector_store_id"], member["file_id"])
        if present is None and self.library.files.find(member["tenant"], member["file_id"]) is None:
            self.library.renderings.delete(member["tenant"], member["file_id"])
        wanted = {present.get("live_version"), present.get("pending_version")} if present else set()
        if member["pending_version"] not in wanted:
            self._clear(member)

    def _clear(self, member: Item) -> None:
        for place in self.library.places(member["vector_store_id"]):
            place.engine.delete(member["tenant"], place.key, member["file_id"], version=member["pending_version"])


def _unwritten(error: Exception) -> Chunks:
    """The chunks that an engine did not take, and its reason for each, a code."""
    if not isinstance(error, IndexingFailed):
        return ()
    named = list(error.failures.items())[:_MOST_CHUNKS]
    return [{"chunk_id": key.rpartition("/")[2], "cause": reason} for key, reason in named]


def _told(code: str, message: str, cause: str, chunks: Chunks) -> Item:
    return {"code": code, "message": message, "cause": cause, **({"chunks": list(chunks)} if chunks else {})}
