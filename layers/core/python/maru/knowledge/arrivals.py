"""The order of what happens to objects at the S3 door: events come more than once and in any order, rows remember the latest.

S3's ``sequencer`` orders the events of one key once it is padded on the left; every write is conditional on the one it read.
"""

import time
from dataclasses import dataclass
from typing import Any

from maru.dynamo import ConditionFailed, Item
from maru.errors import Unavailable
from maru.knowledge.acl import EVERYBODY
from maru.knowledge.blobs import Blob
from maru.knowledge.files import FileStore, door_file_id, new_file
from maru.knowledge.paging import stamp

_TRIES = 10
_SEQUENCER_DIGITS = 40


@dataclass(frozen=True)
class Event:
    """Something that happened to an object; ``sequencer`` is padded."""

    tenant: str
    store_id: str
    blob: Blob
    sequencer: str

    @property
    def file_id(self) -> str:
        """The document of this key, whatever happens to it."""
        return door_file_id(self.tenant, self.blob.key)

    @property
    def filename(self) -> str:
        """The key's last part."""
        return self.blob.key.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Arrival:
    """An object that was written; ``acl`` and ``data_class`` are None where its metadata says nothing, ``problem`` is what is wrong."""

    event: Event
    size: int
    media_type: str | None
    acl: tuple[str, ...] | None
    data_class: str | None
    problem: str | None = None
    attributes: dict[str, Any] | None = None
    etag: str | None = None

    def rights(self) -> Item:
        """What the metadata says about rights, as a row keeps it; an ACL that cannot be read lets nobody in."""
        if self.problem is not None:
            return {"acl": [], "acl_sequencer": self.event.sequencer, "status_details": self.problem}
        given = {"acl": list(self.acl), "acl_sequencer": self.event.sequencer, "status_details": None} if self.acl else {}
        own = {"data_class": self.data_class, "attributes": self.attributes}
        return given | {name: value for name, value in own.items() if value is not None}


def padded(sequencer: str) -> str:
    """A sequencer that sorts as a string like the number it is."""
    return sequencer.upper().zfill(_SEQUENCER_DIGITS)


def arrive(files: FileStore, arrival: Arrival) -> tuple[Item, bool] | None:
    """Note that the object was written: the row as it is now, and whether this event is the latest. None where it is deleted."""
    for _ in range(_TRIES):
        old = files.row(arrival.event.file_id)
        if old is not None and old["sequencer"] >= arrival.event.sequencer:
            return None if "deleted" in old else (old, old["sequencer"] == arrival.event.sequencer)
        row = _first(files, arrival) if old is None else _next(files, old, arrival)
        if row is not None:
            return row, True
    raise _contended()


def depart(files: FileStore, event: Event) -> Item | None:
    """Note that the object was deleted: the row that is to be cleared away, None where there is nothing (more) to do."""
    for _ in range(_TRIES):
        old = files.row(event.file_id)
        if old is None:
            if _tombstone(files, event):
                return None
        elif old["sequencer"] >= event.sequencer:
            return old if "deleted" in old and old["sequencer"] == event.sequencer else None
        elif (row := _buried(files, old, event)) is not None:
            return row
    raise _contended()


def _first(files: FileStore, arrival: Arrival) -> Item | None:
    event = arrival.event
    rights = {"acl": list(EVERYBODY), "data_class": "internal", "attributes": {}, "acl_sequencer": "", **arrival.rights()}
    row = new_file(
        tenant=event.tenant,
        user=None,
        filename=event.filename,
        purpose="assistants",
        size=arrival.size,
        rights={name: value for name, value in rights.items() if value is not None},
        content=event.blob.to_item(),
        file_id=event.file_id,
        status="error" if arrival.problem else "processed",
    )
    door = {"sequencer": event.sequencer, "door_key": event.blob.key, "media_type": arrival.media_type, "etag": arrival.etag}
    try:
        return files.add(row | {name: value for name, value in door.items() if value})
    except ConditionFailed:
        return None


def _next(files: FileStore, old: Item, arrival: Arrival) -> Item | None:
    rights = arrival.rights()
    # A key that was deleted and is written again keeps its rights too: in which order the events come must not matter.
    acl = rights.get("acl", old["acl"])
    changes: dict[str, Any] = {
        **rights,
        "acl": acl,
        "acl_revision": old["acl_revision"] + 1,
        "version": old["version"] + 1,
        "content": arrival.event.blob.to_item(),
        "bytes": arrival.size,
        "media_type": arrival.media_type,
        "etag": arrival.etag,
        "sequencer": arrival.event.sequencer,
        "status": "processed" if acl else "error",
    }
    if "deleted" in old:
        back = stamp(old["id"])
        changes |= {"deleted": None, "keep_object": None, "open": None, "due": None, "purge_at": None, "created": back, "listed": back}
        changes["created_at"] = int(time.time())
    return _set(files, old, changes)


def _tombstone(files: FileStore, event: Event) -> bool:
    """A row for a document whose deletion came before its creation."""
    rights = {"acl": list(EVERYBODY), "data_class": "internal", "attributes": {}, "acl_sequencer": ""}
    row = new_file(
        tenant=event.tenant,
        user=None,
        filename=event.filename,
        purpose="assistants",
        size=0,
        rights=rights,
        content=event.blob.to_item(),
        file_id=event.file_id,
    )
    del row["listed"]
    gone = {"version": 0, "deleted": True, "purge_at": int(time.time()) + 30 * 86_400}
    try:
        files.add(row | {"sequencer": event.sequencer, "door_key": event.blob.key} | gone)
    except ConditionFailed:
        return False
    return True


def _buried(files: FileStore, old: Item, event: Event) -> Item | None:
    if "deleted" in old:
        return _set(files, old, {"sequencer": event.sequencer})
    gone = {"deleted": True, "keep_object": True, "listed": None, "open": "open", "due": int(time.time()) + 300}
    return _set(files, old, gone | {"sequencer": event.sequencer, "first_version": old["version"] + 1})


def _set(files: FileStore, old: Item, changes: Item) -> Item | None:
    condition = "sequencer = :old AND version = :version AND acl_revision = :revision"
    values = {":old": old["sequencer"], ":version": old["version"], ":revision": old["acl_revision"]}
    try:
        return files.table.set({"id": old["id"]}, changes, condition=condition, values=values)
    except ConditionFailed:
        return None


def _contended() -> Unavailable:
    return Unavailable("Many changes to the same object at once. Try again in a moment.", retry_after=1)
