"""Work that is worth nothing once the client has left."""

import asyncio
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive


class ClientLeft(Exception):
    """The client closed its connection before its answer was complete."""


class Departure:
    """Watches for the client to leave, while entered (``with``): what runs inside is then cancelled, cleans up, and ends in
    :class:`ClientLeft`."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - requests are served in tasks
        self._task, self._before = task, task.cancelling()
        self._gone = asyncio.create_task(self._watch())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._gone.cancel()
        # The watch knows this object; if both knew each other, only a search for garbage would find them, and all they hold.
        del self._gone
        # Ours was one of the cancellations; where somebody else's is left, it goes on.
        if self._left and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise ClientLeft from error

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        self._task.cancel()


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task where it still runs, and wait until it has cleaned up."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
        # Looked at, so that asyncio does not report it as forgotten.
        _ = task.cancelled() or task.exception()
