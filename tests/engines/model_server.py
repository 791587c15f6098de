"""The local model server in a process of its own; its model file is kept in the repository's cache."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import ROOT, await_health, bare_environment, free_port, start_python, stop

CACHE = ROOT / ".cache" / "models"
START_SECONDS = 120  # the first start builds the embedding model's file


@contextmanager
def model_server() -> Iterator[str]:
    """Starts it and gives its base URL, which ends in `/v1`."""
    with tempfile.TemporaryDirectory() as folder:
        port, log = free_port(), Path(folder) / "log"
        arguments = ["--port", str(port), "--home", str(CACHE), "--threads", "1"]
        process = start_python("local.models", *arguments, env=bare_environment(), log=log)
        try:
            await_health(process, f"http://127.0.0.1:{port}/healthz", log, seconds=START_SECONDS)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            stop(process)
