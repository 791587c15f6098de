"""What EventBridge is told of documents."""

import json
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.validate import validate_parameters

from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.ingest.announcing import COMPLETED, FAILED, SOURCE, Announcer
from tests.fakes.documents import DocumentSide, add, caller, new_store
from tests.unit.knowledge.test_ingest_door import Door


class Bus:
    """EventBridge that keeps what it takes, which is what AWS's own description of the call allows."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self._shape: Any = botocore.session.get_session().get_service_model("events").operation_model("PutEvents").input_shape

    def put_events(self, **request: Any) -> dict[str, Any]:
        """Keep entries."""
        validate_parameters(request, self._shape)
        self.entries += request["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in request["Entries"]]}


@pytest.fixture
def bus(side: DocumentSide) -> Bus:
    one = Bus()
    side.pipeline.endings.announcer = Announcer(one, "default", side.log)
    return one


def test_what_ends_is_told_once_and_without_its_text(side: DocumentSide, bus: Bus) -> None:
    store = new_store(side)
    good, bad = add(side, "Apples.")["id"], add(side, "\x00\x01", "x.docx")["id"]
    for file in (good, bad):
        attach(side.library, caller(), store, Wanted(file))
    side.work()
    told = {json.loads(one["Detail"])["file_id"]: one for one in bus.entries}
    assert len(bus.entries) == 2
    assert {(one["Source"], one["EventBusName"]) for one in bus.entries} == {(SOURCE, "default")}
    assert told[good]["DetailType"] == COMPLETED
    where = {"tenant": "acme", "vector_store_id": store["id"], "version": 1, "attempts": 1}
    assert json.loads(told[good]["Detail"]) == {**where, "file_id": good, "chunks": 1}
    assert told[bad]["DetailType"] == FAILED
    assert json.loads(told[bad]["Detail"]).keys() == {*where, "file_id", "code", "cause"}


def test_an_object_whose_rights_cannot_be_read_is_told_of(side: DocumentSide, bus: Bus) -> None:
    door = Door(side)
    door.deliver(door.put(maru_acl="group:%zz"))
    (told,) = bus.entries
    detail = json.loads(told["Detail"])
    assert (told["DetailType"], detail["file_id"], detail["code"], detail["cause"]) == (FAILED, door.file_id, "invalid_file", "acl")


def test_an_upload_that_was_spoiled_is_told_of(side: DocumentSide, bus: Bus) -> None:
    store, file = new_store(side), add(side, "Apples.")
    attach(side.library, caller(), store, Wanted(file["id"]))
    spoiled = {"status": "uploaded", "sources": [{**file["content"], "version_id": "gone"}], "upload_id": "upload_1"}
    side.library.files.change(side.library.files.row(file["id"]) or {}, spoiled)
    side.queue.messages[:] = [{"task": "join", "file_id": file["id"]}]
    side.work()
    (told,) = bus.entries
    detail = json.loads(told["Detail"])
    assert (told["DetailType"], detail["file_id"], detail["code"], detail["cause"]) == (FAILED, file["id"], "invalid_file", "upload")


def test_a_bus_that_does_not_answer_stops_no_document(side: DocumentSide, bus: Bus) -> None:
    store, file = new_store(side), add(side, "Apples.")["id"]
    side.pipeline.endings.announcer = Announcer(boto3.client("events", endpoint_url="http://127.0.0.1:9"), "default", side.log)
    attach(side.library, caller(), store, Wanted(file))
    side.work()
    assert side.library.members.get(store["id"], file)["status"] == "completed"
    assert 1 in [json.loads(line).get("lost_events") for line in side.lines.getvalue().splitlines()]
