"""Prompts through the door: published, labelled, compared, tried."""

from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from maru.http import HttpServices
from maru.items import unmarshal
from maru.ledger.usage import UsageStore
from maru.prompts import shipped
from maru.prompts.shipped import PromptFileError, ShippedPrompts
from maru.prompts.store import SHIPPED, PromptStore
from tests.conftest import MakeTable
from tests.engines.scripted_server import ScriptedServer
from tests.functions.prompts_app import Door, prompts_door

GREETING: dict[str, Any] = {
    "name": "greeting",
    "messages": [{"role": "system", "content": "You greet."}, {"role": "user", "content": "count: greeted\nsay: Hello {{who}}"}],
    "variables": {"who": {}},
    "model": "scripted",
}
KOREAN = GREETING | {
    "messages": [{"role": "system", "content": "You greet."}, {"role": "user", "content": "say: 안녕하세요 {{who}}"}],
    "parameters": {"temperature": 0},
}


@pytest.fixture
def door(services: HttpServices, make_table: MakeTable, models: ScriptedServer) -> Door:
    return prompts_door(services, make_table, models.base_url)


def test_versions_are_immutable_numbered_and_labelled(door: Door) -> None:
    builder = door()
    first = builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]}).json()
    assert (first["version"], first["labels"], len(first["checksum"])) == (1, ["live"], 64)
    assert builder.post("/v1/prompts", json=GREETING).json() == first  # the same content is no new version
    second = builder.post("/v1/prompts", json=KOREAN | {"labels": ["canary"]}).json()
    assert (second["version"], second["labels"]) == (2, ["canary"])
    read = builder.get("/v1/prompts/greeting").json()
    assert (read["version"], [one["version"] for one in read["versions"]]) == (2, [2, 1])
    assert builder.get("/v1/prompts/greeting/versions/1").json()["messages"] == first["messages"]
    assert builder.get("/v1/prompts/greeting/versions/live").json()["version"] == 1
    assert builder.get("/v1/prompts/greeting/versions/0").status_code == 400
    listed = {one["name"]: one for one in builder.get("/v1/prompts").json()["data"]}
    assert (listed["greeting"]["version"], listed["answer-ko"]["created_by"]) == (2, "catalogue")


def test_a_label_moves_and_the_audit_says_from_where_to_where(door: Door, services: HttpServices) -> None:
    builder = door()
    builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    builder.post("/v1/prompts", json=KOREAN)
    moved = builder.post("/v1/prompts/greeting/labels/live", json={"version": 2}).json()
    assert (moved["version"], moved["previous_version"]) == (2, 1)
    assert builder.get("/v1/prompts/greeting/versions/live").json()["version"] == 2
    assert builder.post("/v1/prompts/greeting/labels/live", json={"version": 9}).json()["error"]["param"] == "version"
    assert builder.post("/v1/prompts/greeting/labels/1st", json={"version": 1}).json()["error"]["param"] == "label"
    assert builder.delete("/v1/prompts/greeting/labels/live").json()["previous_version"] == 2
    assert builder.get("/v1/prompts/greeting/versions/live").status_code == 404
    rows = {row["action"]: row for row in services.audit.read("acme") if row["outcome"] == "ok"}
    assert rows["POST /v1/prompts/{name}/labels/{label}"]["object"] == "greeting live:1->2"
    assert rows["DELETE /v1/prompts/{name}/labels/{label}"]["object"] == "greeting live:2->-"
    assert {row["object"] for row in services.audit.read("acme") if row["action"] == "POST /v1/prompts"} == {
        "greeting@1 live:-->1",
        "greeting@2",
    }


