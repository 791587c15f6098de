"""`make test`: every check in turn, what was skipped and why, and one line at the end that says whether all is well."""

import argparse
import functools
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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
    ruff, mypy, pytest = (_module(name) for name in ("ruff", "mypy", "pytest"))
    quick = {"lint": [*ruff, "check", "--quiet", "."], "format": [*ruff, "format", "--check", "--quiet", "."]}
    # mypy takes one core. What needs the other meanwhile: the console's checks, then the engines that tests would wait for.
    beside = ({"types": mypy}, {"console": _module("scripts.console_checks"), "engines": _module("tests.engines.prepare")})
    tests = {
        "tests": [*pytest, "-n", "2", "--dist", "loadfile", *_marked(slow), *_RUN, *_there(_FAST)],
        # The whole system takes both cores; several of them at once would only make each other late.
        "live": [*pytest, *_marked(slow), *_RUN, "--durations=5", *_there(_LIVE), f"--ignore={_BROWSER}"],
        # In a process of its own: the browser's client keeps an event loop running, beside which no other can.
        "browser": [*pytest, *_marked(slow), *_RUN, "--durations=5", *_there((_BROWSER,))],
    }
    failed = _failed(quick)
    with ThreadPoolExecutor() as lanes:
        failed += [name for lane in lanes.map(functools.partial(_failed, told_at_once=True), beside) for name in lane]
    failed += _failed(tests)
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All checks passed.'}", flush=True)
    return 1 if failed else 0


def _failed(steps: Mapping[str, list[str]], *, told_at_once: bool = False) -> list[str]:
    """The names of the steps that failed, each run after the other; ``told_at_once`` keeps what one prints until it ends."""
    return [name for name, command in steps.items() if not _passes(name, command, told_at_once=told_at_once)]


def _passes(name: str, command: list[str], *, told_at_once: bool) -> bool:
    started = time.monotonic()
    if not told_at_once:
        print(f"\n== {name}", flush=True)
    # Bytecode is kept whatever the machine's own settings say: without it every process of the tests compiles all packages anew.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    out, err = (subprocess.PIPE, subprocess.STDOUT) if told_at_once else (None, None)
    done = subprocess.run(command, cwd=ROOT, check=False, env=environment, text=True, stdout=out, stderr=err)
    told = f"\n== {name}\n{done.stdout}" if told_at_once else ""
    print(f"{told}== {name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return done.returncode == 0


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _marked(slow: bool) -> list[str]:
    return [] if slow else ["-m", "not slow"]


def _there(folders: tuple[str, ...]) -> list[str]:
    return [folder for folder in folders if (ROOT / folder).is_dir()]


if __name__ == "__main__":
    sys.exit(main())
