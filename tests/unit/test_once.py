"""Many who want to read the same at the same time."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from maru.once import Once
from tests.patience import PATIENT


class Shelf:
    """Counts how often it is read; a read lasts until it is let go."""

    def __init__(self, *, broken: bool = False) -> None:
        self.reads, self.go, self.begun, self._broken = 0, threading.Event(), threading.Event(), broken

    def read(self) -> int:
        self.reads += 1
        self.begun.set()
        assert self.go.wait(PATIENT.whole)
        if self._broken:
            raise LookupError
        return self.reads


async def reading(once: Once, what: str, read: Callable[[], int], number: int) -> list["asyncio.Task[int]"]:
    """So many who read it, all of them waiting."""
    tasks = [asyncio.create_task(once.read(what, read)) for _ in range(number)]
    await asyncio.sleep(0)
    return tasks


async def test_it_is_read_once_for_all_and_anew_for_who_comes_later() -> None:
    once, shelf, other = Once(), Shelf(), Shelf()
    tasks = await reading(once, "a", shelf.read, 5) + await reading(once, "b", other.read, 2)
    shelf.go.set()
    other.go.set()
    assert await asyncio.gather(*tasks) == [1] * 7
    assert (shelf.reads, other.reads) == (1, 1)
    assert await once.read("a", shelf.read) == 2


async def test_an_error_is_everybodys_and_is_not_kept() -> None:
    once, broken, sound = Once(), Shelf(broken=True), Shelf()
    tasks = await reading(once, "a", broken.read, 3)
    broken.go.set()
    assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [LookupError] * 3
    sound.go.set()
    assert await once.read("a", sound.read) == 1


async def test_who_leaves_takes_it_from_nobody() -> None:
    once, shelf = Once(), Shelf()
    first, second = await reading(once, "a", shelf.read, 2)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    shelf.go.set()
    assert await second == 1
    assert shelf.reads == 1


async def test_an_error_that_nobody_stayed_for_disturbs_nobody() -> None:
    once, broken, sound = Once(), Shelf(broken=True), Shelf()
    (only,) = await reading(once, "a", broken.read, 1)
    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    broken.go.set()
    sound.go.set()
    assert await once.read("b", sound.read) == 1


async def test_who_reads_ahead_waits_for_nothing_and_holds_up_nobody() -> None:
    once, slow, broken, sound = Once(), Shelf(), Shelf(broken=True), Shelf()
    once.ahead("a", slow.read, after=60)
    once.ahead("a", sound.read, after=60)
    assert await asyncio.to_thread(slow.begun.wait, PATIENT.whole)
    sound.go.set()
    # Not even who must read it now, and knows nothing of how long the other may take.
    assert await once.read("a", sound.read) == 1
    assert slow.reads == 1
    once.ahead("a", sound.read, after=60)
    broken.go.set()
    once.ahead("b", broken.read, after=60)
    slow.go.set()
    for task in list(once._ahead):
        await asyncio.wait({task})
    assert (sound.reads, broken.reads) == (1, 1), "read a moment ago"
    once.ahead("a", sound.read, after=0)
    await asyncio.wait(set(once._ahead))
    assert sound.reads == 2


def test_loops_do_not_wait_for_each_other() -> None:
    once, shelf = Once(), Shelf()
    shelf.go.set()
    assert [asyncio.run(once.read("a", shelf.read)) for _ in range(2)] == [1, 2]
