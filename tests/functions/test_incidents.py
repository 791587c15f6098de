"""Incidents through the door: a block alerts once, keeps sealed samples, a changed policy is tried on them and released."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest
from starlette.testclient import TestClient

from functions.admin import audit_routes
from functions.moderation.app import ROUTERS
from maru.agents.guarding import Guarding
from maru.dynamo import Table
from maru.guard.engine import Guard
from maru.guard.incidents import Block, IncidentStore, public_incident
from maru.guard.journal import PAGES
from maru.guard.masking import Vault
from maru.guard.policy import parsed
from maru.guard.sealing import Sealer
from maru.http import HttpServices, cef, create_app
from maru.identity import Caller
from maru.knowledge.files import FileStore
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served
from tests.guarding import incidents_on, journal_on, policies_on, seeing

MINJI = Caller("acme", "minji", (), frozenset(), "key")
KEY = "sk-proj-" + "a1B2" * 6
POLICY: dict[str, Any] = {
    "name": "careful",
    "checks": {"secrets": {"input": "block", "output": "block"}, "topics": {"input": "block", "options": {"topics": {"rival": ["Acme"]}}}},
    "incidents": {"sample": True},
}


class Alerts:
    """A topic that remembers."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def publish(self, subject: str, message: str) -> None:
        assert subject.startswith("Maru: ")
        self.sent.append(json.loads(message))


@pytest.fixture
def topic() -> Alerts:
    return Alerts()


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["fine"]) as server:
        yield server


@pytest.fixture
def incidents(make_table: MakeTable, services: HttpServices) -> IncidentStore:
    kms = boto3.client("kms")
    sealer = Sealer(kms, kms.create_key()["KeyMetadata"]["Arn"])
    return incidents_on(boto3.client("dynamodb"), services.log, sealer)


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, model: OpenAIServer, topic: Alerts, incidents: IncidentStore) -> Iterator[str]:
    app = agents_app(services, make_table, Passages([]), model.base_url, journal=journal_on(services, topic, incidents))
    policies_on(boto3.client("dynamodb")).publish("acme", parsed(POLICY), user="minji")
    with served(app) as one:
        yield one


@pytest.fixture
def files(make_table: MakeTable) -> FileStore:
    return FileStore(make_table(FileStore.SPEC))


@pytest.fixture
def door(services: HttpServices, url: str, incidents: IncidentStore, files: FileStore) -> TestClient:
    store = policies_on(boto3.client("dynamodb"))
    app = create_app(
        title="guard",
        routers=[*ROUTERS, audit_routes.router],
        services=services,
        collaborators=[Guard(), store, incidents, services.audit, services.tenants, files, seeing(services)],
        ready={},
    )
    return client(app, key_for(services, user="boss", role="admin"))


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        await one.call("POST", "/v1/agents", {"name": "shop", "policy": "careful"})
        yield one


async def say(who: AgentClient, message: str) -> dict[str, Any]:
    """What the agent answers."""
    _, answer = await who.call("POST", "/v1/agents/shop/chat", {"message": message})
    return dict(answer)


async def test_a_block_goes_from_alert_to_a_policy_that_is_released(
    minji: AgentClient, door: TestClient, topic: Alerts, log_lines: Any
) -> None:
    for message in ("What does Acme sell?", "Is Acme cheaper?", "Acme and acme"):
        assert (await say(minji, message))["response"] == "Content violates usage policies"
    (told,) = topic.sent
    assert (told["policy"], told["version"], told["check"], told["label"], told["place"]) == ("careful", 1, "topics", "rival", "input")
    assert "sell" not in json.dumps(told)
    (incident,) = door.get("/v1/guard/incidents?status=open").json()["data"]
    assert (incident["id"], incident["count"], incident["samples"]) == (told["incident"], 4, 4)
    path = f"/v1/guard/incidents/{incident['id']}"
    assert door.post(path, json={"status": "acknowledged", "note": "looks harmless"}).json()["status"] == "acknowledged"
    texts = [one["text"] for one in door.get(path + "/samples").json()["data"]]
    assert texts[:2] == ["What does Acme sell?", "Is Acme cheaper?"]
    assert door.post(path + "/release").status_code == 409
    # A policy that still flags them does not pass where they were said to be harmless.
    tried = door.post(path + "/patch", json={"policy": POLICY, "samples": "pass"}).json()
    assert (tried["status"], len(tried["test"]["wrong"])) == ("patched", 4)
    patched = {**POLICY, "checks": {"secrets": POLICY["checks"]["secrets"]}}
    rows = [{"input": f"key {KEY}", "flagged": True}]
    tried = door.post(path + "/patch", json={"policy": patched, "samples": "pass", "rows": rows}).json()
    assert (tried["status"], tried["test"]) == ("tested", {"rows": 5, "samples": 4, "wrong": []})
    released = door.post(path + "/release").json()
    assert (released["status"], released["released_version"]) == ("released", 2)
    assert door.get("/v1/guard/policies/careful").json()["version"] == 2
    assert door.post(path, json={"status": "open"}).status_code == 409
    assert "Acme" not in log_lines.getvalue()


