"""What the guard decides where no call is served, in steps of chains and at ingestion, read through the doors of audit and incidents."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from starlette.testclient import TestClient

from functions.admin import audit_routes
from functions.moderation.app import ROUTERS
from maru import aws
from maru.cache.idempotent import IdempotencyStore
from maru.chains import builtins
from maru.dynamo import Table, TableSpec
from maru.guard.engine import Guard
from maru.guard.incidents import IncidentStore
from maru.guard.policies import PolicyStore
from maru.guard.policy import parsed
from maru.guard.sealing import Sealer
from maru.http import HttpServices, create_app
from maru.http.audit import AuditStore
from maru.identity.authenticator import Authenticator
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from maru.knowledge.blobs import Blobs
from maru.knowledge.documents import delete_file
from maru.telemetry import Telemetry
from tests.chain_world import BOSS, World, world
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.engines.scripted_server import ScriptedServer
from tests.fakes.passages import Passages, passage
from tests.functions.ingest_door import IngestFunction, ingest_function
from tests.guarding import incidents_on, journal_on, policies_on, seeing

PHONE, CARD = "010-1234-5678", "4111 1111 1111 1111"
SECRET = "ghp_" + "a1B2c3D4e5" * 4
HIDES = {"name": "default", "checks": {"pii": {"passage": "mask", "tool_result": "mask"}}}
BLOCKS = {"name": "default", "checks": {"pii": {"passage": "block", "tool_result": "block"}}, "incidents": {"sample": True}}
FOUND = [passage(f"Call {PHONE} for leave.", file_id="file-a"), passage("Leave is 25 days.", file_id="file-b")]


def door_on(services: HttpServices, policies: PolicyStore, incidents: IncidentStore, *more: Any) -> TestClient:
    """Policies, incidents and the audit, for an administrator."""
    collaborators = [Guard(), policies, incidents, services.audit, services.tenants, seeing(services), *more]
    app = create_app(title="guard", routers=[*ROUTERS, audit_routes.router], services=services, collaborators=collaborators, ready={})
    return client(app, key_for(services, user="boss", role="admin"))


def decided(door: TestClient) -> list[dict[str, Any]]:
    """The audit's rows of decisions that were made in no call, the newest first."""
    return [one for one in door.get("/v1/audit").json()["data"] if one["action"] == "guard"]


def incidents_of(door: TestClient) -> list[dict[str, Any]]:
    return list(door.get("/v1/guard/incidents").json()["data"])


