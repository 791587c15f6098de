"""The chat in pages of other web sites, in the real browser."""

import http.server
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from scripts import console, console_size
from tests.live.console.accessibility import violations
from tests.live.console.test_operators import field, key_of
from tests.live.console.visitor import Visitor

pytestmark = pytest.mark.live

CONNECT, WIDGET = "pages/connect", "widget"
#: A strict site: it lets in Maru's script and nothing inline.
POLICY = "default-src 'none'; script-src {maru}; connect-src {maru}; style-src 'self'; require-trusted-types-for 'script'"


class Site(http.server.ThreadingHTTPServer):
    """Serves one page at an origin of its own."""

    body = ""
    policy = ""

    @property
    def origin(self) -> str:
        """As a browser writes it."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Page(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        body = self.server.body.encode()
        self.send_response(200)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": self.server.policy}
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[Site]:
    """A web site on this machine."""
    with Site(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def opened(visitor: Visitor, where: Site, tag: str) -> Page:
    """The site's page with the tag in it, the chat open, and a question asked."""
    where.policy = POLICY.format(maru=visitor.maru.url)
    where.body = f"<!doctype html><html lang={visitor.words.language}><title>Shop</title><main><h1>Shop</h1></main>{tag}</html>"
    page = visitor.page.context.new_page()
    page.goto(where.origin)
    page.get_by_role("button", name=visitor.text(WIDGET, "open"), exact=True).click()
    page.get_by_role("textbox", name=visitor.text(WIDGET, "label")).fill("연차 휴가는 며칠인가요?")
    page.keyboard.press("Enter")
    return page


def test_flow_40_puts_the_chat_into_another_web_site(visitor: Visitor) -> None:
    with site() as shop, site() as stranger:
        visitor.come_in("/connect", key=key_of(visitor, "admin"))
        visitor.page.locator(".field.select button").first.click()
        visitor.page.get_by_role("option", name="hr-assistant").first.click()
        field(visitor, CONNECT, "embed.origins").fill(f"{shop.origin}/path")
        visitor.button(CONNECT, "embed.make").click()
        expect(visitor.page.locator(".error")).to_contain_text("https://www.example.com")
        field(visitor, CONNECT, "embed.origins").fill(shop.origin)
        visitor.button(CONNECT, "embed.make").click()
        tag = visitor.page.locator("pre.json").filter(has_text="widget.js")
        expect(tag).to_contain_text('data-key="mk_')
        expect(tag).not_to_contain_text("mk_…")
        assert violations(visitor) == []
        line = tag.inner_text()
        page = opened(visitor, shop, line)
        answer = page.locator("article.answer")
        expect(answer).to_have_attribute("data-done", "true", timeout=30_000)
        expect(answer).to_contain_text("15일")
        answer.get_by_role("button").first.click()
        expect(answer.locator(".source")).to_contain_text("취업규칙.pdf")
        expect(answer.locator(".source q")).to_contain_text("15일")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        asked = opened(visitor, stranger, line).locator("article.answer")
        expect(asked).to_have_attribute("data-done", "true", timeout=30_000)
        expect(asked.get_by_role("alert")).to_have_text(visitor.text(WIDGET, "error.failed"))
        expect(asked).not_to_contain_text("15일")
    key = re.findall(r"mk_[\w-]+", line)[0]
    for headers, path in (({}, "/v1/agents/hr-assistant/chat"), ({"Origin": shop.origin}, "/v1/sessions")):
        request = urllib.request.Request(
            visitor.maru.url + path,
            b'{"message": "hi"}' if path.endswith("chat") else None,
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        refused.value.close()
        assert refused.value.code == 403


def test_the_widget_is_small_and_only_it_may_be_loaded_from_elsewhere(visitor: Visitor) -> None:
    folder = console.built()
    assert folder
    assert console_size.size({folder / "widget.js"}) <= console_size.WIDGET_LIMIT
    for path, wanted in (("/widget.js", "cross-origin"), ("/index.html", "same-origin"), ("/icon.svg", "same-origin")):
        with urllib.request.urlopen(visitor.maru.url + path, timeout=30) as answer:
            assert answer.headers["cross-origin-resource-policy"] == wanted, path
            assert "script-src 'self'" in answer.headers["content-security-policy"]
