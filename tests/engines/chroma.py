"""A real Chroma server, from the package's own binary module: none of the many packages that its client needs is installed."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.wheels import installed
from tests.processes import free_port

REQUIREMENT = "chromadb==1.5.9"
_PROGRAM = "import chromadb_rust_bindings as server, sys; server.cli(['chroma', 'run', *sys.argv[1:]])"


@contextmanager
def chroma_server(run: Path) -> Iterator[str]:
    """A server whose data live in ``run``; gives its URL and stops it at the end."""
    home, port = installed("chroma", REQUIREMENT), free_port()
    command = [sys.executable, "-c", _PROGRAM, "--path", str(run / "data"), "--host", "127.0.0.1", "--port", str(port)]
    with (run / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=run, env={"PYTHONPATH": str(home)}, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait(process, f"http://127.0.0.1:{port}", run / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path, *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the Chroma server did not start:\n{log.read_text(errors='replace')[-2000:]}")
