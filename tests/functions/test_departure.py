"""Work that ends with the client."""

import asyncio
import gc
import weakref
from typing import Any

import pytest

from functions.chat.departure import ClientLeft, Departure


class Client:
    """Leaves when told to."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}


class Work:
    """Never comes to an end of its own, and cleans up."""

    def __init__(self) -> None:
        self.begun, self.clean = asyncio.Event(), False

    async def run(self) -> None:
        try:
            self.begun.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.clean = True


async def watched(client: Client, work: Work) -> None:
    with Departure(client.receive):
        await work.run()


async def test_work_is_cancelled_and_cleaned_up_when_the_client_leaves() -> None:
    client, work = Client(), Work()

    async def leave() -> None:
        await work.begun.wait()
        client.left.set()

    leaving = asyncio.create_task(leave())
    with pytest.raises(ClientLeft):
        await watched(client, work)
    await leaving
    assert work.clean
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_cancellation_from_outside_stays_one() -> None:
    client, work = Client(), Work()
    task = asyncio.create_task(watched(client, work))
    await work.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.clean


async def test_both_at_once_are_a_cancellation() -> None:
    client, work = Client(), Work()
    task = asyncio.create_task(watched(client, work))
    await work.begun.wait()
    client.left.set()
    while not task.cancelling():  # noqa: ASYNC110 - a step of the loop, not a time
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.clean


async def test_who_leaves_later_disturbs_nothing() -> None:
    client = Client()
    with Departure(client.receive):
        await asyncio.sleep(0)
    client.left.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_what_is_over_is_let_go_at_once() -> None:
    """Not when a search for garbage finds it: under load that search would be most of what anybody waits for."""
    client = Client()
    gc.disable()
    try:
        with Departure(client.receive):
            await asyncio.sleep(0)
        gone = weakref.ref(client)
        del client
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert gone() is None
    finally:
        gc.enable()
