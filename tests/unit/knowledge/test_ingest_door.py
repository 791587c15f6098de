"""Rights at the S3 door: what metadata says, what overwrites keep, and that the order of events does not matter."""

import itertools
from typing import Any

import pytest

from maru.dynamo import Item
from maru.knowledge.documents import change_rights, delete_file
from maru.knowledge.files import door_file_id
from tests.fakes.documents import DOOR, DocumentSide, caller, counts, new_store

Event = dict[str, Any]


class Door:
    """Puts and deletes objects, and keeps the events that S3 would send."""

    def __init__(self, side: DocumentSide) -> None:
        self.side, self.store, self._sequence = side, new_store(side), itertools.count(0xFE)
        self.key = f"acme/{self.store['id']}/규정/보고서 1+2%.md"
        self.file_id = door_file_id("acme", self.key)

    def put(self, body: str = "Apples grow here.", **metadata: str) -> Event:
        named = {name.replace("_", "-"): value for name, value in metadata.items()}
        written = self.side.s3.put_object(Bucket=DOOR, Key=self.key, Body=body.encode(), Metadata=named, ContentType="text/markdown")
        return self._event("Object Created", {"size": len(body), "version-id": written["VersionId"], "etag": written["ETag"].strip('"')})

    def remove(self) -> Event:
        marker = self.side.s3.delete_object(Bucket=DOOR, Key=self.key)
        event = self._event("Object Deleted", {"version-id": marker["VersionId"]})
        event["detail"]["deletion-type"] = "Delete Marker Created"
        return event

    def sidecar(self, body: str, *, key: str = "") -> Event:
        """A sidecar of the document."""
        key = (key or self.key) + ".maru.json"
        written = self.side.s3.put_object(Bucket=DOOR, Key=key, Body=body.encode())
        event = self._event("Object Created", {"size": len(body), "version-id": written["VersionId"], "etag": written["ETag"].strip('"')})
        event["detail"]["object"]["key"] = key
        return event

    def deliver(self, *events: Event) -> None:
        assert self.side.deliver(events) == []
        self.side.work()

    @property
    def file(self) -> Item:
        row = self.side.library.files.row(self.file_id)
        assert row is not None
        return row

    @property
    def member(self) -> Item:
        return self.side.library.members.get(self.store["id"], self.file_id)

    async def found(self, *groups: str) -> list[str]:
        hits = await self.side.retriever.search(caller("kim", *groups), store_ids_or_names=[self.store["id"]], query="apples", k=5)
        return [hit.text for hit in hits]

    def _event(self, kind: str, told: dict[str, Any]) -> Event:
        told |= {"key": self.key, "sequencer": f"{next(self._sequence):X}"}
        return {"source": "aws.s3", "detail-type": kind, "detail": {"bucket": {"name": DOOR}, "object": told}}


@pytest.fixture
def door(side: DocumentSide) -> Door:
    return Door(side)


async def test_an_overwrite_keeps_the_present_acl(door: Door) -> None:
    door.deliver(door.put(maru_acl="group:hr"))
    door.deliver(door.put("Apples and pears grow here."))
    assert (door.file["acl"], door.file["version"]) == (["group:hr"], 2)
    assert await door.found() == []
    assert await door.found("hr") == ["Apples and pears grow here."]
    door.deliver(door.put("Apples for all.", maru_acl="public"))
    assert await door.found() == ["Apples for all."]
    assert counts(door.side, door.store) == {"completed": 1, "total": 1}


