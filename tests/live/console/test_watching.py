"""Sources, incidents, latencies, health: what data owners and operators keep an eye on."""

import json
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from local.api import Api
from tests.fakes.wiki_server import wiki
from tests.live.console.accessibility import violations
from tests.live.console.test_operators import field, key_of, submit, tab
from tests.live.console.visitor import KNOWLEDGE, Visitor

pytestmark = pytest.mark.live

GUARD = "pages/guard"
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
        expect(page.get_by_role("row", name=re.compile("/rules"))).to_contain_text(visitor.text(SOURCES, "state.indexed"))
        hidden = page.get_by_role("row", name=re.compile("/secret"))
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
        expect(page.get_by_role("row", name=re.compile("/gone"))).to_have_count(0)
        expect(page.get_by_role("row", name=re.compile("/rules"))).to_contain_text(visitor.text(SOURCES, "cause.http", status=500))
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
