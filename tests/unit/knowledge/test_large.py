"""Very large documents through their state machine: the very definition that is deployed, run against the worker."""

import json
import time
from typing import Any

import pytest

from functions.ingest.handler import large_tasks
from infra.constructs.large import definition
from maru.dynamo import Item
from maru.errors import Unavailable
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.documents import delete_file
from maru.knowledge.ingest import large
from maru.knowledge.ingest.large import LargeDocuments, Machine
from maru.knowledge.ingest.sweep import sweep
from tests.fakes.documents import DocumentSide, add, caller, counts, new_store
from tests.fakes.runs import Runs
from tests.fakes.step_functions import Execution, FakeStepFunctions

ARN = "arn:aws:states:r:0:stateMachine:large"
TEXT = "\n\n".join(f"Apples of kind {n} grow in the garden of house {n}, {'and more' * 5}." for n in range(40))


@pytest.fixture
def states(side: DocumentSide, monkeypatch: pytest.MonkeyPatch) -> FakeStepFunctions:
    """Step Functions with the machine, and a worker that hands every document of a kilobyte on to it, ten chunks a portion."""
    monkeypatch.setattr(large, "_CHUNKS", 10)
    tasks = large_tasks(LargeDocuments(side.library, side.pipeline))
    states = FakeStepFunctions(lambda payload: {"state": tasks[payload["task"]](payload)})
    states.versions[ARN] = json.dumps(definition("arn:worker", at_once=3))
    side.pipeline._hand_on, side.pipeline._large = Machine(side.library, states, ARN).start, 1024
    return states


def put(side: DocumentSide, store: Item, text: str = TEXT, name: str = "text.md") -> str:
    file = str(add(side, text, name)["id"])
    attach(side.library, caller(), store, Wanted(file))
    return file


def ran(states: FakeStepFunctions) -> Execution:
    (execution,) = states.executions.values()
    assert execution.done.wait(30)
    return execution


def test_its_portions_are_written_side_by_side_and_it_is_as_if_one_worker_had_done_it(
    side: DocumentSide, states: FakeStepFunctions
) -> None:
    plain, store = new_store(side, "plain", size=100), new_store(side, size=100)
    file = put(side, store)
    small = put(side, store, "Pears.", "small.md")
    side.work()
    tasks = [task for task, _ in ran(states).invoked]
    assert (tasks[0], tasks[-1], set(tasks[1:-1])) == ("large_read", "large_publish", {"large_write"})
    assert counts(side, store) == {"completed": 2, "total": 2}
    member = side.library.members.get(store["id"], file)
    rows = side.index.chunks("acme", store["id"], file, 1, limit=1000)
    assert [row.chunk_index for row in rows] == list(range(member["chunks"]))
    assert len(tasks) - 2 == -(-len(rows) // 10) > 3
    side.pipeline._hand_on = None
    attach(side.library, caller(), plain, Wanted(file))
    side.work()
    alone = side.index.chunks("acme", plain["id"], file, 1, limit=1000)
    assert [(row.text, row.file_start, row.total_chunks, row.vector) for row in rows] == [
        (row.text, row.file_start, row.total_chunks, row.vector) for row in alone
    ]
    assert side.library.members.get(store["id"], small)["status"] == "completed"
    assert len(states.executions) == 1, "a small one is no machine's"


def test_a_step_that_keeps_failing_ends_the_document_with_its_cause(side: DocumentSide, states: FakeStepFunctions) -> None:
    store = new_store(side, size=100)
    side.embedder.down = True
    file = put(side, store)
    side.work()
    assert (ran(states).status, ran(states).error) == ("FAILED", "LargeDocumentFailed")
    member = side.library.members.get(store["id"], file)
    assert (member["status"], member["last_error"]["cause"]) == ("failed", "Unavailable")
    assert counts(side, store) == {"failed": 1, "total": 1}
    assert side.index.chunks("acme", store["id"], file, 1, limit=10) == []
    assert side.queue.messages == []


def test_what_fails_for_a_moment_is_tried_again(side: DocumentSide, states: FakeStepFunctions) -> None:
    store, embed, failures = new_store(side, size=100), side.pipeline.writer.embed, [Unavailable("busy"), Unavailable("busy")]

    def unsteady(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return embed(*given)

    side.pipeline.writer.embed = unsteady
    put(side, store)
    side.work()
    assert ran(states).status == "SUCCEEDED"
    assert counts(side, store) == {"completed": 1, "total": 1}


def test_one_that_cannot_be_read_fails_at_once_with_the_readers_cause(side: DocumentSide, states: FakeStepFunctions) -> None:
    store = new_store(side)
    file = put(side, store, "%PDF-1.7\n" + "broken " * 1000, "broken.pdf")
    side.work()
    assert [task for task, _ in ran(states).invoked] == ["large_read"]
    member = side.library.members.get(store["id"], file)
    assert (member["status"], member["last_error"]["cause"]) == ("failed", "damaged")


def test_one_that_is_deleted_meanwhile_leaves_nothing(side: DocumentSide, states: FakeStepFunctions) -> None:
    store, embed = new_store(side, size=100), side.pipeline.writer.embed
    file = put(side, store)

    def deleting(*given: Any) -> Any:
        if (row := side.library.files.find("acme", file)) is not None:
            delete_file(side.library, row)
        return embed(*given)

    side.pipeline.writer.embed = deleting
    side.work()
    assert ran(states).status == "SUCCEEDED"
    side.work()
    assert side.index.chunks("acme", store["id"], file, 1, limit=10) == []
    assert counts(side, store) == {}


def test_a_machine_that_cannot_be_reached_or_dies_is_no_end(side: DocumentSide) -> None:
    runs = Runs()
    side.pipeline._hand_on, side.pipeline._large = Machine(side.library, runs, ARN).start, 1024
    store = new_store(side, size=100)
    file = put(side, store)
    runs.down = True
    side.deliver([side.queue.messages.pop()])
    assert side.library.members.get(store["id"], file)["attempts"] == 1
    assert side.queue.delays[-1] > 0
    runs.down = False
    side.deliver([side.queue.messages.pop()])
    (first,) = (json.loads(run["input"]) for run in runs.started)
    member = side.library.members.get(store["id"], file)
    assert member["lease_owner"] == first["owner"]
    # Nobody hears of it again: its lease runs out, and the next sweep has it handed on anew.
    side.library.members.table.set({"vector_store_id": store["id"], "file_id": file}, {"due": int(time.time()) - 1})
    sweep(side.library)
    side.deliver([side.queue.messages.pop()])
    assert len(runs.started) == 2
    steps = LargeDocuments(side.library, side.pipeline)
    assert steps.read(first) == []
    assert steps.write(first | {"portion": {"start": 0, "stop": 1}}) == "over"
    second = json.loads(runs.started[1]["input"])
    portions = steps.read(second)
    assert [steps.write(second | {"portion": portion}) for portion in portions] == ["done"] * len(portions)
    assert steps.publish(second) == "done"
    assert counts(side, store) == {"completed": 1, "total": 1}