SCORING = {**POLICY, "checks": {"topics": {**POLICY["checks"]["topics"], "input": "score"}}, "incidents": {"sample": False}}


async def test_without_a_sample_labelled_texts_lead_to_the_release(incidents: IncidentStore, topic: Alerts, door: TestClient) -> None:
    path = f"/v1/guard/incidents/{blocked(incidents, topic, 1)['id']}"
    refused = door.post(path + "/patch", json={"policy": SCORING}).json()["error"]
    assert (refused["param"], "no sample" in refused["message"]) == ("rows", True)
    rows = [{"input": "What does Acme sell?", "action": "score"}, {"input": "What do you sell?", "flagged": False}]
    tried = door.post(path + "/patch", json={"policy": SCORING, "rows": rows}).json()
    assert (tried["status"], tried["test"]) == ("tested", {"rows": 2, "samples": 0, "wrong": []})
    assert door.post(path + "/release").json()["status"] == "released"


async def test_samples_may_be_scored_or_left_out(minji: AgentClient, door: TestClient) -> None:
    await say(minji, "Acme")
    (incident,) = door.get("/v1/guard/incidents").json()["data"]
    path = f"/v1/guard/incidents/{incident['id']}/patch"
    assert door.post(path, json={"policy": SCORING, "samples": "pass"}).json()["status"] == "patched", "what is scored is flagged"
    assert door.post(path, json={"policy": SCORING, "samples": "score"}).json()["status"] == "tested"
    assert door.post(path, json={"policy": SCORING, "samples": "ignore"}).json()["error"]["param"] == "rows"
    tried = door.post(path, json={"policy": SCORING, "samples": "ignore", "rows": [{"input": "hi", "flagged": False}]}).json()
    assert (tried["status"], tried["test"]["samples"]) == ("tested", 0)


async def test_decisions_stand_in_the_audit_without_their_texts(minji: AgentClient, door: TestClient) -> None:
    await say(minji, f"my key is {KEY}")
    row = next(one for one in door.get("/v1/audit").json()["data"] if one["action"].endswith("/chat"))
    (note,) = row["guard"]
    assert {name: note[name] for name in ("policy", "version", "place", "check", "label", "action")} == {
        "policy": "careful", "version": 1, "place": "input", "check": "secrets", "label": "SECRET", "action": "block",
    }  # fmt: skip
    assert {"rule", "score"} <= note.keys()
    assert KEY not in door.get("/v1/audit?format=jsonl").text
    lines = door.get("/v1/audit?format=cef").text.splitlines()
    (blocked,) = [line for line in lines if "/chat|" in line]
    assert blocked.startswith("CEF:0|Maru|Maru|1|POST /v1/agents/{name}/chat|")
    assert blocked.split("|")[6] == "8"
    assert "cs2Label=guard" in blocked


async def test_an_answer_that_is_cut_off_is_an_incident_too(minji: AgentClient, model: OpenAIServer, door: TestClient) -> None:
    model.words = ["It is ", KEY[:10], KEY[10:], " there."]
    await say(minji, "tell me")
    (incident,) = door.get("/v1/guard/incidents").json()["data"]
    assert (incident["place"], incident["check"]) == ("output", "secrets")


