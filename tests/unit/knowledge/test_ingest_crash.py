"""A worker that dies: whatever it was doing, the next one ends it, and nothing counts twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from maru.dynamo import Item
from maru.errors import NotFound
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.documents import change_rights, delete_file
from maru.knowledge.ingest.ending import MAX_ATTEMPTS
from tests.fakes.documents import DOOR, DocumentSide, add, caller, counts, new_store
from tests.fakes.memory_vector_store import MemoryVectorStore

TEXT = "\n\n".join(
    f"# Part {n}\n\n{word} grow here and nowhere else in part {n}." for n, word in enumerate(("Apples", "Pears", "Plums", "Figs", "Nuts"))
)
ME = caller()


class Killed(BaseException):
    """The process is gone: no handler of errors sees it."""


class Death:
    """Kills before the n-th call to AWS or to the index."""

    def __init__(self, side: DocumentSide) -> None:
        self.left: int | None = None
        for client in (side.library.files.table.client, side.s3):
            client.meta.events.register("before-call", self._tick)
        assert isinstance(side.index, MemoryVectorStore)
        for name in ("upsert", "delete", "set_acl", "delete_store"):
            setattr(side.index, name, self._counted(getattr(side.index, name)))

    @contextmanager
    def at(self, call: int) -> Iterator[None]:
        """Arms it for what happens inside."""
        self.left = call
        try:
            yield
        finally:
            self.left = None

    def _tick(self, **_: Any) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed

    def _counted(self, method: Callable[..., None]) -> Callable[..., None]:
        def call(*given: Any, **named: Any) -> None:
            self._tick()
            method(*given, **named)

        return call


def survive(side: DocumentSide, death: Death, work: Callable[[], object], call: int) -> bool:
    """Do the work, dying at a call; True where it did not come to that. Then start again, as after a restart."""
    with death.at(call):
        try:
            work()
            return True
        except Killed:
            side.queue.messages.clear()  # the queue is the first thing to be lost
    side.deliver([{"task": "sweep", "all": True}])
    side.work()
    return False


def rows(side: DocumentSide, file_id: str) -> list[Any]:
    assert isinstance(side.index, MemoryVectorStore)
    return [row for row in side.index.rows.values() if row.file_id == file_id]


def put(side: DocumentSide, store: Item, body: str, sequencer: str, name: str = "a.md") -> dict[str, Any]:
    key = f"acme/{store['id']}/{name}"
    written = side.s3.put_object(Bucket=DOOR, Key=key, Body=body.encode())
    told = {"key": key, "size": len(body), "version-id": written["VersionId"], "sequencer": sequencer}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": {"bucket": {"name": DOOR}, "object": told}}


def test_ingestion_survives_death_at_every_step(side: DocumentSide) -> None:
    death = Death(side)
    for call in range(200):
        store, file = new_store(side, size=60), add(side, TEXT)
        attach(side.library, ME, store, Wanted(file["id"]))
        messages = side.queue.messages[:]
        side.queue.messages.clear()
        ended = survive(side, death, lambda: side.deliver(messages), call)  # noqa: B023 - called at once
        member = side.library.members.get(store["id"], file["id"])
        assert (member["status"], member["live_version"]) == ("completed", 1), call
        assert counts(side, store) == {"completed": 1, "total": 1}, call
        assert sorted(row.chunk_index for row in rows(side, file["id"])) == list(range(member["chunks"])), call
        assert "open" not in member
        if ended:
            assert call > 12
            return
    pytest.fail("it never came to its end")


def test_an_overwrite_survives_death_at_every_step(side: DocumentSide) -> None:
    death = Death(side)
    for call in range(200):
        store = new_store(side, size=60)
        side.deliver([put(side, store, TEXT, "0A")])
        side.work()
        event = put(side, store, TEXT.replace("Figs", "Dates") + "\n\nAnd olives.", "0B")

        def overwrite(event: dict[str, Any] = event) -> None:
            # S3's events are S3's: only they survive on the queue.
            side.deliver([event])
            side.work()

        with death.at(call):
            try:
                overwrite()
                ended = True
            except Killed:
                ended = False
                side.queue.messages.clear()
        side.deliver([event])
        side.work()
        side.deliver([{"task": "sweep", "all": True}])
        side.work()
        (row,) = side.library.members.of_store(store["id"])
        assert (row["status"], row["live_version"]) == ("completed", 2), call
        assert {one.version for one in rows(side, row["file_id"])} == {2}, call
        assert counts(side, store) == {"completed": 1, "total": 1}, call
        if ended:
            assert call > 20
            return
    pytest.fail("it never came to its end")


def test_a_deletion_survives_death_at_every_step(side: DocumentSide) -> None:
    death = Death(side)
    for call in range(100):
        store, file = new_store(side), add(side, TEXT)
        attach(side.library, ME, store, Wanted(file["id"]))
        side.work()
        ended = survive(side, death, lambda: delete_file(side.library, side.library.files.seen(ME, file["id"])), call)  # noqa: B023
        if side.library.files.find("acme", file["id"]) is not None:
            assert call < 3  # it had not begun: the caller got no answer and asks again
            delete_file(side.library, side.library.files.seen(ME, file["id"]))
        with pytest.raises(NotFound):
            side.library.files.seen(ME, file["id"])
        assert rows(side, file["id"]) == [], call
        assert counts(side, store) == {}, call
        assert side.library.renderings.load("acme", file["id"], 1) is None
        assert "Contents" not in side.s3.list_objects_v2(Bucket="documents", Prefix=f"files/acme/{file['id']}/")
        if ended:
            return
    pytest.fail("it never came to its end")


def test_a_change_of_rights_that_dies_gives_nobody_more(side: DocumentSide) -> None:
    death = Death(side)
    for call in range(50):
        store, file = new_store(side), add(side, TEXT, acl=["group:hr", "user:kim"])
        attach(side.library, caller("kim"), store, Wanted(file["id"]))
        side.work()
        admin = caller("root", role="admin")
        ended = survive(side, death, lambda: change_rights(side.library, admin, file["id"], acl=["group:hr", "user:lee"]), call)  # noqa: B023
        present = side.library.files.find("acme", file["id"])
        assert present is not None
        assert set(present["acl"]) <= {"group:hr", "user:lee"} or present["acl_revision"] == 1
        change_rights(side.library, admin, file["id"], acl=["group:hr", "user:lee"])
        assert {row.acl for row in rows(side, file["id"])} == {("group:hr", "user:lee")}
        if ended:
            return
    pytest.fail("it never came to its end")


def test_what_is_delivered_twice_at_once_is_done_once(side: DocumentSide) -> None:
    store, file = new_store(side), add(side, TEXT)
    attach(side.library, ME, store, Wanted(file["id"]))
    (job,) = side.queue.messages
    claimed = side.library.members.claim(store["id"], file["id"], 1, lease_s=60)
    assert claimed is not None
    calls = side.embedder.calls
    assert side.deliver([job, job]) == []
    assert side.embedder.calls == calls
    side.library.members.release(claimed, delay_s=0)
    assert side.deliver([job, job]) == []
    assert counts(side, store) == {"completed": 1, "total": 1}


def test_indexing_goes_on_where_it_was_cut_off(side: DocumentSide) -> None:
    store, file = new_store(side, size=60), add(side, TEXT)
    attach(side.library, ME, store, Wanted(file["id"]))
    messages, death = side.queue.messages[:], Death(side)
    upserts: list[int] = []
    whole = side.embedder.calls
    with death.at(17), pytest.raises(Killed):
        side.deliver(messages)
    upserts.append(side.embedder.calls - whole)
    side.deliver([{"task": "sweep", "all": True}])
    side.work()
    member = side.library.members.get(store["id"], file["id"])
    assert member["status"] == "completed"
    steps = -(-member["chunks"] // 2)
    assert upserts[0] >= 2
    assert side.embedder.calls - whole <= steps + 1


def test_a_file_that_kills_every_worker_fails_in_the_end(side: DocumentSide) -> None:
    store, file = new_store(side), add(side, TEXT)
    attach(side.library, ME, store, Wanted(file["id"]))
    death = Death(side)
    for _ in range(MAX_ATTEMPTS):
        messages, side.queue.messages = side.queue.messages, []
        with death.at(5), pytest.raises(Killed):
            side.deliver(messages)
        side.deliver([{"task": "sweep", "all": True}])
    side.work()
    member = side.library.members.get(store["id"], file["id"])
    assert (member["status"], member["last_error"]["cause"]) == ("failed", "too_large")
    assert "open" not in member
