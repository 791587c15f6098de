"""Gets uv, the installer, onto a machine that may have nothing of Python but `python3` itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

UV = "uv==0.13.8"

REMEDY = """\
No way to install Python packages was found: python3 has neither pip nor ensurepip, and uv is not installed.
파이썬 패키지를 설치할 방법이 없습니다. 다음 중 하나를 실행한 뒤 다시 시도하세요. Any one of these mends it:
    sudo apt-get install python3-venv        (Debian, Ubuntu)
    sudo dnf install python3-pip             (Fedora, RHEL)
    or install uv by any means and put it on PATH
"""


def find_or_get(cache: Path) -> str:
    """Path of an uv that runs: from PATH, from `cache`, else installed into `cache`; exits with the remedy otherwise."""
    for candidate in (shutil.which("uv"), str(cache / "bin" / "uv")):
        if candidate and _works([candidate, "--version"]):
            return candidate
    print("  fetching uv, the package installer · 설치 도구(uv)를 받는 중 …", flush=True)
    for pip in _pips():
        command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target", str(cache), UV]
        quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        if subprocess.run(command, check=False, env=quiet).returncode == 0 and _works([str(cache / "bin" / "uv"), "--version"]):
            return str(cache / "bin" / "uv")
    raise SystemExit(REMEDY)


def _pips() -> list[list[str]]:
    """Every pip that answers, cheapest first; the last one is unpacked from Debian's own package, which needs no root."""
    found = [[python, "-m", "pip"] for python in _pythons() if _works([python, "-m", "pip", "--version"])]
    if found:
        return found
    wheel = _wheel(Path("/usr/share/python-wheels")) or _bundled_wheel() or _debian_wheel()
    return [[sys.executable, f"{wheel}/pip"]] if wheel else []


def _pythons() -> list[str]:
    names = (shutil.which(name) for name in ("python3", "python3.13", "python3.12", "python3.11"))
    return list(dict.fromkeys([sys.executable, *(name for name in names if name)]))


def _bundled_wheel() -> Path | None:
    try:
        import ensurepip
    except ImportError:
        return None
    return _wheel(Path(ensurepip.__file__).parent / "_bundled")


def _debian_wheel() -> Path | None:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    folder = Path(tempfile.mkdtemp(prefix="maru-pip-"))
    download = ["apt-get", "download", "-qq", "python3-pip-whl"]
    if subprocess.run(download, cwd=folder, check=False, stderr=subprocess.DEVNULL).returncode != 0:
        if os.geteuid() != 0 or subprocess.run(["apt-get", "update", "-qq"], check=False).returncode != 0:
            return None
        subprocess.run(download, cwd=folder, check=False)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
    return _wheel(folder / "usr/share/python-wheels")


def _wheel(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("pip-*.whl"), reverse=True)), None)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
