"""LiteLLM's proxy and Portkey's gateway, installed from PyPI and npm into folders of their own and started on one core before a mock model.

``MARU_GATEWAYS`` moves the folders (default: ``.cache/gateways``); what is there already is used.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.stand_ins import ROOT

_FOLDER = Path(os.environ.get("MARU_GATEWAYS", ROOT / ".cache" / "gateways"))
_START_SECONDS = 120


@dataclass(frozen=True)
class Peer:
    """A gateway that listens: its process, its port, its path, and the headers that it wants."""

    name: str
    pid: int
    port: int
    model: str
    headers: Mapping[str, str] = field(default_factory=dict)


class NotInstalled(Exception):
    """The gateway cannot be had here; the message says why."""


@contextmanager
def litellm(upstream: str, core: int) -> Iterator[Peer]:
    """LiteLLM's proxy with one worker and a master key: without a database it knows no budgets and writes no usage."""
    program = _FOLDER / "litellm" / "bin" / "litellm"
    if not program.exists():
        _run(sys.executable, "-m", "venv", str(_FOLDER / "litellm"))
        _run(str(_FOLDER / "litellm" / "bin" / "python"), "-m", "pip", "install", "--quiet", "litellm[proxy]")
    port = _free_port()
    config = (
        "model_list:\n  - model_name: default\n    litellm_params:\n      model: openai/mock-1\n"
        f"      api_base: {upstream}\n      api_key: none\ngeneral_settings:\n  master_key: sk-bench\n"
        "litellm_settings:\n  telemetry: false\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "config.yaml")
        file.write_text(config, encoding="utf-8")
        command = [str(program), "--config", str(file), "--port", str(port), "--host", "127.0.0.1", "--num_workers", "1"]
        extra = {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
        with _started(command, core, port, "/health/liveliness", extra) as pid:
            yield Peer("LiteLLM", pid, port, "default", {"authorization": "Bearer sk-bench"})


@contextmanager
def portkey(upstream: str, core: int) -> Iterator[Peer]:
    """Portkey's gateway: it knows no keys, budgets or usage of its own."""
    program = _FOLDER / "portkey" / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    node = shutil.which("node")
    if node is None:
        raise NotInstalled("needs node")
    if not program.exists():
        _run("npm", "install", "--silent", "--prefix", str(_FOLDER / "portkey"), "@portkey-ai/gateway")
    port = _free_port()
    hosts = {"TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost", "NODE_ENV": "production"}
    with _started([node, str(program), "--headless", f"--port={port}"], core, port, "/", hosts) as pid:
        told = {"x-portkey-provider": "openai", "x-portkey-custom-host": upstream, "authorization": "Bearer none"}
        yield Peer("Portkey", pid, port, "mock-1", told)


def _run(*command: str) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotInstalled(f"{command[0]} failed: {done.stderr.strip()[-300:]}")


@contextmanager
def _started(command: list[str], core: int, port: int, path: str, extra: Mapping[str, str]) -> Iterator[int]:
    # The peers must not find our package where they look for theirs.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | dict(extra)
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        os.sched_setaffinity(child.pid, {core})
        try:
            _wait(child, port, path)
            yield child.pid
        finally:
            child.kill()
            child.wait()


def _wait(child: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)
    raise NotInstalled("it did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
