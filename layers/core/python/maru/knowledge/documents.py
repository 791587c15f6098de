"""What callers do with files: add, delete, change who may see them."""

from collections.abc import Iterable
from typing import Any

from maru.cache.forgetting import Left
from maru.dynamo import Item
from maru.errors import Conflict, NotFound
from maru.identity import Caller
from maru.knowledge.acl import check_size
from maru.knowledge.blobs import Blob
from maru.knowledge.files import new_file, visible
from maru.knowledge.library import Library
from maru.knowledge.memberships import Superseded

_TRIES = 5
#: What a document's name at the S3 door is followed by in the name of its sidecar (`ingest.sidecar`).
SIDECAR = ".maru.json"


def add_file(
    library: Library,
    caller: Caller,
    *,
    filename: str,
    purpose: str,
    body: bytes,
    media_type: str,
    rights: dict[str, Any],
    life_s: int | None = None,
) -> Item:
    """Keep an uploaded file; ``rights`` holds acl, data_class and attributes, ``life_s`` the seconds after which it deletes itself."""
    row = new_file(
        tenant=caller.tenant,
        user=caller.user,
        filename=filename,
        purpose=purpose,
        size=len(body),
        rights=rights,
        content={},
        life_s=life_s,
    )
    blob = library.blobs.content(caller.tenant, row["id"], 1)
    library.blobs.put(blob, body, media_type=media_type)
    return library.files.add(row | {"content": blob.to_item(), "media_type": media_type})


def delete_file(library: Library, row: Item) -> None:
    """Delete a file as it was read: at once for every caller, then what it left. Raises NotFound where it is gone already."""
    library.files.bury(row)
    present = library.files.row(row["id"])
    if present is not None:
        purge_file(library, present)


def purge_file(library: Library, row: Item) -> None:
    """Remove everything that a deleted file left; may be called again at any time."""
    if "deleted" not in row or "open" not in row:
        return
    for store_id in sorted(row.get("stores", ())):
        remove_member(library, store_id, row["id"])
    library.answers.forget(row["tenant"], row["id"])
    library.renderings.delete(row["tenant"], row["id"])
    library.embeddings.forget(row["id"])
    library.blobs.delete_under(f"files/{row['tenant']}/{row['id']}/")
    if "upload_id" in row:
        library.blobs.delete_under(f"uploads/{row['upload_id']}/")
    if "door_key" in row and not row.get("keep_object"):
        library.blobs.delete(Blob(row["content"]["bucket"], row["door_key"]))
        library.blobs.delete(Blob(row["content"]["bucket"], row["door_key"] + SIDECAR))
    library.files.forget(row)


def remove_member(library: Library, store_id: str, file_id: str) -> None:
    """Take a file out of a store, with its rows in the index; nothing happens where it is not in it."""
    for _ in range(_TRIES):
        member = library.members.find(store_id, file_id)
        if member is None:
            break
        try:
            library.transitions.bury(member)
        except Superseded:
            if _store_gone(library, member):
                break
    purge_member(library, store_id, file_id)


def purge_member(library: Library, store_id: str, file_id: str) -> None:
    """Remove what a document left that was taken out of a store; may be called again at any time."""
    row = library.members.buried(store_id, file_id)
    if row is not None:
        for place in library.places(store_id):
            place.engine.delete(row["tenant"], place.key, file_id)
        library.answers.forget(row["tenant"], file_id)
        library.members.forget(store_id, file_id)
    library.files.leave(file_id, store_id)


def tidy_member(library: Library, member: Item, live: int) -> None:
    """Remove what older versions left in a store, and the answers that were made of them; may be called again at any time."""
    tenant, file_id = member["tenant"], member["file_id"]
    for place in library.places(member["vector_store_id"]):
        place.engine.delete(tenant, place.key, file_id, keep_version=live)
    first = (library.files.row(file_id) or {}).get("first_version", 1)
    library.answers.forget(tenant, file_id, Left(live, first))
    if first > 1:  # it was put again before its deletion had come to its end
        library.renderings.delete_before(tenant, file_id, first)
    library.members.tidied(member)


def change_rights(library: Library, caller: Caller, file_id: str, *, acl: Iterable[str], data_class: str | None = None) -> Item:
    """Change who may see a file; when this returns, every later query obeys.

    Rights that are taken away are gone from the table before the index is touched; rights that are given are in the index before
    the table grants them. Allowed to who sees the file now, and to the tenant's admins. Raises NotFound or Conflict.
    """
    row = library.files.find(caller.tenant, file_id)
    if row is None or not (visible(row, caller) or "admin" in caller.scopes):
        raise NotFound(f"No such file: '{file_id}'.", param="file_id")
    if row["status"] == "error":
        raise Conflict("The file failed at the S3 door. Correct its metadata and put it there again.", code="file_failed")
    wanted = tuple(acl)
    check_size(wanted, row["attributes"], param="acl")
    members = library.members.among((store_id, file_id) for store_id in row.get("stores", ()))
    for member in members.values():
        check_size(wanted, member["attributes"], param="acl")
    apply_acl(library, row, wanted, **({"data_class": data_class} if data_class else {}))
    return library.files.seen(caller, file_id) if visible(row | {"acl": list(wanted)}, caller) else row | {"acl": list(wanted)}


def apply_acl(library: Library, row: Item, acl: tuple[str, ...], **changes: Any) -> Item:
    """Put an ACL in force in table and index. Raises Conflict where the file changed meanwhile."""
    narrowed = library.files.set_acl(row, [entry for entry in row["acl"] if entry in acl])
    told = _tell_indexes(library, narrowed, acl, set())
    for store_id in narrowed.get("stores", ()):
        library.stores.renew(store_id)
    # What came through the door later than this and says nothing about rights keeps these.
    origin = {"acl_sequencer": row["sequencer"]} if "sequencer" in row else {}
    final = library.files.set_acl(narrowed, acl, **(origin | changes))
    # A rebuild that began meanwhile may have read the rights in between; one that begins from here on reads these.
    _tell_indexes(library, narrowed, acl, told)
    return final


def _tell_indexes(library: Library, row: Item, acl: tuple[str, ...], told: set[str]) -> set[str]:
    """Put an ACL in force wherever the file's rows lie, but for the places that were told already."""
    for store_id in row.get("stores", ()):
        for place in library.places(store_id):
            if place.key not in told:
                place.engine.set_acl(row["tenant"], place.key, row["id"], acl)
                told = told | {place.key}
    return told


def _store_gone(library: Library, member: Item) -> bool:
    return library.stores.find(member["tenant"], member["vector_store_id"]) is None
