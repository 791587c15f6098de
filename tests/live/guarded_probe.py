"""A probe made by `maru.http.create_app`: what the house's layers do behind the web adapter when routes fail."""

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from maru.errors import Unavailable
from maru.http import HttpServices, HttpSettings, create_app, require
from maru.identity import Caller

router = APIRouter()
Known = Annotated[Caller, Depends(require("chat"))]


@router.get("/v1/whoami")
async def whoami(caller: Known) -> dict[str, str]:
    return {"tenant": caller.tenant, "user": caller.user}


@router.get("/v1/refuse")
async def refuse(_: Known) -> None:
    raise Unavailable("The model server does not answer.", retry_after=7)


@router.get("/v1/crash")
async def crash(_: Known) -> None:
    raise RuntimeError("a secret detail")


@router.post("/v1/stream")
async def stream(_: Known, break_at: int = -1) -> StreamingResponse:
    """Four events and an end; before event `break_at` it fails with what nobody foresaw."""

    async def events() -> AsyncIterator[bytes]:
        for number in range(4):
            if number == break_at:
                raise RuntimeError("a secret detail")
            yield f"data: {number}\n\n".encode()
        yield b"data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


settings = HttpSettings.from_env(os.environ)
app = create_app(title="Probe", routers=[router], services=HttpServices.connect(settings), collaborators=[], ready={})
