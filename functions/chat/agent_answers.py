"""An agent's answer on its way to the client: as one object, as events, or as bare text."""

import json
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any

from starlette.responses import Response, StreamingResponse

from maru.agents.events import HEARTBEAT, Event, comment
from maru.agents.runs import Run
from maru.agents.spending import Spending
from maru.http import Exchange
from maru.models import dollars

#: Nothing is silent for longer (seconds).
SILENCE = 15.0
#: A failure within so many seconds is an ordinary error; what takes longer begins its stream.
PATIENCE = 2.0


class Form(Enum):
    """How the client wants the answer."""

    WHOLE = "whole"
    EVENTS = "events"
    TEXT = "text"
    TEXT_STREAM = "text_stream"

    @classmethod
    def asked(cls, accept: str, *, stream: bool | None) -> "Form":
        """What the Accept header and the body's ``stream`` ask for; bare text streams unless ``stream`` is false."""
        kinds = [part.split(";")[0].strip() for part in accept.lower().split(",")]
        first = next((kind for kind in kinds if kind in {"text/plain", "text/event-stream", "application/json"}), "")
        if first == "text/plain":
            return cls.TEXT if stream is False else cls.TEXT_STREAM
        return cls.EVENTS if stream or (stream is None and first == "text/event-stream") else cls.WHOLE


async def of(run: Run, form: Form, current: Exchange, spending: Spending) -> Response:
    """The answer to the request; raises the error that the run ended with before anything was sent."""
    if form in {Form.WHOLE, Form.TEXT}:
        return await _whole(run, form, current, spending)
    await run.begun(PATIENCE)
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
    if form is Form.EVENTS:
        return StreamingResponse(_events(run, current, spending), media_type="text/event-stream", headers=headers)
    return StreamingResponse(_text(run, current), media_type="text/plain; charset=utf-8", headers=headers)


async def _whole(run: Run, form: Form, current: Exchange, spending: Spending) -> Response:
    await run.ended()
    done: dict[str, Any] = {}
    async for event in _told(run, current):
        if event and event.name == "response.completed":
            done = event.data
    current.headers.update(_known(current, spending))
    if form is Form.TEXT:
        return Response(done["response"], media_type="text/plain; charset=utf-8")
    return Response(json.dumps(done, ensure_ascii=False), media_type="application/json")


async def _events(run: Run, current: Exchange, spending: Spending) -> AsyncIterator[bytes]:
    number = 0
    async for event in _told(run, current):
        if event is None:
            yield HEARTBEAT
            continue
        number += 1
        if event.name == "response.completed":
            yield comment(_known(current, spending) | {"x-maru-overhead-ms": str(current.overhead_ms())})
        yield event.encoded(number)


async def _text(run: Run, current: Exchange) -> AsyncIterator[str]:
    async for event in _told(run, current):
        if event and event.name == "response.delta":
            yield event.data["delta"]
        elif event and event.name == "error":
            yield _failure(event)


async def _told(run: Run, current: Exchange) -> AsyncIterator[Event | None]:
    """What the run tells, whether it failed and what it was made of being noted for its Idempotency-Key."""
    async for event in run.events(silence=SILENCE):
        if event:
            current.failed = current.failed or event.name == "error"
            current.made_of |= event.made_of
        yield event


def _failure(event: Event) -> str:
    """Bare text has no other place for it."""
    return f"\n\n[error {event.data['error']['code']}: {event.data['error']['message']}]\n"


def _known(current: Exchange, spending: Spending) -> dict[str, str]:
    """What headers, or comments at the end, tell about an answer."""
    current.model_seconds = spending.model_seconds
    routed = {"x-maru-route": spending.route.told(spending.target)} if spending.route else {}
    return spending.headers | routed | ({} if spending.cost_usd is None else {"x-maru-cost-usd": dollars(spending.cost_usd)})
