"""Files: upload, list, read, change rights, delete."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from functions.knowledge import forms
from functions.knowledge.common import Body, Documents, Reader, Writer, filename
from maru.dynamo import Item
from maru.errors import Conflict, NotFound
from maru.http import exchange
from maru.knowledge.acl import check_acl, check_data_class
from maru.knowledge.blobs import Blob, ObjectGone
from maru.knowledge.documents import add_file, change_rights, delete_file
from maru.knowledge.files import file_object
from maru.knowledge.paging import Cursor, listing

router = APIRouter(tags=["files"])

Purpose = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
_FIELDS = frozenset({"file", "purpose", "expires_after", "acl", "data_class", "attributes"})


class RightsRequest(Body):
    """Who may see a file from now on."""

    acl: list[str]
    data_class: str | None = None


async def _form(request: Request) -> FormData:
    form = await request.form()
    forms.check_fields(form, _FIELDS)
    return form


@router.post("/v1/files")
def create_file(
    caller: Writer,
    library: Documents,
    request: Request,
    form: Annotated[FormData, Depends(_form)],
    file: Annotated[UploadFile, File()],
    purpose: Annotated[Purpose, Form()],
    acl: Annotated[str | None, Form(description='JSON array, such as ["group:hr"]; without it, the whole tenant')] = None,
    data_class: Annotated[str | None, Form()] = None,
    attributes: Annotated[str | None, Form(description="JSON object of strings, numbers and booleans")] = None,
) -> dict[str, Any]:
    """Upload a file of up to 4.4 MB; larger ones go through /v1/uploads."""
    del acl, data_class, attributes  # described above for readers of the API; read from the form, which may write them otherwise
    rights = forms.rights_of_form(form)
    life = forms.expires_after(form)
    row = add_file(
        library,
        caller,
        filename=filename(file.filename),
        purpose=purpose,
        body=file.file.read(),
        media_type=file.content_type or "application/octet-stream",
        rights=rights,
        life_s=life,
    )
    exchange(request).object_id = row["id"]
    return file_object(row)


@router.get("/v1/files")
def list_files(
    caller: Reader,
    library: Documents,
    purpose: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    order: Literal["asc", "desc"] = "desc",
    after: str | None = None,
) -> dict[str, Any]:
    """The files that the caller may see."""
    return listing(library.files.list(caller, Cursor(limit, order, after), purpose=purpose), file_object)


@router.get("/v1/files/{file_id}")
def retrieve_file(file_id: str, caller: Reader, library: Documents) -> dict[str, Any]:
    """One file."""
    return file_object(library.files.seen(caller, file_id))


@router.post("/v1/files/{file_id}")
def change_file(file_id: str, body: RightsRequest, caller: Writer, library: Documents) -> dict[str, Any]:
    """Change who may see a file, and its data class; the very next query obeys."""
    data_class = check_data_class(body.data_class) if body.data_class is not None else None
    return file_object(change_rights(library, caller, file_id, acl=check_acl(body.acl), data_class=data_class))


@router.delete("/v1/files/{file_id}")
def remove_file(file_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Delete a file with its renderings and its passages in every vector store."""
    delete_file(library, library.files.seen(caller, file_id))
    return {"id": file_id, "object": "file", "deleted": True}


@router.get("/v1/files/{file_id}/content", response_class=StreamingResponse)
def file_content(file_id: str, caller: Reader, library: Documents) -> Response:
    """The file's bytes, as they came."""
    row = _readable(library.files.seen(caller, file_id))
    try:
        pieces = library.blobs.stream(Blob.from_item(row["content"]))
    except ObjectGone:
        raise NotFound(f"The content of '{file_id}' is not in the storage any more.", param="file_id") from None
    return StreamingResponse(pieces, media_type=row.get("media_type") or "application/octet-stream", headers=_download(row))


@router.get("/v1/files/{file_id}/rendering")
def file_rendering(
    file_id: str, caller: Reader, library: Documents, request: Request, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The extracted text (NFC) that references' offsets count in; with ``Accept: application/json`` its pages and headings too."""
    row = _readable(library.files.seen(caller, file_id))
    wanted = version or row["version"]
    if not row["first_version"] <= wanted <= row["version"]:
        raise NotFound(f"The file '{file_id}' has no version {wanted}.", param="version")
    document = library.renderings.get(caller.tenant, file_id, wanted)
    headers = {"x-maru-version": str(wanted)}
    if "application/json" in request.headers.get("accept", ""):
        shape = document.to_json() | {"object": "file.rendering", "file_id": file_id, "version": wanted}
        return JSONResponse(shape, headers=headers)
    return StreamingResponse(_pieces(document.text), media_type="text/plain; charset=utf-8", headers=headers)


def _pieces(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), 100_000):
        yield text[start : start + 100_000].encode()


def _readable(row: Item) -> Item:
    if not row["acl"]:
        raise NotFound(f"The file '{row['id']}' failed and cannot be read: {row.get('status_details')}", param="file_id")
    if row["status"] == "uploaded":
        raise Conflict("The parts of this file are still being joined. Try again in a moment.", code="file_not_ready", retry_after=2)
    return row


def _download(row: Item) -> dict[str, str]:
    # Never shown in the browser: a document may hold anything, scripts too.
    name = quote(row["filename"], safe="")
    return {"content-disposition": f"attachment; filename*=UTF-8''{name}", "x-content-type-options": "nosniff"}
