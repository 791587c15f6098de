"""``/v1/feedback``: likes and corrections of answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from maru.agents.feedback import Feedback, FeedbackStore
from maru.agents.sessions import SessionStore
from maru.errors import NotFound
from maru.http import provided, require
from maru.identity import Caller

router = APIRouter(tags=["feedback"])


@router.post("/v1/feedback")
def give_feedback(
    body: Feedback,
    caller: Annotated[Caller, Depends(require("chat"))],
    sessions: Annotated[SessionStore, Depends(provided(SessionStore))],
    store: Annotated[FeedbackStore, Depends(provided(FeedbackStore))],
) -> dict[str, Any]:
    """Like or dislike a message of one's own, with a comment or a correction."""
    message = sessions.message(caller, body.message_id)
    if body.session_id and body.session_id != message.session_id:
        raise NotFound(f"No message '{body.message_id}' in this session.", param="session_id")
    return store.give(caller, message, body)
