"""Chains, runs and approvals through the door."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from functions.chains import approvals_routes, chains_routes, run_events_routes, runs_routes
from maru.chains.notifying import Notifier
from maru.http import HttpServices, create_app
from maru.prompts.template import Template
from tests.chain_world import BOSS, World
from tests.door import client, key_for
from tests.engines.scripted_server import ScriptedServer

type Door = Callable[..., TestClient]

ADD = """
chain: add
labels: [live]
input: {type: object, required: [n], properties: {n: {type: integer}}}
steps:
  - {id: a, type: transform, value: "{% $states.input.n + 1 %}"}
"""
ASK = "chain: asked\nlabels: [live]\nsteps:\n  - {id: ask, type: approve, title: Go on, tool: notify, arguments: {channel: sns, text: x}}\n"

PROMPTED = """
chain: prompted
labels: [live]
steps:
  - {id: ask, type: model, model: scripted, prompt: asking@live, output: "{% $states.result.text %}"}
"""


@pytest.fixture
def times() -> run_events_routes.Clock:
    return run_events_routes.Clock()


@pytest.fixture
def door(services: HttpServices, here: World, times: run_events_routes.Clock) -> Door:
    notifier = Notifier(topic_arn=None, hosts=frozenset(), secret=lambda: "secret")
    app = create_app(
        title="chains",
        routers=[chains_routes.router, runs_routes.router, run_events_routes.router, approvals_routes.router],
        services=services,
        collaborators=[here.chains, here.publisher, here.engine, here.engine.runs, here.readings, here.prompts, notifier],
        ready={},
    )
    app.api.dependency_overrides[run_events_routes.clock] = lambda: times
    return lambda **who: client(app, key_for(services, **who))


def test_a_chain_is_published_as_yaml_or_json_once(door: Door, here: World) -> None:
    builder = door()
    made = builder.post("/v1/chains", content=ADD, headers={"content-type": "application/yaml"}).json()
    assert (made["name"], made["version"], made["labels"], made["created_by"]) == ("add", 1, ["live"], "minji")
    assert builder.post("/v1/chains", json=made["document"]).json()["version"] == 1, "the same content is no new version"
    second = builder.post("/v1/chains", content=ADD.replace("+ 1", "+ 2").replace("labels: [live]", "labels: [canary]")).json()
    assert (second["version"], second["labels"]) == (2, ["canary"])
    machine = next(iter(here.machines.machines))
    assert machine.rpartition(":")[2].startswith("maru-test-t")
    assert here.machines.aliases == {f"{machine}:live": f"{machine}:1", f"{machine}:canary": f"{machine}:2"}
    assert [one["version"] for one in builder.get("/v1/chains/add").json()["versions"]] == [2, 1]
    assert builder.post("/v1/chains/add/labels/live", json={"version": 2}).json()["previous_version"] == 1
    assert here.machines.aliases[f"{machine}:live"] == f"{machine}:2"


def test_mistakes_are_told_with_line_and_step(door: Door) -> None:
    answer = door().post("/v1/chains", content="chain: x\nsteps:\n  - {id: a, type: modle}\n")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "chain_invalid", "steps.0")
    assert "line 3, step 'a'" in error["message"]
    assert door().post("/v1/chains/validate", content=ADD).json()["valid"] is True
    assert door().get("/v1/chains").json()["data"] == []


def test_publishing_needs_build_and_deciding_needs_approve(door: Door) -> None:
    assert door(role="approver").post("/v1/chains", content=ADD).status_code == 403
    assert door(role="builder").get("/v1/approvals").status_code == 403
    assert door(role="user").get("/v1/runs").status_code == 403


def test_a_run_gives_its_output_at_once_or_is_taken_on(door: Door) -> None:
    builder = door()
    builder.post("/v1/chains", content=ADD)
    done = builder.post("/v1/chains/add/runs", json={"input": {"n": 1}})
    assert (done.status_code, done.json()["status"], done.json()["output"]) == (200, "completed", 2)
    builder.post("/v1/chains", content=ASK)
    taken = builder.post("/v1/chains/asked/runs", json={"wait_seconds": 0})
    assert (taken.status_code, taken.json()["status"]) == (202, "running")
    wrong = builder.post("/v1/chains/add/runs", json={"input": {"n": "one"}}).json()["error"]
    assert (wrong["param"], wrong["type"]) == ("input.n", "invalid_request_error")
    assert builder.post("/v1/chains/nobody/runs", json={}).status_code == 404
    listed = builder.get("/v1/runs").json()
    assert [one["chain"] for one in listed["data"]] == ["asked", "add"]
    assert builder.get("/v1/runs", params={"status": "completed"}).json()["data"][0]["chain"] == "add"
    page = builder.get("/v1/runs", params={"limit": 1}).json()
    assert page["has_more"] is True
    assert builder.get("/v1/runs", params={"limit": 1, "after": page["last_id"]}).json()["data"][0]["chain"] == "add"


def test_the_same_key_is_the_same_run(door: Door, services: HttpServices) -> None:
    builder = door()
    builder.post("/v1/chains", content=ADD)
    runs = [builder.post("/v1/chains/add/runs", json={"input": {"n": 1}}, headers={"idempotency-key": "k"}).json()["id"] for _ in range(2)]
    assert runs[0] == runs[1]
    assert builder.post("/v1/chains/add/runs", json={"input": {"n": 2}}, headers={"idempotency-key": "k"}).status_code == 422


def test_an_approval_is_shown_decided_and_audited(door: Door, here: World, services: HttpServices) -> None:
    builder, boss = door(), door(user="boss", role="admin")
    builder.post("/v1/chains", content=ASK)
    run = builder.post("/v1/chains/asked/runs", json={"wait_seconds": 0}).json()["id"]
    id_ = here.waiting(run)["id"]
    shown = boss.get(f"/v1/approvals/{id_}").json()
    assert (shown["arguments"], shown["requested_by"], shown["status"]) == ({"channel": "sns", "text": "x"}, "minji", "pending")
    assert door(role="admin").post(f"/v1/approvals/{id_}/decide", json={"decision": "approved"}).json()["error"]["code"] == "own_request"
    assert door(tenant="other", role="admin").get(f"/v1/approvals/{id_}").status_code == 404
    reason = "looks right" * 90
    decided = boss.post(f"/v1/approvals/{id_}/decide", json={"decision": "approved", "reason": reason, "hash": shown["hash"]})
    assert decided.json()["status"] == "approved"
    again = boss.post(f"/v1/approvals/{id_}/decide", json={"decision": "rejected"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "approval_decided")
    assert here.end(run)["status"] == "completed"
    audited = [row["object"] for row in services.audit.read("acme") if row["action"].endswith("/decide") and row["status"] == 200]
    assert audited == [f"{id_} approved: {reason}"], "whole, as long as it may be"


def test_runs_are_cancelled_replayed_and_compared(door: Door, here: World) -> None:
    builder = door()
    builder.post("/v1/chains", content=ADD)
    first = builder.post("/v1/chains/add/runs", json={"input": {"n": 1}}).json()["id"]
    second = builder.post(f"/v1/runs/{first}/replay", json={"input": {"n": 5}, "wait_seconds": 10}).json()
    assert (second["output"], second["replay_of"]) == (6, first)
    compared = builder.get(f"/v1/runs/{second['id']}/diff").json()
    assert compared["run"]["output"] == {"from": 6, "to": 2}
    assert [one["path"] for one in compared["changed"]] == ["a"]
    alone = builder.get(f"/v1/runs/{first}/diff")
    assert (alone.status_code, alone.json()["error"]["param"]) == (400, "to"), "it is no replay: nothing says with what"
    assert builder.post(f"/v1/runs/{first}/replay", json={"from_step": "nobody"}).json()["error"]["param"] == "from_step"
    strange = builder.post(f"/v1/runs/{first}/replay", json={"prompts": {"nobody": "live"}}).json()["error"]
    assert (strange["param"], "names none" in strange["message"]) == ("prompts.nobody", True)
    assert builder.post(f"/v1/runs/{first}/cancel").json()["error"]["code"] == "run_ended"
    assert builder.get(f"/v1/runs/{first}/steps/a").json()["output"] == 2
    assert builder.get(f"/v1/runs/{first}/steps/b").status_code == 404
    assert door(tenant="other").get(f"/v1/runs/{first}").status_code == 404


def test_a_replay_from_a_step_takes_over_what_came_before_and_asks_the_rest_anew(door: Door, here: World, models: ScriptedServer) -> None:
    builder = door()
    steps = [
        {"id": name, "type": "model", "model": "scripted", "messages": [{"role": "user", "content": f"count: {name}\nsay: {name}"}]}
        for name in ("first", "second", "third")
    ]
    models.model.forget()
    builder.post("/v1/chains", json={"chain": "asks", "labels": ["live"], "steps": steps})
    run = builder.post("/v1/chains/asks/runs", json={"wait_seconds": 0}).json()
    assert (here.end(run["id"], seconds=60)["status"], models.model.calls) == ("completed", {"first": 1, "second": 1, "third": 1})
    again = builder.post(f"/v1/runs/{run['id']}/replay", json={"from_step": "second"}).json()
    assert here.end(again["id"], seconds=60)["status"] == "completed"
    found = {name: builder.get(f"/v1/runs/{again['id']}/steps/{name}").json() for name in ("first", "second", "third")}
    assert {name: one.get("reused_from") for name, one in found.items()} == {"first": run["id"], "second": None, "third": None}
    assert models.model.calls == {"first": 1, "second": 2, "third": 2}


def test_a_replay_takes_other_versions_of_the_prompts_that_its_chain_asks_with_and_of_no_others(door: Door, here: World) -> None:
    builder, words = door(), ("one", "two")
    for word in words:
        template = Template.model_validate({"messages": [{"role": "user", "content": f"say: {word}"}]})
        here.prompts.publish("acme", "asking", template, description="", user="minji")
    here.prompts.label("acme", "asking", "live", 1)
    builder.post("/v1/chains", content=PROMPTED)
    first = builder.post("/v1/chains/prompted/runs", json={"wait_seconds": 0}).json()["id"]
    here.end(first, seconds=60)
    again = builder.post(f"/v1/runs/{first}/replay", json={"prompts": {"asking": "2"}}).json()["id"]
    here.end(again, seconds=60)
    assert [builder.get(f"/v1/runs/{run}").json()["output"] for run in (first, again)] == ["one", "two"]
    for prompts, told in (({"nobody": "live"}, "asking"), ({"asking": "9"}, "version")):
        refused = builder.post(f"/v1/runs/{first}/replay", json={"prompts": prompts}).json()["error"]
        assert refused["param"] == f"prompts.{next(iter(prompts))}", refused
        assert told in refused["message"]


def test_what_step_functions_refuses_is_not_published(door: Door, here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": "no such field", "location": "/States/a"}
    refusal = {"result": "FAIL", "diagnostics": [told]}
    monkeypatch.setattr(here.machines, "validate_state_machine_definition", lambda **_: refusal)
    answer = door().post("/v1/chains", content=ADD)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "chain_invalid")
    assert "/States/a: no such field" in answer.json()["error"]["message"]
    assert here.machines.machines == {}
    assert door().get("/v1/chains").json()["data"] == []


def test_a_replay_keeps_the_bounds_of_its_run_unless_it_is_given_others(door: Door) -> None:
    builder = door()
    builder.post("/v1/chains", content=ADD)
    bounds = {"cost_cap_usd": 0.5, "deadline_seconds": 60}
    run = builder.post("/v1/chains/add/runs", json={"input": {"n": 1}, **bounds}).json()
    again = builder.post(f"/v1/runs/{run['id']}/replay", json={"wait_seconds": 10}).json()
    assert (again["cost_cap_usd"], again["deadline_at"] - again["created_at"]) == (0.5, 60)
    other = builder.post(f"/v1/runs/{again['id']}/replay", json={"wait_seconds": 10, "cost_cap_usd": 2}).json()
    assert (other["cost_cap_usd"], other["deadline_at"] - other["created_at"]) == (2.0, 60)


def test_a_disabled_chain_takes_no_runs_and_one_in_use_is_not_deleted(door: Door, here: World) -> None:
    builder = door()
    builder.post("/v1/chains", content=ASK)
    run = builder.post("/v1/chains/asked/runs", json={"wait_seconds": 0}).json()["id"]
    own = here.engine.runs.of("acme", run)
    shipped = {**own, "run_id": "run_newer", "version": 0, "started": own["started"] + "~"}
    here.engine.runs.table.put(shipped)  # of the shipped chain under this name, and younger
    assert builder.delete("/v1/chains/asked").json()["error"]["code"] == "chain_in_use"
    builder.patch("/v1/chains/asked", json={"enabled": False})
    assert builder.post("/v1/chains/asked/runs", json={}).json()["error"]["code"] == "chain_disabled"
    builder.post(f"/v1/runs/{run}/cancel")
    assert builder.delete("/v1/chains/asked").json()["deleted"] is True
    assert here.machines.machines == {}
    assert builder.get("/v1/chains/asked").status_code == 404


def test_events_are_given_again_behind_the_last_one_seen(door: Door) -> None:
    builder = door()
    builder.post("/v1/chains", content=ADD)
    run = builder.post("/v1/chains/add/runs", json={"input": {"n": 1}}).json()["id"]
    text = builder.get(f"/v1/runs/{run}/events").text
    ids = [line[4:] for line in text.splitlines() if line.startswith("id: ")]
    assert text.startswith("retry: ")
    assert text.endswith("data: [DONE]\n\n")
    rest = builder.get(f"/v1/runs/{run}/events", headers={"last-event-id": ids[0]}).text
    assert [line[4:] for line in rest.splitlines() if line.startswith("id: ")] == ids[1:]
    assert builder.get(f"/v1/runs/{run}/events", headers={"last-event-id": "x"}).status_code == 400


def test_each_tenant_has_a_key_of_its_own_for_webhooks(door: Door) -> None:
    keys = {door(tenant=tenant).get("/v1/webhooks/key").json()["key"] for tenant in ("acme", "other")}
    assert len(keys) == 2
    assert "secret" not in keys


class TestTheStreamOfALongRun:
    """Its time is told by the test: each wait takes a minute."""

    @pytest.fixture
    def times(self) -> run_events_routes.Clock:
        now = [0.0]

        async def sleep(_: float) -> None:
            now[0] += 60

        return run_events_routes.Clock(lambda: now[0], sleep)

    def test_it_is_closed_after_14_minutes_and_taken_up_behind_the_last_event(self, door: Door, here: World) -> None:
        door().post("/v1/chains", content=ASK, headers={"content-type": "application/yaml"})
        run = door().post("/v1/chains/asked/runs", json={"wait_seconds": 0}).json()["id"]
        asked = here.waiting(run)
        text = door().get(f"/v1/runs/{run}/events").text
        frames = text.strip().split("\n\n")
        assert (frames[0], frames[-1]) == ("retry: 1000", "retry: 1000"), "closed with the time after which to come back"
        assert frames.count(": waiting") == 13, "never silent for longer than a poll, here a minute"
        assert "[DONE]" not in text
        ids = [line[4:] for line in text.splitlines() if line.startswith("id: ")]
        here.engine.decide(BOSS, asked["id"], "approved", "")
        here.end(run)
        rest = door().get(f"/v1/runs/{run}/events", headers={"last-event-id": ids[-1]}).text
        again = [line[4:] for line in rest.splitlines() if line.startswith("id: ")]
        assert rest.endswith("event: done\ndata: [DONE]\n\n")
        assert again
        assert not set(again) & set(ids), "what was seen is not told again"
