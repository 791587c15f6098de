"""The local model server in a process of its own; its model file is kept in the repository's cache."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.processes import ROOT, bare_environment, free_port

CACHE = ROOT / ".cache" / "models"
START_SECONDS = 120  # the first start builds the embedding model's file


@contextmanager
def model_server() -> Iterator[str]:
    """Starts it and gives its base URL, which ends in `/v1`."""
    port = free_port()
    command = [sys.executable, "-m", "local.models", "--port", str(port), "--home", str(CACHE), "--threads", "1"]
    with subprocess.Popen(command, cwd=ROOT, env=bare_environment(), stdout=subprocess.DEVNULL) as process:
        try:
            _await_health(process, f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _await_health(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the model server did not start (exit code {process.poll()})")
