"""Who may read, replay and end runs, and what they are shown of what came out of documents."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.chains import approvals_routes, chains_routes, run_events_routes, runs_routes
from maru.cache.entries import EntryStore
from maru.http import HttpServices, create_app
from maru.http.idempotency import Documents
from tests.chain_world import MINJI, World, world
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.passages import Passages, passage

type Door = Callable[..., TestClient]

PAY, DOOR = "Salaries are paid on the 25th.", "The door code is 4711."
LOOK = """
chain: looked
labels: [live]
steps:
  - {id: look, type: retrieve, query: salary, vector_stores: [hr], assign: {found: "{% $states.result %}"}}
  - id: write
    type: model
    model: scripted
    messages: [{role: user, content: "say: pay day\\n{{passages}}"}]
    variables: {passages: "{% $found.text %}"}
output: {answer: "{% $states.input.text %}", sources: "{% $found.passages %}"}
"""
ASK = """
chain: asked
labels: [live]
steps:
  - {id: look, type: retrieve, query: salary, vector_stores: [hr], assign: {found: "{% $states.result.passages %}"}}
  - id: ask
    type: approve
    title: Tell everybody
    tool: notify
    arguments: {channel: sns, text: "{% $found[0].text %}"}
    evidence: {why: "they asked", sources: "{% $found %}"}
    who: {groups: [leads]}
