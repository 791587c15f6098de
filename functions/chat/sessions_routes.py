"""``/v1/sessions``: a user's conversations and what was said in them."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ConfigDict, Field

from maru.agents.reading import SessionReader
from maru.agents.sessions import SessionStore, public_session
from maru.exact import Exact
from maru.http import provided, require
from maru.identity import Caller

router = APIRouter(tags=["sessions"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Sessions = Annotated[SessionStore, Depends(provided(SessionStore))]
type Reading = Annotated[SessionReader, Depends(provided(SessionReader))]
type Limit = Annotated[int, Query(ge=1, le=1000)]


class Rename(Exact):
    """A session's new title."""

    model_config = ConfigDict(str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=200)


@router.get("/v1/sessions")
def list_sessions(caller: Chatting, sessions: Sessions, limit: Limit = 20, after: str | None = None) -> dict[str, Any]:
    """The caller's sessions, the one used last first."""
    rows, more = sessions.listed(caller, limit=limit, after=after)
    return _listing([public_session(row) for row in rows], more=more)


@router.get("/v1/sessions/{session_id}")
def read_session(session_id: str, caller: Chatting, sessions: Sessions) -> dict[str, Any]:
    """One session."""
    return public_session(sessions.get(caller, session_id))


@router.post("/v1/sessions/{session_id}")
@router.patch("/v1/sessions/{session_id}")
def rename_session(session_id: str, body: Rename, caller: Chatting, sessions: Sessions) -> dict[str, Any]:
    """Give a session another title."""
    return public_session(sessions.rename(caller, session_id, body.title))


@router.delete("/v1/sessions/{session_id}")
def delete_session(session_id: str, caller: Chatting, sessions: Sessions) -> dict[str, Any]:
    """Delete a session and everything said in it."""
    sessions.delete(caller, session_id)
    return {"id": session_id, "object": "session.deleted", "deleted": True}


@router.get("/v1/sessions/{session_id}/messages")
def list_messages(
    session_id: str,
    caller: Chatting,
    reading: Reading,
    limit: Limit = 100,
    order: Literal["asc", "desc"] = "asc",
    after: str | None = None,
) -> dict[str, Any]:
    """What was said, with the references that the caller may still see."""
    found = reading.messages(caller, session_id, order=order, limit=limit + 1, after=after)
    return _listing(found[:limit], more=len(found) > limit)


@router.get("/v1/sessions/{session_id}/export")
def export_session(
    session_id: str,
    caller: Chatting,
    sessions: Sessions,
    reading: Reading,
    format: Literal["json", "markdown"] = "json",  # noqa: A002
) -> Response:
    """The whole session as a file."""
    head = public_session(sessions.get(caller, session_id))
    messages = reading.messages(caller, session_id)
    if format == "markdown":
        text, kind, name = _markdown(head, messages), "text/markdown; charset=utf-8", "session.md"
    else:
        text, kind, name = (
            json.dumps({"session": head, "messages": messages}, ensure_ascii=False, indent=2),
            "application/json",
            "session.json",
        )
    return Response(text, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def _listing(data: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    return {"object": "list", "data": data, "first_id": first, "last_id": last, "has_more": more}


def _markdown(head: dict[str, Any], messages: list[dict[str, Any]]) -> str:
    parts = [f"# {head['title']}"]
    for message in messages:
        parts.append(f"**{message['role']}**\n\n{message['content']}")
        quoted = [one for one in message.get("references", ()) if not one.get("withheld")]
        if quoted:
            parts.append("\n".join(f"- [{one['index']}] {one['source']}: {one['quote']}" for one in quoted))
    return "\n\n".join(parts) + "\n"