def test_two_versions_are_compared(door: Door) -> None:
    builder = door()
    builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    builder.post("/v1/prompts", json=KOREAN | {"variables": {"who": {"default": "여러분"}}})
    compared = builder.get("/v1/prompts/greeting/diff", params={"from": "live", "to": "2"}).json()
    assert (compared["from"], compared["to"], compared["same"]) == (1, 2, False)
    assert "-say: Hello {{who}}" in compared["messages"].splitlines()
    assert "+say: 안녕하세요 {{who}}" in compared["messages"].splitlines()
    assert [one["entry"] for one in compared["changes"]] == ["parameters.temperature", "variables.who"]
    assert builder.get("/v1/prompts/greeting/diff", params={"from": "1", "to": "1"}).json()["same"]
    assert builder.get("/v1/prompts/greeting/diff", params={"to": "1"}).json()["error"]["param"] == "from"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"name": "Not a name"}, "name"),
        ({"labels": ["9"]}, "labels"),
        ({"model": "vectors"}, "model"),
        ({"parameters": {"stream": True}}, "parameters"),
        ({"variables": {}}, "variables"),
        ({"variables": GREETING["variables"] | {"unused": {}}}, "variables"),
        ({"variables": {"who": {"type": "integer", "default": "x"}}}, "variables.who"),
        ({"messages": []}, "messages"),
        ({"variables": {"who": {"required": "no"}}}, "variables.who.required"),
        ({"parameters": {"seed": 10**40}}, "parameters"),
    ],
)
def test_a_wrong_prompt_is_refused_by_its_entry(door: Door, change: dict[str, Any], param: str) -> None:
    answer = door().post("/v1/prompts", json=GREETING | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["param"] == param
    assert door().get("/v1/prompts/greeting").status_code == 404


def test_rendering_carries_nothing_out(door: Door) -> None:
    builder = door()
    builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    told = builder.post("/v1/prompts/greeting/render", json={"variables": {"who": "{{who}} ${7*7} {% x %}"}}).json()
    assert told["messages"][1]["content"] == "count: greeted\nsay: Hello {{who}} ${7*7} {% x %}"
    missing = builder.post("/v1/prompts/greeting/render", json={})
    assert (missing.status_code, missing.json()["error"]["param"]) == (400, "variables.who")


def test_a_test_call_is_answered_metered_and_charged(door: Door) -> None:
    builder = door()
    builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    told = builder.post("/v1/prompts/greeting/test", json={"variables": {"who": "민지"}}).json()
    assert (told["output"], told["version"], told["model"]) == ("Hello 민지", 1, "scripted")
    assert told["usage"]["total_tokens"] > 0
    assert float(told["cost_usd"]) > 0
    client = boto3.client("dynamodb")
    rows = [unmarshal(row) for row in client.scan(TableName=UsageStore.SPEC.name)["Items"]]
    assert [(row["agent"], row["user"], row["status"]) for row in rows] == [("prompt:greeting", "minji", "ok")]
    assert builder.post("/v1/prompts/greeting/test", json={"variables": {"who": "x"}, "model": "none"}).json()["error"]["param"] == "model"
    assert builder.post("/v1/prompts/greeting/test", json={"version": "canary"}).status_code == 404


def test_a_scenario_gives_the_agreement_rate(door: Door, models: ScriptedServer) -> None:
    builder = door()
    builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    models.model.forget()
    scenario = {
        "repetitions": 3,
        "cases": [
            {"name": "english", "variables": {"who": "Kim"}, "assertions": [{"contains": "hello kim"}, {"language": "en"}]},
            {"name": "korean", "variables": {"who": "Kim"}, "assertions": [{"contains": "Kim"}, {"language": "ko"}]},
        ],
    }
    report = builder.post("/v1/prompts/greeting/scenarios", json=scenario).json()
    assert models.model.calls == {"greeted": 6}
    assert (report["answers"], report["agreement_rate"], report["consistency"]) == (6, 0.5, 1.0)
    passed, failed = report["cases"]
    assert (passed["agreement_rate"], passed["failed"]) == (1.0, [])
    assert failed["failed"] == [{"assertion": {"language": "ko"}, "times": 3, "answer": "Hello Kim"}]


def test_a_scenario_that_cannot_be_asked_costs_nothing(door: Door, models: ScriptedServer) -> None:
    builder = door()
    builder.post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    models.model.forget()
    case = {"name": "x", "variables": {"who": "Kim"}, "assertions": [{"contains": "x"}]}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"cases": [case, case | {"variables": {}}]}, "variables.who"),
        ({"cases": [case | {"assertions": [{"contains": "x", "equals": "y"}]}]}, "cases.0.assertions.0"),
        ({"cases": [case] * 100, "repetitions": 3}, ""),
        ({"cases": []}, "cases"),
    ]
    for body, param in wrong:
        answer = builder.post("/v1/prompts/greeting/scenarios", json=body)
        assert answer.status_code == 400, answer.text
        assert not param or answer.json()["error"]["param"] == param
    assert models.model.calls == {}