"""


@pytest.fixture
def found() -> Passages:
    held = [passage(PAY, file_id="file-pay"), passage(DOOR, file_id="file-door")]
    return Passages(held, acl={"file-pay": {"group:hr"}, "file-door": {"public"}})


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: ScriptedServer, found: Passages) -> World:
    return world(make_table, s3, models.base_url, passages=found)


@pytest.fixture
def door(services: HttpServices, here: World, found: Passages, make_table: MakeTable) -> Door:
    app = create_app(
        title="chains",
        routers=[chains_routes.router, runs_routes.router, run_events_routes.router, approvals_routes.router],
        services=services,
        collaborators=[here.chains, here.publisher, here.engine, here.engine.runs, here.readings, here.prompts],
        ready={},
        documents=Documents(found.visible, make_table(EntryStore.SPEC)),
    )
    return lambda **who: client(app, key_for(services, **who))


def _ran(here: World, door: Door) -> tuple[str, TestClient]:
    here.publish(LOOK)
    owner = door(role="builder", groups=["hr"])
    run = owner.post("/v1/chains/looked/runs", json={}).json()
    assert run["status"] == "completed", run
    return str(run["id"]), owner


def _every_call(of: TestClient, run: str) -> dict[str, int]:
    """The statuses of all routes of one run."""
    gets = ("", "/events", "/steps/look", "/diff?to=" + run)
    posts = ("/cancel", "/replay")
    told = {path: of.get(f"/v1/runs/{run}{path}").status_code for path in gets}
    return told | {path: of.post(f"/v1/runs/{run}{path}", json={} if path == "/replay" else None).status_code for path in posts}


def test_a_run_is_there_for_its_owner_and_for_nobody_else_who_runs_chains(here: World, door: Door) -> None:
    run, owner = _ran(here, door)
    assert set(_every_call(owner, run).values()) <= {200, 202, 409}
    for other in (door(user="sora", role="builder", groups=["hr"]), door(user="boss", role="approver"), door(tenant="other", role="admin")):
        assert set(_every_call(other, run).values()) == {404}
        assert other.get("/v1/runs").json()["data"] == []
        assert other.get("/v1/runs", params={"after": run}).status_code == 404
        mine = other.post("/v1/chains/looked/runs", json={})
        if mine.status_code == 200:
            assert other.get(f"/v1/runs/{mine.json()['id']}/diff", params={"to": run}).status_code == 404
    assert owner.get(f"/v1/runs/{run}").json()["created_by"] == "minji"


def test_two_keys_of_one_user_open_the_same_runs(here: World, door: Door) -> None:
    run, _ = _ran(here, door)
    assert door(role="builder").get(f"/v1/runs/{run}").status_code == 200


@pytest.mark.parametrize("scopes", [["chains", "runs:read_all"], ["chains", "admin"]], ids=["read_all", "admin"])
def test_an_operator_of_runs_reads_all_but_what_came_of_documents_that_are_not_theirs(here: World, door: Door, scopes: list[str]) -> None:
    run, _ = _ran(here, door)
    reader = door(user="ops", scopes=scopes)
    assert [one["id"] for one in reader.get("/v1/runs").json()["data"]] == [run]
    whole = reader.get(f"/v1/runs/{run}").json()
    assert (whole["output"], whole["input"], whole["status"]) == ({"withheld": True}, {}, "completed")
    assert [one["path"] for one in whole["steps"]] == ["look", "write"]
    looked = reader.get(f"/v1/runs/{run}/steps/look").json()
    assert looked["result"]["passages"][0] == {"index": 1, "withheld": True}
    assert looked["result"]["passages"][1]["text"] == DOOR, "what they may read is shown"
    assert (looked["result"]["text"], looked["output"]) == ({"withheld": True}, {"withheld": True})
    written = reader.get(f"/v1/runs/{run}/steps/write").json()
    assert [written[name] for name in ("rendered", "result", "output")] == [{"withheld": True}] * 3
    events = reader.get(f"/v1/runs/{run}/events").text
    deltas = [json.loads(line[6:]) for line in events.splitlines() if line.startswith('data: {"type": "step.delta"')]
    assert deltas
    assert all(one.get("withheld") and "delta" not in one for one in deltas)
    texts = json.dumps([whole, looked, written, events, reader.get(f"/v1/runs/{run}/diff", params={"to": run}).json()])
    assert PAY not in texts
    assert "pay day" not in texts
    cancelled = reader.post(f"/v1/runs/{run}/cancel").json()["error"]["code"]
    assert cancelled == ("run_ended" if "admin" in scopes else "missing_scope")


def test_whoever_may_read_the_documents_is_shown_everything(here: World, door: Door) -> None:
    run, _ = _ran(here, door)
    whole = door(user="ops", role="admin", groups=["hr"]).get(f"/v1/runs/{run}").json()
    assert whole["output"]["answer"] == "pay day"
    assert [one["text"] for one in whole["output"]["sources"]] == [PAY, DOOR]


def test_rights_that_were_taken_away_hold_for_the_owner_too(here: World, door: Door, found: Passages) -> None:
    run, owner = _ran(here, door)
    found.acl["file-pay"] = {"user:boss"}
    whole = owner.get(f"/v1/runs/{run}").json()
    assert whole["output"]["answer"] == "pay day", "what was written from it stays, as in a session"
    assert whole["output"]["sources"][0] == {"index": 1, "withheld": True}
    assert owner.get(f"/v1/runs/{run}/steps/write").json()["rendered"] == {"withheld": True}
    assert PAY not in owner.get(f"/v1/runs/{run}/steps/look").text
    again = owner.post(f"/v1/runs/{run}/replay", json={"wait_seconds": 25}).json()
    assert [one["text"] for one in again["output"]["sources"]] == [DOOR], "nor is it taken over into a replay"


def test_a_key_gives_no_output_again_whose_documents_are_the_callers_no_more(here: World, door: Door, found: Passages) -> None:
    here.publish(LOOK)
    owner = door(role="builder", groups=["hr"])
    first, second = (owner.post("/v1/chains/looked/runs", json={}, headers={"idempotency-key": "k"}) for _ in range(2))
    assert (first.json()["status"], second.json(), second.headers["idempotent-replayed"]) == ("completed", first.json(), "true")
    found.acl["file-pay"] = {"user:boss"}
    third = owner.post("/v1/chains/looked/runs", json={}, headers={"idempotency-key": "k"})
    assert (third.status_code, third.json()["error"]["code"]) == (409, "idempotent_answer_withheld")


def test_what_is_given_again_stands_in_the_audit_as_itself_and_as_a_read(here: World, door: Door, services: HttpServices) -> None:
    here.publish(LOOK)
    owner = door(role="builder", groups=["hr"])
    first, second = (owner.post("/v1/chains/looked/runs", json={}, headers={"idempotency-key": "k"}) for _ in range(2))
    rows = [row for row in services.audit.read("acme") if row["request_id"] in {one.headers["x-request-id"] for one in (first, second)}]
    call = [(row["action"], row["object"]) for row in rows if row["request_id"] == first.headers["x-request-id"]]
    assert (len(call), call[0][0]) == (1, "POST /v1/chains/{name}/runs")
    again = {(row["action"], row["object"]) for row in rows if row["request_id"] == second.headers["x-request-id"]}
    assert again == {*call, ("answer.read", "file-pay/1"), ("answer.read", "file-door/1")}


def test_a_replay_searches_under_the_rights_of_whoever_replays(here: World, door: Door) -> None:
    run, owner = _ran(here, door)
    boss = door(user="boss", role="admin", groups=[])
    replayed = boss.post(f"/v1/runs/{run}/replay", json={"wait_seconds": 25}).json()
    assert (replayed["created_by"], replayed["runs_as"]) == ("boss", "boss")
    assert [one["text"] for one in replayed["output"]["sources"]] == [DOOR]
    asked = boss.get(f"/v1/runs/{replayed['id']}/steps/write").json()["rendered"]
    assert DOOR in asked[0]["content"]
    assert PAY not in asked[0]["content"]
    assert owner.get(f"/v1/runs/{replayed['id']}").status_code == 404, "the replay is the replayer's"
    same = owner.post(f"/v1/runs/{run}/replay", json={"wait_seconds": 25}).json()
    steps = owner.get(f"/v1/runs/{same['id']}").json()["steps"]
    assert [one["reused_from"] for one in steps] == [run, run], "under the same rights nothing is done twice"
    found_again = here.engine.steps.documents(same["id"])
    assert found_again == {("file-pay", 1), ("file-door", 1)}, "what was taken over still says where it is from"


def test_deciders_see_what_they_decide_about_and_its_evidence_and_no_more(here: World, door: Door) -> None:
    here.publish(ASK)
    owner, lead = door(role="builder", groups=["hr"]), door(user="boss", role="approver", groups=["leads"])
    run = owner.post("/v1/chains/asked/runs", json={"wait_seconds": 0, "input": {"secret": "s3cr3t"}}).json()["id"]
    id_ = here.waiting(run)["id"]
    other = door(user="sora", role="approver", groups=["hr"])
    assert other.get(f"/v1/approvals/{id_}").status_code == 404, "it is for others to decide"
    assert other.get("/v1/approvals").json()["data"] == []
    assert other.post(f"/v1/approvals/{id_}/decide", json={"decision": "approved"}).json()["error"]["code"] == "not_an_approver"
    assert set(_every_call(other, run).values()) == {404}
    shown = lead.get(f"/v1/approvals/{id_}").json()
    assert shown["arguments"] == {"channel": "sns", "text": PAY}, "what is approved is shown whole"
    assert shown["evidence"]["why"] == "they asked"
    assert shown["evidence"]["sources"][0] == {"index": 1, "withheld": True}
    assert shown["evidence"]["sources"][1]["text"] == DOOR
    seen = lead.get(f"/v1/runs/{run}").json()
    assert (seen["input"], seen["output"], [one["path"] for one in seen["steps"]]) == ({"withheld": True}, {"withheld": True}, ["ask"])
    assert "s3cr3t" not in json.dumps(seen)
    statuses = _every_call(lead, run)
    assert {path for path, status in statuses.items() if status != 404} == {""}
    reader = door(user="ops", scopes=["chains", "approve", "runs:read_all"])
    told = reader.get(f"/v1/approvals/{id_}").json()
    assert (told["arguments"], told["title"]) == ({"withheld": True}, None), "a reader who does not decide has the documents' rights alone"


def test_what_was_decided_is_shown_no_further_than_its_documents_are(here: World, door: Door, found: Passages) -> None:
    here.publish(ASK)
    owner, lead = door(role="builder", groups=["hr"]), door(user="boss", role="approver", groups=["leads"])
    run = owner.post("/v1/chains/asked/runs", json={"wait_seconds": 0}).json()["id"]
    id_ = here.waiting(run)["id"]
    decided = lead.post(f"/v1/approvals/{id_}/decide", json={"decision": "rejected"}).json()
    here.end(run)
    for told in (decided, lead.get(f"/v1/approvals/{id_}").json(), *lead.get("/v1/approvals").json()["data"]):
        assert (told["status"], told["title"]) == ("rejected", None)
        assert (told["arguments"], told["evidence"]) == ({"withheld": True}, {"withheld": True})
    found.acl["file-pay"] = {"public"}
    assert lead.get(f"/v1/approvals/{id_}").json()["arguments"] == {"channel": "sns", "text": PAY}
    here.engine.runs.table.delete({"run_id": run})
    assert lead.get(f"/v1/approvals/{id_}").json()["arguments"] == {"withheld": True}, "what it came of is known no more"


def test_approvals_are_listed_page_by_page_and_their_runs_are_read_together(here: World, door: Door) -> None:
    here.publish(ASK)
    owner, lead = door(role="builder", groups=["hr"]), door(user="boss", role="approver", groups=["leads"])
    asked: list[str] = []
    for _ in range(5):
        run = owner.post("/v1/chains/asked/runs", json={"wait_seconds": 0}).json()["id"]
        asked.insert(0, here.waiting(run)["id"])
    read: Counter[tuple[str, str]] = Counter()
    here.engine.runs.table.client.meta.events.register(
        "before-parameter-build.dynamodb", lambda params, model, **_: read.update([(model.name, params.get("TableName", "several"))])
    )
    whole = lead.get("/v1/approvals").json()
    assert ([one["id"] for one in whole["data"]], whole["has_more"]) == (asked, False)
    runs = here.engine.runs.table.name
    assert (read["BatchGetItem", "several"], read["GetItem", runs], read["Query", runs]) == (2, 0, 0), "however many there are"
    first = lead.get("/v1/approvals", params={"limit": 3, "status": "pending"}).json()
    assert ([one["id"] for one in first["data"]], first["last_id"], first["has_more"]) == (asked[:3], asked[2], True)
    rest = lead.get("/v1/approvals", params={"limit": 3, "after": first["last_id"]}).json()
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == (asked[3:], False)
    assert lead.get("/v1/approvals", params={"after": "appr_other"}).status_code == 404
    assert lead.get("/v1/approvals", params={"limit": 0}).status_code == 400
    nobody = door(user="sora", role="approver", groups=[]).get("/v1/approvals", params={"limit": 1}).json()
    assert (nobody["data"], nobody["first_id"], nobody["has_more"]) == ([], None, False), "what is not theirs counts for no page"


def test_a_page_of_approvals_costs_what_is_on_it_and_tells_how_they_stand(here: World) -> None:
    store, old = here.engine.approvals, []
    for number in range(70):
        row = {"tenant": "acme", "run_id": f"run_{number}", "path": "ask", "hash": "h", "requesters": [], "users": [], "groups": []}
        old.append(store.ask({**row, "title": "t", "tool": "notify"}, seconds=9000, remind_seconds=None))
    for row in old[:-3]:
        store.settle(row, "void")
    read: list[int] = []

    def count(parsed: dict[str, Any], **_: Any) -> None:
        read.append(parsed.get("ScannedCount", 0))

    store.table.client.meta.events.register("after-call.dynamodb.Query", count)
    newest = [row["id"] for row in islice(store.listed("acme"), 20)]
    assert newest == [row["id"] for row in reversed(old)][:20]
    assert sum(read) == 51, "a page, and the one that closes it: not the 70 that there are"
    read.clear()
    assert [row["id"] for row in store.listed("acme", "pending")] == [row["id"] for row in reversed(old[-3:])]
    assert sum(read) == 3
    behind = [row["id"] for row in islice(store.listed("acme", "void", after=newest[-1]), 5)]
    assert behind == [row["id"] for row in reversed(old)][20:25]
    assert list(store.listed("other")) == []


def test_runs_of_a_trigger_are_of_whoever_published_it_and_neither_they_nor_who_armed_it_approve(here: World, door: Door) -> None:
    trigger = "triggers: [{id: tick, kind: schedule, cron: '0 9 * * *', run_as: {groups: [hr]}, input: {}}]\n"
    text = ASK.replace("who: {groups: [leads]}", "who: {}").replace("labels: [live]\n", "") + trigger
    author, armer = (door(user=name, role="admin", groups=["hr"]) for name in ("author", "armer"))
    assert author.post("/v1/chains", content=text, headers={"content-type": "application/yaml"}).status_code == 200
    assert armer.post("/v1/chains/asked/labels/live", json={"version": 1}).status_code == 200
    armed = next(iter(here.triggers.of("acme")))
    assert armed.behind == ("author", "armer")
    run = here.start("asked", caller=armed.caller(), behind=armed.behind)
    id_ = here.waiting(run)["id"]
    for who in (author, armer):
        refused = who.post(f"/v1/approvals/{id_}/decide", json={"decision": "approved"}).json()["error"]
        assert refused["code"] == "own_request"
    assert door(user="author", role="builder").get(f"/v1/runs/{run}").json()["created_by"] == "author"
    assert door(user="armer", role="builder").get(f"/v1/runs/{run}").status_code == 404
    step = door(user="author", role="builder", groups=[]).get(f"/v1/runs/{run}/steps/look").json()
    assert step["result"]["passages"][0] == {"index": 1, "withheld": True}, "the rights lent to a trigger are not its publisher's"
    assert door(user="boss", role="admin").post(f"/v1/approvals/{id_}/decide", json={"decision": "rejected"}).status_code == 200


def test_runs_of_triggers_that_maru_ships_are_the_tenants(here: World, door: Door) -> None:
    here.publish(LOOK)
    run = here.start("looked", caller=MINJI, behind=())
    here.end(run)
    assert door(role="builder").get(f"/v1/runs/{run}").status_code == 404
    shown = door(user="boss", role="admin").get(f"/v1/runs/{run}").json()
    assert shown["created_by"] is None
