"""A model's stream on its way to the client: heartbeats in silence, an honest end, what it cost."""

import asyncio
import json
import time
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from functions.chat.departure import ClientLeft, Departure, ended
from maru.errors import MaruError, error_object
from maru.http import Exchange
from maru.models import ModelStream, dollars

#: Nothing is silent for longer (seconds).
HEARTBEAT = 15.0

type Settle = Callable[[ModelStream | None, str], None]


class Relay(Response):
    """The answer to a streamed completion. ``opening`` gives the model's stream, ``settle`` is told how it ended.

    An error before the first byte is the model client's own; after it, it is an event, and ``[DONE]`` stays away.
    """

    media_type = "text/event-stream"

    def __init__(self, opening: "asyncio.Task[ModelStream]", current: Exchange, settle: Settle, *, heartbeat: float = HEARTBEAT) -> None:
        self._opening, self._current, self._settle, self._heartbeat = opening, current, settle, heartbeat
        self.status_code, self.background = 200, None
        self.init_headers({"cache-control": "no-cache", "x-accel-buffering": "no"})
        self._sent = 0.0

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send the stream to its end, or cancel it where the client leaves."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            with Departure(receive):
                last = await self._send(send)
            # Whoever leaves now, having read all that was said, cuts off no settlement: it is made before the last byte leaves.
            await send({"type": "http.response.body", "body": last})
        except ClientLeft:
            pass
        finally:
            await abandon(self._opening)

    async def _send(self, send: Send) -> bytes:
        """Relay under heartbeats; gives the last bytes of the answer."""
        self._sent = time.perf_counter()
        beating = asyncio.create_task(self._beat(send))
        try:
            return await self._relay(send)
        finally:
            await ended(beating)

    async def _relay(self, send: Send) -> bytes:
        """Relay all events; gives the last bytes of the answer, which the caller sends."""
        outcome, stream = "failed", None
        try:
            async with await self._opening as stream:
                async for block in stream.blocks():
                    self._current.model_seconds += time.perf_counter() - self._sent
                    await send({"type": "http.response.body", "body": block, "more_body": True})
                    self._sent = time.perf_counter()
            outcome = "ok"
            return self._end(stream)
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except MaruError as error:
            self._current.failed = True
            return b"event: error\ndata: " + json.dumps(error_object(error), ensure_ascii=False).encode() + b"\n\n"
        finally:
            self._settle(stream, outcome)

    def _end(self, stream: ModelStream) -> bytes:
        self._current.model_seconds += time.perf_counter() - self._sent
        target = stream.target
        known = {"x-maru-model": target.model, "x-maru-route": stream.route.told(target)}
        known["x-maru-overhead-ms"] = str(self._current.overhead_ms())
        if stream.cost_usd is not None:
            known["x-maru-cost-usd"] = dollars(stream.cost_usd)
        comments = "".join(f": {name}: {value}\n" for name, value in known.items())
        return comments.encode() + b"\ndata: [DONE]\n\n"

    async def _beat(self, send: Send) -> None:
        wait = self._heartbeat
        while True:
            await asyncio.sleep(wait)
            silent = time.perf_counter() - self._sent
            wait = self._heartbeat - silent
            if wait <= 0:
                await send({"type": "http.response.body", "body": b": waiting\n\n", "more_body": True})
                wait = self._heartbeat


async def abandon(opening: "asyncio.Task[ModelStream]") -> None:
    """End what was begun, whether the model has answered already or not; harmless where it came to its own end."""
    await ended(opening)
    if not opening.cancelled() and not opening.exception():
        await opening.result().close()
