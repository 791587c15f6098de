"""``/v1/attachments``: documents that a person puts into a conversation, seen by themselves alone and gone with time."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from starlette.datastructures import FormData
from starlette.requests import Request

from functions.knowledge import forms
from functions.knowledge.common import Documents, filename
from maru.agents.sessions import SESSION_ID, SessionStore
from maru.dynamo import Item
from maru.errors import BadRequest, NotFound
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.chunking import from_openai
from maru.knowledge.documents import add_file, delete_file
from maru.knowledge.files import file_object
from maru.knowledge.library import Library
from maru.knowledge.memberships import member_object
from maru.knowledge.vector_stores import DAY, STATUSES

router = APIRouter(tags=["attachments"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Sessions = Annotated[SessionStore, Depends(provided(SessionStore))]

#: The purpose of OpenAI's that tells these files from those of data owners.
_PURPOSE = "user_data"
_KEPT_DAYS = 30
_MOST = 50


async def _form(request: Request) -> FormData:
    form = await request.form()
    forms.check_fields(form, frozenset({"file", "file_id", "session_id"}))
    return form


@router.post("/v1/attachments")
def attach_to_session(
    caller: Chatting,
    library: Documents,
    sessions: Sessions,
    request: Request,
    form: Annotated[FormData, Depends(_form)],
    session_id: Annotated[str, Form(pattern=SESSION_ID)],
    file: Annotated[UploadFile | None, File()] = None,
    file_id: Annotated[str | None, Form(max_length=256)] = None,
) -> dict[str, Any]:
    """Put a file of up to 4.4 MB into a conversation, or one that the caller uploaded before (``file_id``).

    The answer names the conversation's vector store: name it in ``vector_stores`` of a chat's message. Only the caller sees what is in
    it; it is deleted when it was not used for 30 days.
    """
    del form
    sessions.claimed(caller, session_id)
    if (file is None) == (file_id is None):
        raise BadRequest("Send either 'file' or 'file_id'.", param="file")
    kept = _kept(library, caller, file) if file else _own(library, caller, str(file_id))
    store = _store(library, caller, session_id)
    exchange(request).object_id = f"{store['id']}/{kept['id']}"
    member = attach(library, caller, store, Wanted(kept["id"]))
    return {"object": "attachment", "vector_store_id": store["id"], "file": file_object(kept), "member": member_object(member)}


@router.delete("/v1/attachments/{file_id}")
def remove_attachment(file_id: str, caller: Chatting, library: Documents) -> dict[str, Any]:
    """Delete a file that the caller put into a conversation."""
    delete_file(library, _own(library, caller, file_id))
    return {"id": file_id, "object": "attachment.deleted", "deleted": True}


def _kept(library: Library, caller: Caller, file: UploadFile) -> Item:
    return add_file(
        library,
        caller,
        filename=filename(file.filename),
        purpose=_PURPOSE,
        body=file.file.read(),
        media_type=file.content_type or "application/octet-stream",
        rights=forms.rights([_alone(caller)], None, None),
        life_s=_KEPT_DAYS * DAY,
    )


def _own(library: Library, caller: Caller, file_id: str) -> Item:
    """A file of this purpose that its caller alone sees. Raises NotFound for any other."""
    row = library.files.seen(caller, file_id)
    if row["purpose"] != _PURPOSE or list(row["acl"]) != [_alone(caller)]:
        raise NotFound(f"'{file_id}' is not a file of yours for conversations.", param="file_id")
    return row


def _store(library: Library, caller: Caller, session_id: str) -> Item:
    """The conversation's store, made with its first document. Raises BadRequest where it is full."""
    name = f"chat:{session_id}"
    store = library.stores.find(caller.tenant, name)
    if store is None:
        return library.stores.create(
            tenant=caller.tenant,
            name=name,
            engine=library.engines.choose(None),
            embedding=library.embedding(None),
            chunking=from_openai(None),
            optional={"metadata": {"user": caller.user}, "expires_after": {"anchor": "last_active_at", "days": _KEPT_DAYS}},
        )
    if (store.get("metadata") or {}).get("user") != caller.user:
        raise NotFound(f"No session '{session_id}'.", param="session_id")
    if sum(store[f"n_{status}"] for status in STATUSES) >= _MOST:
        raise BadRequest(f"A conversation holds {_MOST} documents at most.", param="file")
    return store


def _alone(caller: Caller) -> str:
    return f"user:{caller.user}"
