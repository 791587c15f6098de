"""A process that dies at its n-th call to AWS."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

type Moment = Literal["before-call", "after-call"]

_INSIDE: ContextVar[bool] = ContextVar("inside", default=False)


class Killed(BaseException):
    """The process is gone: no handler of errors sees it."""


class Death:
    """Kills before or after the n-th call of those clients that is made inside of the process; nothing is half called."""

    def __init__(self, clients: Iterable[Any], moment: Moment) -> None:
        self.left: int | None = None
        self._lock = threading.Lock()
        for client in clients:
            client.meta.events.register(moment, self._tick)

    @contextmanager
    def process(self) -> Iterator[None]:
        """What happens inside is done by the process that may die."""
        token = _INSIDE.set(True)
        try:
            yield
        finally:
            _INSIDE.reset(token)

    def survives(self, call: int, work: Any) -> bool:
        """Do it in a process that dies at this call, the first being 1; whether it came to its end before."""
        self.left = call
        try:
            with self.process():
                work()
        except Killed:
            return False
        self.left = None
        return True

    def _tick(self, **_: Any) -> None:
        if not _INSIDE.get():
            return
        with self._lock:
            if self.left is None:
                return
            self.left -= 1
            if self.left > 0:
                return
            self.left = None
        raise Killed
