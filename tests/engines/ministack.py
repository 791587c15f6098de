"""The embedded AWS of `make run`, started on a free port in a temporary home for live tests."""

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import ROOT, bare_environment, free_port

REGION = "ap-northeast-2"
START_SECONDS = 40


@dataclass(frozen=True)
class EmbeddedAws:
    """A running embedded AWS; `environment` points boto3 of another process at it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """Endpoint, region and made-up credentials."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def client(self, service: str) -> Any:
        """A boto3 client of it, for the test's own process; close it."""
        import boto3

        session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        return session.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]  # the stubs know literals only


@contextmanager
def embedded_aws() -> Iterator[EmbeddedAws]:
    """Starts it, waits for its health, ends its process group."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        port = free_port()
        arguments = ["--port", str(port), "--home", home, "--region", REGION]
        with (Path(home) / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.child", "local.aws", *arguments],
                cwd=ROOT,
                env=bare_environment() | {"HOME": home},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            _wait(process, f"http://127.0.0.1:{port}/_ministack/health", Path(home) / "log")
            yield EmbeddedAws(f"http://127.0.0.1:{port}")
        finally:
            assert process.stdin is not None
            process.stdin.close()  # local.child ends the whole group when its parent is gone
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the embedded AWS did not start:\n{log.read_text(errors='replace')[-3000:]}") from None
            time.sleep(0.05)
        else:
            return
