"""One reading for all who want the same at the same time: what is remembered for some seconds runs out for everybody at once."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Any

import anyio.to_thread

_KNOWN = 10_000


class Once:
    """Blocking reads, each in a thread; who comes while one is under way gets what it finds, or its error."""

    def __init__(self) -> None:
        self._reading: dict[tuple[asyncio.AbstractEventLoop, Hashable], asyncio.Task[Any]] = {}
        self._ahead: set[asyncio.Task[Any]] = set()
        #: By a hash: what is read may be a secret.
        self._read_at: dict[int, float] = {}

    async def read[T](self, what: Hashable, read: Callable[[], T]) -> T:
        """What ``read`` gives; whoever leaves meanwhile takes it from nobody."""
        key = (asyncio.get_running_loop(), what)
        task: asyncio.Task[T] | None = self._reading.get(key)
        if task is None:
            self._note(what)
            task = self._reading[key] = asyncio.create_task(anyio.to_thread.run_sync(read))
            task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(task)

    def ahead(self, what: Hashable, read: Callable[[], Any], *, after: float) -> None:
        """Read it for those who come later, where that was not begun within ``after`` seconds: who has what is remembered waits for
        nothing. Nobody gets it from here, and nobody its error: a process that is frozen meanwhile holds up no reader.
        """
        if time.monotonic() - self._read_at.get(hash(what), 0.0) < after:
            return
        self._note(what)
        task = asyncio.create_task(anyio.to_thread.run_sync(read))
        self._ahead.add(task)
        task.add_done_callback(self._ahead.discard)
        task.add_done_callback(_looked_at)

    def _note(self, what: Hashable) -> None:
        if len(self._read_at) >= _KNOWN:
            self._read_at.clear()
        self._read_at[hash(what)] = time.monotonic()

    def _done(self, key: tuple[asyncio.AbstractEventLoop, Hashable], task: asyncio.Task[Any]) -> None:
        del self._reading[key]
        _looked_at(task)


def _looked_at(task: asyncio.Task[Any]) -> None:
    """So that asyncio does not report an error that nobody stayed for."""
    _ = task.cancelled() or task.exception()
