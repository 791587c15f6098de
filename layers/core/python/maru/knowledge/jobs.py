"""What the ingest worker is asked to do, as messages on its queues."""

import json
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from maru.dynamo import Item
from maru.errors import Unavailable

type Job = dict[str, Any]


def ingest(member: Item) -> Job:
    """Bring a document's pending version into its store's index."""
    return {
        "task": "ingest",
        "tenant": member["tenant"],
        "vector_store_id": member["vector_store_id"],
        "file_id": member["file_id"],
        "version": member["pending_version"],
    }


def join(file_id: str) -> Job:
    """Write the parts of a completed upload into one object."""
    return {"task": "join", "file_id": file_id}


def import_page(import_id: str) -> Job:
    """Queue the next objects of an import."""
    return {"task": "import", "import_id": import_id}


def sync(source_id: str) -> Job:
    """Begin a source's sync, or go on with it."""
    return {"task": "sync", "source_id": source_id}


def purge_source(source_id: str) -> Job:
    """Remove what a deleted source left."""
    return {"task": "purge_source", "source_id": source_id}


def erase(tenant: str, *, user: str | None = None, last: bool = False) -> Job:
    """Remove a tenant and its data, or one user's; ``last`` is the second pass, for what was written while the first ran."""
    return {"task": "erase", "tenant": tenant, **({"user": user} if user else {}), **({"last": True} if last else {})}


def arrived(bucket: str, found: dict[str, Any]) -> Job:
    """An object that lies in the door bucket, in the words in which S3 tells of one that comes.

    Its time of writing stands for the sequencer: the same object twice is one arrival, a later writing a later one, and any event of
    S3's own, whose sequencers are longer, holds over it.
    """
    sequencer = f"{int(found['LastModified'].timestamp() * 1000):X}"
    told = {"key": found["Key"], "size": found["Size"], "etag": found["ETag"].strip('"'), "sequencer": sequencer}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": {"name": bucket}, "object": told}}


def purge_file(file_id: str) -> Job:
    """Remove what a deleted file left."""
    return {"task": "purge_file", "file_id": file_id}


def purge_member(store_id: str, file_id: str) -> Job:
    """Remove the rows of a document that was taken out of a store."""
    return {"task": "purge_member", "vector_store_id": store_id, "file_id": file_id}


def purge_store(store_id: str) -> Job:
    """Remove what a deleted vector store left."""
    return {"task": "purge_store", "vector_store_id": store_id}


def tidy(member: Item) -> Job:
    """Remove the rows of a document's versions that are not live any more."""
    return {"task": "tidy", "vector_store_id": member["vector_store_id"], "file_id": member["file_id"]}


class JobQueue:
    """The ingest worker's queues: `documents_url` for jobs of `ingest`, `errands_url` for all others, S3's events among them.

    Any message of `documents_url` gives the tenant whose turn it is its turn, so that it does not matter who waits behind whom. An
    errand is its own tenant's alone: behind one tenant's hundred thousand documents it would wait until they are all in.
    """

    def __init__(self, sqs: Any, documents_url: str, errands_url: str) -> None:
        self._sqs, self._documents, self._errands = sqs, documents_url, errands_url

    def send(self, jobs: Iterable[Job], *, delay_s: int = 0) -> None:
        """Queue jobs. Raises Unavailable where some were not taken: whatever they are about is found again by a sweep."""
        for some in batched(jobs, 10, strict=False):
            for url in dict.fromkeys(map(self._url, some)):
                self._send(url, [job for job in some if self._url(job) == url], delay_s)

    def _url(self, job: Job) -> str:
        return self._documents if job.get("task") == "ingest" else self._errands

    def _send(self, url: str, jobs: Sequence[Job], delay_s: int) -> None:
        entries = [{"Id": str(place), "MessageBody": json.dumps(job), "DelaySeconds": delay_s} for place, job in enumerate(jobs)]
        if self._sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed"):
            raise Unavailable("The ingest queue does not take messages at present.", retry_after=5)
