"""Answers under way: they end whether somebody listens or not, and fail where somebody can see it."""

import asyncio
import io

import pytest

from maru.agents.events import Event, status
from maru.agents.runs import Emit, Run, Runs
from maru.errors import MaruError, Unavailable
from maru.telemetry import Telemetry

DELTA = Event("response.delta", {"delta": "안"})


@pytest.fixture
def runs() -> Runs:
    return Runs(Telemetry("test", stream=io.StringIO()))


async def heard(run: Run, silence: float = 5) -> list[Event | None]:
    return [event async for event in run.events(silence=silence)]


async def test_events_come_in_order_and_end(runs: Runs) -> None:
    async def work(emit: Emit) -> None:
        emit(status("searching"))
        await asyncio.sleep(0)
        emit(DELTA)

    run = runs.start(work)
    await run.begun(5)
    assert await heard(run) == [status("searching"), DELTA]


async def test_a_failure_before_the_first_word_is_raised(runs: Runs) -> None:
    async def work(emit: Emit) -> None:
        emit(status("searching"))
        raise Unavailable("down", retry_after=5)

    with pytest.raises(Unavailable):
        await runs.start(work).begun(5)
    with pytest.raises(Unavailable):
        await runs.start(work).ended()


async def test_a_later_failure_is_the_last_event(runs: Runs) -> None:
    async def work(emit: Emit) -> None:
        emit(DELTA)
        raise Unavailable("down", code="gone")

    run = runs.start(work)
    await run.begun(5)
    events = await heard(run)
    assert events[0] == DELTA
    assert events[1] is not None
    assert (events[1].name, events[1].data["error"]["code"]) == ("error", "gone")


async def test_the_unexpected_is_logged_and_tells_nothing() -> None:
    log = io.StringIO()

    async def work(_: Emit) -> None:
        raise RuntimeError("secret 8241")

    run = Runs(Telemetry("test", stream=log)).start(work)
    with pytest.raises(MaruError) as raised:
        await run.ended()
    assert raised.value.status == 500
    assert "RuntimeError" in log.getvalue()
    assert "8241" not in log.getvalue() + str(raised.value)


async def test_silence_is_told(runs: Runs) -> None:
    async def work(emit: Emit) -> None:
        await asyncio.sleep(0.1)
        emit(DELTA)

    assert None in await heard(runs.start(work), silence=0.02)


async def test_begun_does_not_wait_longer_than_it_may(runs: Runs) -> None:
    async def work(_: Emit) -> None:
        await asyncio.sleep(0.2)

    run = runs.start(work)
    await asyncio.wait_for(run.begun(0.01), 0.15)
    await runs.drain(5)
    assert run.task.done()


async def test_who_stops_waiting_does_not_stop_the_work(runs: Runs) -> None:
    done = asyncio.Event()

    async def work(_: Emit) -> None:
        await asyncio.sleep(0.05)
        done.set()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(runs.start(work).ended(), 0.01)
    await runs.drain(5)
    assert done.is_set()
