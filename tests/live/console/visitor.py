"""A person at the console, in Debian's Chromium."""

import json
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.engines.maru import Maru
from tests.live.console.words import Words

CHAT, DOCUMENTS, KNOWLEDGE, MARKDOWN = "pages/chat", "documents", "pages/knowledge", "markdown"


@dataclass
class Visitor:
    """One browser page with what it was seen to do; everything it asks for must come from Maru alone."""

    page: Page
    maru: Maru
    words: Words
    foreign: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def watch(self) -> "Visitor":
        """Note requests to anybody else, scripts that fail, and what the content security policy stops."""
        self.page.on("request", self._requested)
        self.page.on("pageerror", lambda error: self.violations.append(f"error: {error}"))
        self.page.on("console", lambda said: self.violations.append(said.text) if "Content Security Policy" in said.text else None)
        return self

    def come_in(self, path: str = "/chat", key: str | None = None) -> None:
        """Open a page, signed in already."""
        credential = json.dumps({"bearer": key or self.maru.run["api_key"]})
        self.page.add_init_script(f"sessionStorage.getItem('maru.credential') ?? sessionStorage.setItem('maru.credential', {credential!r})")
        self.page.goto(self.maru.url + path)

    def text(self, catalogue: str, key: str, **values: object) -> str:
        """A text of the console in this visitor's language."""
        return self.words(catalogue, key, **values)

    def button(self, catalogue: str, key: str, **values: object) -> Locator:
        """The button of this name."""
        return self.page.get_by_role("button", name=self.text(catalogue, key, **values), exact=True)

    def in_dialog(self, catalogue: str, key: str, **values: object) -> Locator:
        """The button of this name in the dialog that is open."""
        inside = self.page.get_by_role("dialog").or_(self.page.get_by_role("alertdialog"))
        return inside.get_by_role("button", name=self.text(catalogue, key, **values), exact=True)

    def item(self, catalogue: str, key: str, **values: object) -> Locator:
        """The menu's item of this name."""
        return self.page.get_by_role("menuitem", name=self.text(catalogue, key, **values), exact=True)

    @property
    def composer(self) -> Locator:
        """Where a message is written."""
        return self.page.get_by_role("textbox", name=self.text(CHAT, "composer.label"), exact=True)

    @property
    def answers(self) -> Locator:
        """The answers that are shown."""
        return self.page.locator("article.answer")

    def choose(self, which: str, name: str) -> None:
        """Pick who answers (`answerer`) or the `model`."""
        self.page.locator(".composer-choices").get_by_role("button", name=re.compile(re.escape(self.text(CHAT, which)))).click()
        self.page.get_by_role("option", name=name).first.click()

    def ask(self, message: str, *, outcome: str = "completed") -> Locator:
        """Send a message and wait for what becomes of its answer."""
        before = self.answers.count()
        self.composer.fill(message)
        self.composer.press("Enter")
        answer = self.answers.nth(before)
        expect(answer).to_have_attribute("data-status", outcome, timeout=30_000)
        return answer

    def session(self) -> str:
        """The id of the session whose address is shown."""
        found = re.search(r"/chat/(sess_\w+)", self.page.url)
        assert found, self.page.url
        return found[1]

    def stored(self, path: str, key: str | None = None) -> Any:
        """What the API says, asked beside the console."""
        api = self.maru.minji if key is None else type(self.maru.minji)(self.maru.url, key)
        return api.call("GET", path)

    def _requested(self, request: Request) -> None:
        address = urllib.parse.urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and f"{address.scheme}://{address.netloc}" != self.maru.url:
            self.foreign.append(request.url)
