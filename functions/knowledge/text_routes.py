"""Bare text into a vector store, under the caller's own id and without a file."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, Writer, attributes, chunking, filename
from maru.errors import BadRequest, NotFound
from maru.http import exchange
from maru.identity import Caller
from maru.knowledge.acl import EVERYBODY, check_acl, check_data_class
from maru.knowledge.attaching import require_usable
from maru.knowledge.documents import delete_file
from maru.knowledge.files import visible
from maru.knowledge.library import Library
from maru.knowledge.memberships import member_object
from maru.knowledge.placing import Placed, place, placed_file_id
from maru.validation import spelled

router = APIRouter(tags=["vector store texts"])

#: Characters of one text: with four bytes each it still passes the API.
_LONGEST = 1_000_000
_TEXT_ID = spelled(r"^[^\x00-\x1f\x7f/?#]+$", "without '/', '?', '#' and line ends, such as 'faq-12'")
type TextId = Annotated[str, Field(min_length=1, max_length=256, pattern=_TEXT_ID)]


class TextRequest(Body):
    """A text to have in the store. ``id`` is the caller's own: the same id again is a new version of the same document."""

    id: TextId
    text: str = Field(min_length=1, max_length=_LONGEST)
    title: str | None = Field(default=None, max_length=255)
    markdown: bool = False
    acl: list[str] | None = None
    data_class: str | None = None
    attributes: dict[str, Any] | None = None
    chunking_strategy: dict[str, Any] | None = None


@router.post("/v1/vector_stores/{vector_store_id}/texts")
def put_text(vector_store_id: str, body: TextRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Index a text; what has not changed since the last time is left as it is, and is not paid for again."""
    store = library.stores.get(caller.tenant, vector_store_id)
    require_usable(library, store)
    if not body.text.strip():
        raise BadRequest("'text' holds nothing but blanks.", param="text")
    space = _space(store["id"])
    old = library.files.find(caller.tenant, placed_file_id(caller.tenant, space, body.id))
    if old is not None and not (visible(old, caller) or "admin" in caller.scopes):
        raise NotFound(f"No text '{body.id}' in this vector store.", param="id")
    member, _ = place(
        library,
        store,
        Placed(
            tenant=caller.tenant,
            user=caller.user,
            space=space,
            name=body.id,
            filename=filename(body.title or body.id),
            media_type="text/markdown" if body.markdown else "text/plain",
            body=body.text.encode(),
            rights=_rights(body, old),
            origin={"kind": "text", "id": body.id},
            chunking=chunking(body.chunking_strategy),
        ),
    )
    exchange(request).object_id = f"{store['id']}/{member['file_id']}"
    return _text_object(body.id, member)


@router.get("/v1/vector_stores/{vector_store_id}/texts/{text_id}")
def retrieve_text(vector_store_id: str, text_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """How far a text has come."""
    store = library.stores.get(caller.tenant, vector_store_id)
    return _text_object(text_id, library.members.get(store["id"], _seen(library, caller, store["id"], text_id)["id"]))


@router.delete("/v1/vector_stores/{vector_store_id}/texts/{text_id}")
def delete_text(vector_store_id: str, text_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Delete a text with all that was made of it."""
    store = library.stores.get(caller.tenant, vector_store_id)
    delete_file(library, _seen(library, caller, store["id"], text_id))
    return {"id": text_id, "object": "vector_store.text.deleted", "deleted": True}


def _rights(body: TextRequest, old: dict[str, Any] | None) -> dict[str, Any]:
    """As they are given; what is not stays as it is, as an overwrite at the S3 door keeps it."""
    kept = old or {"acl": list(EVERYBODY), "data_class": "internal", "attributes": {}}
    given = attributes(body.attributes)
    return {
        "acl": list(check_acl(body.acl)) if body.acl is not None else kept["acl"],
        "data_class": check_data_class(body.data_class) if body.data_class is not None else kept["data_class"],
        "attributes": given if given is not None else kept["attributes"],
    }


def _seen(library: Library, caller: Caller, store_id: str, text_id: str) -> dict[str, Any]:
    row = library.files.find(caller.tenant, placed_file_id(caller.tenant, _space(store_id), text_id))
    if row is None or not visible(row, caller):
        raise NotFound(f"No text '{text_id}' in this vector store.", param="text_id")
    return row


def _space(store_id: str) -> str:
    return f"text/{store_id}"


def _text_object(text_id: str, member: dict[str, Any]) -> dict[str, Any]:
    return {**member_object(member), "object": "vector_store.text", "id": text_id, "file_id": member["file_id"]}
