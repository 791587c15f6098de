"""The synthesised template of the local stage, made again only when something it is made from has changed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "assembly"
_SOURCES = ("infra", "functions", "layers", "catalogue")
_FILES = ("cdk.json", "requirements-local.txt")
_KEPT = 3


class SynthFailed(Exception):
    """The CDK application refused; the message is its own."""


def assembly() -> tuple[Path, bool]:
    """The cloud assembly's folder, and whether it had to be made."""
    target = CACHE / _fingerprint()
    if (target / "manifest.json").exists():
        os.utime(target)
        return target, False
    CACHE.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=CACHE, prefix="work-"))
    try:
        _synthesise(work)
        if not target.exists():  # two runs may have made the same one meanwhile
            work.replace(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _forget_old()
    return target, True


def _synthesise(work: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "layers" / "core" / "python"),
        "CDK_OUTDIR": str(work),
        "CDK_CONTEXT_JSON": json.dumps({"stage": "local"}),
    }
    done = subprocess.run([sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SynthFailed(done.stderr[-3000:])


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]}".encode())
    for path in _inputs():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _inputs() -> list[Path]:
    found = [path for source in _SOURCES for path in (ROOT / source).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sorted([*found, *(ROOT / name for name in _FILES)])


def _forget_old() -> None:
    made = sorted((path for path in CACHE.iterdir() if (path / "manifest.json").exists()), key=lambda path: path.stat().st_mtime)
    for path in made[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
