"""Messages that the ingest worker gave up: how many there are, and back into the queue with them."""

from typing import Any

#: What one receive gives at most.
_BATCH = 10
#: While a message is being moved nobody else takes it.
_HELD_SECONDS = 60


class DeadLetters:
    """The dead-letter queue behind the ingest queue."""

    def __init__(self, sqs: Any, queue_url: str, dead_url: str) -> None:
        self._sqs, self._queue, self._dead = sqs, queue_url, dead_url

    def count(self) -> int:
        """About how many messages lie there."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self._sqs.get_queue_attributes(QueueUrl=self._dead, AttributeNames=names)["Attributes"]
        return sum(int(told.get(name, 0)) for name in names)

    def redrive(self, limit: int) -> int:
        """Put up to ``limit`` messages back into the queue; returns how many.

        Each is sent before it is deleted: a crash between the two sends it twice, and every job may be done twice.
        """
        moved = 0
        while moved < limit:
            wanted = min(_BATCH, limit - moved)
            answer = self._sqs.receive_message(QueueUrl=self._dead, MaxNumberOfMessages=wanted, VisibilityTimeout=_HELD_SECONDS)
            messages = answer.get("Messages", [])
            if not messages:
                break
            moved += self._move(messages)
        return moved

    def _move(self, messages: list[dict[str, Any]]) -> int:
        entries = [{"Id": str(place), "MessageBody": one["Body"]} for place, one in enumerate(messages)]
        sent = self._sqs.send_message_batch(QueueUrl=self._queue, Entries=entries)
        done = [messages[int(one["Id"])] for one in sent.get("Successful", [])]
        for one in done:
            self._sqs.delete_message(QueueUrl=self._dead, ReceiptHandle=one["ReceiptHandle"])
        return len(done)
