"""What callers do with documents in vector stores: put in, change, take out, in batches too."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from maru.dynamo import Item
from maru.errors import BadRequest, Conflict, NotFound
from maru.identity import Caller
from maru.knowledge import jobs
from maru.knowledge.acl import check_size
from maru.knowledge.library import Library
from maru.knowledge.memberships import Entry, Superseded
from maru.knowledge.paging import Cursor
from maru.knowledge.vector_stores import expired

_CHANGED = "The file in this vector store was changed at the same time. Try again."


class Wanted(NamedTuple):
    """A file that is to be in a store. None stands for the file's own attributes and the store's own chunking."""

    file_id: str
    attributes: Mapping[str, Any] | None = None
    chunking: Item | None = None


def attach(library: Library, caller: Caller, store: Item, wanted: Wanted) -> Item:
    """Put one file into a store, or ingest it again where attributes or chunking are others than before.

    Raises NotFound, BadRequest or Conflict.
    """
    require_usable(library, store)
    entry = _entry(store, library.files.seen(caller, wanted.file_id), wanted)
    member = library.members.find(store["id"], wanted.file_id)
    if member is None:
        member = library.transitions.attach(store, [entry])[0]
    elif _as_wanted(member, entry):
        return member
    else:
        member = _again(library, member, entry)
    _start(library, [(member, entry.file)])
    return member


def attach_batch(library: Library, caller: Caller, store: Item, wanted: Sequence[Wanted]) -> Item:
    """Put files into a store as one batch. Raises NotFound naming the first file that the caller cannot see."""
    require_usable(library, store)
    files = library.files.seen_among(caller, (one.file_id for one in wanted))
    missing = next((one.file_id for one in wanted if one.file_id not in files), None)
    if missing is not None:
        raise NotFound(f"No such file: '{missing}'.", param="file_ids")
    entries = {one.file_id: _entry(store, files[one.file_id], one) for one in wanted}
    present = library.members.among((store["id"], file_id) for file_id in entries)
    batch = library.batches.create(tenant=caller.tenant, store_id=store["id"])
    fresh = [entry for file_id, entry in entries.items() if (store["id"], file_id) not in present]
    members = library.transitions.attach(store, fresh, batch_id=batch["id"])
    members += [_again(library, member, entries[member["file_id"]], batch_id=batch["id"]) for member in present.values()]
    _start(library, [(member, files[member["file_id"]]) for member in members])
    return library.batches.get(store["id"], batch["id"])


def set_attributes(library: Library, caller: Caller, store: Item, file_id: str, attributes: Mapping[str, Any]) -> Item:
    """Give a document in a store other attributes: searches show them at once and filter by them when it is indexed again."""
    file = library.files.seen(caller, file_id)
    check_size(file["acl"], attributes)
    member = library.members.get(store["id"], file_id)
    if member["attributes"] == attributes:
        return member
    entry = Entry(file, dict(attributes), member["chunking"])
    if member["status"] not in ("in_progress", "completed"):
        return library.members.change(member, {"attributes": dict(attributes)})
    member = _again(library, member, entry)
    _start(library, [(member, file)])
    return member


def retry(library: Library, member: Item) -> Item:
    """Have a document that failed, or was cancelled, ingested once more in its file's present version. Raises Conflict or NotFound."""
    if member["status"] not in ("failed", "cancelled"):
        raise Conflict(f"The file is '{member['status']}': only what failed or was cancelled can be retried.", code="not_failed")
    file = library.files.find(member["tenant"], member["file_id"])
    if file is None:
        raise NotFound(f"No such file: '{member['file_id']}'.", param="file_id")
    if file["status"] == "error":
        raise Conflict(f"The file itself failed: {file.get('status_details')}", code="file_failed")
    try:
        again = library.transitions.restart(member, file["version"])
    except Superseded:
        raise Conflict(_CHANGED, code="file_changed") from None
    _start(library, [(again, file)])
    return again


def retry_all(library: Library, store: Item, files: Sequence[Item]) -> int:
    """Retry those documents of a store that failed and belong to these files; returns how many were set off."""
    members = library.members.among((store["id"], file["id"]) for file in files)
    done = 0
    for member in members.values():
        if member["status"] == "failed":
            try:
                retry(library, member)
            except (Conflict, NotFound):
                continue  # it moved by itself meanwhile, or cannot be mended by trying
            done += 1
    return done


def cancel_batch(library: Library, store: Item, batch_id: str) -> Item:
    """Stop what of a batch is not done yet. Raises NotFound."""
    batch = library.batches.get(store["id"], batch_id)
    if batch["n_in_progress"]:
        batch = library.batches.cancel(batch["id"])
    everything = Cursor(limit=10_000, order="asc")
    rows = library.members.list(store["id"], everything, batch_id=batch_id, keep=lambda rows: rows).rows
    for row in rows:
        member = library.members.find(store["id"], row["file_id"])
        if member and member["status"] == "in_progress" and member.get("batch_id") == batch_id:
            _cancel(library, member)
    return library.batches.get(store["id"], batch_id)


def require_usable(library: Library, store: Item) -> None:
    """Raises BadRequest where documents can no longer go into the store, or its engine is not there."""
    library.engines.of(store)
    if expired(store):
        raise BadRequest(f"The vector store '{store['id']}' has expired.", param="vector_store_id", code="vector_store_expired")


def _cancel(library: Library, member: Item) -> None:
    try:
        library.transitions.cancel(member)
    except Superseded:
        return  # it ended by itself


def _entry(store: Item, file: Item, wanted: Wanted) -> Entry:
    if file["status"] == "error":
        raise BadRequest(f"The file '{file['id']}' failed: {file.get('status_details')}", param="file_id", code="file_failed")
    attributes = dict(file["attributes"] if wanted.attributes is None else wanted.attributes)
    check_size(file["acl"], attributes)
    return Entry(file, attributes, wanted.chunking or store["chunking"])


def _as_wanted(member: Item, entry: Entry) -> bool:
    same = member["attributes"] == entry.attributes and member["chunking"] == entry.chunking
    return same and member["status"] in ("in_progress", "completed")


def _again(library: Library, member: Item, entry: Entry, *, batch_id: str | None = None) -> Item:
    same_cuts = member["chunking"] == entry.chunking
    try:
        return library.transitions.restart(
            member, entry.file["version"], batch_id=batch_id, keep_live=same_cuts, attributes=entry.attributes, chunking=entry.chunking
        )
    except Superseded:
        raise Conflict(_CHANGED, code="file_changed") from None


def _start(library: Library, members: Sequence[tuple[Item, Item]]) -> None:
    """Queue the work; files whose parts are still being joined start when that is done."""
    ready = [member for member, file in members if file["status"] != "uploaded"]
    if ready:
        library.turns.join(ready[0]["tenant"])
    library.queue.send(jobs.ingest(member) for member in ready)
