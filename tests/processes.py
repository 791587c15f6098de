"""What tests need that start processes of their own: a free port, a small environment, an end in every case."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def bare_environment() -> dict[str, str]:
    """PATH and our packages, and nothing of the developer's own settings or credentials."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'layers/core/python'}:{ROOT}"}


def start_python(module: str, *arguments: str, env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Runs `python -m module` in a group of its own, which ends with this process however that ends; output goes behind `log`'s."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "local.child", module, *arguments],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], *, seconds: float = 10) -> None:
    """Asks a process to end, and makes it after some seconds."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def await_health(process: subprocess.Popen[bytes], url: str, log: Path, *, seconds: float = 60) -> None:
    """Returns when `url` answers; RuntimeError with the log's end where it does not in time or the process has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{url} does not answer (exit code {process.poll()}):\n{log.read_text(errors='replace')[-3000:]}")