def test_prompts_are_the_tenants_and_need_the_right(door: Door) -> None:
    door().post("/v1/prompts", json=GREETING | {"labels": ["live"]})
    other = door(tenant="other")
    calls = [
        other.get("/v1/prompts/greeting"),
        other.get("/v1/prompts/greeting/versions/1"),
        other.get("/v1/prompts/greeting/diff", params={"from": "1"}),
        other.post("/v1/prompts/greeting/labels/live", json={"version": 1}),
        other.delete("/v1/prompts/greeting/labels/live"),
        other.post("/v1/prompts/greeting/render", json={}),
        other.post("/v1/prompts/greeting/test", json={}),
        other.post("/v1/prompts/greeting/scenarios", json={"cases": [{"name": "x", "assertions": [{"contains": "x"}]}]}),
    ]
    assert [call.status_code for call in calls] == [404] * len(calls)
    assert "greeting" not in other.get("/v1/prompts").text
    assert door(role="editor").post("/v1/prompts", json=GREETING).status_code == 403


def test_shipped_prompts_stand_beneath_the_tenants_own(door: Door) -> None:
    builder = door()
    shipped_one = builder.get("/v1/prompts/role-goal/versions/live").json()
    assert shipped_one["created_by"] == "catalogue"
    # Nobody moves what is everybody's.
    assert builder.post("/v1/prompts/role-goal/labels/live", json={"version": 1}).status_code == 404
    own = {name: shipped_one[name] for name in ("name", "messages", "variables")} | {"model": "scripted", "labels": ["live"]}
    builder.post("/v1/prompts", json=own)
    assert builder.get("/v1/prompts/role-goal/versions/live").json()["created_by"] == "minji"
    assert door(tenant="other").get("/v1/prompts/role-goal/versions/live").json()["created_by"] == "catalogue"
    builder.delete("/v1/prompts/role-goal/labels/live")
    assert builder.get("/v1/prompts/role-goal/versions/live").status_code == 200


def test_a_changed_catalogue_is_a_new_version_and_an_unchanged_one_is_not(make_table: MakeTable, tmp_path: Path) -> None:
    store = PromptStore(make_table(PromptStore.SPEC))
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "hello.txt").write_text("Say hello to {{who}}.\n", encoding="utf-8")
    document = {"name": "hello", "messages": [{"role": "user", "file": "hello.txt"}], "variables": {"who": {}}}
    (folder / "hello.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    assert [ShippedPrompts(store, tmp_path).publish(), ShippedPrompts(store, tmp_path).publish()] == [1, 0]
    (folder / "hello.txt").write_text("Greet {{who}}.", encoding="utf-8")
    assert ShippedPrompts(store, tmp_path).publish() == 1
    live = store.find("anybody", "hello")
    assert (live.version, live.template.messages[0].content, store.labels(SHIPPED, "hello")) == (2, "Greet {{who}}.", {"live": 2})
    assert store.find("anybody", "hello", "1").template.messages[0].content == "Say hello to {{who}}."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: other\nmessages: [{role: user, content: x}]", "not the file's"),
        ("name: hello\nmessages: [{role: user, file: ../secret}]", "not a file beside"),
        ("name: hello\nmessages: [{role: user, content: '{{who}}'}]", "has no entry"),
        ("name: [", "not YAML"),
        ("- a list", "is no mapping"),
    ],
)
def test_a_broken_file_of_the_catalogue_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "hello.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PromptFileError, match=f"(?s)hello.yaml.*{message}"):
        shipped.load(tmp_path)


def test_every_shipped_prompt_has_its_sibling_in_the_other_language() -> None:
    names = {prompt.name for prompt in shipped.load("catalogue")}
    assert {"role-goal", "role-goal-ko", "answer-ko", "answer-en"} <= names
