"""Debian's Chromium, and a visitor in each language."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.engines.maru import Maru
from tests.live.console.visitor import Visitor
from tests.live.console.words import Language, Words
from tests.tools import require_tool, unavailable

LOCALES: dict[Language, str] = {"en": "en-GB", "ko": "ko-KR"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    chromium = require_tool("chromium")
    with sync_playwright() as playwright:
        yield (found := playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-dev-shm-usage"]))
        found.close()


@pytest.fixture(scope="session")
def built(maru: Maru) -> Maru:
    """A running system whose console is there."""
    try:
        with urllib.request.urlopen(maru.url + "/", timeout=10):
            return maru
    except urllib.error.HTTPError as error:
        error.close()
        unavailable("npm", "the console is not built (python -m scripts.console says why)")


@pytest.fixture(params=["ko", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    """Each language in turn."""
    found: Language = request.param
    return found


@pytest.fixture
def screen() -> dict[str, Any]:
    """How the visitor's browser is set; tests that need another one override it by parametrising it."""
    return {}


@pytest.fixture
def visitor(browser: Browser, built: Maru, language: Language, screen: dict[str, Any]) -> Iterator[Visitor]:
    """Somebody at a desk whose browser speaks the language; at the end nobody else was asked for anything, and nothing was forbidden."""
    settings: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "locale": LOCALES[language], **screen}
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], **settings)
    context.set_default_timeout(15_000)
    one = Visitor(context.new_page(), built, Words(language)).watch()
    yield one
    context.close()
    assert one.foreign == []
    assert one.violations == []
