"""A connection that can be made to break: bytes pass from a port to Maru and back, until they do not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class BreakingLine:
    """Listens on a port of its own and passes every connection on to ``url``."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        self._target = (str(target.hostname), int(target.port or 80))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break everything that is open; new connections are passed on."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening too."""
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                called = socket.create_connection(self._target)
                for source, sink in ((caller, called), (called, caller)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        self._open.add(source)
        with source, suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        self._open.discard(source)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def breaking_line(url: str) -> Iterator[BreakingLine]:
    """A line that is closed at the end."""
    line = BreakingLine(url)
    try:
        yield line
    finally:
        line.close()
