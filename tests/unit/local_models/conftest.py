"""One real model server for these tests, on a free port of the loopback."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import AsyncOpenAI, OpenAI

ROOT = Path(__file__).resolve().parents[3]
#: Beside the other caches of a checkout: the model file is built once, not once a test run.
CACHE = ROOT / ".cache" / "models"


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The address of a server that answers, `/v1` included."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "local.models", "--port", str(port), "--home", str(CACHE)]
    path = {"PYTHONPATH": f"{ROOT}/layers/core/python:{ROOT}", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, cwd=ROOT, env=path, stdout=subprocess.DEVNULL) as process:
        try:
            _await_health(process, f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def client(base_url: str) -> Iterator[OpenAI]:
    """OpenAI's own client, which asks once and does not retry."""
    with OpenAI(base_url=base_url, api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
def async_client(base_url: str) -> AsyncOpenAI:
    """The asynchronous one; used as a context manager."""
    return AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0)


def _await_health(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(900):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except urllib.error.URLError:
            assert process.poll() is None, "the model server ended"
            time.sleep(0.1)
    raise AssertionError("the model server did not answer within 90 s")
