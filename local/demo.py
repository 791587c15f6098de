"""`make demo`: the main job in the terminal, on the run that is there or on one that it starts and stops itself."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.api import Api, Refused
from local.children import ROOT
from scripts.main_job import SAMPLES, ask, fail, library

_DOCUMENTS = ("취업규칙.pdf", "employee-handbook.docx", "정보보안-지침.html", "travel-expenses.md")
_QUESTIONS = (
    "연차 휴가는 며칠인가요?",
    "노트북을 분실하면 언제까지 신고해야 하나요?",
    "How many days of annual leave do full-time employees receive?",
    "What is the daily allowance for meals?",
    "What is the capital of France?",
)
_START_SECONDS = 600.0


def main() -> None:
    """Upload, ask, show."""
    home = Path(os.environ.get("MARU_HOME") or ROOT / ".maru")
    try:
        with _running(home) as run:
            api = Api(run["url"], run["api_key"])
            with library(api, [SAMPLES / name for name in _DOCUMENTS]) as agent:
                for question in _QUESTIONS:
                    ask(api, agent, question)
    except Refused as refused:
        fail(refused)


@contextmanager
def _running(home: Path) -> Iterator[dict[str, Any]]:
    run_file = home / "run.json"
    if run_file.exists() and _alive(json.loads(run_file.read_text(encoding="utf-8"))):
        yield json.loads(run_file.read_text(encoding="utf-8"))
        return
    run_file.unlink(missing_ok=True)
    print("Starting Maru for the demo · 데모를 위해 마루를 시작합니다", flush=True)
    process = subprocess.Popen([sys.executable, "-m", "local.run"], cwd=ROOT, start_new_session=True)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not run_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Refused("Maru did not start.")
            time.sleep(0.1)
        yield json.loads(run_file.read_text(encoding="utf-8"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _alive(run: dict[str, Any]) -> bool:
    try:
        return Api(run["url"], run["api_key"]).call("GET", "/v1/models", expected=(401, 403)) is not None
    except (OSError, Refused):
        return False


if __name__ == "__main__":
    main()