async def test_an_overwrite_keeps_an_acl_that_was_changed_by_the_api(door: Door) -> None:
    first = door.put()
    door.deliver(first)
    change_rights(door.side.library, caller(), door.file_id, acl=["group:hr"])
    door.deliver(first, door.put("Apples again."))
    assert await door.found() == []
    assert await door.found("hr") == ["Apples again."]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_the_order_of_overwrites_does_not_matter(door: Door, order: tuple[int, ...]) -> None:
    events = [door.put("One apple.", maru_acl="group:hr"), door.put("Two apples."), door.put("Three apples.")]
    door.deliver(*(events[place] for place in order))
    assert await door.found() == []
    assert await door.found("hr") == ["Three apples."]
    assert counts(door.side, door.store) == {"completed": 1, "total": 1}
    assert door.member["live_version"] == door.file["version"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_the_order_of_deletions_does_not_matter(door: Door, order: tuple[int, ...]) -> None:
    events = [door.put("One apple.", maru_acl="group:hr"), door.remove(), door.put("Two apples.", maru_acl="group:hr")]
    door.deliver(*(events[place] for place in order))
    assert await door.found("hr") == ["Two apples."]
    assert counts(door.side, door.store) == {"completed": 1, "total": 1}
    door.deliver(*events)
    assert await door.found("hr") == ["Two apples."]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_deleted_document_stays_deleted(door: Door, order: tuple[int, ...]) -> None:
    events = [door.put("One apple."), door.put("Two apples."), door.remove()]
    door.deliver(*(events[place] for place in order))
    assert await door.found() == []
    assert counts(door.side, door.store) == {}
    assert door.side.library.files.find("acme", door.file_id) is None


async def test_an_acl_that_cannot_be_read_lets_nobody_in(door: Door) -> None:
    door.deliver(door.put())
    assert len(await door.found()) == 1
    door.deliver(door.put("Apples in secret.", maru_acl="group:%zz"))
    assert await door.found("hr") == []
    member = door.member
    assert (member["status"], member["last_error"]["code"], member["last_error"]["cause"]) == ("failed", "invalid_file", "acl")
    assert "live_version" not in member
    assert counts(door.side, door.store) == {"failed": 1, "total": 1}
    (listed,) = door.side.library.rejections.list(10)
    assert listed["key"] == door.key
    assert door.side.library.files.seen(caller("root", role="admin"), door.file_id)["status"] == "error"
    door.deliver(door.put("Apples, still in secret."))
    assert await door.found("hr") == []
    door.deliver(door.put("Apples for HR.", maru_acl="group:hr"))
    assert await door.found("hr") == ["Apples for HR."]
    assert counts(door.side, door.store) == {"completed": 1, "total": 1}


async def test_an_older_version_that_goes_is_not_the_document(door: Door) -> None:
    first, second = door.put("One apple."), door.put("Two apples.")
    door.deliver(first, second)
    gone = door._event("Object Deleted", {"version-id": first["detail"]["object"]["version-id"]})
    gone["detail"]["deletion-type"] = "Permanently Deleted"
    door.deliver(gone)
    assert await door.found() == ["Two apples."]


async def test_deleting_by_the_api_empties_the_door(door: Door) -> None:
    events = [door.put("One apple."), door.put("Two apples.")]
    door.deliver(*events)
    delete_file(door.side.library, door.side.library.files.seen(caller(), door.file_id))
    assert "Versions" not in door.side.s3.list_object_versions(Bucket=DOOR)
    door.deliver(*events)
    assert await door.found() == []


async def test_a_document_is_ingested_into_every_store_it_is_in(door: Door) -> None:
    from maru.knowledge.attaching import Wanted, attach

    door.deliver(door.put("One apple."))
    other = new_store(door.side, "other")
    attach(door.side.library, caller(), other, Wanted(door.file_id))
    door.side.work()
    door.deliver(door.put("Two apples."))
    hits = await door.side.retriever.search(caller(), store_ids_or_names=["other"], query="apples", k=5)
    assert [hit.text for hit in hits] == ["Two apples."]


def test_a_store_is_named_by_its_id_alone(door: Door) -> None:
    event = door.put()
    event["detail"]["object"]["key"] = "acme/store/a.md"
    door.deliver(event)
    assert [row["cause"] for row in door.side.library.rejections.list(5)] == ["The tenant has no such vector store."]


def test_another_tenants_store_is_refused(door: Door) -> None:
    event = door.put()
    event["detail"]["object"]["key"] = f"other/{door.store['id']}/a.md"
    door.deliver(event)
    assert len(door.side.library.rejections.list(5)) == 1
    assert counts(door.side, door.store) == {}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_sidecar_holds_whenever_it_comes(door: Door, order: tuple[int, ...]) -> None:
    events = [
        door.put("One apple."),
        door.sidecar('{"acl": ["group:hr"], "data_class": "restricted"}'),
        door.put("Two apples.", maru_acl="public"),
    ]
    door.deliver(*(events[place] for place in order))
    assert await door.found() == []
    assert await door.found("hr") == ["Two apples."]
    assert (door.file["acl"], door.file["data_class"]) == (["group:hr"], "restricted")
    assert counts(door.side, door.store) == {"completed": 1, "total": 1}


async def test_a_sidecar_that_changes_is_obeyed_without_the_document(door: Door) -> None:
    door.deliver(door.put(), door.sidecar('{"acl": ["group:hr"]}'))
    door.deliver(door.sidecar('{"acl": ["group:sales"], "attributes": {"year": 2024}}'))
    assert (await door.found("hr"), len(await door.found("sales"))) == ([], 1)
    assert (door.file["version"], door.member["attributes"], door.member["status"]) == (1, {"year": 2024}, "completed")
    gone = door.sidecar("{}")
    door.side.s3.delete_object(Bucket=DOOR, Key=f"{door.key}.maru.json")
    gone["detail-type"] = "Object Deleted"
    door.deliver(gone)
    assert len(await door.found("sales")) == 1


@pytest.mark.parametrize(
    "body",
    ["{", "[]", '{"acl": []}', '{"acl": ["hr"]}', '{"acls": ["public"]}', '{"data_class": "secret"}', '{"attributes": 5}', " " * 17_000],
)
@pytest.mark.parametrize("first", [True, False])
async def test_a_sidecar_that_cannot_be_read_lets_nobody_in(door: Door, body: str, first: bool) -> None:
    broken = door.sidecar(body)
    written = door.put(maru_acl="public")
    door.deliver(*((broken, written) if first else (written, broken)))
    assert await door.found("hr") == []
    assert (door.member["status"], door.member["last_error"]["cause"]) == ("failed", "acl")
    assert "sidecar" in door.file["status_details"]
    door.deliver(door.sidecar('{"acl": ["group:hr"]}'))
    assert len(await door.found("hr")) == 1
    assert (door.file["status"], door.file.get("status_details")) == ("processed", None)


def test_a_sidecar_alone_is_no_document(door: Door) -> None:
    door.deliver(door.sidecar('{"acl": ["group:hr"]}', key=door.key + ".nowhere"))
    assert counts(door.side, door.store) == {}
    assert door.side.library.rejections.list(5) == []
