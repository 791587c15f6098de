"""Kept HTTP/1.1 connections to one server: a POST in, a whole answer out, at a quarter of what a client for everything costs."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httptools


class Connections:
    """As many connections as are in use at once, ``limit`` at most, each kept for ``idle_seconds`` after its last answer.

    Whatever goes wrong with one is an :class:`OSError`, of which :class:`TimeoutError` is one. Use it within one event loop.
    """

    def __init__(self, endpoint: str, *, limit: int, idle_seconds: float, timeout_seconds: float) -> None:
        parts = urlsplit(endpoint)
        self._host, self._port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._idle_seconds, self._timeout = idle_seconds, timeout_seconds
        self._free: list[_Connection] = []
        self._places = asyncio.Semaphore(limit)

    async def post(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a POST of ``body`` to ``/``."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST / HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body
        async with self._places:
            connection = self._kept() or await self._opened()
            try:
                answer = await connection.exchange(request, self._timeout)
            except BaseException:
                # What comes later would be taken for the answer to the next request.
                connection.close()
                raise
            if connection.open:
                self._free.append(connection)
            return answer

    def close(self) -> None:
        """Close what is kept."""
        while self._free:
            self._free.pop().close()

    def _kept(self) -> "_Connection | None":
        """The one that was used last: it is the likeliest to be open."""
        oldest = time.monotonic() - self._idle_seconds
        while self._free:
            connection = self._free.pop()
            if connection.open and connection.used > oldest:
                return connection
            connection.close()
        return None

    async def _opened(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._timeout):
            _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls)
        return connection


class _Connection(asyncio.Protocol):
    """One connection, one request at a time; the names in ``on_`` are httptools'."""

    def __init__(self) -> None:
        self.open, self.used = False, 0.0
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parts: list[bytes] = []

    async def exchange(self, request: bytes, seconds: float) -> tuple[int, bytes]:
        """Send a request and wait for its answer."""
        loop = asyncio.get_running_loop()
        self._answer, self._parser, self._parts = loop.create_future(), _parser(self), []
        late = loop.call_later(seconds, self._fail, TimeoutError("no answer in time"))
        try:
            self._transport.write(request)
            return await self._answer
        finally:
            late.cancel()
            self.used = time.monotonic()

    def close(self) -> None:
        """Close it."""
        self.open = False
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See :class:`asyncio.Protocol`."""
        # Of another class than asyncio's on another loop than its own.
        self._transport, self.open = cast("asyncio.Transport", transport), True

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except Exception as error:  # noqa: BLE001 - httptools' errors share no other base
            self._fail(ConnectionError(f"no HTTP: {type(error).__name__}"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - what it says, nobody can mend
        """See :class:`asyncio.Protocol`."""
        self.open = False
        self._fail(ConnectionResetError("closed before the answer"))

    def on_message_begin(self) -> None:
        """An answer begins; more than one is one too many."""
        if self._answer is None or self._answer.done():
            self.close()

    def on_body(self, body: bytes) -> None:
        """A part of the answer."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.open = self.open and self._parser.should_keep_alive()
        if self._answer and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._parts)))

    def _fail(self, error: OSError) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)


def _parser(of: _Connection) -> "httptools.HttpResponseParser":
    import httptools

    return httptools.HttpResponseParser(of)
