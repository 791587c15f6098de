"""The whole system as `make run` starts it, on free ports in a home of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.api import Api
from tests.processes import ROOT, bare_environment, free_port

START_SECONDS = 240


@dataclass(frozen=True)
class Maru:
    """A running system; `run` is its run.json."""

    home: Path
    run: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it answers."""
        return str(self.run["url"])

    @property
    def minji(self) -> Api:
        """The API with the first user's key."""
        return Api(self.url, self.run["api_key"])

    @property
    def alex(self) -> Api:
        """The API with the second user's key (group engineering)."""
        return Api(self.url, json.loads((self.home / "keys.json").read_text(encoding="utf-8"))["second_key"])

    @property
    def operator(self) -> Api:
        """The API with the operator's key."""
        return Api(self.url, self.run["admin_key"])


class Session:
    """Starts and stops the system in one home, as often as a test likes."""

    def __init__(self, home: Path, environment: Mapping[str, str], tree: Path = ROOT) -> None:
        self.home, self.port, self._tree = home, free_port(), tree
        # The embedding model is built once a checkout, not once a home.
        self._environment = {**bare_environment(), "HOME": str(home), "MARU_HOME": str(home), "MARU_PORT": str(self.port), **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start without waiting, in a process group of its own."""
        with (self.home / "run.log").open("ab") as log:
            command = [sys.executable, "-m", "local.run"]
            self.process = subprocess.Popen(command, cwd=self._tree, env=self._environment, stdout=log, stderr=log, start_new_session=True)
        return self.process

    def start(self) -> Maru:
        """Start and wait until it is ready."""
        run_file = self.home / "run.json"
        run_file.unlink(missing_ok=True)  # a kill -9 leaves it behind
        process, deadline = self.spawn(), time.monotonic() + START_SECONDS
        while not run_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Maru did not start:\n{self.log()[-4000:]}")
            time.sleep(0.05)
        return Maru(self.home, json.loads(run_file.read_text(encoding="utf-8")))

    def log(self) -> str:
        """What it printed."""
        return (self.home / "run.log").read_text(encoding="utf-8", errors="replace")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal and wait for the end; SIGKILL goes to the whole group."""
        assert self.process is not None
        if self.process.poll() is None:
            (os.killpg if number == signal.SIGKILL else os.kill)(self.process.pid, number)
        return self.process.wait(60)


def tree_with(folder: Path, **catalogue: str) -> Path:
    """A copy of the product whose catalogue has these files (``data`` is ``catalogue/data.yaml``), as an operator edits it."""
    for name in ("infra", "functions", "layers", "catalogue", "local", "samples", "scripts", "console"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    (folder / ".cache").mkdir()
    for name in (".cache/console", ".cache/models", "cdk.json", "pyproject.toml", "requirements-local.txt"):
        (folder / name).symlink_to(ROOT / name)
    for name, content in catalogue.items():
        (folder / "catalogue" / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


@contextmanager
def session(home: Path, tree: Path = ROOT, /, **environment: str) -> Iterator[Session]:
    """A session whose system, that of ``tree``, does not outlive the test."""
    current = Session(home, environment, tree)
    try:
        yield current
    finally:
        if current.process is not None:
            current.stop()
