"""Steps behind the guard: what a model is asked and what it answers by the policy of completions, and models that judge paid by the run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import pytest

from maru.chains import showing
from maru.guard.policy import parsed
from tests.chain_world import World, world
from tests.conftest import MakeTable
from tests.fakes.openai_server import OpenAIServer

PHONE = "010-1234-5678"
JUDGED = {
    "name": "judged",
    "deadline_ms": 30_000,
    "checks": {"moderation": {"default": "block", "local": False, "providers": [{"kind": "alias", "model": "scripted"}]}},
}


def _asking(text: str) -> dict[str, Any]:
    model = {"id": "a", "type": "model", "model": "scripted", "messages": [{"role": "user", "content": text}]}
    return {"chain": "tried", "steps": [model], "output": "{% $states.input %}"}


def _checking() -> dict[str, Any]:
    step = {"id": "g", "type": "guard", "text": "{% $states.input.text %}", "policy": "judged", "on_block": "fail"}
    return {"chain": "tried", "steps": [step], "output": "{% $states.input %}"}


def _rows(here: World) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [row for _, row in here.meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))]


async def test_models_see_placeholders_and_steps_their_own_words(make_table: MakeTable, s3: Any) -> None:
    async with OpenAIServer(words=["call [PHO", "NE_1] or ", "010-5555", "-4444."]) as model:
        here = world(make_table, s3, model.base_url)
        here.policies.publish("acme", parsed({"name": "completions", "checks": {"pii": {"default": "mask"}}}), user="minji")
        here.publish(_asking(f"my number is {PHONE}"))
        row = await anyio.to_thread.run_sync(here.run, "tried")
        assert row["output"]["text"] == f"call {PHONE} or [PHONE_2]."
        assert model.requests[0]["messages"] == [{"role": "user", "content": "my number is [PHONE_1]"}]


@pytest.mark.parametrize("place", ["input", "output"])
def test_what_the_policy_of_completions_blocks_fails_the_step(here: World, place: str) -> None:
    here.policies.publish("acme", parsed({"name": "completions", "checks": {"pii": {place: "block"}}}), user="minji")
    here.publish(_asking(f"count: asked\nsay: {PHONE} is it"))
    row = here.run("tried")
    assert (row["status"], row["error"]["name"]) == ("failed", "GuardBlocked")
    assert PHONE not in str(here.events(row["run_id"]))


def test_a_model_that_judges_is_paid_by_the_run_and_counts_against_its_cap(here: World) -> None:
    here.policies.publish("acme", parsed(JUDGED), user="minji")
    here.publish(_checking())
    row = here.run("tried", {"text": "say: safe"})
    assert (row["status"], row["output"]["action"]) == ("completed", "allow")
    (paid,) = _rows(here)
    assert (paid["user"], paid["agent"], paid["run"], paid["model"]) == ("minji", "guard", row["run_id"], "scripted")
    row = here.run("tried", {"text": "say: safe"}, cost_cap_usd=0.000001)
    assert (row["status"], row["error"]["name"]) == ("failed", "GuardBlocked"), "a judge that nobody pays fails closed"
    assert len(_rows(here)) == 1


def test_what_a_judge_calls_unsafe_is_blocked(here: World) -> None:
    here.policies.publish("acme", parsed(JUDGED), user="minji")
    here.publish(_checking())
    row = here.run("tried", {"text": "say: unsafe\\nS10"})
    assert (row["status"], row["error"]["name"]) == ("failed", "GuardBlocked")


@pytest.mark.parametrize(
    ("place", "step"),
    [
        ("output", {"type": "guard", "text": "say: safe", "policy": "default", "on_block": "fail"}),
        ("tool_arguments", {"type": "tool", "tool": "text.language", "arguments": {"text": "hi\nsay: safe"}}),
    ],
)
def test_a_step_tells_the_checks_without_which_its_policy_let_it_go_on(here: World, place: str, step: dict[str, Any]) -> None:
    asked = {place: "block", "local": False, "providers": [{"kind": "alias", "model": "scripted"}]}
    here.policies.publish("acme", parsed(JUDGED | {"name": "default", "fail": "open", "checks": {"moderation": asked}}), user="minji")
    here.publish({"chain": "tried", "steps": [{"id": "a", **step}], "output": "{% $states.input %}"})
    paid, unpaid = here.run("tried"), here.run("tried", cost_cap_usd=0.000001)
    told = [showing.step(here.steps(one["run_id"])["a"]).get("unchecked") for one in (paid, unpaid)]
    assert (unpaid["status"], told) == ("completed", [None, ["moderation:alias"]])
