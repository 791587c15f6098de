"""AWS's Lambda Web Adapter, built once from its crate at a pinned version and kept in the repository's cache."""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tools import require_tool, unavailable

VERSION = "1.0.0-rc1"  # cargo skips pre-releases unless one is named; the layer of production is the same minor version
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "lambda-web-adapter"
BUILD_SECONDS = 900


def adapter() -> Path:
    """The adapter's binary; the first call builds it (about 90 s). Skips, or fails under MARU_REQUIRE=cargo, where that cannot be done."""
    binary = CACHE / VERSION / "lambda-adapter"
    if not binary.exists():
        cargo = require_tool("cargo")
        with _lock():
            if not binary.exists():
                _build(cargo, binary)
    return binary


@contextmanager
def _lock() -> Iterator[None]:
    """Parallel test processes build once: the others wait here."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _build(cargo: Path, binary: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        command = [str(cargo), "install", "lambda_web_adapter", "--version", VERSION, "--locked", "--quiet", "--root", scratch]
        try:
            done = subprocess.run(
                [*command, "--target-dir", f"{scratch}/target"], capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            unavailable("cargo", f"lambda_web_adapter {VERSION} was not built in {BUILD_SECONDS} s")
        if done.returncode:
            unavailable("cargo", f"lambda_web_adapter {VERSION} does not build here: {done.stderr[-600:]}")
        binary.parent.mkdir(exist_ok=True)
        arrived = binary.with_suffix(".new")
        shutil.move(f"{scratch}/bin/lambda-adapter", arrived)
        arrived.rename(binary)  # whole or not at all