async def test_samples_are_for_administrators_and_incidents_for_their_tenant(
    minji: AgentClient, door: TestClient, services: HttpServices
) -> None:
    await say(minji, "Acme")
    (incident,) = door.get("/v1/guard/incidents").json()["data"]
    path = f"/v1/guard/incidents/{incident['id']}"
    builder = TestClient(door.app, headers={"authorization": f"Bearer {key_for(services)}"})
    assert builder.get(path).status_code == 200
    assert builder.get(path + "/samples").status_code == 403
    other = TestClient(door.app, headers={"authorization": f"Bearer {key_for(services, tenant='other', role='admin')}"})
    assert [other.get(path + end).status_code for end in ("", "/samples")] == [404, 404]
    assert other.post(path + "/patch", json={"policy": {}}).status_code == 404
    assert door.post(path + "/patch", json={"policy": {"name": "strict"}}).json()["error"]["param"] == "policy.name"


async def test_samples_of_documents_are_for_those_who_may_read_them(
    services: HttpServices, topic: Alerts, incidents: IncidentStore, files: FileStore, door: TestClient
) -> None:
    def held(file_id: str, *acl: str) -> None:
        files.table.put({"id": file_id, "tenant": "acme", "acl": list(acl), "first_version": 1, "version": 1, "created_at": 1})

    found = [passage(f"Acme pays {number}.", file_id=f"file-{number}") for number in range(2)]
    for one in found:
        held(one.file_id, "public")
    policy = parsed(POLICY | {"checks": {"topics": {"passage": "block", "options": {"topics": {"rival": ["Acme"]}}}}})
    pages = journal_on(services, topic, incidents).open(MINJI, "req_1")
    for one in found:  # two answers' passages, then a word of the user's own
        await Guarding(Guard(), policy, Vault(None), "en", frozenset()).passages([one])
    pages.write()
    PAGES.set(None)
    (incident,) = door.get("/v1/guard/incidents").json()["data"]
    path = f"/v1/guard/incidents/{incident['id']}/samples"
    texts = [{"text": "Acme pays 0."}, {"text": "Acme pays 1."}]
    assert door.get(path).json()["data"] == texts
    held("file-1", "user:minji")
    assert door.get(path).json()["data"] == [texts[0], {"withheld": True}], "of what the first came was known before the second"
    files.table.delete({"id": "file-0"})
    assert door.get(path).json()["data"] == [{"withheld": True}] * 2


def blocked(incidents: IncidentStore, topic: Alerts, times: int, label: str = "rival") -> dict[str, Any]:
    """The incident of so many blocks of a kind on one day."""
    block = Block(parsed(POLICY), "input", "topics", label, "words", None)
    for number in range(times):
        id_ = incidents.happened(MINJI, f"req_{number}", block, topic)
    return public_incident(incidents.get("acme", id_))


def test_a_jump_of_blocks_alerts_once_and_stands_on_the_incident(incidents: IncidentStore, topic: Alerts) -> None:
    assert blocked(incidents, topic, 9)["jumped_at"] is None
    assert blocked(incidents, topic, 40)["jumped_at"]
    assert [one.get("jump") for one in topic.sent] == [None, 10]


def test_as_many_blocks_as_every_day_are_no_jump(incidents: IncidentStore, topic: Alerts) -> None:
    table, now = Table(boto3.client("dynamodb"), IncidentStore.SPEC.name, IncidentStore.SPEC), int(time.time())
    kind = {"policy": "careful", "version": 1, "place": "input", "check": "topics", "label": "rival", "status": "released"}
    for day in range(1, 15):
        table.put({"tenant": "acme", "id": f"inc_{day}", **kind, "created_at": now - day * 86_400, "count": 28 + day % 5})
    assert blocked(incidents, topic, 20)["jumped_at"] is None
    assert blocked(incidents, topic, 10, "another")["jumped_at"], "what is usual for one kind is not for another"
    assert blocked(incidents, topic, 20)["jumped_at"], "forty where thirty are usual"


def test_cef_escapes_what_would_forge_a_line() -> None:
    row = {"action": "a|b\\c", "at": "2026-01-02T03:04:05.000000Z#x", "user": "x=y\nCEF:0|", "outcome": "ok", "status": 200, "tenant": "t"}
    line = cef.line(row)
    assert "\n" not in line
    assert line.startswith("CEF:0|Maru|Maru|1|a\\|b\\\\c|")
    assert "suser=x\\=y\\nCEF:0|" in line
    assert "rt=1767323045000" in line
