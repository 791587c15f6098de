"""Uploads: files too large for one call, in parts or by one PUT."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, UploadFile
from pydantic import Field
from starlette.datastructures import FormData
from starlette.requests import Request

from functions.knowledge import forms
from functions.knowledge.common import Body, Documents, Writer, filename
from functions.knowledge.file_routes import Purpose
from maru.dynamo import Item
from maru.errors import PayloadTooLarge
from maru.http import exchange
from maru.ids import new_id
from maru.knowledge.library import Library
from maru.knowledge.uploading import complete_upload
from maru.knowledge.uploads import MAX_BYTES, part_object, require_open, status_of, upload_object
from maru.validation import spelled

router = APIRouter(tags=["uploads"])


class UploadRequest(Body):
    """A file that is to come; ``acl``, ``data_class`` and ``attributes`` become the file's."""

    filename: str
    purpose: Purpose
    bytes: int = Field(ge=0)
    mime_type: str = Field(max_length=255)
    expires_after: dict[str, Any] | None = None
    acl: list[str] | None = None
    data_class: str | None = None
    attributes: dict[str, Any] | None = None


class CompleteRequest(Body):
    """The order of the parts; none where the file was PUT to the ``upload_url``."""

    part_ids: list[str] = Field(default=[], max_length=10_000)
    md5: str | None = Field(default=None, pattern=spelled("^[0-9a-fA-F]{32}$", "an MD5 sum: 32 of 0-9 and a-f"))


async def _form(request: Request) -> FormData:
    form = await request.form()
    forms.check_fields(form, frozenset({"data"}))
    return form


@router.post("/v1/uploads")
def create_upload(body: UploadRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Open an upload of up to 512 MB for an hour; its ``upload_url`` takes the whole file by one PUT of exactly ``bytes`` bytes."""
    if body.bytes > MAX_BYTES:
        raise PayloadTooLarge("A file may have at most 512 MB.", param="bytes")
    rights = forms.rights(body.acl, body.data_class, body.attributes)
    life = forms.seconds_after(body.expires_after) if body.expires_after is not None else None
    row = library.uploads.create(
        caller,
        filename=filename(body.filename),
        purpose=body.purpose,
        size=body.bytes,
        mime_type=body.mime_type,
        rights=rights | ({"life_s": life} if life else {}),
    )
    exchange(request).object_id = row["id"]
    return upload_object(row, upload_url=_address(library, row))


@router.get("/v1/uploads/{upload_id}")
def retrieve_upload(upload_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """One of the caller's own uploads."""
    row = library.uploads.get(caller, upload_id)
    file = library.files.find(caller.tenant, row["file_id"]) if "file_id" in row else None
    return upload_object(row, file=file, upload_url=_address(library, row) if status_of(row) == "pending" else None)


@router.post("/v1/uploads/{upload_id}/parts")
def create_part(
    upload_id: str,
    caller: Writer,
    library: Documents,
    form: Annotated[FormData, Depends(_form)],
    data: Annotated[UploadFile, File()],
) -> dict[str, Any]:
    """Send a part of up to 4.4 MB (``part_size=4_000_000``)."""
    del form
    row = library.uploads.get(caller, upload_id)
    require_open(row)
    body = data.file.read()
    part_id = new_id("part_")
    library.blobs.put(library.blobs.part(upload_id, part_id), body)
    return part_object(library.uploads.add_part(row, part_id, len(body)))


@router.post("/v1/uploads/{upload_id}/complete")
def complete(upload_id: str, body: CompleteRequest, caller: Writer, library: Documents) -> dict[str, Any]:
    """Make the file; it can be attached at once, while a worker joins its parts."""
    row, file = complete_upload(library, caller, upload_id, part_ids=body.part_ids, md5=body.md5)
    return upload_object(row, file=file)


@router.post("/v1/uploads/{upload_id}/cancel")
def cancel(upload_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Close an upload; its parts are removed."""
    row = library.uploads.cancel(library.uploads.get(caller, upload_id))
    library.blobs.delete_under(f"uploads/{upload_id}/")
    return upload_object(row)


def _address(library: Library, row: Item) -> str:
    seconds = max(1, int(row["expires_at"] - time.time()))
    return library.blobs.presigned_put(library.blobs.part(row["id"], "whole"), size=row["bytes"], seconds=seconds)
