"""Frame times of the console while an answer streams into a session of 2,000 messages, all of them on the page.

python -m bench.console_frames [--write]

The test model writes as fast as told; what really came a second is printed beside the target. The baseline is the same answer in a
new session. Frames are the intervals of `requestAnimationFrame` in Debian's Chromium, headless, while the answer grows.
"""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.report import report
from tests.engines.maru import Maru, session

MESSAGES = 2_000
TOKENS = 3_000
#: Seconds between two tokens: 500 a second, were the server and the machine nothing else.
_PACE = 1 / 500
_AT_MOST_MS = 32
_AGENT = "writer"
#: Watches the answer from within the page: the browser driver's own polling would cost frames of a page so long.
_WATCH = """async before => {
  const last = () => { const all = document.getElementsByClassName('answer'); return all.length > before ? all[all.length - 1] : null; };
  const until = async reached => { while (!reached(last())) await new Promise(done => setTimeout(done, 50)); };
  await until(one => one && one.textContent.includes('w20 '));
  const written = () => last().textContent.match(/w\\d+ /g).length;
  const frames = [], from = written(), began = performance.now();
  let before_ = began, running = true;
  const step = now => { frames.push(now - before_); before_ = now; running && requestAnimationFrame(step); };
  requestAnimationFrame(step);
  await until(one => one.dataset.status === 'completed');
  running = false;
  return {seconds: (performance.now() - began) / 1000, from, frames: frames.sort((one, other) => one - other)};
}"""


def main() -> None:
    """Print the table."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("This bench needs chromium: make deps-debian")
    with tempfile.TemporaryDirectory(prefix="maru-bench-") as folder, session(Path(folder)) as current, sync_playwright() as playwright:
        maru = current.start()
        maru.minji.call("POST", "/v1/agents", {"name": _AGENT, "model": "scripted", "history_tokens": 0})
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        rows = []
        for name, path in (("new session", "/chat"), (f"session of {MESSAGES:,} messages", f"/chat/{long_session(maru)}")):
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
            rows.append((name, *measured(page, maru, path)))
            page.close()
        browser.close()
    report(
        "console_frames",
        ("streamed into", "messages on the page", "tokens/s", "frame p50, ms", f"frame p95, ms (at most {_AT_MOST_MS})"),
        rows,
    )


def long_session(maru: Maru) -> str:
    """A session of so many messages: questions, and answers of three sentences with a list."""
    told = "say: The **answer** to it, in some words.\\n\\n- one `item`\\n- another one\\n\\nAnd a last sentence, number"
    first: Any = maru.minji.call("POST", f"/v1/agents/{_AGENT}/chat", {"message": f"{told} 0"})

    def ask(number: int) -> None:
        maru.minji.call("POST", f"/v1/agents/{_AGENT}/chat", {"message": f"{told} {number}", "session_id": first["session_id"]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(1, MESSAGES // 2)))
    return str(first["session_id"])


def measured(page: Page, maru: Maru, path: str) -> tuple[int, int, float, float]:
    """Messages on the page, tokens a second, and the median and 95th percentile of frames in milliseconds."""
    page.add_init_script(f"sessionStorage.setItem('maru.credential', JSON.stringify({{bearer: '{maru.run['api_key']}'}}))")
    page.goto(maru.url + path)
    page.locator(".composer textarea").wait_for()
    while (older := page.locator("button.older")).count():
        shown = page.locator("article.turn").count()
        older.click()
        page.wait_for_function("shown => document.querySelectorAll('article.turn').length > shown", arg=shown, timeout=60_000)
    page.locator(".composer-choices button").first.click()
    page.get_by_role("option", name=_AGENT).click()
    before, answers = page.locator("article.turn").count(), page.locator("article.answer").count()
    page.locator(".composer textarea").fill(f"{path}\nslow: {_PACE}\ntokens: {TOKENS}")
    page.keyboard.press("Enter")
    seen = page.evaluate(_WATCH, answers)
    frames = seen["frames"]
    return before, round((TOKENS - seen["from"]) / seen["seconds"]), frames[len(frames) // 2], frames[int(len(frames) * 0.95)]


if __name__ == "__main__":
    main()
