"""``POST /v1/chat/completions``, streamed or whole."""

import asyncio
import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from functions.chat import relay
from functions.chat.departure import ClientLeft, Departure
from functions.chat.relay import Relay
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.models import ModelClient, ModelStream, dollars, record
from maru.models.requests import ChatRequest
from maru.telemetry import Telemetry

router = APIRouter(tags=["chat"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Models = Annotated[ModelClient, Depends(provided(ModelClient))]
type Log = Annotated[Telemetry, Depends(provided(Telemetry))]


@router.post("/v1/chat/completions", response_model=None)
async def create_chat_completion(body: ChatRequest, request: Request, caller: Chatting, models: Models, log: Log) -> Response:
    """An answer in OpenAI's shape; with ``stream`` as server-sent events."""
    exchange(request).object_id = body.model
    ask = _streamed if body.stream else _whole
    try:
        with Departure(request.receive) as departure:
            return await departure.race(ask(body, request, caller, models, log))
    except ClientLeft:
        return Response(status_code=499)


async def _whole(body: ChatRequest, request: Request, caller: Caller, models: ModelClient, log: Telemetry) -> Response:
    current = exchange(request)
    with current.model_time():
        answer = await models.complete(body.model, body.wire())
    current.headers["x-maru-model"] = answer.target.model
    if answer.cost_usd is not None:
        current.headers["x-maru-cost-usd"] = dollars(answer.cost_usd)
    record(log, caller, body.model, target=answer.target, usage=answer.usage, cost_usd=answer.cost_usd)
    return Response(json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")), media_type="application/json")


async def _streamed(body: ChatRequest, request: Request, caller: Caller, models: ModelClient, log: Telemetry) -> Response:
    current = exchange(request)

    def settle(stream: ModelStream | None, outcome: str) -> None:
        target, usage, cost = (stream.target, stream.usage_so_far(), stream.cost_usd) if stream else (None, None, None)
        record(log, caller, body.model, target=target, usage=usage, cost_usd=cost, outcome=outcome)

    opening = asyncio.create_task(models.stream(body.model, body.wire()))
    try:
        with current.model_time():
            # A model that needs longer begins under heartbeats; its failure is then an event of the stream.
            await asyncio.wait({opening}, timeout=relay.HEARTBEAT)
        if opening.done():
            current.headers["x-maru-model"] = opening.result().target.model
        return Relay(opening, current, settle)
    except BaseException:
        await relay.abandon(opening)
        raise
