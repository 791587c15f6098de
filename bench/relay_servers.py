"""The other ends of the relay bench, each a process of its own: a model that answers the same always, a DynamoDB that does, a bare relay.

python -m bench.relay_servers upstream|dynamodb|bare [argument]      prints its port when it listens
"""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from maru.identity.caller import ROLES
from maru.identity.keys import _hash
from maru.items import marshal

if TYPE_CHECKING:
    import uvicorn

TOKENS = 100
KEY = "mk_0123456789abcdef_bench"
_WORD = "토큰 "
#: In a request: answer 20 ms later; a stream of 31 events at once.
LATE, SHORT = b"answer late", b"answer short"


def main() -> None:
    """Serve until killed."""
    kind = sys.argv[1]
    if kind == "bare":
        _bare(sys.argv[2])
    else:
        asyncio.run(_serve({"upstream": _upstream, "dynamodb": _dynamodb}[kind]))


type Answer = Callable[[str, bytes], list[bytes]]


async def _serve(answer: Answer) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Http(answer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class _Http(asyncio.Protocol):
    """Just enough HTTP/1.1; an answer of several parts is sent part by part, so that each arrives by itself."""

    def __init__(self, answer: Answer) -> None:
        self._answer, self._buffer = answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode("latin-1").lower()
            length = int(head.partition("content-length: ")[2].split("\r\n")[0] or 0)
            if len(self._buffer) < end + 4 + length:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
            parts = self._answer(head, body)
            if LATE in body:
                asyncio.get_running_loop().call_later(0.02, self._begin, parts)
            else:
                self._begin(parts)

    def _begin(self, parts: list[bytes]) -> None:
        self._transport.write(parts[0])
        if len(parts) > 1:
            self._rest(parts, 1)

    def _rest(self, parts: list[bytes], index: int) -> None:
        self._transport.write(parts[index])
        if index + 1 < len(parts):
            asyncio.get_running_loop().call_later(0.002, self._rest, parts, index + 1)


def _response(body: bytes, kind: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def _chunked(part: bytes) -> bytes:
    return f"{len(part):x}\r\n".encode() + part + b"\r\n"


def _upstream_answers(count: int = TOKENS) -> tuple[bytes, bytes, list[bytes]]:
    usage = {"prompt_tokens": 20, "completion_tokens": count, "total_tokens": 20 + count}
    head = {"id": "chatcmpl-bench", "created": 1, "model": "mock-1"}
    message = {"role": "assistant", "content": _WORD * count}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    whole = _dumps({**head, "object": "chat.completion", "choices": [choice], "usage": usage})
    head["object"] = "chat.completion.chunk"
    deltas = [({"role": "assistant", "content": ""}, None), *[({"content": _WORD}, None)] * count, ({}, "stop")]
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": end}], "usage": None} for delta, end in deltas]
    events = [b"data: " + _dumps(chunk) + b"\n\n" for chunk in [*chunks, {**head, "choices": [], "usage": usage}]]
    events.append(b"data: [DONE]\n\n")
    start = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    paced = [start, *(_chunked(event) for event in events[:-1]), _chunked(events[-1]) + b"0\r\n\r\n"]
    return _response(whole, "application/json"), b"".join(paced), paced


_WHOLE, _BURST, _PACED = b"", b"", [b""]


def _upstream(_: str, body: bytes) -> list[bytes]:
    global _WHOLE, _BURST, _PACED
    if not _WHOLE:
        _WHOLE, _BURST, _PACED = _upstream_answers()
    if SHORT in body:
        return [_upstream_answers(28)[1]]
    if b'"stream":true' not in body.replace(b" ", b""):
        return [_WHOLE]
    return _PACED if b"paced" in body else [_BURST]


_CALLS: list[str] = []


def _dynamodb(head: str, body: bytes) -> list[bytes]:
    if head.startswith("get /calls"):
        return [_response(str(len(_CALLS)).encode(), "text/plain")]
    _CALLS.append(head[:4])
    row = {
        "id": "0123456789abcdef", "tenant": "acme", "user": "minji", "groups": ["hr"], "scopes": sorted(ROLES["user"]),
        "secret_hash": _hash("bench"), "created_at": 1, "created_by": None, "expires_at": None, "revoked_at": None,
    }  # fmt: skip
    budget = {
        "tenant": "acme", "sk": "budget#bench", "id": "bench", "window": "month", "unit": "usd", "limit": 10**18,
        "user": None, "key_id": None, "created_at": 1,
    }  # fmt: skip
    answer: dict[str, object] = {}
    if "getitem" in head:
        answer = {"Item": marshal(row)}
    elif ".query" in head:
        answer = {"Items": [marshal(budget)] if b"budget#" in body else []}
    return [_response(_dumps(answer), "application/x-amz-json-1.0")]


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _bare(base_url: str) -> None:
    """Starlette and aiohttp, bytes in and out, nothing else: what a relay costs at least."""
    import aiohttp
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    sessions: list[aiohttp.ClientSession] = []

    async def relay(request: Request) -> Response:
        body = await request.body()
        if not sessions:
            sessions.append(aiohttp.ClientSession())
        answer = await sessions[0].post(f"{base_url}/chat/completions", data=body, headers={"content-type": "application/json"})
        if b'"stream": true' in body:
            return StreamingResponse(answer.content.iter_any(), media_type="text/event-stream")
        return Response(await answer.read(), media_type="application/json")

    app = Starlette(routes=[Route("/v1/chat/completions", relay, methods=["POST"])])
    run(uvicorn.Config(app, port=0, access_log=False, log_level="error", lifespan="off", ws="none"), sys.stdout)


def run(config: "uvicorn.Config", announce: TextIO) -> None:
    """Serve on the event loop that uvicorn itself would take, and print the port once the server listens."""
    import uvicorn

    asyncio.run(_served(uvicorn.Server(config), announce), loop_factory=config.get_loop_factory())


async def _served(server: "uvicorn.Server", announce: TextIO) -> None:
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True, file=announce)
    await task


if __name__ == "__main__":
    main()
