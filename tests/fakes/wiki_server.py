"""A wiki on this machine: real HTTP with ETags, robots.txt, redirects and errors, its pages changed by the test as it runs."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.fakes.serving import serving


@dataclass
class Wiki:
    """``pages`` by path; ``broken`` paths answer with a status; ``moved`` ones redirect. ``asked`` are the requests, with their status."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    robots: str = ""
    asked: list[tuple[str, int]] = field(default_factory=list)

    def page(self, path: str, text: str, *links: str) -> None:
        """Write an HTML page."""
        anchors = "".join(f'<p><a href="{link}">{link}</a></p>' for link in links)
        self.pages[path] = f"<html><head><title>{path.strip('/') or 'home'}</title></head><body><h1>{text}</h1>{anchors}</body></html>"

    def read(self) -> list[str]:
        """The paths of pages whose bodies were sent since this was asked last."""
        found = [path for path, status in self.asked if status == 200 and path != "/robots.txt"]
        self.asked.clear()
        return found


@contextmanager
def wiki() -> Iterator[Wiki]:
    """Serves one."""
    with serving(_Handler) as port:
        one = Wiki(f"http://127.0.0.1:{port}")
        _Handler.wikis[port] = one
        yield one


class _Handler(BaseHTTPRequestHandler):
    wikis: dict[int, Wiki] = {}  # noqa: RUF012 - by port
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        wiki = self.wikis[self.server.server_address[1]]  # type: ignore[index]
        path = self.path
        body = (wiki.robots if path == "/robots.txt" else wiki.pages.get(path, "")).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": "text/html; charset=utf-8", "ETag": tag, **wiki.headers.get(path, {})}
        if path in wiki.broken:
            status, body = wiki.broken[path], b""
        elif path in wiki.moved:
            status, body = 302, b""
            headers["Location"] = wiki.moved[path]
        elif not body:
            status = 404
        elif self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        else:
            status = 200
        wiki.asked.append((path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing is logged."""
