"""Sources, incidents, latencies, health: what data owners and operators keep an eye on."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.fakes.wiki_server import wiki
from tests.live.console.accessibility import violations
from tests.live.console.test_operators import field, key_of, submit, tab
from tests.live.console.visitor import KNOWLEDGE, Visitor

pytestmark = pytest.mark.live

GUARD, MODELS, USAGE = "pages/guard", "pages/models", "pages/usage"
INCIDENTS, SOURCES = f"{GUARD}/incidents", f"{KNOWLEDGE}/sources"
SECRET = "sk-proj-" + "a1B2" * 6
#: A sync is done by a worker behind a queue.
SLOW = 60_000


def test_flow_36_keeps_a_web_site_as_a_source(visitor: Visitor) -> None:
    page, store = visitor.page, f"위키 {uuid.uuid4().hex[:6]}"
    visitor.maru.minji.call("POST", "/v1/vector_stores", {"name": store})
    with wiki() as site:
        site.page("/", "대문", "/rules", "/gone", "/secret")
        site.page("/rules", "동호회 규칙")
        site.page("/gone", "곧 없어질 글")
        site.page("/secret", "숨김")
        site.robots = "User-agent: *\nDisallow: /secret"
        visitor.come_in("/knowledge")
        page.get_by_role("link", name=visitor.text(KNOWLEDGE, "stores.sources")).click()
        visitor.button(SOURCES, "add").click()
        field(visitor, SOURCES, "url").fill(site.url)
        page.get_by_role("dialog").get_by_role("button", name=re.compile(re.escape(visitor.text(SOURCES, "store")))).click()
        page.get_by_role("option", name=store).click()
        visitor.in_dialog(SOURCES, "add").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{site.url}/")
        expect(page.locator("dl.facts")).to_contain_text(visitor.text(SOURCES, "status.completed"), timeout=SLOW)
        expect(page.get_by_role("row", name="/rules")).to_contain_text(visitor.text(SOURCES, "state.indexed"))
        hidden = page.get_by_role("row", name="/secret")
        expect(hidden).to_contain_text(visitor.text(SOURCES, "state.skipped"))
        expect(hidden).to_contain_text(visitor.text(SOURCES, "cause.robots"))
        assert violations(visitor) == []
        del site.pages["/gone"]
        site.broken["/rules"] = 500
        visitor.button(SOURCES, "edit").click()
        field(visitor, SOURCES, "maxDepth").fill("2")
        visitor.in_dialog(SOURCES, "save").click()
        visitor.button(SOURCES, "sync").click()
        expect(page.locator("dl.facts")).to_contain_text(visitor.text(SOURCES, "counts.deleted", count=1), timeout=SLOW)
        expect(page.get_by_role("row", name="/gone")).to_have_count(0)
        expect(page.get_by_role("row", name="/rules")).to_contain_text(visitor.text(SOURCES, "cause.http", status=500))
        source = visitor.stored(f"/v1/sources/{page.url.rsplit('/', 1)[-1]}")
        assert (source["max_depth"], source["schedule_minutes"]) == (2, 1440)
    visitor.button(SOURCES, "delete").click()
    visitor.in_dialog(SOURCES, "delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.text(SOURCES, "title"))
    expect(page.get_by_text(site.url)).to_have_count(0)
    assert visitor.maru.minji.call("GET", f"/v1/sources/{source['id']}", expected=(404,)) is None


def test_flow_37_answers_an_incident_with_a_policy(visitor: Visitor) -> None:
    page, name, key = visitor.page, f"careful-{uuid.uuid4().hex[:6]}", key_of(visitor, "admin")
    api, policy = Api(visitor.maru.url, key), {"checks": {"secrets": {"input": "block"}}, "incidents": {"sample": True}}
    api.call("POST", "/v1/guard/policies", {"name": name, **policy})
    api.call("POST", "/v1/agents", {"name": name, "model": "scripted", "policy": name})
    api.call("POST", f"/v1/agents/{name}/chat", {"message": f"my key is {SECRET}"}, expected=(200, 400))
    visitor.come_in("/guard", key=key)
    tab(visitor, GUARD, "incidents")
    row = page.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text(visitor.text(INCIDENTS, "status.open"))
    assert violations(visitor) == []
    row.get_by_role("button").click()
    visitor.in_dialog(INCIDENTS, "acknowledge").click()
    kept = page.get_by_role("dialog").get_by_role("region", name=visitor.text(INCIDENTS, "samples"))
    expect(kept).not_to_contain_text(SECRET)
    visitor.in_dialog(INCIDENTS, "samples.read").click()
    expect(kept).to_contain_text(f"my key is {SECRET}")
    assert violations(visitor) == []
    draft = field(visitor, INCIDENTS, "patch")
    harmless: Any = json.loads(draft.input_value())
    harmless["checks"]["secrets"]["input"] = "allow"
    draft.fill(json.dumps(harmless))
    submit(visitor, INCIDENTS, "test").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(visitor.text(INCIDENTS, "tested", count=1, wrong=1), timeout=30_000)
    harmless["checks"]["secrets"]["input"] = "mask"
    draft.fill(json.dumps(harmless))
    submit(visitor, INCIDENTS, "test").click()
    expect(dialog).to_contain_text(visitor.text(INCIDENTS, "tested", count=1, wrong=0), timeout=30_000)
    submit(visitor, INCIDENTS, "release").click()
    page.get_by_role("alertdialog").get_by_role("button", name=visitor.text(INCIDENTS, "release"), exact=True).click()
    expect(dialog).to_contain_text(visitor.text(INCIDENTS, "released", version=2))
    assert visitor.stored(f"/v1/guard/policies/{name}", key)["checks"]["secrets"]["input"] == "mask"


def test_flow_42_signs_in_without_being_allowed_to_chat(visitor: Visitor) -> None:
    body = {"user": f"u-{uuid.uuid4().hex[:8]}", "scopes": ["admin"]}
    key = visitor.maru.operator.call("POST", "/v1/keys", body)["key"]
    page = visitor.page
    page.goto(visitor.maru.url)
    page.get_by_label(visitor.text("app", "signIn.key"), exact=True).fill(key)
    visitor.button("app", "signIn.submit").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.text(MODELS, "title"))
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_text([visitor.text("app", f"page.{name}") for name in ("models", "usage", "keys")])
    page.goto(f"{visitor.maru.url}/chat")
    expect(page.get_by_role("heading", level=2)).to_have_text(visitor.text("app", "missing.title"))
    page.get_by_role("link", name=visitor.text("app", "missing.back")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(visitor.text(MODELS, "title"))


def test_flow_38_sees_how_fast_and_how_good_answers_were(visitor: Visitor, tmp_path: Path) -> None:
    page, key = visitor.page, key_of(visitor, "admin")
    api, agent = Api(visitor.maru.url, key), f"told-{uuid.uuid4().hex[:6]}"
    api.call("POST", "/v1/agents", {"name": agent, "model": "scripted"})
    first = api.call("POST", f"/v1/agents/{agent}/chat", {"message": "say: 하나"})
    api.call("POST", f"/v1/agents/{agent}/chat", {"message": "say: 하나!", "session_id": first["session_id"]})
    api.call("POST", "/v1/feedback", {"message_id": first["message_id"], "rating": "dislike"})
    visitor.come_in("/usage", key=key)
    loved = page.get_by_role("region", name=visitor.text(USAGE, "satisfaction"), exact=True).get_by_role("row", name=agent)
    # answers, likes, dislikes, corrections, rated, asked again and its share
    expect(loved.get_by_role("cell")).to_have_text([agent, "2", "0", "1", "0", "50%", "1", "50%"], timeout=30_000)
    page.get_by_role("button", name=re.compile(re.escape(visitor.text(USAGE, "by")))).click()
    page.get_by_role("option", name=visitor.text(USAGE, "by.agent")).click()
    fast = page.get_by_role("region", name=visitor.text(USAGE, "latencies"), exact=True).get_by_role("row", name=agent)
    expect(fast.get_by_role("cell")).to_have_count(9)
    told = fast.get_by_role("cell").all_inner_texts()
    assert told[1:3] == ["2", "0"]
    assert all(re.search(r"\d", one) for one in told[3:])
    with page.expect_download() as saving:
        page.get_by_role("button", name=visitor.text("ui", "csv")).nth(1).click()
    saving.value.save_as(tmp_path / "latencies.csv")
    lines = (tmp_path / "latencies.csv").read_text(encoding="utf-8-sig").splitlines()
    assert any(line.startswith(f"{agent},2,0,") for line in lines)
    assert violations(visitor) == []


def test_flow_39_sees_which_model_is_out_and_where_requests_went(visitor: Visitor) -> None:
    page, key = visitor.page, key_of(visitor, "admin")
    body: Any = {"model": "scripted", "messages": [{"role": "user", "content": f"say: {uuid.uuid4().hex}"}]}
    Api(visitor.maru.url, key).call("POST", "/v1/chat/completions", body)
    visitor.come_in("/models", key=key)
    tab(visitor, MODELS, "health")
    health = page.get_by_role("region", name=visitor.text(MODELS, "health"), exact=True)
    expect(health.get_by_role("row", name=re.compile("^scripted"))).to_contain_text(visitor.text(MODELS, "state.fit"))
    assert violations(visitor) == []
    listed: Any = visitor.stored("/v1/routing/targets", key)
    out = [one | {"state": "out", "seconds": 42, "failing_with": "model_timeout", "times_out": 3} for one in listed["data"][:1]]
    page.route("**/v1/routing/targets", lambda route: route.fulfill(json=listed | {"data": out}))
    expect(health).to_contain_text("model_timeout", timeout=30_000)
    expect(health).to_contain_text(visitor.text(MODELS, "state.out"))
    tab(visitor, MODELS, "decisions")
    decisions = page.get_by_role("region", name=visitor.text(MODELS, "decisions"), exact=True)
    page.get_by_role("button", name=re.compile(re.escape(visitor.text(MODELS, "alias")))).click()
    page.get_by_role("option", name="scripted", exact=True).click()
    latest = visitor.stored("/v1/usage/requests?model=scripted&limit=1", key)["data"][0]
    expect(decisions.get_by_role("row").nth(1)).to_contain_text(latest["target"])
    assert violations(visitor) == []
