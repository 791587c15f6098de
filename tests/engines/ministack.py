"""The embedded AWS of `make run`, started on a free port in a temporary home for live tests."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import await_health, bare_environment, free_port, start_python

REGION = "ap-northeast-2"


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
        port, log = free_port(), Path(home) / "log"
        arguments = ["--port", str(port), "--home", home, "--region", REGION]
        process = start_python("local.aws", *arguments, env=bare_environment() | {"HOME": home}, log=log)
        try:
            await_health(process, f"http://127.0.0.1:{port}/_ministack/health", log)
            yield EmbeddedAws(f"http://127.0.0.1:{port}")
        finally:
            assert process.stdin is not None
            process.stdin.close()  # local.child ends the whole group, its Lambda workers too, when nobody holds the other end
            process.wait(20)
