"""Runs that end before their time: what is left of their steps, and that what they cost is what the ledger has."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maru.chains import showing
from tests.chain_world import World, world
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer

SLOW = """
chain: slow
steps:
  - id: write
    type: model
    model: scripted
    timeout_seconds: {seconds}
    retry: {{attempts: 0}}
    messages: [{{role: user, content: "slow: 0.05\\ntokens: 2000"}}]
    catch: [{{errors: [StepTimeout], steps: [{{id: late, type: transform, value: "{{% $states.input.error %}}"}}]}}]
"""
WAITS = """
chain: waits
steps: [{id: decide, type: approve, title: t, tool: notify, arguments: {channel: sns, text: x}}]
"""
IN_TURN = """
chain: in_turn
cost_cap_usd: 0.4
steps:
  - id: each
    type: map
    items: "{% [1..4] %}"
    concurrency: 4
    steps:
      - id: ask
        type: model
        model: scripted
        parameters: {max_tokens: 50}
        messages: [{role: user, content: "slow: 0.01\\ntokens: 20"}]
"""


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer) -> World:
    models.model.forget()
    return world(make_table, s3, models.base_url, price={"input": 1000, "output": 1000})


def _ledger(here: World, run_id: str) -> int:
    now = datetime.now(UTC)
    rows = here.meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))
    return sum(row["cost"] for _, row in rows if row.get("run") == run_id)


def _until[Found](look: Callable[[], Found]) -> Found:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it does not happen")


def test_a_cancelled_run_stops_its_model_and_pays_what_was_written(here: World) -> None:
    here.publish(SLOW.format(seconds=300))
    run = here.start("slow")
    _until(lambda: [one for one in here.events(run) if one["type"] == "step.delta"])
    here.engine.stopper.cancel("acme", run, "minji")
    assert here.steps(run)["write"]["status"] == "cancelled"
    step = _until(lambda: [row for row in here.steps(run).values() if row.get("cost_nanodollars")])[0]
    row = _until(lambda: [one for one in [here.engine.runs.of("acme", run)] if one.get("cost_nanodollars")])[0]
    assert row["status"] == "cancelled"
    assert step["status"] == "cancelled"
    assert 0 < step["output_tokens"] < 2000, "it was stopped, not waited for"
    assert row["cost_nanodollars"] == step["cost_nanodollars"] == _ledger(here, run)


def test_an_answer_that_was_cut_off_costs_what_the_ledger_has_and_counts_as_one_attempt(here: World) -> None:
    here.publish(SLOW.format(seconds=1))
    row = here.run("slow")
    step = here.steps(row["run_id"])["write"]
    assert (row["status"], row["output"], step["status"], step["attempts"]) == ("completed", "StepTimeout", "caught", 1)
    assert row["cost_nanodollars"] == step["cost_nanodollars"] == _ledger(here, row["run_id"]) > 0


def test_a_run_that_fails_leaves_nothing_open(here: World) -> None:
    here.publish(WAITS)
    run = here.start("waits")
    asked = here.waiting(run)
    error = {"name": "ServiceUnavailable", "message": "A branch beside it failed.", "step": None}
    here.engine.finishing.end(here.engine.runs.of("acme", run), "failed", error=error)
    assert here.steps(run)["decide"]["status"] == "cancelled"
    assert here.engine.approvals.of("acme", asked["id"])["status"] == "void"
    assert list(here.engine.approvals.listed("acme", "pending")) == []


def test_branches_wait_for_what_others_reserved_of_the_cap(here: World) -> None:
    here.publish(IN_TURN)
    row = here.run("in_turn", seconds=120)
    told = showing.run(row)
    assert (row["status"], row.get("error")) == ("completed", None), "four answers fit, though four reservations do not"
    assert told["cost_usd"] * 1_000_000_000 == pytest.approx(_ledger(here, row["run_id"]))
    assert told["cost_usd"] <= 0.4
