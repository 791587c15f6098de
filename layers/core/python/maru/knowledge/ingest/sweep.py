"""What was begun and never finished is taken up again: workers die, messages get lost, a machine is switched off."""

import time

from maru.dynamo import Item
from maru.knowledge import jobs
from maru.knowledge.documents import delete_file
from maru.knowledge.jobs import Job
from maru.knowledge.library import Library
from maru.knowledge.sources.sync import start_due

_NEVER = 2**40


def sweep(library: Library, *, everything: bool = False) -> int:
    """Queue the work that is overdue, or (after a restart, when no worker can be alive) all that is open. Returns how many jobs."""
    before = _NEVER if everything else time.time()
    found: list[Job] = [jobs.purge_store(row["id"]) for row in library.stores.overdue(before)]
    found += [jobs.purge_file(row["id"]) if "deleted" in row else jobs.join(row["id"]) for row in library.files.overdue(before)]
    found += [job for row in library.members.overdue(before) if (job := _of_member(library, row))]
    for row in library.files.expired(time.time()):
        delete_file(library, row)
    for row in library.stores.expired(time.time()):
        for place in library.places(row["id"]):
            place.engine.delete_store(row["tenant"], place.key)
        library.stores.emptied(row)
    found += [jobs.sync(row["id"]) for row in library.sources.abandoned()] if everything else []
    found += start_due(library, time.time())
    library.queue.send(found)
    return len(found)


def _of_member(library: Library, row: Item) -> Job | None:
    if "deleted" in row:
        return jobs.purge_member(row["vector_store_id"], row["file_id"])
    if row["status"] == "completed":
        return jobs.tidy(row)
    return jobs.ingest(row) if library.members.requeue(row) else None
