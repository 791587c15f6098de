"""Finds a Python that really runs and is new enough for Maru (Lambda's 3.13, or 3.12)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

WANTED = ("3.13", "3.12")

_PROBE = "import ssl, zlib, ctypes, sqlite3, sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"


def find() -> str | None:
    """Absolute path of the best interpreter found, or None.

    `MARU_PYTHON` wins; then 3.13 before 3.12 on PATH, in pyenv's folder (its shims stand on PATH
    but refuse to run), in uv's own folder and in the usual prefixes. Each is started once, because only that proves it.
    """
    chosen = os.environ.get("MARU_PYTHON")
    if chosen:
        return _runs(chosen, WANTED)
    for version in WANTED:
        for candidate in _candidates(version):
            found = _runs(candidate, (version,))
            if found:
                return found
    return None


def _candidates(version: str) -> list[str]:
    names = [shutil.which(f"python{version}"), sys.executable, shutil.which("python3")]
    names += [str(Path(folder) / f"python{version}") for folder in os.get_exec_path()]
    home = Path.home()
    roots = [Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions", home / ".local/share/uv/python", Path("/opt")]
    for root in roots:
        names += [str(path) for path in sorted(root.glob(f"*{version}*/bin/python{version}"), reverse=True)]
    return list(dict.fromkeys(name for name in names if name and Path(name).exists()))


def _runs(candidate: str, versions: tuple[str, ...]) -> str | None:
    try:
        done = subprocess.run([candidate, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.split("\n")
    if done.returncode != 0 or len(lines) < 2 or lines[0] not in versions:
        return None
    return lines[1]
