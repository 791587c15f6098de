"""A small app that shows what arrives behind the web adapter, and fails in the ways that matter there."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

app = FastAPI()
gate = asyncio.Semaphore(0)
HOUSE = {"cache-control": "no-store"}


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    return {"ok": True}


@app.api_route("/v1/echo", methods=["GET", "POST"])
async def echo(request: Request, status: int = 200, repeat: bool = False) -> Response:
    """What the app saw, with two cookies, and one header twice if asked."""
    body = await request.body()
    seen: dict[str, Any] = {
        "method": request.method,
        "path": request.url.path,
        "root_path": request.scope["root_path"],
        "query": request.query_params.multi_items(),
        "headers": request.headers.items(),
        "cookies": request.cookies,
        "length": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    answer = JSONResponse(seen, status_code=status)
    answer.set_cookie("a", "1", httponly=True)
    answer.set_cookie("b", "2", path="/v1")
    if repeat:
        answer.headers.append("x-many", "one")
        answer.headers.append("x-many", "two")
    return answer


@app.get("/v1/binary")
async def binary(size: int) -> Response:
    return Response((bytes(range(256)) * (size // 256 + 1))[:size], media_type="image/png")


@app.post("/v1/ticks")
async def ticks(count: int, gap: float) -> StreamingResponse:
    """`count` events, `gap` seconds apart."""

    async def events() -> AsyncIterator[bytes]:
        for number in range(count):
            yield _event({"number": number})
            await asyncio.sleep(gap)

    return StreamingResponse(events(), media_type="text/event-stream", headers=HOUSE)


@app.post("/v1/gated")
async def gated(count: int) -> StreamingResponse:
    """`count` events, each made only after somebody opened the gate."""
    global gate  # noqa: PLW0603 - one test at a time; each finds the gate shut
    gate = asyncio.Semaphore(0)

    async def events() -> AsyncIterator[bytes]:
        yield b": shut\n\n"
        for number in range(count):
            await gate.acquire()
            yield _event({"number": number})

    return StreamingResponse(events(), media_type="text/event-stream", headers=HOUSE)


@app.post("/v1/open")
async def open_gate() -> None:
    gate.release()


@app.get("/v1/crash")
async def crash() -> None:
    """Fails before the first byte with what nobody foresaw."""
    raise RuntimeError("a secret detail")


@app.post("/v1/crash-midway")
async def crash_midway() -> StreamingResponse:
    """Fails after three events with what nobody foresaw."""

    async def events() -> AsyncIterator[bytes]:
        for number in range(3):
            yield _event({"number": number})
        raise RuntimeError("a secret detail")

    return StreamingResponse(events(), media_type="text/event-stream", headers=HOUSE)


def _event(value: dict[str, int]) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()
