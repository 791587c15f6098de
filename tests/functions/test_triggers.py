"""What starts chains by themselves, through the function's door: dropped files, events, schedules, and what goes wrong with them."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.chains import chains_routes, triggers_routes
from maru.chains.loading import ChainInvalid
from maru.chains.store import load
from maru.http import HttpServices, create_app
from maru.prompts.shipped import ShippedPrompts
from tests.chain_world import BOSS, MINJI, World
from tests.door import client, key_for
from tests.functions.trigger_world import Triggers, machine_for, triggers

type Door = Callable[..., TestClient]

TAKES = """
chain: takes
labels: [live]
triggers:
  - {id: dropped, kind: s3, prefix: in/, suffix: .json, input: {n: "{% $states.input.json.n %}", name: "{% $states.input.name %}"}}
  - id: indexed
    kind: event
    source: [maru.documents]
    detail_type: [Document Completed]
    when: "{% $states.input.detail.chunks > 2 %}"
    input: {n: "{% $states.input.detail.chunks %}"}
  - {id: daily, kind: schedule, cron: "0 9 * * 1-5", timezone: Asia/Seoul, input: {n: 1, name: "{% $states.input.scheduled_at %}"}}
input: {type: object, required: [n], properties: {n: {type: integer}}}
steps:
  - {id: a, type: transform, value: "{% $states.input.n * 2 %}"}
