"""The example of a service: its token is asked for once, and again before it expires."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from examples.python.client_credentials import Token


class Issuer(ThreadingHTTPServer):
    """A token endpoint that numbers its tokens; they live as long as ``lifetime`` says, in seconds."""

    lifetime = 3600

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.forms: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/oauth2/token"


class _Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.forms.append((self.headers["authorization"], form))
        body = json.dumps({"access_token": f"t{len(self.server.forms)}", "expires_in": self.server.lifetime}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("lifetime", "kept", "renewed"), [(3600, 3539, 3541), (60, 29, 31)])
def test_a_token_is_kept_and_renewed_before_it_expires(issuer: Issuer, lifetime: int, kept: float, renewed: float) -> None:
    issuer.lifetime, now = lifetime, [0.0]
    token = Token(issuer.url, "id", "secret", clock=lambda: now[0])
    assert [token(), token()] == ["t1", "t1"]
    now[0] = kept
    assert token() == "t1"
    now[0] = renewed
    assert token() == "t2"
    assert issuer.forms == [("Basic aWQ6c2VjcmV0", "grant_type=client_credentials")] * 2
