"""Room on the disk that a local run writes to: too little to start with is told, and too little to go on ends what writes.

The embedded AWS answers before it writes, so what it was given on a full disk would be gone with the next start. Nothing new is taken
while there still is room for its state.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from maru.errors import Unavailable
from maru.http.boundary import send_error

#: Bytes that must be free: a fresh home with the samples takes about 130 MB, and the state is written anew beside the old one.
TO_START = 300_000_000
TO_GO_ON = 150_000_000
_LOOK_SECONDS = 1.0
_WRITING = {"POST", "PUT", "PATCH"}


def free(folder: Path) -> int:
    """Bytes that are free where the folder lies."""
    return shutil.disk_usage(folder).free


def too_little(folder: Path, least: int) -> str | None:
    """What to do, where less is free; None where there is enough."""
    there = free(folder)
    if there >= least:
        return None
    where = f"Only {there // 1_000_000} MB are free where Maru keeps its data ({folder}); it needs {least // 1_000_000} MB"
    return f"{where}. Free some, or set MARU_HOME to a folder on another disk."


class Room:
    """Answers 503 to what writes while too little is free; reading and deleting go on. Looks once a second at most."""

    def __init__(self, app: ASGIApp, folder: Path, *, least: int = TO_GO_ON, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._folder, self._least, self._clock = app, folder, least, clock
        self._looked, self._full = -_LOOK_SECONDS, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and scope["method"] in _WRITING and self._is_full():
            message = "The disk is nearly full: nothing new is taken until there is room. Read, export and delete as before."
            await send_error(send, Unavailable(message, code="disk_full", retry_after=30))
        else:
            await self._app(scope, receive, send)

    def _is_full(self) -> bool:
        if self._clock() - self._looked >= _LOOK_SECONDS:
            self._looked, self._full = self._clock(), free(self._folder) < self._least
        return self._full
