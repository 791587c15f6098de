"""Which queue a job waits in."""

import json
from typing import Any

import pytest

from maru.errors import Unavailable
from maru.knowledge import jobs


class Queues:
    """SQS that keeps what is sent by queue, and refuses what is sent to ``full``."""

    def __init__(self, full: str = "") -> None:
        self.sent: dict[str, list[list[dict[str, Any]]]] = {}
        self._full = full

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.sent.setdefault(QueueUrl, []).append([json.loads(entry["MessageBody"]) for entry in Entries])
        return {"Failed": Entries} if QueueUrl == self._full else {"Successful": Entries}


def _documents(count: int) -> list[jobs.Job]:
    names = (f"file-{number}" for number in range(count))
    return [jobs.ingest({"tenant": "acme", "vector_store_id": "vs", "file_id": name, "pending_version": 1}) for name in names]


def test_documents_wait_in_one_queue_and_what_one_tenant_alone_waits_for_in_another() -> None:
    sqs = Queues()
    errands = [jobs.sync("source"), jobs.import_page("import"), {"source": "aws.s3", "detail-type": "Object Created", "detail": {}}]
    jobs.JobQueue(sqs, "documents", "errands").send([*_documents(12), *errands])
    assert [job for some in sqs.sent["documents"] for job in some] == _documents(12)
    assert [job for some in sqs.sent["errands"] for job in some] == errands
    assert max(len(some) for batches in sqs.sent.values() for some in batches) <= 10


@pytest.mark.parametrize("full", ["documents", "errands"])
def test_a_queue_that_takes_nothing_is_told(full: str) -> None:
    queue = jobs.JobQueue(Queues(full), "documents", "errands")
    with pytest.raises(Unavailable):
        queue.send([jobs.sync("source"), *_documents(1)])