"""


@pytest.fixture
def function(here: World, s3: Any) -> Triggers:
    return triggers(here, s3)


@pytest.fixture
def door(services: HttpServices, here: World, function: Triggers) -> Door:
    app = create_app(
        title="chains",
        routers=[chains_routes.router, triggers_routes.router],
        services=services,
        collaborators=[here.chains, here.publisher, here.engine.runs, here.triggers, function.dead],
        ready={},
    )
    return lambda **who: client(app, key_for(services, **who))


def test_a_dropped_file_starts_one_run_however_often_s3_tells_of_it(here: World, function: Triggers) -> None:
    here.publish(TAKES)
    for sequencer in ("0066C1", "0066C1", "0066C2"):
        assert function.drop("acme/events/in/보고 1+2%.json", b'{"n": 21}', sequencer=sequencer) == {"batchItemFailures": []}
    runs = function.runs()
    assert [(one["status"], one["output"], one["input"]["name"]) for one in runs] == [("completed", 42, "in/보고 1+2%.json")] * 2
    assert [one["trigger"]["kind"] for one in runs] == ["s3", "s3"]
    assert (runs[0]["caller"]["user"], runs[0]["caller"]["groups"], runs[0]["tenant"]) == ("trigger:takes", [], "acme")
    assert set(runs[0]["caller"]["scopes"]) == {"chains", "chat", "knowledge:read"}


def test_files_elsewhere_and_of_other_tenants_start_nothing(here: World, function: Triggers) -> None:
    here.publish(TAKES)
    for key in (
        "acme/events/out/a.json",
        "acme/events/in/a.txt",
        "acme/vs_1/in/a.json",
        "other/events/in/a.json",
        "nobody/events/in/a.json",
    ):
        assert function.drop(key, b'{"n": 1}') == {"batchItemFailures": []}
    assert function.runs() + function.runs(tenant="other") == []
    assert function.dead_letters() == []


def test_an_event_starts_chains_of_the_tenant_that_it_names(here: World, function: Triggers) -> None:
    here.publish(TAKES)
    function.put()
    function.put()  # told twice
    function.put(ID="e2", CHUNKS="2")  # `when` says no
    function.put(ID="e3", TENANT="other")
    function.put(ID="e4", SOURCE="somebody.else")
    assert [(one["output"], one["trigger"]) for one in function.runs()] == [(6, {"id": "indexed", "kind": "event", "event": "e1"})]


def test_events_of_aws_concern_the_tenant_that_the_stage_says(here: World, function: Triggers) -> None:
    here.publish(
        TAKES.replace("[maru.documents]", "[aws.guardduty, aws.health]").replace("detail_type: [Document Completed]", "detail_type: []")
    )
    function.put(SOURCE="aws.guardduty", TENANT="other")
    function.put(SOURCE="aws.health", ID="e2")  # names a tenant, which is not for it to say
    assert [one["trigger"]["event"] for one in function.runs()] == ["e1"]
    assert function.runs(tenant="other") == []


def test_a_schedule_runs_at_its_moments_in_its_zone_once_each(here: World, function: Triggers) -> None:
    here.publish(TAKES)
    tick = {"task": "tick"}
    moments = []
    assert function.handle(tick) == {"put": 0}, "00:30 UTC on Thursday is after nine in Seoul"
    for seconds in (23.5 * 3600, 60, 24 * 3600, 48 * 3600, 3600):
        function.later(seconds)
        moments.append((function.now.strftime("%a %H:%M"), function.handle(tick)["put"]))
        function.drain()
    # Saturday's tick finds nothing; Monday's moment, hours late, is served once.
    assert moments == [("Fri 00:00", 1), ("Fri 00:01", 0), ("Sat 00:01", 0), ("Mon 00:01", 1), ("Mon 01:01", 0)]
    assert [one["input"]["name"] for one in function.runs()] == ["2026-01-16T00:00:00Z", "2026-01-19T00:00:00Z"]


def test_a_moment_that_is_put_twice_is_one_run(here: World, function: Triggers) -> None:
    here.publish(TAKES)
    function.later(24 * 3600)
    function.handle({"task": "tick"})
    message = {"schedule": {"tenant": "acme", "chain": "takes", "trigger": "daily", "due": "2026-01-16T00:00:00Z"}}
    function.queue.put(message)
    function.queue.put({"schedule": {**message["schedule"], "chain": "gone"}})
    function.drain()
    assert len(function.runs()) == 1


def test_above_the_concurrency_an_event_waits_in_the_queue(here: World, function: Triggers) -> None:
    here.publish(TAKES.replace("steps:", "concurrency: 1\nsteps:\n  - {id: w, type: approve, title: t, tool: notify, rejected: []}", 1))
    function.queue.put(_event("e1"))
    function.queue.put(_event("e2"))
    answers = function.drain()
    assert [len(one["batchItemFailures"]) for one in answers] == [0, 1]
    waiting = function.queue.sqs.get_queue_attributes(QueueUrl=function.queue.url, AttributeNames=["All"])["Attributes"]
    assert waiting["ApproximateNumberOfMessagesNotVisible"] == "1", "hidden for a while, and not given up"
    assert function.dead_letters() == []
    here.engine.stopper.cancel("acme", here.engine.runs.listed("acme")[0]["run_id"], "minji")
    function.put(ID="e2")
    assert len(here.engine.runs.listed("acme")) == 2
    here.engine.stopper.cancel("acme", here.engine.runs.listed("acme", status="running")[0]["run_id"], "minji")


def test_what_a_chain_refuses_is_given_up_with_its_cause_and_taken_up_again(here: World, function: Triggers, door: Door) -> None:
    here.publish(TAKES)
    assert function.drop("acme/events/in/a.json", b'{"n": "two"}') == {"batchItemFailures": []}
    assert function.drop("acme/events/in/b.json", b'{"n": ', sequencer="0066C2") == {"batchItemFailures": []}
    assert [one["cause"] for one in function.dead_letters()] == ["invalid_request", "invalid_request"]
    assert function.runs() == []
    assert '"trigger_failures"' in here.lines.getvalue()
    assert "two" not in here.lines.getvalue()
    operator = door(role="operator")
    assert operator.get("/v1/triggers/dead_letters").json()["count"] == 2
    assert door(role="admin").get("/v1/triggers/dead_letters").status_code == 403
    here.publish(TAKES.replace("type: integer", "type: string").replace("$states.input.n * 2", "$states.input.n & '!'"))
    assert operator.post("/v1/triggers/dead_letters/redrive", json={}).json()["moved"] == 2
    function.drain()
    assert [one["output"] for one in function.runs()] == ["two!"]
    assert len(function.dead_letters()) == 1, "what is no JSON comes back"


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.json.gz", gzip.compress(b'{"n": 1}', mtime=0)[:-12], "ends in the middle"),
        ("a.json.gz", b"plain", "not packed by gzip"),
        ("a.json.gz", gzip.compress(b" " * 5_000_001, mtime=0), "more than 5000000 bytes"),
        ("a.json", b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_files_that_are_not_what_they_say_are_given_up(here: World, function: Triggers, name: str, body: bytes, said: str) -> None:
    here.publish(TAKES.replace("suffix: .json", 'suffix: ""'))
    function.drop(f"acme/events/in/{name}", body)
    assert len(function.dead_letters()) == 1, said


def test_one_triggers_trouble_is_not_anothers(here: World, function: Triggers) -> None:
    here.publish(TAKES)
    here.publish(TAKES.replace("chain: takes", "chain: broken").replace('$states.input.detail.chunks %}"}', "$error('no') %}\"}"))
    function.put()
    assert [one["chain"] for one in function.runs()] == ["takes"]
    assert len(function.dead_letters()) == 1


def test_triggers_follow_the_label_and_the_switch(here: World, function: Triggers, door: Door) -> None:
    builder = door()
    made = builder.post("/v1/chains", content=TAKES, headers={"content-type": "application/yaml"})
    assert made.status_code == 200, made.text
    told = builder.get("/v1/chains/takes/triggers").json()["data"]
    assert [(one["id"], one["kind"], one["version"], one["next_at"]) for one in told] == [
        ("daily", "schedule", 1, "2026-01-16T00:00:00Z"),
        ("dropped", "s3", 1, None),
        ("indexed", "event", 1, None),
    ]
    assert told[0]["runs_as"] == {"user": "trigger:takes", "groups": []}
    other = TAKES.replace("  - {id: daily", "  - {id: weekly").replace("* 2", "* 3").replace("labels: [live]", "labels: [canary]")
    builder.post("/v1/chains", content=other, headers={"content-type": "application/yaml"})
    assert {one["version"] for one in builder.get("/v1/chains/takes/triggers").json()["data"]} == {1}
    builder.post("/v1/chains/takes/labels/live", json={"version": 2})
    assert [one["id"] for one in builder.get("/v1/chains/takes/triggers").json()["data"]] == ["dropped", "indexed", "weekly"]
    function.put()
    builder.patch("/v1/chains/takes", json={"enabled": False})
    function.put(ID="e2")
    assert [one["output"] for one in function.runs()] == [9]
    builder.patch("/v1/chains/takes", json={"enabled": True})
    builder.delete("/v1/chains/takes/labels/live")
    assert builder.get("/v1/chains/takes/triggers").json()["data"] == []
    builder.post("/v1/chains/takes/labels/live", json={"version": 1})
    assert builder.delete("/v1/chains/takes").json()["deleted"]
    assert list(here.triggers.of("acme")) == []
    assert door(tenant="other", user="yuna").get("/v1/chains/takes/triggers").status_code == 404


def test_nobody_lends_rights_that_they_lack(here: World) -> None:
    def with_(run_as: str) -> str:
        return TAKES.replace("prefix: in/", f"prefix: in/, run_as: {run_as}")

    for run_as, said in (("{user: boss}", "only an admin lets a trigger run as 'boss'"), ("{groups: [leads]}", "not in the group 'leads'")):
        with pytest.raises(ChainInvalid) as caught:
            here.publisher.publish(MINJI, with_(run_as))
        assert "line 5, trigger 'dropped'" in caught.value.message
        assert said in caught.value.message
    here.publisher.publish(MINJI, with_("{user: minji, groups: [hr]}"))
    here.publisher.publish(BOSS, with_("{user: yuna, groups: [hr, staff]}"))


def test_a_trigger_runs_under_the_rights_that_were_lent(here: World, function: Triggers) -> None:
    here.publish(TAKES.replace("prefix: in/", "prefix: in/, run_as: {user: minji, groups: [hr]}"))
    function.drop("acme/events/in/a.json", b'{"n": 1}')
    (run,) = function.runs()
    assert (run["caller"]["user"], run["caller"]["groups"]) == ("minji", ["hr"])


FORMATS = {
    "one.json": json.dumps({"eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com"}).encode(),
    "trail.json.gz": gzip.compress(
        json.dumps({"Records": [{"eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com"}]}).encode()
    ),
    "some.jsonl": b'{"event": "user_logout"}\n\n{"event": "user_login"}\n',
    "list.json": json.dumps([{"event": "a"}, {"event": "b"}, "<34>Jan 15 10:03:00 web01 sshd[2211]: Failed password"]).encode(),
    "lines.log": "<34>Jan 15 10:03:00 web01 sshd[2211]: Failed password for 관리자\r\nCEF:0|A|F|1.0|1|x|2|src=10.0.0.8\n".encode(),
    "input.json": Path("events/chains/runs/triage.json").read_bytes(),
}


@pytest.mark.parametrize("name", FORMATS)
def test_security_events_dropped_by_any_tenant_are_triaged(here: World, function: Triggers, name: str) -> None:
    here.chains.shipped = {"triage": load("catalogue")["triage"]}
    ShippedPrompts(here.prompts, "catalogue").publish()
    function.machines["triage"] = machine_for(here, here.chains.shipped["triage"])
    function.drop(f"acme/events/triage/2026/{name}", FORMATS[name])
    (run,) = function.runs("triage")
    counts = {"one.json": 1, "trail.json.gz": 1, "some.jsonl": 2, "list.json": 3, "lines.log": 2, "input.json": 7}
    assert len(run["input"]["events"]) == counts[name]
    assert run["status"] == "completed", run.get("error")
    assert {index for alert in run["output"]["alerts"] for index in alert["events"]} <= set(range(counts[name]))


def test_a_tenants_own_triage_stands_in_place_of_the_shipped_one(here: World, function: Triggers) -> None:
    here.chains.shipped = {"triage": load("catalogue")["triage"]}
    here.publish("chain: triage\nsteps:\n  - {id: a, type: transform, value: 1}\n")
    function.drop("acme/events/triage/a.json", b"{}")
    assert function.runs() == []


def _event(id_: str) -> dict[str, Any]:
    detail = {"tenant": "acme", "chunks": 3}
    moment = datetime(2026, 1, 15, tzinfo=UTC).isoformat()
    return {"id": id_, "source": "maru.documents", "detail-type": "Document Completed", "time": moment, "detail": detail}
