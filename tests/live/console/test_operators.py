"""Chains, approvals, prompts, rules, spending, keys: the flows of builders and operators."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from local.api import Api
from tests.live.console.visitor import Visitor

pytestmark = pytest.mark.live

APPROVALS, CHAINS, CONNECT, GUARD, KEYS, MODELS, PLAYGROUND, PROMPTS, USAGE = (
    f"pages/{name}" for name in ("approvals", "chains", "connect", "guard", "keys", "models", "playground", "prompts", "usage")
)
STEPS = """
chain: {name}
labels: [live]
input: {{type: object, required: [word], properties: {{word: {{type: string}}}}}}
steps:
  - id: draft
    type: model
    model: scripted
    messages: [{{role: user, content: "slow: 0.3\\nsay: {{{{word}}}} is written here a b c d e f g h i j"}}]
    variables: {{word: "{{% $states.input.word %}}"}}
  - id: which
    type: choice
    choices:
      - when: "{{% $length($states.input.text) > 0 %}}"
        steps: [{{id: shout, type: transform, value: "{{% $uppercase($states.input.text) %}}"}}]
output: "{{% $states.input %}}"
"""
WAITS = """
chain: {name}
labels: [live]
steps:
  - {{id: ask, type: approve, title: Tell everybody, tool: notify, arguments: {{channel: sns, text: 창고를 닫습니다}}}}
"""


def key_of(visitor: Visitor, role: str) -> str:
    """A key of somebody new with this role, in minji's tenant."""
    body = {"user": f"u-{uuid.uuid4().hex[:8]}", "role": role}
    return str(visitor.maru.operator.call("POST", "/v1/keys", body)["key"])


def chain(visitor: Visitor, text: str, key: str) -> str:
    """A chain published under a name of its own."""
    name = f"c{uuid.uuid4().hex[:8]}"
    api = Api(visitor.maru.url, key)
    api._send("POST", "/v1/chains", text.format(name=name).encode(), "application/yaml", ())
    return name


def submit(visitor: Visitor, catalogue: str, key: str, **values: object) -> Locator:
    """The button in the page's body, not the tab or the dialog's trigger of the same name."""
    return visitor.page.locator("form").get_by_role("button", name=visitor.text(catalogue, key, **values), exact=True)


def tab(visitor: Visitor, catalogue: str, key: str) -> None:
    visitor.page.get_by_role("tab", name=re.compile(re.escape(visitor.text(catalogue, key)))).click()


def field(visitor: Visitor, catalogue: str, key: str) -> Locator:
    return visitor.page.get_by_role("textbox", name=visitor.text(catalogue, key), exact=True)


def test_flow_27_asks_two_models_side_by_side(visitor: Visitor) -> None:
    visitor.come_in("/playground?model=scripted")
    visitor.page.get_by_role("button", name=re.compile(re.escape(visitor.text(PLAYGROUND, "second")))).click()
    visitor.page.get_by_role("option", name="reader").first.click()
    field(visitor, PLAYGROUND, "message").fill("say: 두 모델을 견줍니다")
    submit(visitor, PLAYGROUND, "ask").click()
    one = visitor.page.get_by_role("region", name=visitor.text(PLAYGROUND, "answer", model="scripted"), exact=True)
    expect(one).to_contain_text("두 모델을 견줍니다")
    expect(one).to_contain_text(visitor.text(PLAYGROUND, "finish", reason="stop"))
    expect(visitor.page.get_by_role("region", name=visitor.text(PLAYGROUND, "answer", model="reader"), exact=True)).to_contain_text("stop")
    code = visitor.page.locator("pre.json")
    expect(code.first).to_contain_text("/v1/chat/completions")
    expect(code.first).to_contain_text('"model":"scripted"')
    expect(code.nth(1)).to_contain_text('"stream": True')


def test_flow_28_takes_along_what_an_application_needs(visitor: Visitor) -> None:
    visitor.come_in("/connect")
    visitor.page.locator(".field.select button").first.click()
    visitor.page.get_by_role("option", name="hr-assistant").first.click()
    expect(visitor.page.get_by_text(f"POST {visitor.maru.url}/v1/agents/hr-assistant/chat")).to_be_visible()
    visitor.page.get_by_role("button", name=re.compile("curl")).click()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl -N {visitor.maru.url}/v1/agents/hr-assistant/chat")


