"""The folder of one local run (`.maru/` unless MARU_HOME says otherwise): its lock, its ports, its secrets, `run.json`."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

_WAIT_SECONDS = 70.0  # an orphaned embedded AWS writes its state once more before it goes


class Taken(Exception):
    """The home or the port belongs to somebody else, or cannot be used; the message says what to do."""


class Home:
    """Paths under one folder, and who may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.logs = self.folder / "logs"
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            (self.folder / "run.lock").touch()
        except OSError as error:
            raise Taken(f"Maru cannot write to {self.folder} ({error.strerror}). Set MARU_HOME to a folder of yours.") from None
        self.run_file = self.folder / "run.json"
        self._locks: list[IO[str]] = []

    def lock(self) -> None:
        """Take the folder for this process; raises :class:`Taken` while another run has it."""
        try:
            self._locks.append(_locked(self.folder / "run.lock"))
        except BlockingIOError:
            raise Taken(f"Maru already runs in {self.folder}. Stop it first, or set MARU_HOME and MARU_PORT.") from None

    def children_lock(self) -> int:
        """A descriptor that all children hold open; waits until those of a run that was killed are gone."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                handle = _locked(self.folder / "children.lock")
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Taken(f"Processes of an earlier run in {self.folder} do not end; stop them and try again.") from None
                time.sleep(0.1)
            else:
                self._locks.append(handle)
                return handle.fileno()

    def ports(self, names: Iterable[str]) -> dict[str, int]:
        """A free port for each name, the same as last time where that one is still free."""
        before = self.read("ports.json")
        chosen = {name: _free(before.get(name)) for name in names}
        self.write("ports.json", chosen)
        return chosen

    def read(self, name: str) -> dict[str, Any]:
        """A JSON file of the home, {} where there is none or where a crash left half of one."""
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Write a JSON file whole, readable by its owner alone."""
        temporary = self.folder / f"{name}.tmp"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / name)


def port_of(text: str) -> int:
    """The number of a port; raises :class:`Taken` for what is none."""
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536:
        return int(text)
    raise Taken(f"MARU_PORT is '{text[:20]}', which is no port. Set it to a number from 1 to 65535.")


def claim(port: int) -> None:
    """Raise :class:`Taken` where something listens on the port already."""
    if not _bindable(port):
        raise Taken(f"Port {port} is in use. Set MARU_PORT to another one: MARU_PORT={port + 1} make run")


def _locked(path: Path) -> IO[str]:
    handle = path.open("w", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise
    return handle


def _free(wanted: int | None) -> int:
    if wanted and _bindable(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bindable(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
