"""Work that is worth nothing once the client has left."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive


class ClientLeft(Exception):
    """The client closed its connection before its answer was complete."""


class Departure:
    """Watches for the client to leave, while entered (``with``)."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    def __enter__(self) -> Self:
        self._gone = asyncio.create_task(self._watch())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._gone.cancel()

    async def race[T](self, work: Coroutine[Any, Any, T]) -> T:
        """The work's result; raises :class:`ClientLeft`, the work cancelled and cleaned up, where the client leaves first."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise ClientLeft
            return task.result()
        finally:
            await ended(task)

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task where it still runs, and wait until it has cleaned up."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
        # Looked at, so that asyncio does not report it as forgotten.
        _ = task.cancelled() or task.exception()
