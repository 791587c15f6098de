"""What a stand-in model server is told to answer, whatever its language, and the HTTP around it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True)
class Called:
    """A tool call of the model; ``pieces`` are its arguments as they come in a stream."""

    id: str
    name: str
    pieces: tuple[str, ...]

    @property
    def arguments(self) -> Any:
        """The arguments, parsed."""
        return json.loads("".join(self.pieces) or "{}")


@dataclass(frozen=True)
class Play:
    """One answer. ``stop`` is the provider's own word; ``prompt`` tokens include those ``cached`` and ``written``."""

    words: tuple[str, ...] = ("안녕", "하세요, ", "world 🌏")
    thoughts: tuple[str, ...] = ()
    calls: tuple[Called, ...] = ()
    stop: str | None = None
    prompt: int = 1000
    completion: int = 100
    cached: int = 600
    written: int = 100
    thought: int = 30

    @property
    def text(self) -> str:
        """All words."""
        return "".join(self.words)


TWO_CALLS = (
    Called("call_A-1", "weather", ('{"city":', '"서', '울"}')),
    Called("call_B-2", "time", ('{"zone": "Asia/', 'Seoul", "at": [1, 2.5, null]}')),
)


class Wrong(Exception):
    """The request breaks the provider's own rules; the message says which."""


@dataclass
class ModelServer:
    """A server for one provider: subclasses say its paths and write its wire format.

    ``pieces`` cuts what is sent into parts of so many bytes, ``cut`` ends the connection after so many, ``refusal`` is given
    instead of an answer (status, headers, body).
    """

    play: Play = field(default_factory=Play)
    pieces: int | None = None
    cut: int | None = None
    refusal: tuple[int, dict[str, str], Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    base_url: str = ""
    stream_type = "text/event-stream"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def check(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        """Raise :class:`Wrong` for a request that the provider would refuse."""

    def wrong(self, message: str) -> tuple[int, dict[str, str], Any]:
        """The provider's refusal of a wrong request."""
        raise NotImplementedError

    def streams(self, path: str, body: dict[str, Any]) -> bool:
        """Whether the request is for a stream."""
        raise NotImplementedError

    def whole(self, path: str, body: dict[str, Any]) -> Any:
        """The answer in one piece."""
        raise NotImplementedError

    def stream(self) -> bytes:
        """The whole stream's bytes."""
        raise NotImplementedError

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(body)
        self.seen.append(headers)
        self.paths.append(request.raw_path)
        try:
            self.check(request.raw_path, headers, body)
            refusal = self.refusal
        except Wrong as error:
            refusal = self.wrong(str(error))
        if refusal:
            return web.json_response(refusal[2], status=refusal[0], headers=refusal[1])
        if not self.streams(request.raw_path, body):
            return web.json_response(self.whole(request.raw_path, body), headers=self.headers)
        return await self._streamed(request)

    async def _streamed(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": self.stream_type, **self.headers})
        await response.prepare(request)
        data = self.stream()[: self.cut]
        for piece in _cut(data, self.pieces or len(data)):
            await response.write(piece)
            if self.pieces:
                await asyncio.sleep(0)
        if self.cut is not None and request.transport:
            await asyncio.sleep(0.05)
            request.transport.abort()
            return response
        await response.write_eof()
        return response


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), max(size, 1)))


def event(data: Any, name: str | None = None) -> bytes:
    """A server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
