"""Pages over HTTP: asked for only where they changed, never larger or slower than what a worker can bear, never beyond the scope."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

AGENT = "MaruBot"
LARGEST = 16 * 1024 * 1024
_SECONDS = 20.0
_REDIRECTS = 5
#: A longer delay than this would spend a worker's time on waiting; robots.txt that ask for more get this.
_LONGEST_DELAY = 5.0


class FetchFailed(Exception):
    """The page could not be had now; ``cause`` is a code. What is known of it stays."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True)
class Page:
    """An answer: ``status`` 200 with its body, 304 without, or what says that the page is no more (404, 410)."""

    url: str
    status: int
    body: bytes = b""
    media_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    robots: str = ""


@dataclass
class Fetcher:
    """Fetches within ``holds``; robots.txt of every host is asked once and kept."""

    holds: Callable[[str], bool]
    pause: Callable[[float], None] = time.sleep
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import urllib3

        self._pool = urllib3.PoolManager(timeout=_SECONDS, retries=False, headers={"user-agent": f"{AGENT}/1.0"})

    def permitted(self, url: str) -> bool:
        """Whether the host's robots.txt lets us read this. Raises FetchFailed where it cannot be had: then nobody may (RFC 9309)."""
        rules = self._rules(url)
        delay = rules.crawl_delay(AGENT)
        if delay:
            self.pause(min(float(delay), _LONGEST_DELAY))
        return rules.can_fetch(AGENT, url)

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The page, where it is another than the one with this ETag or date. Raises FetchFailed."""
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"user-agent": f"{AGENT}/1.0", **{name: value for name, value in asked.items() if value}}
        for _ in range(_REDIRECTS):
            answer = self._ask(url, headers)
            if answer.status not in (301, 302, 303, 307, 308):
                return self._page(url, answer)
            answer.release_conn()
            url = self._next(url, answer.headers.get("location", ""))
        raise FetchFailed("too_many_redirects")

    def _next(self, url: str, location: str) -> str:
        from maru.knowledge.sources.scope import normal

        found = normal(location, url)
        if found is None or not self.holds(found):
            raise FetchFailed("redirect_out_of_scope")
        return found

    def _ask(self, url: str, headers: dict[str, str]) -> Any:
        import urllib3

        try:
            return self._pool.request("GET", url, headers=headers, redirect=False, preload_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise FetchFailed("unreachable") from error

    def _page(self, url: str, answer: Any) -> Page:
        import urllib3

        told = answer.headers
        try:
            body = answer.read(LARGEST + 1) if answer.status == 200 else b""
        except urllib3.exceptions.HTTPError as error:
            raise FetchFailed("broken_off") from error
        finally:
            answer.release_conn() if answer.status != 200 else answer.close()
        if len(body) > LARGEST:
            raise FetchFailed("too_large")
        if answer.status not in (200, 304, 404, 410):
            raise FetchFailed(f"http_{answer.status}")
        kind = told.get("content-type", "").partition(";")[0].strip().lower()
        return Page(url, answer.status, body, kind, told.get("etag"), told.get("last-modified"), told.get("x-robots-tag", ""))

    def _rules(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            rules = RobotFileParser()
            answer = self._ask(f"{origin}/robots.txt", {"user-agent": f"{AGENT}/1.0"})
            text = answer.read(512 * 1024)
            answer.close()
            if answer.status >= 500 or answer.status == 429:
                raise FetchFailed("robots_unreachable")
            rules.parse(text.decode("utf-8", "replace").splitlines() if answer.status == 200 else [])
            self._robots[origin] = rules
        return self._robots[origin]
