"""`make test`: every check in turn, what was skipped and why, and one line at the end that says whether all is well."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FAST = ("tests/unit", "tests/functions", "tests/infra", "tests/contract")
_LIVE = ("tests/live",)
_BROWSER = "tests/live/console"
# A shared machine may stand still for seconds, which some test always notices: it has a second try, and the summary names it.
_RUN = ("--reruns", "1", "-rsR")


def main() -> int:
    """0 when everything passed; all steps run, so that one look shows all that is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", action="store_true", help="also the tests marked slow")
    slow = parser.parse_args().slow
    ruff, mypy, pytest = ([sys.executable, "-m", name] for name in ("ruff", "mypy", "pytest"))
    steps = {
        "lint": [*ruff, "check", "--quiet", "."],
        "format": [*ruff, "format", "--check", "--quiet", "."],
        "types": mypy,
        "console": [sys.executable, "-m", "scripts.console_checks"],
        "tests": [*pytest, "-n", "2", "--dist", "loadfile", *_marked(slow), *_RUN, *_there(_FAST)],
        # The whole system takes both cores; several of them at once would only make each other late.
        "live": [*pytest, *_marked(slow), *_RUN, "--durations=5", *_there(_LIVE), f"--ignore={_BROWSER}"],
        # In a process of its own: the browser's client keeps an event loop running, beside which no other can.
        "browser": [*pytest, *_marked(slow), *_RUN, "--durations=5", *_there((_BROWSER,))],
    }
    failed = [name for name, command in steps.items() if not _passes(name, command)]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All checks passed.'}", flush=True)
    return 1 if failed else 0


def _passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    print(f"\n== {name}", flush=True)
    code = subprocess.run(command, cwd=ROOT, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}).returncode
    print(f"== {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return code == 0


def _marked(slow: bool) -> list[str]:
    return [] if slow else ["-m", "not slow"]


def _there(folders: tuple[str, ...]) -> list[str]:
    return [folder for folder in folders if (ROOT / folder).is_dir()]


if __name__ == "__main__":
    sys.exit(main())
