"""How many runs of a chain are under way: counted with the runs themselves, wherever a process dies."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from maru.dynamo import Item
from maru.errors import Conflict, RateLimited
from tests.chain_world import World, world
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.death import Death, Killed, Moment

WAITS = "chain: waits\nconcurrency: {limit}\nsteps:\n  - {{id: ask, type: approve, title: t, tool: answers.cited}}\n"
WORKS = """
chain: works
concurrency: 1
steps:
  - {id: one, type: transform, value: "{% $states.input.n + 1 %}"}
output: "{% $states.input %}"
"""
MOMENTS: tuple[Moment, ...] = ("before-call", "after-call")


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer) -> World:
    models.model.forget()
    return world(make_table, s3, models.base_url)


def _open(here: World) -> list[Item]:
    return list(here.engine.runs.open())


def _counted(here: World, chain: str) -> int:
    return int((here.engine.runs.table.get({"run_id": f"slots#acme#{chain}"}) or {"running": 0})["running"])


def _death(here: World, s3: Any, moment: Moment) -> Death:
    return Death([here.engine.runs.table.client, s3], moment)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_process_that_dies_anywhere_leaves_run_and_count_together(here: World, s3: Any, *, moment: Moment) -> None:
    here.publish(WAITS.format(limit=40))
    death = _death(here, s3, moment)
    for call in itertools.count(1):
        began = death.survives(call, lambda call=call: here.start("waits", key=f"k{call}"))
        assert _counted(here, "waits") == len(_open(here)), f"the start died at call {call}"
        here.start("waits", key=f"k{call}")  # asked again, as its client would: taken on once
        assert _counted(here, "waits") == len(_open(here)) == call
        if began:
            break
    assert call > 4, "it dies before every call that a start makes"
    swept = here.sweeper.run(at_start=True)
    assert (swept["errors"], _counted(here, "waits")) == (0, call), "nothing is left to mend"
    for run in _open(here):
        here.waiting(run["run_id"])
    for at, run in enumerate(_open(here), 1):
        death.survives(at, lambda run=run: here.engine.stopper.cancel("acme", run["run_id"], "minji"))
        assert _counted(here, "waits") == len(_open(here)), f"the end died at call {at}"
        with suppress(Conflict):  # it had ended before the process died
            here.engine.stopper.cancel("acme", run["run_id"], "minji")
        assert _counted(here, "waits") == len(_open(here)) == call - at


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_worker_that_dies_at_any_of_its_calls_ends_the_run_right_and_frees_its_slot(here: World, s3: Any, *, moment: Moment) -> None:
    here.publish(WORKS)
    death, died = _death(here, s3, moment), []

    def invoke(event: dict[str, Any]) -> Any:
        try:
            with death.process():
                return here.worker.handle(event)
        except Killed:
            died.append(event["phase"])
            raise type("Lambda.Unknown", (Exception,), {}) from None

    here.machines.invoke = invoke
    for call in itertools.count(1):
        death.left, deaths = call, len(died)
        row = here.run("works", {"n": 1})
        assert (row["status"], row["output"]) == ("completed", 2), f"died at call {call}"
        assert (_counted(here, "works"), _open(here)) == (0, []), f"died at call {call}"
        if len(died) == deaths:
            break
    assert set(died) == {"do", "finish"}, "it died in every phase"


def test_no_more_runs_begin_at_once_than_there_are_slots(here: World) -> None:
    here.publish(WAITS.format(limit=3))

    def start(_: int) -> str | None:
        try:
            return here.start("waits")
        except RateLimited:
            return None

    with ThreadPoolExecutor(8) as pool:
        begun = [run for run in pool.map(start, range(12)) if run]
    assert (len(begun), _counted(here, "waits"), len(_open(here))) == (3, 3, 3)
    ends = [lambda run=run: here.engine.finishing.end(here.engine.runs.of("acme", run), "completed") for run in begun for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda end: end(), ends))
    assert sum(one is not None for one in told) == 3, "each run ends once"
    assert (_counted(here, "waits"), _open(here)) == (0, [])


def test_counts_that_were_changed_by_hand_are_mended_at_the_next_start(here: World) -> None:
    for chain in ("waits", "idle"):
        here.publish(WAITS.format(limit=1).replace("waits", chain))
    ran, run = here.start("idle"), here.start("waits")
    here.engine.stopper.cancel("acme", ran, "minji")
    table = here.engine.runs.table
    for chain, wrong in (("waits", 0), ("idle", 7)):
        table.set({"run_id": f"slots#acme#{chain}"}, {"running": wrong})
    with pytest.raises(RateLimited):
        here.start("idle")
    here.sweeper.run()
    assert _counted(here, "idle") == 7, "while runs begin and end nothing is recounted"
    here.waiting(run)
    here.sweeper.run(at_start=True)
    assert (_counted(here, "waits"), _counted(here, "idle")) == (1, 0)
    here.start("idle")
    table.delete({"run_id": "slots#acme#waits"})
    here.sweeper.run(at_start=True)
    with pytest.raises(RateLimited):
        here.start("waits")
