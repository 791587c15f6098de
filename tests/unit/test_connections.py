"""Kept connections, against a server that does whatever a server may do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from maru.connections import Connections
from tests.certificates import self_signed

HEADERS = {"host": "x", "x-amz-target": "Do"}
type Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Reads requests and plays the script after each; ``taken`` are the bodies by connection."""

    def __init__(self, script: Script) -> None:
        self.script, self.taken, self.heads = script, list[list[bytes]](), list[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[bytes] = []
        self.taken.append(mine)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(head)
                mine.append(await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])))
                await self.script(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(script: Script, *, tls: ssl.SSLContext | None = None, **how: float) -> AsyncIterator[tuple[Server, Connections]]:
    server = Server(script)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    settings = {"limit": 4, "idle_seconds": 30.0, "timeout_seconds": 30.0} | how
    connections = Connections(
        f"{'https' if tls else 'http'}://127.0.0.1:{port}/",
        limit=int(settings["limit"]),
        idle_seconds=settings["idle_seconds"],
        timeout_seconds=settings["timeout_seconds"],
    )
    try:
        yield server, connections
    finally:
        connections.close()
        listening.close()


def saying(*pieces: bytes) -> Script:
    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return script


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
CHUNKED = b'HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n": 1\r\n1\r\n}\r\n0\r\n\r\n'


async def test_one_connection_takes_one_request_after_the_other() -> None:
    async with serving(saying(OK)) as (server, connections):
        for body in (b"one", b"two"):
            assert await connections.post(HEADERS, body) == (200, b"{}")
        assert server.taken == [[b"one", b"two"]]
        assert server.heads[0] == b"POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: Do\r\ncontent-length: 3\r\n\r\n"


@pytest.mark.parametrize("answer", [OK, CHUNKED], ids=["length", "chunked"])
async def test_an_answer_is_read_wherever_it_is_cut(answer: bytes) -> None:
    expected = (200, b"{}") if answer is OK else (400, b'{"a": 1}')
    async with serving(saying(*(answer[at : at + 1] for at in range(len(answer))))) as (_, connections):
        for _ in range(2):
            assert await connections.post(HEADERS, b"") == expected


async def test_as_many_are_opened_as_are_used_at_once_and_no_more_than_the_limit() -> None:
    gate, arrived = asyncio.Event(), asyncio.Semaphore(0)

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.release()
        await gate.wait()
        writer.write(OK)

    async with serving(script, limit=3) as (server, connections):
        asked = [asyncio.create_task(connections.post(HEADERS, b"%d" % number)) for number in range(7)]
        async with asyncio.timeout(30):
            for _ in range(3):
                await arrived.acquire()
        gate.set()
        assert await asyncio.gather(*asked) == [(200, b"{}")] * 7
        assert len(server.taken) == 3


async def test_a_connection_that_was_closed_or_is_old_is_not_used() -> None:
    async with serving(saying(OK), idle_seconds=0.0) as (server, connections):
        await connections.post(HEADERS, b"one")
        await connections.post(HEADERS, b"two")
        assert server.taken == [[b"one"], [b"two"]]
    closing = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
    async with serving(saying(closing)) as (server, connections):
        await connections.post(HEADERS, b"one")
        await connections.post(HEADERS, b"two")
        assert server.taken == [[b"one"], [b"two"]]


async def hung(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def died(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK[:-1])
    await writer.drain()
    writer.transport.abort()


@pytest.mark.parametrize(
    ("script", "seconds"), [(hung, 0.2), (died, 30), (saying(b"this is no HTTP\r\n\r\n"), 30)], ids=["silent", "dead", "garbage"]
)
async def test_what_goes_wrong_is_an_oserror_and_its_connection_is_gone(script: Script, seconds: float) -> None:
    async with serving(script, timeout_seconds=seconds) as (server, connections):
        for number in range(2):
            with pytest.raises(OSError):  # noqa: PT011 - of any kind
                await connections.post(HEADERS, b"%d" % number)
        assert server.taken == [[b"0"], [b"1"]] or script is hung, "the next request has a connection of its own"


async def test_the_answer_to_a_request_that_was_given_up_is_nobody_elses() -> None:
    asked, gate = asyncio.Event(), asyncio.Event()

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await gate.wait()
        writer.write(OK.replace(b"{}", b"no"))

    async with serving(script) as (server, connections):
        first = asyncio.create_task(connections.post(HEADERS, b"first"))
        await asyncio.wait_for(asked.wait(), 30)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        server.script = saying(OK)
        gate.set()
        assert await connections.post(HEADERS, b"second") == (200, b"{}")
        assert server.taken[-1] == [b"second"]


async def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    async with serving(saying(OK + OK.replace(b"{}", b"no"))) as (server, connections):
        for _ in range(3):
            assert await connections.post(HEADERS, b"x") == (200, b"{}")
        assert len(server.taken) == 3


async def test_a_server_that_is_not_there_is_an_oserror() -> None:
    connections = Connections("http://127.0.0.1:9", limit=1, idle_seconds=1, timeout_seconds=5)
    with pytest.raises(OSError):  # noqa: PT011 - of any kind
        await connections.post(HEADERS, b"")


async def test_a_servers_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = self_signed(tmp_path / "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with serving(saying(OK), tls=context) as (_, connections):
        with pytest.raises(ssl.SSLCertVerificationError):
            await connections.post(HEADERS, b"")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    async with serving(saying(OK), tls=context) as (server, connections):
        for _ in range(2):
            assert await connections.post(HEADERS, b"x" * 100_000) == (200, b"{}")
        assert [len(one) for one in server.taken] == [2]
