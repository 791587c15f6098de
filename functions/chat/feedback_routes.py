"""``/v1/feedback``: likes and corrections of answers."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from maru.agents.agent import AgentStore
from maru.agents.feedback import Feedback, FeedbackStore
from maru.agents.messages import Message
from maru.agents.satisfaction import by_agent
from maru.agents.sessions import SessionStore
from maru.agents.trail import Trail
from maru.errors import BadRequest, NotFound
from maru.http import provided, require
from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.ledger.meter import Meter

router = APIRouter(tags=["feedback"])

_DAY = 86_400
#: The last second that a moment may be: the end of the year 9999.
_LAST = 253_402_300_799
_SECONDS = "Seconds since the epoch; "


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


@router.get("/v1/feedback/summary")
def summarise_feedback(
    caller: Annotated[Caller, Depends(require("admin"))],
    store: Annotated[FeedbackStore, Depends(provided(FeedbackStore))],
    meter: Annotated[Meter, Depends(provided(Meter))],
    tenants: Annotated[TenantStore, Depends(provided(TenantStore))],
    tenant: str | None = None,
    start_time: Annotated[
        int | None, Query(ge=0, le=_LAST, description=_SECONDS + "a week before the end where absent", examples=[1_795_824_000])
    ] = None,
    end_time: Annotated[int | None, Query(ge=0, le=_LAST, description=_SECONDS + "now where absent", examples=[1_795_910_400])] = None,
) -> dict[str, Any]:
    """Likes, dislikes and corrections of answers, and the share of questions that were asked again, by agent; no texts.

    A question counts as asked again where it repeats the one before it in its session, or its sender said so (``again``).
    Feedback counts in the time in which it was given.
    """
    end = end_time or int(time.time()) + 1
    start = start_time or end - 7 * _DAY
    if not 0 < end - start <= 31 * _DAY:
        raise BadRequest("'start_time' must be before 'end_time', 31 days at most.", param="start_time")
    named = caller.tenant_for(tenant)
    calls = (row for _, row in meter.usage.between(named, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)))
    agents = by_agent(calls, (row for row in store.of_tenant(named) if start <= row["created_at"] < end))
    tenants.named(named, own=caller.tenant, found=agents)
    data = [{"object": "feedback.agent", "agent": agent, **sums.public()} for agent, sums in agents.items()]
    return {"object": "feedback.summary", "start_time": start, "end_time": end, "data": data}


def _open_again(caller: Caller, sessions: SessionStore, agents: AgentStore, trail: Trail, answer: Message) -> None:
    """The question is open again for the stores of the agent that answered it, where it is still there."""
    try:
        stores = agents.get(caller.tenant, answer.agent)["vector_stores"]
    except NotFound:
        return
    asked = sessions.messages(caller, answer.session_id, order="desc", after=answer.id, limit=1)
    if asked:
        trail.open_question(caller, stores, "disliked", answer, asked[0].content)
