"""A whole Maru started for a bench in a folder of its own, or one that runs already (``MARU_URL`` and ``MARU_ADMIN_KEY``)."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 240


class Client:
    """Plain HTTP with one key; raises :class:`RuntimeError` on any answer that is not a success."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key
        self._pool = urllib3.PoolManager(maxsize=16, timeout=urllib3.Timeout(connect=5, read=120))

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **request: Any) -> Any:
        """One call, JSON in and out."""
        headers = {"authorization": f"Bearer {self.key}"}
        if body is not None:
            request["body"] = json.dumps(body).encode()
            headers["content-type"] = "application/json"
        answer = self._pool.request(method, self.url + path, headers=headers, **request)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.data[:300]!r}")
        return json.loads(answer.data)

    def upload(self, name: str, data: bytes) -> str:
        """Upload a file; gives its id."""
        fields = {"purpose": "assistants", "acl": '["public"]', "file": (name, data)}
        return str(self.call("POST", "/v1/files", fields=fields)["id"])


@contextmanager
def running(environment: dict[str, str] | None = None) -> Iterator[Client]:
    """A client with a fresh tenant's key; the system is stopped at the end if it was started here."""
    if "MARU_URL" in os.environ:
        yield _tenant(os.environ["MARU_URL"], os.environ["MARU_ADMIN_KEY"])
        return
    with tempfile.TemporaryDirectory(prefix="maru-bench-") as home:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = {**os.environ, **(environment or {}), "MARU_HOME": home, "MARU_PORT": str(port)}
        log = Path(home, "bench.log")
        with log.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, "-m", "local.run"], cwd=ROOT, env=settings, stdout=output, stderr=output, start_new_session=True
            )
        try:
            run = _wait(Path(home, "run.json"), child, log)
            yield _tenant(run["url"], run["admin_key"])
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(30)


def _wait(file: Path, child: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if file.exists():
            return dict(json.loads(file.read_text()))
        if child.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError(f"the system did not start:\n{log.read_text()[-3000:]}")


def _tenant(url: str, admin_key: str) -> Client:
    operator, tenant = Client(url, admin_key), f"bench-{int(time.time())}"
    operator.call("POST", "/v1/tenants", {"id": tenant})
    made = operator.call("POST", "/v1/keys", {"tenant": tenant, "user": "bench", "role": "admin"})
    return Client(url, made["key"])
