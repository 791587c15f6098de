"""Very large documents: a state machine has one read, its portions written side by side, and makes it live.

A worker of the queue that finds one hands it on with its lease: the machine's steps act as its owner. Each may be repeated; a machine that
dies leaves a lease that runs out, and the next sweep has the document handed on again.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from maru.dynamo import Item
from maru.knowledge.chunk import ChunkSpan
from maru.knowledge.chunking import cut
from maru.knowledge.ingest.ending import OURS
from maru.knowledge.ingest.pipeline import Pipeline
from maru.knowledge.ingest.work import Work
from maru.knowledge.library import Library
from maru.knowledge.parse.model import ParsedDocument

#: From this size on a document is read by the machine, unless the stage says otherwise.
LARGE_BYTES = 32 * 1024 * 1024
#: Longer than a function runs, and than the machine's pauses between attempts at a step are together.
LEASE_SECONDS = 1200
#: Chunks of a portion, at least; and portions, at most: the machine's history holds 25,000 events.
_CHUNKS, _PORTIONS = 512, 1000

type Job = dict[str, Any]


class Machine:
    """The state machine; ``start`` is what a pipeline hands documents on by."""

    def __init__(self, library: Library, client: Any, arn: str) -> None:
        self._library, self._client, self._arn = library, client, arn

    def start(self, work: Work) -> None:
        """Hand a claimed document on. Its owner's name makes the call safe to repeat."""
        owner, file_id = work.member["lease_owner"], work.file["id"]
        self._library.members.advance(work.member, lease_s=LEASE_SECONDS)
        given = {"vector_store_id": work.store["id"], "file_id": file_id, "version": work.version, "owner": owner}
        self._client.start_execution(stateMachineArn=self._arn, name=f"{file_id}-{owner}"[-80:], input=json.dumps(given))


class LargeDocuments:
    """The worker's part: the steps of the machine. What raises is tried again by it; ``over`` says that there is nothing to do."""

    def __init__(self, library: Library, pipeline: Pipeline) -> None:
        self._library, self._pipeline = library, pipeline

    def read(self, job: Job) -> list[Item]:
        """Read the document; returns its portions, none where it ended otherwise."""
        portions: list[Item] = []

        def attempt(work: Work) -> None:
            chunks = len(self._spans(work)[1])
            if work.member.get("live_version") != work.version:
                work.place.engine.delete(*work.rows, version=work.version)
            # A worker of the queue that goes on with it must not take these for the first ones.
            self._pipeline.note(work, stage="embed", progress=0, progress_place=f"{work.place.key}#portions")
            size = max(_CHUNKS, -(-chunks // _PORTIONS))
            portions.extend({"start": at, "stop": min(chunks, at + size)} for at in range(0, chunks, size))

        self._as_owner(job, attempt)
        return portions

    def write(self, job: Job) -> str:
        """Write one portion; says ``done`` or ``over``."""

        def attempt(work: Work) -> None:
            document, spans = self._spans(work)
            part = range(job["portion"]["start"], job["portion"]["stop"])
            for _ in self._pipeline.writer.write(work, document, spans, part, self._pipeline.note):
                self._pipeline.note(work, stage="embed")
            self._library.members.progressed(work.member, len(part), lease_s=LEASE_SECONDS)

        return self._as_owner(job, attempt)

    def publish(self, job: Job) -> str:
        """Make it live; says ``done`` or ``over``."""

        def attempt(work: Work) -> None:
            document, spans = self._spans(work)
            self._pipeline.endings.publish(work, len(spans), len(document.text.encode()))

        return self._as_owner(job, attempt)

    def fail(self, job: Job) -> None:
        """The machine gave up: the document has failed, with the error's name as its cause."""
        member = self._member(job)
        if member is not None:
            self._pipeline.endings.fail(member, "server_error", OURS, str(job.get("error", "interrupted"))[:100])

    def _spans(self, work: Work) -> tuple[ParsedDocument, Sequence[ChunkSpan]]:
        document = self._pipeline.reader.rendering(work, self._pipeline.note)
        return document, cut(document, work.member["chunking"])

    def _as_owner(self, job: Job, attempt: Callable[[Work], None]) -> str:
        member = self._member(job)
        if member is None:
            return "over"

        def work() -> None:
            found = self._pipeline.work_of(member)
            found.lease_s = LEASE_SECONDS
            attempt(found)

        self._pipeline.endings.guarded(member, work, _later)
        return "done"

    def _member(self, job: Job) -> Item | None:
        member = self._library.members.find(job["vector_store_id"], job["file_id"])
        mine = member and (member.get("lease_owner"), member.get("pending_version")) == (job["owner"], job["version"])
        return member if mine else None


def _later(_member: Item, error: Exception, _message: str) -> None:
    raise error
