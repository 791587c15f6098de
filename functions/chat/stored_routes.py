"""``/v1/chat/completions``, read: the completions that callers asked to be stored."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request

from maru.errors import BadRequest
from maru.exact import Exact
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge.paging import Cursor, listing
from maru.models.requests import Metadata
from maru.models.stored import StoredCompletions

router = APIRouter(tags=["chat"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Stored = Annotated[StoredCompletions, Depends(provided(StoredCompletions))]
type Limit = Annotated[int, Query(ge=1, le=100)]
type Order = Literal["asc", "desc"]

_PAIR = re.compile(r"metadata\[(.{1,64})\]")
_PAIRS = {
    "name": "metadata",
    "in": "query",
    "style": "deepObject",
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    "description": "Pairs that a completion was stored with, such as `metadata[team]=billing`",
}


class MetadataChange(Exact):
    """A stored completion's metadata, all of it; null takes it away."""

    metadata: Metadata | None


@router.get("/v1/chat/completions", openapi_extra={"parameters": [_PAIRS]})
def list_chat_completions(
    request: Request,
    caller: Chatting,
    stored: Stored,
    model: str | None = None,
    after: str | None = None,
    limit: Limit = 20,
    order: Order = "asc",
) -> dict[str, Any]:
    """The caller's stored completions; those alone of a ``model``, and with each pair of ``metadata[key]=value``."""
    page, shown = stored.listed(caller, Cursor(limit, order, after), model=model, metadata=_metadata(request))
    return listing(page, lambda row: next(one for one in shown if one["id"] == row["id"]))


@router.get("/v1/chat/completions/{completion_id}")
def read_chat_completion(completion_id: str, caller: Chatting, stored: Stored) -> dict[str, Any]:
    """One stored completion."""
    return stored.get(caller, completion_id)


@router.get("/v1/chat/completions/{completion_id}/messages")
def list_chat_completion_messages(
    completion_id: str, caller: Chatting, stored: Stored, after: str | None = None, limit: Limit = 20, order: Order = "asc"
) -> dict[str, Any]:
    """The messages that a stored completion answers."""
    said = stored.messages(caller, completion_id)
    said = said if order == "asc" else said[::-1]
    if after is not None:
        place = next((number for number, one in enumerate(said, 1) if one["id"] == after), None)
        if place is None:
            raise BadRequest("'after' names no object of this list: give the `last_id` of the page before.", param="after")
        said = said[place:]
    data = said[:limit]
    first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    return {"object": "list", "data": data, "first_id": first, "last_id": last, "has_more": len(said) > limit}


@router.post("/v1/chat/completions/{completion_id}")
def change_chat_completion(completion_id: str, body: MetadataChange, caller: Chatting, stored: Stored) -> dict[str, Any]:
    """Change a stored completion's metadata, the only thing of it that can be changed."""
    return stored.change(caller, completion_id, body.metadata or {})


@router.delete("/v1/chat/completions/{completion_id}")
def delete_chat_completion(completion_id: str, caller: Chatting, stored: Stored) -> dict[str, Any]:
    """Forget a stored completion."""
    stored.delete(caller, completion_id)
    return {"id": completion_id, "object": "chat.completion.deleted", "deleted": True}


def _metadata(request: Request) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if match := _PAIR.fullmatch(name):
            pairs[match[1]] = value
        elif name.startswith("metadata["):
            raise BadRequest("A key of metadata has 1 to 64 characters: metadata[team]=billing.", param=name[:64])
    return pairs
