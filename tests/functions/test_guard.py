"""The moderation function through the door: texts checked, policies kept and tried."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from starlette.testclient import TestClient

from functions.moderation.app import ROUTERS
from maru.agents.agent import Agent, AgentChange, AgentStore
from maru.chains.document import Chain
from maru.chains.program import Program
from maru.chains.store import ChainStore
from maru.guard.engine import Guard
from maru.guard.policies import PolicyStore
from maru.guard.policy import load
from maru.guard.uses import PolicyUses
from maru.http import HttpServices, create_app
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.guarding import incidents_on, seeing

type Door = Callable[..., TestClient]

HIDING: dict[str, Any] = {"name": "hiding", "checks": {"pii": {"default": "mask"}}}


@pytest.fixture
def agents(make_table: MakeTable) -> AgentStore:
    return AgentStore(make_table(AgentStore.SPEC))


@pytest.fixture
def chains(make_table: MakeTable) -> ChainStore:
    return ChainStore(make_table(ChainStore.SPEC), {})


@pytest.fixture
def door(services: HttpServices, make_table: MakeTable, agents: AgentStore, chains: ChainStore) -> Door:
    store = PolicyStore(make_table(PolicyStore.SPEC), load("catalogue"))
    incidents = incidents_on(boto3.client("dynamodb"), services.log)
    collaborators = [Guard(log=services.log), store, PolicyUses(agents, lambda: chains), incidents, seeing(services)]
    app = create_app(title="guard", routers=ROUTERS, services=services, collaborators=collaborators, ready={})
    return lambda **who: client(app, key_for(services, **who))


def test_a_text_is_checked_and_offsets_are_code_points_of_it(door: Door) -> None:
    text = "🙂 전화는 ０１０-1234-5678로"
    answer = door().post("/v1/guard/check", json={"input": text, "place": "input", "policy": "strict"}).json()
    assert set(answer) == {"action", "flagged", "findings", "output"}
    assert (answer["action"], answer["flagged"], answer["output"]) == ("mask", True, "🙂 전화는 [PHONE_1]로")
    (finding,) = answer["findings"]
    assert set(finding) == {"check", "label", "start", "end", "score", "rule"}
    assert text[finding["start"] : finding["end"]] == "０１０-1234-5678"


def test_messages_are_checked_one_by_one_with_placeholders_in_common(door: Door) -> None:
    said = [{"role": "user", "content": "010-1234-5678"}, {"role": "user", "content": [{"type": "text", "text": "again 010-1234-5678"}]}]
    answer = door().post("/v1/guard/check", json={"input": said, "policy": "strict"}).json()
    assert [(one["message"], one["label"]) for one in answer["findings"]] == [(0, "PHONE"), (1, "PHONE")]
    assert answer["output"] == [
        {"role": "user", "content": "[PHONE_1]"},
        {"role": "user", "content": [{"type": "text", "text": "again [PHONE_1]"}]},
    ]


def test_policies_are_versions_that_stand_before_the_catalogue(door: Door) -> None:
    builder = door()
    assert builder.post("/v1/guard/policies", json=HIDING).json()["version"] == 1
    assert builder.post("/v1/guard/policies", json=HIDING | {"description": "again"}).json()["version"] == 2
    assert [one["version"] for one in builder.get("/v1/guard/policies/hiding").json()["versions"]] == [2, 1]
    assert "description" not in builder.get("/v1/guard/policies/hiding/versions/1").json()
    assert {"default", "strict", "hiding"} <= {one["name"] for one in builder.get("/v1/guard/policies").json()["data"]}
    assert door(tenant="other").get("/v1/guard/policies/hiding").status_code == 404
    assert builder.delete("/v1/guard/policies/hiding").json()["deleted"]
    assert builder.post("/v1/guard/check", json={"input": "x", "policy": "hiding"}).status_code == 404


@pytest.mark.parametrize(
    ("check", "rule", "entry", "told"),
    [
        ("pii", {"input": "hide"}, "input", "'mask'"),
        ("pii", {"threshold": "0.5"}, "threshold", "number"),
        ("pii", {"local": "yes"}, "local", "true or false"),
        ("pii", {"labels": {"PHONES": {"input": "mask"}}}, "labels.PHONES", "PHONE"),
        ("moderation", {"labels": {"violent": {"input": "block"}}}, "labels.violent", "violence"),
        ("topics", {"labels": {"cars": {"input": "block"}}, "options": {"topics": {"sport": ["ball"]}}}, "labels.cars", "sport"),
        ("topics", {"options": {"topic": {"sport": ["ball"]}}}, "options.topic", "topics"),
        ("topics", {"options": {"topics": {"sport": "ball"}}}, "options.topics.sport", "list"),
        ("size", {"options": {"max_characters": "many"}}, "options.max_characters", "whole number"),
        ("links", {"options": {"host": ["maru.example"]}}, "options.host", "hosts"),
        ("code", {"options": {"languages": ["sql"]}}, "options.languages", "none"),
    ],
)
def test_a_wrong_policy_names_its_entry(door: Door, check: str, rule: dict[str, Any], entry: str, told: str) -> None:
    answer = door().post("/v1/guard/policies", json={"name": "x", "checks": {check: rule}})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, f"checks.{check}.{entry}", "invalid_policy")
    assert told in error["message"]


def test_labels_that_a_provider_alone_knows_may_be_named(door: Door) -> None:
    rule = {"labels": {"UK_NATIONAL_INSURANCE_NUMBER": {"input": "block"}}, "providers": [{"kind": "comprehend"}]}
    assert door().post("/v1/guard/policies", json={"name": "x", "checks": {"pii": rule}}).status_code == 200


def test_users_without_the_right_make_no_policies(door: Door) -> None:
    assert door(role="user").post("/v1/guard/policies", json=HIDING).status_code == 403


def test_a_policy_is_tried_on_labelled_rows(door: Door) -> None:
    rows = [{"input": "010-1234-5678", "flagged": True}, {"input": "hello", "flagged": False}, {"input": "nothing here", "flagged": True}]
    stopping = {"checks": {"pii": {"input": "block"}}}
    answer = door().post("/v1/guard/evaluations", json={"policy": stopping, "rows": rows}).json()
    assert (answer["precision"], answer["recall"], answer["flagged"]) == (1.0, 0.5, 1)
    assert [(one["index"], one["action"], one["before"]["action"]) for one in answer["changed"]] == [(0, "block", "score")]
    assert [one["index"] for one in answer["wrong"]] == [2]


def test_an_evaluation_names_the_versions_that_it_compares(door: Door) -> None:
    builder = door()
    for _ in range(2):
        builder.post("/v1/guard/policies", json=HIDING)
    rows = [{"input": "010-1234-5678", "flagged": True}]
    answer = builder.post("/v1/guard/evaluations", json={"policy": "hiding@1", "rows": rows}).json()
    assert [answer[name] for name in ("policy", "version", "baseline", "baseline_version")] == ["hiding", 1, "hiding", 2]


def test_a_row_without_a_label_is_refused(door: Door) -> None:
    answer = door().post("/v1/guard/evaluations", json={"rows": [{"input": "hi", "flagged": False}, {"input": "hello"}]})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "rows.1")


@pytest.mark.parametrize("reference", ["hiding", "hiding@1"])
def test_a_policy_that_an_agent_names_is_not_deleted(door: Door, agents: AgentStore, reference: str) -> None:
    builder = door()
    builder.post("/v1/guard/policies", json=HIDING)
    agents.create("other", Agent(name="theirs", policy="hiding"))
    agents.create("acme", Agent(name="shop", policy=reference))
    answer = builder.delete("/v1/guard/policies/hiding")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "policy_in_use")
    assert "agent 'shop'" in answer.json()["error"]["message"]
    assert "theirs" not in answer.text
    assert builder.get("/v1/guard/policies/hiding").status_code == 200
    agents.change("acme", "shop", AgentChange(policy="strict"))
    assert builder.delete("/v1/guard/policies/hiding").status_code == 200


def test_a_policy_that_a_labelled_chain_names_is_not_deleted(door: Door, chains: ChainStore) -> None:
    builder = door()
    builder.post("/v1/guard/policies", json=HIDING)
    guard = {"id": "g", "type": "guard", "text": "x", "policy": "hiding"}
    each = {"id": "each", "type": "map", "items": [1], "steps": [guard]}
    program = Program.link(Chain.model_validate({"chain": "clean", "steps": [each]}), lambda _: pytest.fail("nothing is nested"))
    made = chains.add("acme", program, "", user="minji")
    chains.label("acme", "clean", "live", made.version)
    answer = builder.delete("/v1/guard/policies/hiding")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "policy_in_use")
    assert "chain 'clean'" in answer.json()["error"]["message"]
    chains.unlabel("acme", "clean", "live")
    assert builder.delete("/v1/guard/policies/hiding").status_code == 200


def test_a_policy_over_one_of_the_catalogue_may_go_while_agents_name_it(door: Door, agents: AgentStore) -> None:
    builder = door()
    builder.post("/v1/guard/policies", json=HIDING | {"name": "strict"})
    agents.create("acme", Agent(name="shop", policy="strict"))
    agents.create("acme", Agent(name="fixed", policy="strict@1"))
    answer = builder.delete("/v1/guard/policies/strict")
    assert answer.status_code == 409
    assert "'fixed'" in answer.json()["error"]["message"]
    assert "'shop'" not in answer.json()["error"]["message"]
    agents.delete("acme", "fixed")
    assert builder.delete("/v1/guard/policies/strict").status_code == 200
    assert builder.get("/v1/guard/policies/strict").json()["version"] == 0
    assert builder.delete("/v1/guard/policies/strict").status_code == 404
