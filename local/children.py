"""The supervisor's side of its child processes: start, wait until they answer, notice their end, stop them all."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_STOP_SECONDS = 15.0
_LOG_BYTES = 20_000_000


class ChildFailed(Exception):
    """A child ended or never answered; the message names it and the place of its log."""


@dataclass
class Child:
    """One running child."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_answers(self, url: str, *, seconds: float = 60.0) -> None:
        """Return once `url` answers with any status; raises :class:`ChildFailed`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ChildFailed(f"{self.name} ended at once (code {self.process.returncode}). Its log: {self.log}\n{_tail(self.log)}")
            if _answers(url):
                return
            time.sleep(0.05)
        raise ChildFailed(f"{self.name} did not answer within {seconds:.0f} s. Its log: {self.log}\n{_tail(self.log)}")


class Children:
    """All children of one run, each in a process group of its own, holding the lock `descriptor`."""

    def __init__(self, logs: Path, descriptor: int) -> None:
        self._logs, self._descriptor = logs, descriptor
        self.running: list[Child] = []

    def start(self, name: str, module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Child:
        """Start `python -m module` with a log of its own."""
        log = self._logs / f"{name}.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.child", module, *arguments],
                cwd=ROOT,
                env={**_inherited(), **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(self._descriptor,),
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.running.append(child)
        return child

    def ended(self) -> Child | None:
        """A child that is no longer there."""
        return next((child for child in self.running if child.process.poll() is not None), None)

    def stop(self) -> None:
        """Ask all to end, last started first; the embedded AWS saves its state meanwhile. Then make sure."""
        for child in reversed(self.running):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
            _wait(child.process)
            _kill_group(child.process.pid)
        self.running.clear()


def _inherited() -> dict[str, str]:
    """The environment without what would send a child elsewhere: to a real account, or to the repository's own modules."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MARU_")) and name != "PYTHONPATH"}


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)  # MiniStack leaves its Lambda workers behind
    except (ProcessLookupError, PermissionError):
        return


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
