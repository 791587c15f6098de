"""The embedded AWS: MiniStack with its exceptions' names mended and its state on disk every two seconds.

Run as `python -m local.child local.aws --port N --home DIR`; everything below the imports of MiniStack happens there.
"""

# ruff: noqa: SLF001 - MiniStack offers no hooks; its version is pinned and tests hold what is used of its inside

import argparse
import json
import os
import re
import shutil
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from local import child, step_functions

FLUSH_SECONDS = 2.0
#: Lines of log kept of each stream; MiniStack itself keeps them all, in memory and in its state, for ever.
LOG_LINES = 2_000
_CHILD_LIMIT_SECONDS = 60.0
_EXCEPTION = re.compile(r"^(?P<cls>[A-Za-z_][\w.]*)(?::|$)")


def environment(port: int, home: Path, region: str) -> dict[str, str]:
    """What MiniStack reads at import: bound to this machine alone, everything kept under `home`."""
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # any value does: the embedded AWS does not check signatures
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(home / "aws" / "state"),
        "S3_DATA_DIR": str(home / "aws" / "s3"),
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(home / "tmp"),
    }


def name_exceptions(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Lambda reports an exception's class as `errorType`; MiniStack 1.5.33 reports `Runtime.HandlerError` for all of them.

    Step Functions match Retry and Catch by that name, so the class is read back from the traceback in the worker's log.
    """

    def named(func: Any, event: Any, request_id: Any, *rest: Any, **options: Any) -> dict[str, Any]:
        result = execute(func, event, request_id, *rest, **options)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
            body.update(_last_exception(result.get("log") or ""))
        return result

    return named


def _last_exception(log: str) -> dict[str, Any]:
    at = log.rfind("Traceback (most recent call last):")
    lines = log[at:].splitlines() if at >= 0 else []
    for index, line in enumerate(lines[1:], start=1):
        if not line.startswith((" ", "\t")):  # the first line after the frames
            match = _EXCEPTION.match(line)
            return {"errorType": match["cls"].rsplit(".", 1)[-1], "stackTrace": lines[1:index]} if match else {}
    return {}


def save_state(folder: Path, service: str, state: Any, *, version: int, default: Callable[[Any], Any]) -> None:
    """Write one service's state in MiniStack's format, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{service}.json"
    # `dumps` runs in C where MiniStack's own `dump` does not; ten times as fast matters every two seconds.
    text = json.dumps({"__ministack_format__": version, "payload": state}, default=default)
    if target.exists() and target.stat().st_size == len(text) and target.read_text(encoding="utf-8") == text:
        return
    temporary = target.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)


def trim_logs(groups: Iterable[Mapping[str, Any]]) -> None:
    """Forget all but the last lines of every stream of MiniStack's log groups."""
    for group in groups:
        for stream in group["streams"].values():
            del stream["events"][:-LOG_LINES]


class Flusher:
    """Saves the state of all services when something was asked of them since the last time.

    The work is done in a forked child: it sees one consistent instant of every service at once, and the parent goes on
    answering. Where forking is unwise (macOS) MiniStack's own way is taken.
    """

    def __init__(
        self,
        save: Callable[[], None],
        *,
        before: Callable[[], None] = lambda: None,
        every: float = FLUSH_SECONDS,
        fork: bool = sys.platform == "linux",
    ) -> None:
        self._save, self._before, self._every, self._fork = save, before, every, fork
        self._asked = threading.Event()
        self._one = threading.Lock()

    def asked(self) -> None:
        """Something may have changed."""
        self._asked.set()

    def run(self) -> None:
        """Loop for ever; an idle system writes nothing."""
        while True:
            time.sleep(self._every)
            if self._asked.is_set():
                self._asked.clear()
                self.flush()

    def flush(self) -> None:
        """Save now and wait until it is on disk."""
        with self._one:
            self._before()
            if not self._fork:
                self._save()
                return
            pid = os.fork()
            if pid == 0:
                try:
                    self._save()
                finally:
                    os._exit(0)
            _reap(pid)


def _reap(pid: int) -> None:
    deadline = time.monotonic() + _CHILD_LIMIT_SECONDS
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.02)
    os.kill(pid, 9)  # it inherited a lock that somebody held at the instant of the fork; the next one will do better
    os.waitpid(pid, 0)


def main() -> None:
    """Serve until told to stop; state is saved every two seconds and once more at the end."""
    arguments = _arguments()
    # Code unpacked by workers of earlier runs; the home is locked, so nobody uses it any more.
    shutil.rmtree(arguments.home / "tmp", ignore_errors=True)
    (arguments.home / "tmp").mkdir(parents=True)
    os.environ.update(environment(arguments.port, arguments.home, arguments.region))

    from ministack import app
    from ministack.core import persistence
    from ministack.services import cloudwatch_logs, lambda_svc, stepfunctions

    folder = arguments.home / "aws" / "state"

    def save() -> None:
        for name, state_of in app._build_persistence_save_dict().items():
            state = state_of()
            if state is not None:
                version = persistence._state_format_version(name)
                save_state(folder, name, state, version=version, default=persistence._json_default)

    warnings.filterwarnings("ignore", message=".*use of fork", category=DeprecationWarning)

    def trim() -> None:
        with cloudwatch_logs._log_events_lock:
            trim_logs(cloudwatch_logs._log_groups._data.values())

    flusher = Flusher(save, before=trim)
    step_functions.mend(stepfunctions)
    lambda_svc._execute_function_warm = name_exceptions(lambda_svc._execute_function_warm)
    app.app = _noticing(app.app, flusher)
    threading.Thread(target=flusher.run, name="flush", daemon=True).start()
    child.before_orphaned_end(flusher.flush)
    sys.argv = ["ministack"]
    app.main()


def _noticing(inner: Any, flusher: Flusher) -> Any:
    async def noticed(scope: Any, receive: Any, send: Any) -> None:
        await inner(scope, receive, send)
        if scope["type"] == "http" and not scope["path"].startswith("/_ministack"):
            flusher.asked()

    return noticed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--region", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