def test_flow_29_makes_the_next_version_of_a_prompt_and_tries_it(visitor: Visitor) -> None:
    name = f"p{uuid.uuid4().hex[:8]}"
    template = {"messages": [{"role": "user", "content": "say: {{word}} 하나"}], "variables": {"word": {}}, "model": "scripted"}
    visitor.maru.minji.call("POST", "/v1/prompts", {"name": name, **template})
    visitor.come_in(f"/prompts/{name}")
    tab(visitor, PROMPTS, "edit")
    draft = field(visitor, PROMPTS, "edit")
    draft.fill(draft.input_value().replace("하나", "둘"))
    submit(visitor, PROMPTS, "publish").click()
    expect(visitor.page.get_by_text(visitor.text(PROMPTS, "published", version=2))).to_be_visible()
    visitor.page.locator(".field.select button").first.click()
    visitor.page.get_by_role("option", name=visitor.text(PROMPTS, "version", version=2)).click()
    tab(visitor, PROMPTS, "diff")
    expect(visitor.page.locator("pre.json")).to_contain_text("둘")
    tab(visitor, PROMPTS, "label")
    submit(visitor, PROMPTS, "set", version=2).click()
    expect(visitor.page.get_by_text(visitor.text(PROMPTS, "labelSet", label="live", version=2))).to_be_visible()
    assert visitor.stored(f"/v1/prompts/{name}/versions/live")["version"] == 2
    tab(visitor, PROMPTS, "test")
    visitor.page.get_by_role("textbox", name="word", exact=True).fill("사과")
    submit(visitor, PROMPTS, "run").click()
    expect(visitor.page.locator("pre.json").first).to_have_text("사과 둘")


def test_flow_30_starts_a_chain_and_watches_its_steps(visitor: Visitor) -> None:
    key = key_of(visitor, "admin")
    name = chain(visitor, STEPS, key)
    visitor.come_in(f"/chains/{name}", key=key)
    expect(visitor.page.locator('.lane [data-step="shout"]')).to_be_visible()
    tab(visitor, CHAINS, "start")
    draft = field(visitor, CHAINS, "input")
    assert json.loads(draft.input_value()) == {"word": ""}
    draft.fill('{"word": "사과"}')
    submit(visitor, CHAINS, "run").click()
    expect(visitor.page.locator('[data-step="draft"]')).to_have_attribute("data-light", "running", timeout=30_000)
    expect(visitor.page.locator(".card .plain-text")).to_contain_text("사과", timeout=30_000)
    expect(visitor.page.locator('[data-step="shout"]')).to_have_attribute("data-light", "completed", timeout=60_000)
    expect(visitor.page.get_by_label(visitor.text(CHAINS, "output"), exact=True)).to_contain_text("사과 IS WRITTEN HERE")
    visitor.page.get_by_role("button", name=re.compile("^draft")).click()
    expect(visitor.page.get_by_label(visitor.text(CHAINS, "prompt"), exact=True)).to_contain_text("slow: 0.3")
    first = visitor.page.url
    visitor.page.get_by_role("button", name=visitor.text(CHAINS, "replayFrom", step="draft"), exact=True).click()
    expect(visitor.page.get_by_text(visitor.text(CHAINS, "replayOf", run=first.rpartition("/")[2]))).to_be_visible(timeout=30_000)
    expect(visitor.page.get_by_label(visitor.text(CHAINS, "diff"), exact=True)).to_be_visible(timeout=60_000)


def test_flow_31_approves_exactly_what_is_shown(visitor: Visitor) -> None:
    asker, boss = key_of(visitor, "admin"), key_of(visitor, "approver")
    name = chain(visitor, WAITS, asker)
    run = Api(visitor.maru.url, asker).call("POST", f"/v1/chains/{name}/runs", {"input": {}, "wait_seconds": 0})["id"]
    visitor.come_in("/approvals", key=boss)
    card = visitor.page.get_by_role("article").filter(has=visitor.page.locator(f'a[href$="{run}"]'))
    expect(card.get_by_label(visitor.text(APPROVALS, "arguments"), exact=True)).to_contain_text("창고를 닫습니다", timeout=30_000)
    card.get_by_role("textbox", name=visitor.text(APPROVALS, "reason")).fill("재고 조사")
    card.get_by_role("button", name=visitor.text(APPROVALS, "approve"), exact=True).click()
    expect(visitor.page.get_by_text(visitor.text(APPROVALS, "approved"), exact=True)).to_be_visible()
    tab(visitor, APPROVALS, "decided")
    expect(card).to_contain_text("재고 조사")
    decided = [one for one in visitor.stored("/v1/approvals", boss)["data"] if one["run_id"] == run]
    assert [one["status"] for one in decided] == ["approved"]


