"""A model server that speaks OpenAI's protocol and fails as it is told: for tests of what talks to models.

What it does is set on the object: ``status`` and ``error`` for a refusal, ``cut_after`` events the connection dies, ``stall_after``
events it falls silent (``alive``: but for comments), ``error_after`` events it sends an error event. ``delta`` is said beside words.
``requests`` keeps what it was asked.
"""

import asyncio
import json
import ssl
import struct
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

MODEL = "stand-in-1"

#: Seconds between the last event and the connection's death: a client throws away what it has received and not read by then.
_LAST_READ = 0.1


@dataclass
class OpenAIServer:
    """``async with OpenAIServer() as server``; its ``base_url`` ends in ``/v1``."""

    words: list[str] = field(default_factory=lambda: ["안녕", "하세요", ", ", "world"])
    delta: dict[str, Any] | None = None
    status: int = 200
    error: dict[str, Any] = field(default_factory=lambda: {"message": "no", "type": "server_error", "param": None, "code": None})
    headers: dict[str, str] = field(default_factory=dict)
    fail_first: int = 0
    cut_after: int | None = None
    stall_after: int | None = None
    error_after: int | None = None
    alive: bool = False
    finish: str | None = "stop"
    done: bool = True
    pause: float = 0.0
    pieces: int | None = None
    newline: bytes = b"\n"
    spaced: bool = False
    usage: dict[str, Any] | None = field(default_factory=lambda: {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100})
    tls: ssl.SSLContext | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    seen_headers: list[dict[str, str]] = field(default_factory=list)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    base_url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self.tls)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"{'https' if self.tls else 'http'}://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _asked(self, request: web.Request) -> dict[str, Any]:
        body: dict[str, Any] = await request.json()
        self.requests.append(body)
        peer = str(request.transport.get_extra_info("peername")) if request.transport else ""
        self.seen_headers.append({name.lower(): value for name, value in request.headers.items()} | {"peer": peer})
        refused = self.status if self.status >= 400 else 503
        if self.status >= 400 or len(self.requests) <= self.fail_first:
            text = json.dumps({"error": self.error})
            raise _Refused(text=text, status=refused, headers=self.headers, content_type="application/json")
        return body

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await self._asked(request)
            return await (self._stream(request, body) if body.get("stream") else self._whole(body))
        except _Refused as refusal:
            return web.Response(text=refusal.text, status=refusal.status, headers=refusal.headers, content_type="application/json")
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def _whole(self, body: dict[str, Any]) -> web.Response:
        await asyncio.sleep(self.pause)
        if self.stall_after is not None:
            await asyncio.sleep(3600)
        answer = completion(body, self.words, self.usage)
        for choice in answer["choices"]:
            choice["message"] |= self.delta or {}
        said = self._dumps(answer)
        return web.Response(text=said, headers=self.headers, content_type="application/json")

    async def _stream(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={**self.headers, "content-type": "text/event-stream"})
        await response.prepare(request)
        for index, chunk in enumerate(self._chunks(body)):
            if index == self.cut_after and request.transport:
                await asyncio.sleep(_LAST_READ)
                request.transport.abort()
                return response
            if index == self.stall_after:
                await self._silent(response)
            if index == self.error_after:
                await response.write(b'data: {"error": {"message": "out of memory", "type": "server_error", "code": null}}\n\n')
                return response
            await self._write(response, b"data: " + self._dumps(chunk).encode() + b"\n\n")
            await asyncio.sleep(self.pause)
        if self.done:
            await self._write(response, b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _silent(self, response: web.StreamResponse) -> None:
        while self.alive:
            await asyncio.sleep(0.05)
            await response.write(b": keep-alive\n\n")
        await asyncio.sleep(3600)

    async def _write(self, response: web.StreamResponse, event: bytes) -> None:
        event = event.replace(b"\n", self.newline)
        size = self.pieces or len(event)
        for start in range(0, len(event), size):
            await response.write(event[start : start + size])
            if self.pieces:
                await asyncio.sleep(0)

    def _chunks(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        told = (body.get("stream_options") or {}).get("include_usage")
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
        extra = {"usage": None} if told else {}
        deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
        deltas += [({"content": word}, None) for word in self.words]
        deltas += [(self.delta, None)] if self.delta else []
        deltas += [({}, self.finish)] if self.finish else []
        chunks = [
            {**head, "choices": [{"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}], **extra}
            for delta, reason in deltas
            for index in range(body.get("n") or 1)
        ]
        return chunks + ([{**head, "choices": [], "usage": self.usage}] if told and self.usage else [])

    async def _embeddings(self, request: web.Request) -> web.Response:
        try:
            body = await self._asked(request)
        except _Refused as refusal:
            return web.Response(text=refusal.text, status=refusal.status, headers=refusal.headers, content_type="application/json")
        inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
        rows = [vector(one, body.get("dimensions") or 4) for one in inputs]
        packed = body.get("encoding_format") == "base64"
        data = [{"object": "embedding", "index": i, "embedding": base64_of(row) if packed else row} for i, row in enumerate(rows)]
        usage = {"prompt_tokens": len(inputs), "total_tokens": len(inputs)}
        return web.json_response({"object": "list", "model": MODEL, "data": data[::-1], "usage": usage})

    def _dumps(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=None if self.spaced else (",", ":"))


class _Refused(Exception):
    def __init__(self, *, text: str, status: int, headers: dict[str, str], content_type: str) -> None:
        super().__init__(text)
        self.text, self.status, self.headers, self.content_type = text, status, headers, content_type


def completion(body: dict[str, Any], words: list[str], usage: dict[str, Any] | None) -> dict[str, Any]:
    """A whole answer; a request with tools gets a call of the first, one with a schema an object."""
    message: dict[str, Any] = {"role": "assistant", "content": "".join(words), "refusal": None}
    reason = "stop"
    if body.get("tools"):
        function = {"name": body["tools"][0]["function"]["name"], "arguments": "{}"}
        message |= {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
        reason = "tool_calls"
    schema = (body.get("response_format") or {}).get("json_schema") or {}
    if (body.get("response_format") or {}).get("type") == "json_schema" and schema.get("name") != "search_query":
        message["content"] = '{"city":"서울"}'
    choices = [{"index": i, "message": message, "logprobs": None, "finish_reason": reason} for i in range(body.get("n") or 1)]
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": choices, "usage": usage}


def base64_of(row: list[float]) -> str:
    """A vector as OpenAI packs it."""
    return b64encode(struct.pack(f"<{len(row)}f", *row)).decode()


def vector(text: Any, dimensions: int) -> list[float]:
    """A vector that is told by the text's length."""
    return [len(text) / 8, *[0.0] * (dimensions - 2), 1.0]
