"""A worker that dies between a model's answer and what comes of it: what was paid is found again, what may be lost is counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maru.chains.steps import StepStore
from maru.ledger.charge import Charge
from tests.chain_world import World, world
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer

CHAIN = """
chain: paid
labels: [live]
cost_cap_usd: 5
steps:
  - id: ask
    type: model
    model: scripted
    messages: [{role: user, content: "count: paid\\njson: {\\"n\\": 1}"}]
    schema: {type: object, required: [n], properties: {n: {type: integer}}}
"""


class Killed(BaseException):
    """The worker is gone: nothing below it is cleaned up in the world outside."""


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer) -> World:
    models.model.forget()
    return world(make_table, s3, models.base_url, price={"input": 100, "output": 1000})


def _dying(here: World, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, *, when: Any = lambda *_: True) -> None:
    """Let the worker die once as it enters a method; the machine then tries again, as after a crash of Lambda."""
    whole = getattr(owner, method)
    died: list[int] = []

    def dies(*args: Any, **named: Any) -> Any:
        if not died and when(*args):
            died.append(1)
            raise Killed
        return whole(*args, **named)

    monkeypatch.setattr(owner, method, dies)

    def invoke(event: dict[str, Any]) -> Any:
        try:
            return here.worker.handle(event)
        except Killed:
            raise type("Lambda.Unknown", (Exception,), {}) from None

    here.machines.invoke = invoke


def _written_as_done(*args: Any) -> bool:
    return bool(args[3].get("status") == "done")


def test_an_answer_whose_cost_was_settled_is_found_by_the_next_attempt(
    here: World, models: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.publish(CHAIN)
    _dying(here, monkeypatch, StepStore, "note", when=_written_as_done)
    row = here.run("paid")
    assert (row["status"], models.model.calls) == ("completed", {"paid": 1})
    assert (row["model_calls"], row.get("lost_calls", 0), row.get("estimated_nanodollars", 0)) == (1, 0, 0)
    plain = here.run("paid")
    assert row["cost_nanodollars"] == plain["cost_nanodollars"], "counted once, as in a run that nothing happened to"


def test_an_answer_that_was_lost_is_asked_for_again_and_counted_as_estimated(
    here: World, models: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.publish(CHAIN)
    _dying(here, monkeypatch, Charge, "close")
    row = here.run("paid")
    assert (row["status"], models.model.calls) == ("completed", {"paid": 2}), (
        row.get("error") or "nobody knows what the first call answered"
    )
    assert (row["model_calls"], row["lost_calls"]) == (1, 1)
    assert row["estimated_nanodollars"] > 0
    meter = here.meter
    entries = list(meter.usage.between("acme", datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)))
    lost = [one for _, one in entries if one.get("status") == "lost"]
    assert [(one["estimated"], one["run"], one["step"], one["cost"]) for one in lost] == [
        (True, row["run_id"], "ask", row["estimated_nanodollars"])
    ]
    assert meter.reservations.open(meter.budgets.table, "acme", {}) == [], "its lease binds no budget any more"


def test_without_any_budget_a_lost_answer_is_in_the_ledger_too(
    here: World, models: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.publish(CHAIN.replace("cost_cap_usd: 5\n", ""))
    _dying(here, monkeypatch, Charge, "close")
    row = here.run("paid")
    assert (row["status"], row["lost_calls"], models.model.calls) == ("completed", 1, {"paid": 2})
    hour = timedelta(hours=1)
    entries = here.meter.usage.between("acme", datetime.now(UTC) - hour, datetime.now(UTC) + hour)
    assert [one["cost"] for _, one in entries if one.get("status") == "lost"] == [row["estimated_nanodollars"]]


def test_calls_of_a_step_before_the_one_that_was_lost_are_kept(
    here: World, models: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = "    repairs: 1\n    catch: [{errors: [SchemaUnmet], steps: [{id: none, type: transform, value: 0}]}]\n    schema:"
    here.publish(CHAIN.replace('json: {\\"n\\": 1}', "say: no json").replace("    schema:", caught))
    answered: list[int] = []
    answer = models.model.answer

    def counting(request: Any) -> Any:
        answered.append(1)
        return answer(request)

    monkeypatch.setattr(models.model, "answer", counting)
    closed: list[int] = []

    def second(*_: Any) -> bool:
        closed.append(1)
        return len(closed) == 2

    _dying(here, monkeypatch, Charge, "close", when=second)
    row = here.run("paid")
    assert row["status"] == "completed"
    assert len(answered) == 3, "the first answer is found, the repair is asked for again"
    assert (row["model_calls"], row["lost_calls"]) == (2, 1)


def test_what_a_failed_attempt_told_of_its_cost_is_not_told_again(
    here: World, models: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.publish(CHAIN.replace("    schema:", "    retry: {attempts: 2, seconds: 1}\n    schema:"))
    whole = StepStore.note
    failed: list[int] = []

    def fails(self: StepStore, run_id: str, path: str, facts: Any) -> Any:
        if facts.get("status") == "done" and not failed:
            failed.append(1)
            from maru.errors import Unavailable

            raise Unavailable("The database is busy.")
        return whole(self, run_id, path, facts)

    monkeypatch.setattr(StepStore, "note", fails)
    row = here.run("paid")
    assert (row["status"], row["model_calls"], models.model.calls) == ("completed", 1, {"paid": 1})
    steps = here.steps(row["run_id"])
    assert steps["ask"]["attempts"] == 2