def test_flow_32_sees_which_rule_fires_where_and_publishes_a_policy(visitor: Visitor) -> None:
    key = key_of(visitor, "builder")
    visitor.come_in("/guard", key=key)
    visitor.page.get_by_role("button", name=re.compile(f"default.*{re.escape(visitor.text(GUARD, 'policy'))}")).click()
    visitor.page.get_by_role("option", name="strict").click()
    field(visitor, GUARD, "text").fill("😀 제 번호는 010-9473-2518 입니다.")
    submit(visitor, GUARD, "check").click()
    expect(visitor.page.locator("mark")).to_have_text("010-9473-2518")
    expect(visitor.page.locator(".marked").last).to_contain_text("[PHONE_1]")
    tab(visitor, GUARD, "evaluate")
    visitor.page.get_by_role("tabpanel").locator(".field.select button").click()
    visitor.page.get_by_role("option", name="strict").click()
    field(visitor, GUARD, "rows").fill("! 제 번호는 010-9473-2518 입니다.\n회의는 세 시입니다.")
    submit(visitor, GUARD, "run").click()
    expect(visitor.page.locator("dl.facts")).to_have_text(re.compile(r"2.*1.*1", re.DOTALL))
    tab(visitor, GUARD, "policies")
    draft = field(visitor, GUARD, "document")
    name = f"policy-{uuid.uuid4().hex[:6]}"
    draft.fill(json.dumps({**json.loads(draft.input_value()), "name": name}))
    submit(visitor, GUARD, "publish").click()
    expect(visitor.page.get_by_text(visitor.text(GUARD, "published", name=name, version=1))).to_be_visible()


def test_flow_33_sees_what_was_spent_and_sets_a_budget(visitor: Visitor, tmp_path: Path) -> None:
    key = key_of(visitor, "admin")
    body: dict[str, Any] = {"model": "scripted", "messages": [{"role": "user", "content": "say: hello"}]}
    Api(visitor.maru.url, key).call("POST", "/v1/chat/completions", body)
    visitor.come_in("/usage", key=key)
    spent = visitor.page.get_by_role("region", name=visitor.text(USAGE, "title"), exact=True)
    expect(spent.get_by_role("row", name=re.compile("^scripted"))).to_be_visible(timeout=30_000)
    expect(visitor.page.locator("figure.chart")).to_be_visible()
    with visitor.page.expect_download() as saving:
        visitor.page.get_by_role("button", name=visitor.text("ui", "csv"), exact=True).first.click()
    saving.value.save_as(tmp_path / "usage.csv")
    lines = (tmp_path / "usage.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith(visitor.text(USAGE, "by.model"))
    assert any(line.startswith("scripted,") for line in lines)
    visitor.button(USAGE, "budgets.add").click()
    field(visitor, USAGE, "budgets.limit").fill("12.5")
    who = f"user-{uuid.uuid4().hex[:6]}"
    field(visitor, USAGE, "budgets.forUser").fill(who)
    visitor.in_dialog(USAGE, "budgets.add").click()
    row = visitor.page.get_by_role("row", name=re.compile(who))
    expect(row).to_contain_text("12.50")
    row.get_by_role("button", name=visitor.text(USAGE, "budgets.remove"), exact=True).click()
    visitor.in_dialog(USAGE, "budgets.remove").click()
    expect(row).to_have_count(0)


def test_an_operator_sees_tenants_side_by_side(visitor: Visitor) -> None:
    visitor.come_in("/usage", key=visitor.maru.run["admin_key"])
    spent = visitor.page.get_by_role("region", name=visitor.text(USAGE, "title"), exact=True)
    visitor.page.get_by_role("button", name=re.compile(re.escape(visitor.text(USAGE, "by")) + "$")).click()
    visitor.page.get_by_role("option", name=visitor.text(USAGE, "by.tenant"), exact=True).click()
    expect(spent.get_by_role("columnheader", name=visitor.text(USAGE, "by.tenant"), exact=True)).to_be_visible(timeout=30_000)
    expect(spent.get_by_role("row", name=re.compile("^demo"))).to_be_visible(timeout=30_000)


def test_flow_34_makes_a_key_that_is_shown_once_and_revokes_it(visitor: Visitor) -> None:
    visitor.come_in("/keys", key=key_of(visitor, "admin"))
    visitor.button(KEYS, "add").click()
    who = f"billing-{uuid.uuid4().hex[:6]}"
    field(visitor, KEYS, "user").fill(who)
    visitor.in_dialog(KEYS, "make").click()
    made = visitor.page.get_by_test_id("new-key").inner_text()
    assert visitor.stored("/v1/me", made)["user"] == who
    visitor.in_dialog(KEYS, "done").click()
    expect(visitor.page.get_by_text(made)).to_have_count(0)
    row = visitor.page.get_by_role("row", name=re.compile(who))
    row.get_by_role("button", name=visitor.text(KEYS, "revoke"), exact=True).click()
    visitor.in_dialog(KEYS, "revoke").click()
    expect(row).to_contain_text(visitor.text(KEYS, "status.revoked"))


def test_flow_35_looks_a_model_up_and_tries_it(visitor: Visitor) -> None:
    visitor.come_in("/models")
    row = visitor.page.get_by_role("row", name=re.compile("^scripted"))
    expect(row).to_contain_text(visitor.text(MODELS, "kind.chat"))
    row.get_by_role("link", name=visitor.text(MODELS, "try"), exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(visitor.text(PLAYGROUND, "title"))
    expect(visitor.page.get_by_role("button", name=re.compile(f"scripted.*{re.escape(visitor.text(PLAYGROUND, 'model'))}"))).to_be_visible()