class TestChains:
    @pytest.fixture
    def incidents(self, services: HttpServices) -> IncidentStore:
        return incidents_on(boto3.client("dynamodb"), services.log)

    @pytest.fixture
    def here(self, make_table: MakeTable, services: HttpServices, incidents: IncidentStore, models: ScriptedServer) -> World:
        journal = journal_on(services, None, incidents)
        return world(make_table, boto3.client("s3"), models.base_url, passages=Passages(FOUND), journal=journal)

    @pytest.fixture
    def door(self, services: HttpServices, here: World, incidents: IncidentStore) -> TestClient:
        return door_on(services, here.policies, incidents)

    @pytest.fixture(autouse=True)
    def outside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A tool that gives what it is given, as one does that asks somebody outside; ``asked`` is what it was given."""
        self.asked: list[dict[str, Any]] = []

        def gives(arguments: dict[str, Any], _: builtins.RunFacts) -> Any:
            self.asked.append(arguments)
            return arguments["gives"]

        echo = builtins.Builtin("text.echo", "Echo", acts=False, reads=False, call=gives)
        builtins.find("text.language")
        monkeypatch.setitem(builtins._REGISTRY, "text.echo", echo)

    @staticmethod
    def tool(here: World, given: Any) -> dict[str, Any]:
        step = {"id": "t", "type": "tool", "tool": "text.echo", "arguments": {"gives": "{% $states.input.gives %}"}}
        here.publish({"chain": "tried", "steps": [step], "output": "{% $states.input %}"})
        return here.run("tried", {"gives": given})

    @staticmethod
    def search(here: World) -> dict[str, Any]:
        step = {"id": "r", "type": "retrieve", "query": "leave", "vector_stores": ["hr"]}
        here.publish({"chain": "found", "steps": [step], "output": "{% $states.input %}"})
        return here.run("found", {})

    def test_what_tools_give_is_hidden_by_the_tenants_policy_and_told_in_the_audit(self, here: World, door: TestClient) -> None:
        here.policies.publish("acme", parsed(HIDES), user="boss")
        given = {"who": [{"phone": PHONE, "again": f"({PHONE})"}, None, True, 1.5], "card": 4111111111111111, PHONE: "office", "n": 25}
        row = self.tool(here, given)
        assert row["output"] == {
            "who": [{"phone": "[PHONE_1]", "again": "([PHONE_1])"}, None, True, 1.5],
            "card": "[CREDIT_CARD_1]",
            "[PHONE_1]": "office",
            "n": 25,
        }
        (told,) = decided(door)
        assert (told["object"], told["user"], told["request_id"]) == (row["run_id"], "minji", f"{row['run_id']}/t")
        first = told["guard"][0]
        assert {name: first[name] for name in ("policy", "version", "place", "check", "label", "action")} == {
            "policy": "default", "version": 1, "place": "tool_result", "check": "pii", "label": "PHONE", "action": "mask",
        }  # fmt: skip
        assert {"rule", "score"} <= first.keys()
        assert "1234" not in door.get("/v1/audit?format=jsonl").text
        assert incidents_of(door) == []

    def test_what_the_policy_blocks_of_tools_fails_the_step_and_is_an_incident(self, here: World, door: TestClient) -> None:
        here.policies.publish("acme", parsed(BLOCKS), user="boss")
        row = self.tool(here, {"text": f"card {CARD}"})
        assert (row["status"], row["error"]["name"]) == ("failed", "GuardBlocked")
        (told,) = decided(door)
        assert [one["action"] for one in told["guard"]] == ["block"]
        (incident,) = incidents_of(door)
        assert (incident["place"], incident["check"], incident["label"], incident["count"]) == ("tool_result", "pii", "CREDIT_CARD", 1)
        assert incident["first_request"] == f"{row['run_id']}/t"
        self.tool(here, {"text": f"card {CARD}"})
        (incident,) = incidents_of(door)
        assert (incident["count"], incident["samples"]) == (2, 2)
        assert CARD not in here.lines.getvalue() + json.dumps(here.events(row["run_id"]), default=str)

    def test_without_a_policy_of_its_own_a_tenant_has_secrets_hidden(self, here: World, door: TestClient) -> None:
        assert self.tool(here, f"token {SECRET}")["output"] == "token [SECRET_1]"
        assert decided(door)[0]["guard"][0]["check"] == "secrets"

    def test_a_check_without_an_answer_lets_nothing_of_a_tool_in(self, here: World, door: TestClient) -> None:
        judged = {"moderation": {"tool_result": "block", "local": False, "providers": [{"kind": "openai", "deadline_ms": 200}]}}
        here.policies.publish("acme", parsed({"name": "default", "checks": judged}), user="boss")
        row = self.tool(here, "harmless")
        assert (row["status"], row["error"]["name"]) == ("failed", "GuardBlocked")
        (note,) = decided(door)[0]["guard"]
        assert (note["check"], note["label"], note["action"]) == ("moderation:openai", "failed", "block")
        assert [one["label"] for one in incidents_of(door)] == ["failed"]

    @staticmethod
    def written(here: World, model_says: str, **step: Any) -> dict[str, Any]:
        """A model writes the arguments of a tool."""
        model = {"id": "m", "type": "model", "model": "scripted", "messages": [{"role": "user", "content": f"say: {model_says}"}]}
        tool = {"id": "t", "type": "tool", "tool": "text.echo", "arguments": {"gives": "{% $states.input.text %}"}, **step}
        here.publish({"chain": "written", "steps": [model, tool]})
        return here.run("written")

    def test_what_goes_to_tools_is_hidden_by_the_tenants_policy_and_told_in_the_audit(self, here: World, door: TestClient) -> None:
        here.policies.publish("acme", parsed({"name": "default", "checks": {"pii": {"tool_arguments": "mask"}}}), user="boss")
        row = self.written(here, f"ring {PHONE}")
        assert row["status"] == "completed"
        assert self.asked == [{"gives": "ring [PHONE_1]"}]
        (told,) = decided(door)
        assert (told["object"], told["request_id"]) == (row["run_id"], f"{row['run_id']}/t")
        assert [(one["place"], one["label"], one["action"]) for one in told["guard"]] == [("tool_arguments", "PHONE", "mask")]

    def test_no_tool_is_called_with_what_the_policy_blocks(self, here: World, door: TestClient) -> None:
        here.policies.publish("acme", parsed({"name": "default", "checks": {"pii": {"tool_arguments": "block"}}}), user="boss")
        row = self.written(here, f"pay {CARD}")
        assert (row["status"], row["error"]["name"], self.asked) == ("failed", "GuardBlocked", [])
        (incident,) = incidents_of(door)
        assert (incident["place"], incident["label"], incident["first_request"]) == (
            "tool_arguments", "CREDIT_CARD", f"{row['run_id']}/t",
        )  # fmt: skip
        assert CARD not in here.lines.getvalue() + str(row["error"])

    def test_no_tool_is_called_where_a_check_gives_no_answer(self, here: World, door: TestClient) -> None:
        judged = {"moderation": {"tool_arguments": "block", "local": False, "providers": [{"kind": "openai", "deadline_ms": 200}]}}
        here.policies.publish("acme", parsed({"name": "default", "checks": judged}), user="boss")
        row = self.written(here, "harmless")
        assert (row["status"], row["error"]["name"], self.asked) == ("failed", "GuardBlocked", [])
        assert [(one["place"], one["label"]) for one in incidents_of(door)] == [("tool_arguments", "failed")]

    def test_without_a_policy_of_its_own_a_tenant_sends_no_secrets_to_tools(self, here: World) -> None:
        self.written(here, SECRET)
        assert self.asked == [{"gives": "[SECRET_1]"}]

    @pytest.mark.parametrize(("given", "ends"), [("harmless", "completed"), (SECRET, "failed")], ids=["plain", "secret"])
    def test_what_people_approved_goes_to_a_tool_as_they_saw_it_or_not_at_all(self, here: World, given: str, ends: str) -> None:
        ask = {"id": "ask", "type": "approve", "title": "t", "tool": "text.echo", "arguments": {"gives": given}}
        tool = {"id": "t", "type": "tool", "tool": "text.echo", "arguments": {"gives": given}, "approval": "ask"}
        here.publish({"chain": "approved", "steps": [ask, tool]})
        run = here.start("approved")
        here.engine.decide(BOSS, here.waiting(run)["id"], "approved", "")
        row = here.end(run)
        assert row["status"] == ends
        assert self.asked == ([{"gives": given}] if ends == "completed" else [])
        assert ends == "completed" or row["error"]["name"] == "GuardBlocked"

    def test_notifications_leave_as_the_policy_lets_them(self, here: World, door: TestClient) -> None:
        here.publish({"chain": "told", "steps": [{"id": "n", "type": "notify", "channel": "sns", "subject": "s", "text": f"key {SECRET}"}]})
        assert here.run("told")["status"] == "completed"
        assert [one["Message"] for one in here.sns.sent] == ["key [SECRET_1]"]
        here.policies.publish("acme", parsed({"name": "default", "checks": {"secrets": {"tool_arguments": "block"}}}), user="boss")
        assert here.run("told")["error"]["name"] == "GuardBlocked"
        assert len(here.sns.sent) == 1
        assert [one["place"] for one in incidents_of(door)] == ["tool_arguments"]

    def test_passages_are_hidden_or_left_out(self, here: World, door: TestClient) -> None:
        here.policies.publish("acme", parsed(HIDES), user="boss")
        found = self.search(here)["output"]
        first = found["passages"][0]
        assert (first["text"], first["pages"]) == ("Call [PHONE_1] for leave.", [{"number": 3, "start": 0, "end": len(first["text"])}])
        assert PHONE not in found["text"]
        here.policies.publish("acme", parsed(BLOCKS), user="boss")
        row = self.search(here)
        assert [one["text"] for one in row["output"]["passages"]] == ["Leave is 25 days."]
        assert decided(door)[0]["object"] == row["run_id"]
        assert [one["place"] for one in incidents_of(door)] == ["passage"]

    def test_guard_and_model_steps_tell_what_they_decide_too(self, here: World, door: TestClient) -> None:
        here.policies.publish("acme", parsed({"name": "completions", "checks": {"pii": {"input": "block"}}}), user="boss")
        model = {"id": "a", "type": "model", "model": "scripted", "messages": [{"role": "user", "content": PHONE}]}
        guard = {"id": "g", "type": "guard", "text": PHONE, "place": "input", "policy": "completions", "on_block": "continue"}
        here.publish({"chain": "both", "steps": [guard, model]})
        row = here.run("both")
        assert row["error"]["name"] == "GuardBlocked"
        told = decided(door)
        assert sorted(one["request_id"] for one in told) == [f"{row['run_id']}/{step}" for step in ("a", "g")]
        (incident,) = incidents_of(door)
        assert (incident["place"], incident["count"]) == ("input", 2)

    def test_other_tenants_see_nothing_of_it(self, here: World, door: TestClient, services: HttpServices) -> None:
        here.policies.publish("acme", parsed(BLOCKS), user="boss")
        self.tool(here, CARD)
        other = TestClient(door.app, headers={"authorization": f"Bearer {key_for(services, tenant='other', role='admin')}"})
        assert (decided(other), incidents_of(other)) == ([], [])


class TestIngestion:
    @pytest.fixture
    def ingest(self, make_table: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IngestFunction]:
        with ingest_function(make_table, tmp_path, monkeypatch) as function:
            yield function

    @pytest.fixture
    def door(self, ingest: IngestFunction, make_table: MakeTable, log_lines: Any) -> TestClient:
        dynamodb, log = boto3.client("dynamodb"), Telemetry("test", stream=log_lines)

        def of(spec: TableSpec) -> Table:
            return Table(dynamodb, spec.name, spec)

        keys = KeyStore(make_table(KeyStore.SPEC))
        services = HttpServices(
            log=log,
            authenticator=Authenticator(keys, cache_seconds=0),
            audit=AuditStore(of(AuditStore.SPEC), retention_days=30),
            idempotency=IdempotencyStore(make_table(IdempotencyStore.SPEC), Blobs(aws.client("s3"), ingest.settings.bucket)),
            keys=keys,
            tenants=TenantStore(of(TenantStore.SPEC)),
            identities=IdentityStore(make_table(IdentityStore.SPEC)),
        )
        incidents = IncidentStore(of(IncidentStore.SPEC), Sealer(aws.client("kms"), ingest.settings.guard_key), log)
        return door_on(services, policies_on(dynamodb), incidents, ingest.library.files)

    @staticmethod
    def brought(ingest: IngestFunction, door: TestClient, rules: dict[str, Any]) -> str:
        """Publish the policy, drop a document; gives its id."""
        assert door.post("/v1/guard/policies", json={"name": "ingestion", **rules}).status_code < 300
        version = ingest.put("leave.md", f"Call {PHONE} first.\n".encode())
        ingest.replay("ingest/object_created", V1=version)
        ingest.drain()
        file = ingest.file("leave.md")
        assert file is not None
        return str(file["id"])

    def test_what_is_hidden_of_a_document_stands_in_the_audit(self, ingest: IngestFunction, door: TestClient) -> None:
        file = self.brought(ingest, door, {"checks": {"pii": {"passage": "mask"}}})
        rendering = ingest.library.renderings.load("acme", file, 1)
        assert rendering is not None
        assert "[PHONE_1]" in rendering.text
        (told,) = decided(door)
        assert (told["object"], told["request_id"], told["key_id"]) == (file, f"{file}/1", "ingest")
        assert [(one["place"], one["label"], one["action"]) for one in told["guard"]] == [("passage", "PHONE", "mask")]
        assert "1234" not in door.get("/v1/audit?format=jsonl").text

    def test_what_is_only_told_stands_there_too(self, ingest: IngestFunction, door: TestClient) -> None:
        file = self.brought(ingest, door, {"checks": {"pii": {"passage": "score"}}})
        rendering = ingest.library.renderings.load("acme", file, 1)
        assert rendering is not None
        assert PHONE in rendering.text
        assert [one["action"] for one in decided(door)[0]["guard"]] == ["score"]
        assert incidents_of(door) == []

    def test_a_document_that_is_blocked_is_an_incident_with_its_sample_sealed(self, ingest: IngestFunction, door: TestClient) -> None:
        file = self.brought(ingest, door, {"checks": {"pii": {"passage": "block"}}, "incidents": {"sample": True}})
        member = ingest.member("leave.md")
        assert member is not None
        assert member["status"] == "failed"
        (incident,) = incidents_of(door)
        assert (incident["place"], incident["label"], incident["first_request"]) == ("passage", "PHONE", f"{file}/1")
        texts = [one["text"] for one in door.get(f"/v1/guard/incidents/{incident['id']}/samples").json()["data"]]
        assert texts
        assert all(PHONE in one for one in texts)
        delete_file(ingest.library, ingest.library.files.row(file) or {})
        gone = door.get(f"/v1/guard/incidents/{incident['id']}/samples").json()["data"]
        assert gone == [{"withheld": True}] * len(texts)
