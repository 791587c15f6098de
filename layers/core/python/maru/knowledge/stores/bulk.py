"""Rows to an engine in batches: fewer at once and later where it is busy, one by one where it refuses some of them."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from maru.errors import Unavailable, UpstreamFailed

#: Times that a batch is offered to a busy engine.
ATTEMPTS = 5


class Busy(Unavailable):
    """The engine refuses load for the moment."""

    def __init__(self) -> None:
        super().__init__("The vector store is overloaded.", retry_after=2)


class Refused(UpstreamFailed):
    """The engine does not take what it was given; ``reason`` is its own word for why, a code and never a text of a document."""

    def __init__(self, reason: str) -> None:
        super().__init__("The vector store refused a request.")
        self.reason = reason


def send[T](
    rows: Mapping[str, T], write: Callable[[Sequence[T]], object], *, size: int, pause: Callable[[float], None] = time.sleep
) -> dict[str, str]:
    """Write all rows; returns the reasons of those that stay unwritten, by key.

    ``write`` writes a batch whole or raises: `Busy` has the batch halved and offered again after a pause that doubles, `Refused` has
    it halved until the refused row stands alone. What else it raises ends the whole.
    """
    items = list(rows.items())
    waiting = deque((items[start : start + size], 0) for start in range(0, len(items), size))
    failures: dict[str, str] = {}
    while waiting:
        batch, tries = waiting.popleft()
        try:
            write([row for _, row in batch])
        except Busy:
            if tries + 1 == ATTEMPTS:
                failures |= dict.fromkeys((key for key, _ in batch), "busy")
                continue
            pause(0.2 * 2**tries)
            waiting.extendleft((half, tries + 1) for half in reversed(_halves(batch)))
        except Refused as refused:
            if len(batch) == 1:
                failures[batch[0][0]] = refused.reason
            else:
                waiting.extendleft((half, tries) for half in reversed(_halves(batch)))
    return failures


def _halves[T](batch: list[T]) -> list[list[T]]:
    middle = len(batch) // 2
    return [half for half in (batch[:middle], batch[middle:]) if half]
