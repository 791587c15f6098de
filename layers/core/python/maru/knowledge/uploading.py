"""What completing an upload does: checks what came, makes the file, and has a worker bring its bytes together."""

import time
from collections.abc import Sequence
from typing import Any

from maru.dynamo import Item
from maru.errors import BadRequest, Conflict
from maru.identity import Caller
from maru.knowledge import jobs
from maru.knowledge.blobs import ObjectGone
from maru.knowledge.files import new_file
from maru.knowledge.library import Library
from maru.knowledge.uploads import require_open

#: How long a worker may take to join the parts before a sweep asks again.
_JOIN_SECONDS = 900


def complete_upload(library: Library, caller: Caller, upload_id: str, *, part_ids: Sequence[str], md5: str | None) -> tuple[Item, Item]:
    """The completed upload and its file, whose status is ``uploaded`` until it is joined.

    Completing the same upload in the same way again gives the same file. Raises BadRequest where bytes are missing or too many.
    """
    upload = library.uploads.get(caller, upload_id)
    if upload["status"] == "completed" and list(upload["part_ids"]) == list(part_ids):
        file = library.files.find(caller.tenant, upload["file_id"])
        if file is None:
            raise Conflict("The upload was completed, and its file deleted since.", param="upload_id")
        return upload, file
    require_open(upload)
    sources = _parts(library, upload, part_ids) if part_ids else _whole(library, upload)
    rights = dict(upload["rights"])
    life = rights.pop("life_s", None)
    row = new_file(
        tenant=caller.tenant,
        user=caller.user,
        filename=upload["filename"],
        purpose=upload["purpose"],
        size=upload["bytes"],
        rights=rights,
        content={},
        status="uploaded",
        life_s=life,
    )
    row |= {"media_type": upload["mime_type"], "upload_id": upload_id, "open": "open", "due": int(time.time()) + _JOIN_SECONDS, **sources}
    row |= {"content": library.blobs.content(caller.tenant, row["id"], 1).to_item(), **({"md5": md5.lower()} if md5 else {})}
    done = library.uploads.complete(upload, row, {"part_ids": list(part_ids)})
    library.queue.send([jobs.join(row["id"])])
    return done, row


def _parts(library: Library, upload: Item, part_ids: Sequence[str]) -> dict[str, Any]:
    parts = library.uploads.parts(upload, part_ids)
    size = sum(part["bytes"] for part in parts)
    if size != upload["bytes"]:
        raise BadRequest(f"The parts have {size} bytes together; the upload was created for {upload['bytes']}.", param="part_ids")
    return {"sources": [library.blobs.part(upload["id"], part["part"]).to_item() for part in parts]}


def _whole(library: Library, upload: Item) -> dict[str, Any]:
    blob = library.blobs.part(upload["id"], "whole")
    try:
        head = library.blobs.head(blob)
    except ObjectGone:
        message = "Nothing was PUT to the upload_url yet: send the file there, or name the parts in part_ids."
        raise BadRequest(message, param="part_ids", code="nothing_uploaded") from None
    if head["ContentLength"] != upload["bytes"]:
        message = f"{head['ContentLength']} bytes were PUT; the upload was created for {upload['bytes']}."
        raise BadRequest(message, param="bytes")
    return {"sources": [blob.to_item()], "source_etag": head["ETag"]}
