"""Documents under somebody's own name: written again and again, each time as a new version where something is new.

What callers send as bare text, and what sources (wikis, repositories) bring, comes in here. The id of the document follows from
its name, so that the same name is the same document, with its rights, its references and its history.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maru.dynamo import ConditionFailed, Item
from maru.errors import Conflict
from maru.knowledge import jobs
from maru.knowledge.acl import check_size
from maru.knowledge.documents import apply_acl
from maru.knowledge.files import new_file
from maru.knowledge.library import Library
from maru.knowledge.memberships import Entry
from maru.knowledge.paging import stamp

_CHANGED = "The document was changed by somebody else at the same time. Try again."


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A document to have in a store: ``rights`` holds acl, data_class and attributes, ``origin`` says where it comes from.

    ``space`` and ``name`` together are its identity within the tenant.
    """

    tenant: str
    user: str | None
    space: str
    name: str
    filename: str
    media_type: str
    body: bytes
    rights: Mapping[str, Any]
    origin: Mapping[str, Any]
    chunking: Item | None = None

    @property
    def file_id(self) -> str:
        """The same for the same name."""
        return placed_file_id(self.tenant, self.space, self.name)

    @property
    def digest(self) -> str:
        """Of all that a new version would be made for."""
        head = json.dumps([self.filename, self.media_type], ensure_ascii=False).encode()
        return hashlib.sha256(head + b"\0" + self.body).hexdigest()


def placed_file_id(tenant: str, space: str, name: str) -> str:
    """The id of the document of this name in this space."""
    return "file-" + hashlib.sha256(f"{tenant}\0{space}\0{name}".encode()).hexdigest()[:24]


def place(library: Library, store: Item, wanted: Placed) -> tuple[Item, bool]:
    """Have the document in the store as it is wanted: its row in the store, and whether anything had to be done.

    Raises BadRequest where rights and attributes are too large, Conflict where it is changed at the same time.
    """
    check_size(wanted.rights["acl"], wanted.rights["attributes"])
    old = library.files.row(wanted.file_id)
    if old is None:
        row, fresh = _first(library, wanted), True
    elif "deleted" in old or old.get("digest") != wanted.digest:
        row, fresh = _next(library, old, wanted), True
    else:
        row, fresh = old, False
    row, moved = _with_rights(library, row, wanted)
    member, queued = _in_store(library, store, row, wanted)
    _in_others(library, store, row)
    return member, fresh or moved or queued


def _first(library: Library, wanted: Placed) -> Item:
    row = new_file(
        tenant=wanted.tenant,
        user=wanted.user,
        filename=wanted.filename,
        purpose="assistants",
        size=len(wanted.body),
        rights=dict(wanted.rights),
        content={},
        file_id=wanted.file_id,
    )
    blob = library.blobs.content(wanted.tenant, wanted.file_id, 1)
    library.blobs.put(blob, wanted.body, media_type=wanted.media_type)
    row |= {"content": blob.to_item(), "media_type": wanted.media_type, "digest": wanted.digest, "origin": dict(wanted.origin)}
    try:
        return library.files.add(row)
    except ConditionFailed:
        raise Conflict(_CHANGED, code="file_changed") from None


def _next(library: Library, old: Item, wanted: Placed) -> Item:
    version = old["version"] + 1
    blob = library.blobs.content(wanted.tenant, wanted.file_id, version)
    library.blobs.put(blob, wanted.body, media_type=wanted.media_type)
    changes: dict[str, Any] = {
        "version": version,
        "content": blob.to_item(),
        "bytes": len(wanted.body),
        "filename": wanted.filename,
        "media_type": wanted.media_type,
        "digest": wanted.digest,
        "origin": dict(wanted.origin),
        # Of the old version's passages, whose rows keep their rights, nobody sees more than before; of the new one's what is said now.
        "acl_revision": old["acl_revision"] + 1,
        **wanted.rights,
    }
    if "deleted" in old:
        back = stamp(old["id"])
        changes |= {"deleted": None, "open": None, "due": None, "purge_at": None, "created": back, "listed": back}
        changes |= {"created_at": int(time.time()), "stores": None}
    condition = "version = :version AND acl_revision = :revision"
    values = {":version": old["version"], ":revision": old["acl_revision"]}
    try:
        return library.files.table.set({"id": old["id"]}, changes, condition=condition, values=values)
    except ConditionFailed:
        raise Conflict(_CHANGED, code="file_changed") from None


def _with_rights(library: Library, row: Item, wanted: Placed) -> tuple[Item, bool]:
    rights = wanted.rights
    if list(row["acl"]) != list(rights["acl"]):
        return apply_acl(library, row, tuple(rights["acl"]), data_class=rights["data_class"], attributes=dict(rights["attributes"])), True
    if (row["data_class"], row["attributes"]) == (rights["data_class"], rights["attributes"]):
        return row, False
    return library.files.change(row, {"data_class": rights["data_class"], "attributes": dict(rights["attributes"])}), True


def _in_store(library: Library, store: Item, row: Item, wanted: Placed) -> tuple[Item, bool]:
    """The document in the store, on its way to what is wanted; whether it had to be set off."""
    attributes, chunking = dict(wanted.rights["attributes"]), wanted.chunking or store["chunking"]
    member = library.members.find(store["id"], row["id"])
    if member is None:
        member = library.transitions.attach(store, [Entry(row, attributes, chunking)])[0]
    elif _as_wanted(member, row, attributes, chunking):
        return member, False
    else:
        same_cuts = member["chunking"] == chunking
        member = library.transitions.restart(member, row["version"], keep_live=same_cuts, attributes=attributes, chunking=chunking)
    library.turns.join(wanted.tenant)
    library.queue.send([jobs.ingest(member)])
    return member, True


def _as_wanted(member: Item, row: Item, attributes: Item, chunking: Item) -> bool:
    there = row["version"] in (member.get("live_version"), member.get("pending_version"))
    return there and member["status"] != "failed" and (member["attributes"], member["chunking"]) == (attributes, chunking)


def _in_others(library: Library, store: Item, row: Item) -> None:
    """Other stores that hold the document follow to its new version."""
    pairs = [(one, row["id"]) for one in row.get("stores") or () if one != store["id"]]
    for member in library.members.among(pairs).values():
        if row["version"] not in (member.get("live_version"), member.get("pending_version")):
            library.queue.send([jobs.ingest(library.transitions.restart(member, row["version"]))])
