"""What holds on every page, in both languages: no accessibility violation, no stranger asked, no more JavaScript than allowed."""

import gzip

import pytest
from playwright.sync_api import Response, expect

from scripts import console_size, screenshots
from tests.live.console.accessibility import violations
from tests.live.console.visitor import Visitor

pytestmark = pytest.mark.live

NAMES = screenshots.pages()


def settle(visitor: Visitor) -> None:
    """Wait until the page has what it asked for."""
    expect(visitor.page.locator(".loading")).to_have_count(0)
    visitor.page.wait_for_load_state("networkidle")


def test_the_pages_are_found() -> None:
    assert "chat" in NAMES
    assert "knowledge" in NAMES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_no_page_has_a_serious_accessibility_violation(visitor: Visitor, name: str, theme: str) -> None:
    visitor.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    visitor.come_in(f"/{name}", key=visitor.maru.run["admin_key"])
    settle(visitor)
    assert violations(visitor) == []


def test_the_chat_in_use_has_no_serious_accessibility_violation(visitor: Visitor) -> None:
    visitor.come_in()
    visitor.choose("answerer", "hr-assistant")
    answer = visitor.ask("연차 휴가는 며칠인가요?")
    answer.locator("button.marker").first.click()
    expect(visitor.page.locator(".sheet[data-drawn]")).to_be_visible()
    assert violations(visitor) == []


def test_signing_in_has_no_serious_accessibility_violation(visitor: Visitor) -> None:
    visitor.page.goto(visitor.maru.url)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(visitor) == []


def test_the_first_visit_to_the_chat_loads_little(visitor: Visitor) -> None:
    scripts: list[Response] = []
    visitor.page.on("response", lambda one: scripts.append(one) if one.request.resource_type == "script" else None)
    visitor.come_in()
    expect(visitor.composer).to_be_visible()
    settle(visitor)
    assert len(scripts) > 2
    assert sum(len(gzip.compress(one.body(), 9)) for one in scripts) <= 1000 * console_size.LIMIT
