"""Events of documents on EventBridge: that one is searchable, that one failed; for whoever wants to go on from there."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from maru.dynamo import Item
from maru.telemetry import Telemetry

#: What rules match: `{"source": ["maru.documents"], "detail-type": ["Document Completed", "Document Failed"]}`.
SOURCE = "maru.documents"
COMPLETED, FAILED = "Document Completed", "Document Failed"


class Announcer:
    """Puts events on a bus. One that cannot be put is counted and lost: the document's own row is what is true."""

    def __init__(self, events: Any, bus: str, log: Telemetry) -> None:
        self._events, self._bus, self._log = events, bus, log

    def completed(self, member: Item, *, chunks: int) -> None:
        """A document can be found in its store."""
        self._put(COMPLETED, {**_named(member), "chunks": chunks})

    def failed(self, member: Item, error: Item) -> None:
        """A document ended as failed; ``error`` is its ``last_error``, of which no text goes out."""
        self._put(FAILED, {**_named(member), "code": error["code"], "cause": error["cause"]})

    def _put(self, kind: str, detail: Item) -> None:
        entry = {"Source": SOURCE, "DetailType": kind, "EventBusName": self._bus, "Detail": json.dumps(detail)}
        try:
            lost = self._events.put_events(Entries=[entry])["FailedEntryCount"]
        except (BotoCoreError, ClientError) as error:
            self._log.failure("event not put", error, file_id=detail["file_id"])
            lost = 1
        if lost:
            self._log.metric({"part": "ingest"}, {"lost_events": 1})


def _named(member: Item) -> Item:
    return {
        "tenant": member["tenant"],
        "vector_store_id": member["vector_store_id"],
        "file_id": member["file_id"],
        "version": member["pending_version"],
        "attempts": member["attempts"],
    }
