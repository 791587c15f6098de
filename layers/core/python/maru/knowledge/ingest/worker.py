"""What the ingest function does with a message of its queue."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from maru.dynamo import Item
from maru.knowledge.documents import purge_file, purge_member, tidy_member
from maru.knowledge.ingest.door import Door
from maru.knowledge.ingest.importing import import_page
from maru.knowledge.ingest.joining import join
from maru.knowledge.ingest.pipeline import Pipeline
from maru.knowledge.ingest.sweep import sweep
from maru.knowledge.library import Library
from maru.knowledge.sources.sync import purge_source

Task = Callable[[dict[str, Any]], object]


class Worker:
    """Does jobs (`maru.knowledge.jobs`) and takes S3's events; ``further`` are tasks of this deployment. What raises is delivered again."""

    def __init__(self, library: Library, pipeline: Pipeline, door: Door, *, further: Mapping[str, Task] | None = None) -> None:
        self._library, self._door = library, door
        self._tasks: dict[str, Task] = {
            "ingest": lambda job: _ingest(library, pipeline, job),
            "join": lambda job: join(pipeline.endings, job["file_id"]),
            "purge_file": lambda job: purge_file(library, library.files.row(job["file_id"]) or {}),
            "purge_member": lambda job: purge_member(library, job["vector_store_id"], job["file_id"]),
            "purge_store": lambda job: _purge_store(library, job["vector_store_id"]),
            "tidy": lambda job: _tidy(library, job["vector_store_id"], job["file_id"]),
            "import": lambda job: import_page(library, job["import_id"]),
            "purge_source": lambda job: purge_source(library, job["source_id"]),
            "sweep": lambda job: _sweep(library, everything=bool(job.get("all"))),
            **(further or {}),
        }

    def take(self, body: str) -> None:
        """Do what one message says. Raises KeyError or ValueError for a message that is none of ours: those end as dead letters."""
        self.do(json.loads(body))

    def do(self, message: dict[str, Any]) -> object:
        """As `take`, with the message read; returns what the task tells its caller."""
        if message.get("source") == "aws.s3":
            self._door.take(message)
            return None
        return self._tasks[message["task"]](message)


def _sweep(library: Library, *, everything: bool) -> None:
    sweep(library, everything=everything)


def _ingest(library: Library, pipeline: Pipeline, job: dict[str, Any]) -> None:
    """One document's worth of work: that of the tenant whose turn it is, the job's own where nobody else waits."""

    def tried(rows: Iterable[Item]) -> bool:
        return any(pipeline.run(row["vector_store_id"], row["file_id"], row["pending_version"]) for row in rows)

    if tried(library.turns.before(job["tenant"])):
        return
    if not pipeline.run(job["vector_store_id"], job["file_id"], job["version"]):
        tried(library.turns.any_waiting())


def _purge_store(library: Library, store_id: str) -> None:
    store = library.stores.buried(store_id)
    if store is None:
        return
    for place in library.places(store_id):
        place.engine.delete_store(store["tenant"], place.key)
    for row in library.members.of_store(store_id):
        library.answers.forget(store["tenant"], row["file_id"])
        library.files.leave(row["file_id"], store_id)
        library.members.drop(row)
    library.stores.forget(store_id)


def _tidy(library: Library, store_id: str, file_id: str) -> None:
    member = library.members.find(store_id, file_id)
    if member is not None and member["status"] == "completed":
        tidy_member(library, member, member["live_version"])
