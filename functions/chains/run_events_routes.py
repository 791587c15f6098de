"""``GET /v1/runs/{run_id}/events``: what happens in a run, as server-sent events, with a model's words as they come."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse

from functions.chains.chains_routes import Runner
from functions.chains.runs_routes import Engine, Reading
from maru.chains.feed import EventStore
from maru.chains.reading import Sight
from maru.chains.runs import ended
from maru.dynamo import Item
from maru.errors import BadRequest, NotFound

router = APIRouter(tags=["runs"])

#: Lambda and API Gateway end a response at 15 minutes; the client is asked to come back before that.
LONGEST_SECONDS = 14 * 60.0
_HEARTBEAT_SECONDS = 15.0
_POLL_SECONDS = 0.3
_RETRY_MS = 1000
#: After the end of a run its last event is waited for so long.
_LAST_SECONDS = 2.0


@dataclass(frozen=True)
class Clock:
    """Seconds, and waiting for some of them."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def clock() -> Clock:
    """What the stream's time is told by."""
    return Clock()


@router.get("/v1/runs/{run_id}/events", response_class=StreamingResponse, response_model=None)
async def watch_run(
    run_id: str,
    request: Request,
    caller: Runner,
    engine: Engine,
    reading: Reading,
    times: Annotated[Clock, Depends(clock)],
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> StreamingResponse:
    """Events from the run's start, or behind `Last-Event-ID`, until it ends; closed after 14 minutes with `retry:`.

    Words that came out of documents which the reader may not read are withheld.
    """
    watched = _Watched(run_id, engine.events, partial(reading.run, caller, run_id))
    await anyio.to_thread.run_sync(watched.sight)
    events = _events(watched, _seq(last_event_id) if last_event_id else (after or 0, 0), request, times)
    return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-cache", "x-accel-buffering": "no"})


def _seq(value: str) -> tuple[int, int]:
    """Row and place within it that an event's id names."""
    row, _, place = value.partition(".")
    if not row.isdigit() or (place and not place.isdigit()) or len(value) > 30:
        raise BadRequest("This Last-Event-ID was not given by this stream.", param="Last-Event-ID")
    return int(row), int(place or 0)


@dataclass(frozen=True)
class _Watched:
    """A run that somebody watches; ``sight`` gives it as they may see it at that moment."""

    run_id: str
    events: EventStore
    sight: Callable[[], Sight]

    def look(self, seq: int) -> tuple[bool, list[Item]]:
        """Whether the run has ended, and its events behind ``seq``; what those came out of is noted before they are there to read."""
        rows = list(self.events.after(self.run_id, seq))
        try:
            sight = self.sight()
        except NotFound:  # it was erased
            return True, []
        return ended(sight.row), [{**row, "events": [sight.event(one) for one in row["events"]]} for row in rows]


async def _events(watched: _Watched, seen: tuple[int, int], request: Request, times: Clock) -> AsyncIterator[bytes]:
    row, place = seen
    began = told = times.now()
    last, over_at = "", None
    yield f"retry: {_RETRY_MS}\n\n".encode()
    while times.now() - began < LONGEST_SECONDS and not await request.is_disconnected():
        # The row last seen is read again: the connection may have broken within it.
        over, rows = await anyio.to_thread.run_sync(watched.look, row - 1)
        for found in rows:
            start = place if found["seq"] == row else 0
            row, place = int(found["seq"]), len(found["events"])
            for number, event in enumerate(found["events"][start:], start + 1):
                yield _frame(f"{row}.{number}", event)
                told, last = times.now(), event["type"]
        if over:
            over_at = times.now() if over_at is None else over_at
            if last == "run.ended" or times.now() - over_at > _LAST_SECONDS:
                yield b"event: done\ndata: [DONE]\n\n"
                return
        if times.now() - told > _HEARTBEAT_SECONDS:
            yield b": waiting\n\n"
            told = times.now()
        await times.sleep(_POLL_SECONDS)
    yield f"retry: {_RETRY_MS}\n\n".encode()


def _frame(id_: str, event: dict[str, Any]) -> bytes:
    return f"id: {id_}\nevent: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
