"""One reading for all who want the same at the same time: what is remembered for some seconds runs out for everybody at once."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any

import anyio.to_thread


class Once:
    """Blocking reads, each in a thread; who comes while one is under way gets what it finds, or its error."""

    def __init__(self) -> None:
        self._reading: dict[tuple[asyncio.AbstractEventLoop, Hashable], asyncio.Task[Any]] = {}

    async def read[T](self, what: Hashable, read: Callable[[], T]) -> T:
        """What ``read`` gives; whoever leaves meanwhile takes it from nobody."""
        key = (asyncio.get_running_loop(), what)
        task: asyncio.Task[T] | None = self._reading.get(key)
        if task is None:
            task = self._reading[key] = asyncio.create_task(anyio.to_thread.run_sync(read))
            task.add_done_callback(lambda done: self._done(key, done))
        return await asyncio.shield(task)

    def _done(self, key: tuple[asyncio.AbstractEventLoop, Hashable], task: asyncio.Task[Any]) -> None:
        del self._reading[key]
        # Looked at, so that asyncio does not report an error that nobody stayed for.
        _ = task.cancelled() or task.exception()
