"""A picture of every page of the console in both languages, from a system of its own: `make screenshots`.

They come into `.cache/screenshots/<page>.<language>.webp` (WRITE=1: into `docs/screenshots/`); Debian's Chromium draws them.
"""

import io
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.console import ROOT
from tests.engines.maru import Maru, session

#: A desk's window; the chat is pictured on a phone too.
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 800}
_LOCALES = {"ko": "ko-KR", "en": "en-GB"}
_QUESTIONS = {"ko": "연차 휴가는 며칠인가요?", "en": "How many days of annual leave do full-time employees receive?"}


def main() -> None:
    """Start Maru, picture every page in every language, stop it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("This needs chromium: make deps-debian")
    target = ROOT / ("docs/screenshots" if os.environ.get("WRITE") else ".cache/screenshots")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="maru-") as home, session(Path(home)) as running, sync_playwright() as playwright:
        maru = running.start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for language in _LOCALES:
            for name in pages():
                picture(browser, maru, name, language, target)
            phone(browser, maru, language, target)
        browser.close()
    made = list(target.glob("*.webp"))
    print(f"{len(made)} pictures, {sum(one.stat().st_size for one in made) / 1e6:.2f} MB, in {target.relative_to(ROOT)}")


def pages() -> list[str]:
    """The names of the console's pages, as `pages.ts` lists them."""
    source = (ROOT / "console" / "src" / "app" / "pages.ts").read_text(encoding="utf-8")
    return re.findall(r'(?:^    |\{ )name: "(\w+)"', source, re.MULTILINE)


def picture(browser: Browser, maru: Maru, name: str, language: str, target: Path) -> None:
    """One page, drawn as an operator sees it; the chat with an answer and its source open."""
    page = opened(browser, maru, name, language, DESK)
    if name == "chat":
        asked(page, language)
        page.locator("button.marker").first.click()
        page.locator(".sheet[data-drawn], .rendering mark").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)
    keep(page, target / f"{name}.{language}.webp")
    page.context.close()


def keep(page: Page, path: Path) -> None:
    """Keep what the page shows, small: text stays sharp at this quality."""
    from PIL import Image

    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, "WEBP", quality=82, method=6)


def phone(browser: Browser, maru: Maru, language: str, target: Path) -> None:
    """The chat on a phone, in the dark."""
    page = opened(browser, maru, "chat", language, PHONE, color_scheme="dark")
    asked(page, language)
    page.wait_for_timeout(400)
    keep(page, target / f"phone.{language}.webp")
    page.context.close()


def opened(browser: Browser, maru: Maru, name: str, language: str, size: dict[str, int], **settings: object) -> Page:
    """A page of the console, signed in: the chat as its first user, everything else as the operator."""
    options: dict[str, object] = {"viewport": size, "locale": _LOCALES[language], "device_scale_factor": 1, **settings}
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]  # one set of options, from a table
    key = maru.run["api_key" if name in {"chat", "knowledge"} else "admin_key"]
    credential = json.dumps({"bearer": key})
    page.add_init_script(f"sessionStorage.setItem('maru.credential', {credential!r})")
    page.goto(f"{maru.url}/{name}")
    page.locator("#content h1, #content h2, .composer").first.wait_for()
    return page


def asked(page: Page, language: str) -> None:
    """The chat after a question to the personnel agent."""
    page.locator(".composer-choices button").first.click()
    page.get_by_role("option", name="hr-assistant").click()
    page.locator(".composer textarea").fill(_QUESTIONS[language])
    page.keyboard.press("Enter")
    page.locator(".answer[data-status=completed]").wait_for()


if __name__ == "__main__":
    main()
