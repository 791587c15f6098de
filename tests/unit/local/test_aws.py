"""What is mended of the embedded AWS: exceptions' names, and state on disk whole or not at all."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from local.aws import LOG_LINES, Flusher, environment, name_exceptions, save_state, trim_logs

TRACE = """START
Traceback (most recent call last):
  File "handler.py", line 3, in handler
    raise Broken("no")
package.errors.Broken: no
  hint: two lines
END"""


def test_an_exceptions_class_is_reported_as_lambda_does() -> None:
    def execute(*_: Any) -> dict[str, Any]:
        return {"error": True, "body": {"errorType": "Runtime.HandlerError", "errorMessage": "no"}, "log": TRACE}

    body = name_exceptions(execute)({}, {}, "id")["body"]
    assert body["errorType"] == "Broken"
    assert body["errorMessage"] == "no"


@pytest.mark.parametrize("result", [{"body": {"ok": 1}}, {"error": True, "body": {"errorType": "Runtime.HandlerError"}, "log": "no trace"}])
def test_answers_without_a_traceback_stay_as_they_are(result: dict[str, Any]) -> None:
    assert name_exceptions(lambda *_: dict(result))({}, {}, "id") == result


def test_state_is_written_whole_and_only_when_it_changed(tmp_path: Path) -> None:
    save_state(tmp_path, "sqs", {"queues": [1]}, version=2, default=str)
    written = tmp_path / "sqs.json"
    assert json.loads(written.read_text()) == {"__ministack_format__": 2, "payload": {"queues": [1]}}
    before = written.stat().st_mtime_ns
    save_state(tmp_path, "sqs", {"queues": [1]}, version=2, default=str)
    assert written.stat().st_mtime_ns == before
    with pytest.raises(TypeError):
        save_state(tmp_path, "sqs", {"queues": object()}, version=2, default=_refuse)
    assert json.loads(written.read_text())["payload"] == {"queues": [1]}


def _refuse(value: Any) -> Any:
    raise TypeError(type(value).__name__)


def test_logs_do_not_grow_for_ever() -> None:
    events = [{"message": str(number)} for number in range(LOG_LINES + 10)]
    trim_logs([{"streams": {"one": {"events": events}, "short": {"events": []}}}])
    assert len(events) == LOG_LINES
    assert events[-1]["message"] == str(LOG_LINES + 9)


def test_an_idle_system_is_not_saved_and_a_busy_one_is() -> None:
    saved = threading.Event()
    flusher = Flusher(saved.set, every=0.01, fork=False)
    threading.Thread(target=flusher.run, daemon=True).start()
    assert not saved.wait(0.1)
    flusher.asked()
    assert saved.wait(2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="saves without forking here")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_saving_happens_in_a_child(tmp_path: Path) -> None:
    def save() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))

    Flusher(save, fork=True).flush()
    assert int((tmp_path / "pid").read_text()) != os.getpid()


def test_everything_stays_on_this_machine_and_under_the_home(tmp_path: Path) -> None:
    told = environment(4566, tmp_path, "ap-northeast-2")
    assert told["BIND_HOST"] == "127.0.0.1"
    assert all(told[name].startswith(str(tmp_path)) for name in ("STATE_DIR", "S3_DATA_DIR", "TMPDIR"))
