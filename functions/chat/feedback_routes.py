"""``/v1/feedback``: likes and corrections of answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from maru.agents.agent import AgentStore
from maru.agents.feedback import Feedback, FeedbackStore
from maru.agents.messages import Message
from maru.agents.sessions import SessionStore
from maru.agents.trail import Trail
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
    agents: Annotated[AgentStore, Depends(provided(AgentStore))],
    trail: Annotated[Trail, Depends(provided(Trail))],
) -> dict[str, Any]:
    """Like or dislike a message of one's own, with a comment or a correction."""
    message = sessions.message(caller, body.message_id)
    if body.session_id and body.session_id != message.session_id:
        raise NotFound(f"No message '{body.message_id}' in this session.", param="session_id")
    kept = sessions.get(caller, message.session_id).get("data_class")
    given = store.give(caller, message, body, data_class=kept)
    if body.rating == "dislike":
        _open_again(caller, sessions, agents, trail, message)
    return given


def _open_again(caller: Caller, sessions: SessionStore, agents: AgentStore, trail: Trail, answer: Message) -> None:
    """The question is open again for the stores of the agent that answered it, where it is still there."""
    try:
        stores = agents.get(caller.tenant, answer.agent)["vector_stores"]
    except NotFound:
        return
    asked = sessions.messages(caller, answer.session_id, order="desc", after=answer.id, limit=1)
    if asked:
        trail.open_question(caller, stores, "disliked", answer, asked[0].content)
