"""``POST /v1/chat/completions``, streamed or whole."""

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response

from functions.chat import relay
from functions.chat.departure import ClientLeft, Departure
from functions.chat.relay import Relay
from functions.chat.screening import Screening, refusal, screened
from maru.guard.completions import Screen
from maru.http import Exchange, exchange, provided, require
from maru.identity import Caller
from maru.ids import new_id
from maru.ledger.meter import Charge, Meter
from maru.models import ModelClient, ModelStream, dollars, record
from maru.models.recording import RecordedStream
from maru.models.requests import ChatRequest
from maru.models.stored import StoredCompletions
from maru.telemetry import Telemetry

router = APIRouter(tags=["chat"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Models = Annotated[ModelClient, Depends(provided(ModelClient))]
type Metering = Annotated[Meter, Depends(provided(Meter))]
type Guarding = Annotated[Screening, Depends(provided(Screening))]
type Log = Annotated[Telemetry, Depends(provided(Telemetry))]
type Stored = Annotated[StoredCompletions, Depends(provided(StoredCompletions))]


@router.post("/v1/chat/completions", response_model=None)
async def create_chat_completion(
    body: ChatRequest,
    request: Request,
    caller: Chatting,
    models: Models,
    log: Log,
    meter: Metering,
    screening: Guarding,
    stored: Stored,
) -> Response:
    """An answer in OpenAI's shape; with ``stream`` as server-sent events."""
    current = exchange(request)
    current.object_id = body.model
    alias = models.catalogue.find(body.model, "chat")
    screen, wire = await screening.open(caller, body)
    if screen.refusal:
        return refusal(screen, body.model, stream=bool(body.stream))
    # Before anybody watches for the client to leave: what is being reserved must become known.
    charge = await meter.chat(caller, alias, wire, current.headers, request_id=current.request_id)
    current.close = charge.close
    ask = _streamed if body.stream else _whole
    try:
        with Departure(request.receive) as departure:
            keeping = Keeping(stored, caller, body, screen, wire["messages"]) if body.store else None
            return await departure.race(ask(Call(body, caller, charge, models, log, screen, keeping), current))
    except ClientLeft:
        return Response(status_code=499)


@dataclass(frozen=True)
class Keeping:
    """What is to be stored of one completion: what the guard hides stays hidden there."""

    store: StoredCompletions
    caller: Caller
    body: ChatRequest
    screen: Screen
    messages: list[dict[str, Any]]

    async def keep(self, completion: dict[str, Any]) -> None:
        """Store the answer as the caller gets it."""
        hidden = self.screen.hidden(completion)
        await anyio.to_thread.run_sync(partial(self.store.keep, self.caller, hidden, self.messages, self.body.metadata))


@dataclass(frozen=True)
class Call:
    """One call of a model, reserved and not yet made."""

    body: ChatRequest
    caller: Caller
    charge: Charge
    models: ModelClient
    log: Telemetry
    screen: Screen
    keeping: Keeping | None

    @property
    def alias(self) -> str:
        """The model that the caller named."""
        return self.body.model


async def _whole(call: Call, current: Exchange) -> Response:
    with current.model_time(), call.charge.attempt():
        answer = await call.models.complete(call.alias, call.charge.body)
    call.charge.answered(answer.target, answer.usage)
    current.headers["x-maru-model"] = answer.target.model
    if answer.cost_usd is not None:
        current.headers["x-maru-cost-usd"] = dollars(answer.cost_usd)
    record(call.log, call.caller, call.alias, target=answer.target, usage=answer.usage, cost_usd=answer.cost_usd)
    body = answer.body if call.screen.idle else await call.screen.answer(answer.body)
    if call.body.metadata is not None:
        body["metadata"] = call.body.metadata
    if call.keeping:
        body["id"] = new_id("chatcmpl-")
        await call.keeping.keep(body)
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), media_type="application/json")


async def _streamed(call: Call, current: Exchange) -> Response:
    def settle(stream: ModelStream | None, outcome: str) -> None:
        target, usage, cost = (stream.target, stream.usage_so_far(), stream.cost_usd) if stream else (None, None, None)
        if stream:
            call.charge.answered(stream.target, stream.usage_so_far(), outcome)
        record(call.log, call.caller, call.alias, target=target, usage=usage, cost_usd=cost, outcome=outcome)

    opening = asyncio.create_task(_opened(call))
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


async def _opened(call: Call) -> ModelStream:
    with call.charge.attempt():
        stream = screened(await call.models.stream(call.alias, call.charge.body), call.screen)
    if call.keeping is None:
        return stream
    return RecordedStream(stream, call.keeping.keep, id_=new_id("chatcmpl-"))  # type: ignore[return-value]  # as in `screened`
