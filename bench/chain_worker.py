"""The chains' worker as a process of its own: one event in, one answer out; told to, it kills itself with -9 when its work is written.

python -m bench.chain_worker FOLDER     (the event is FOLDER/event.json, the answer FOLDER/answer.json; FOLDER/kill makes it die)
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from functions.step.handler import build
from functions.step.settings import Settings
from maru.telemetry import Telemetry


def main() -> None:
    """Serve one event."""
    folder = Path(sys.argv[1])
    worker, _ = build(Settings.from_env(os.environ), Telemetry("step"))
    event = json.loads((folder / "event.json").read_text(encoding="utf-8"))
    try:
        answer: dict[str, Any] = {"answer": worker.handle(event)}
    except Exception as error:  # noqa: BLE001 - as Lambda does, by its class's name
        answer = {"error": type(error).__name__}
    if (folder / "kill").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
