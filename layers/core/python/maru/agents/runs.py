"""Answers under way: each runs to its end in a task of its own, whether somebody listens or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from maru.agents.events import Event
from maru.errors import INTERNAL, MaruError, error_object
from maru.telemetry import Telemetry

type Emit = Callable[[Event], None]
type Work = Callable[[Emit], Awaitable[None]]

#: Events before these promise nothing yet: until one of them comes, a failure can still be an ordinary error.
_COMMITTED = {"response.delta", "citation", "tool_call", "response.completed", "error"}


class Run:
    """One piece of work with the events that it emits; iterate once, over events and over None where `silence` seconds passed."""

    def __init__(self, work: Work, log: Telemetry) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._committed = asyncio.Event()
        self._log = log
        self.error: MaruError | None = None
        self.task = asyncio.create_task(self._do(work))

    async def begun(self, seconds: float) -> None:
        """Wait until it is under way, at most so long; raises the error that it ended with before anything was said."""
        waiting = asyncio.create_task(self._committed.wait())
        await asyncio.wait({waiting, self.task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self.error and not self._committed.is_set():
            raise self.error

    async def ended(self) -> None:
        """Wait for its end, which does not depend on who waits; raises the error that it ended with."""
        await asyncio.shield(self.task)
        if self.error:
            raise self.error

    async def events(self, *, silence: float) -> AsyncIterator[Event | None]:
        """Its events to the last, an error among them."""
        while True:
            try:
                async with asyncio.timeout(silence):
                    event = await self._events.get()
            except TimeoutError:
                yield None
                continue
            if event is None:
                break
            yield event
        if self.error:
            yield Event("error", error_object(self.error))

    def _emit(self, event: Event) -> None:
        self._events.put_nowait(event)
        if event.name in _COMMITTED:
            self._committed.set()

    async def _do(self, work: Work) -> None:
        try:
            await work(self._emit)
        except MaruError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - nobody else sees it: the client may have left
            self._log.failure("answer failed", error)
            self.error = INTERNAL
        finally:
            self._events.put_nowait(None)


class Runs:
    """Holds every run until it has ended, so that none is lost with its client."""

    def __init__(self, log: Telemetry) -> None:
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Work) -> Run:
        """Begin a piece of work."""
        run = Run(work, self._log)
        self._tasks.add(run.task)
        run.task.add_done_callback(self._tasks.discard)
        return run

    async def drain(self, seconds: float = 30) -> None:
        """Let what is under way end before the process does, for so many seconds at most."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
