"""``POST /v1/chat/completions``, streamed or whole."""

import asyncio
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response

from functions.chat import relay
from functions.chat.departure import ClientLeft, Departure
from functions.chat.relay import Relay
from functions.chat.routed import Prefer, Private, decided
from functions.chat.screening import Screening, refusal, screened
from maru.agents.routes import Wishes
from maru.errors import MaruError
from maru.guard.completions import Screen
from maru.guard.sensitivity import Sensitivity
from maru.http import Exchange, exchange, provided, require
from maru.identity import Caller
from maru.ids import new_id
from maru.ledger.charge import Charge
from maru.ledger.meter import Meter
from maru.models import ModelClient, ModelStream, Route, Target, Usage, dollars, record
from maru.models.recording import RecordedStream
from maru.models.requests import ChatRequest
from maru.models.stored import StoredCompletions
from maru.models.usage import cost
from maru.telemetry import Telemetry

router = APIRouter(tags=["chat"])

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Models = Annotated[ModelClient, Depends(provided(ModelClient))]
type Metering = Annotated[Meter, Depends(provided(Meter))]
type Guarding = Annotated[Screening, Depends(provided(Screening))]
type Looking = Annotated[Sensitivity, Depends(provided(Sensitivity))]
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
    sensitivity: Looking,
    private: Private = None,
    prefer: Prefer = None,
) -> Response:
    """An answer in OpenAI's shape; with ``stream`` as server-sent events."""
    current = exchange(request)
    current.object_id = body.model
    alias = models.catalogue.find(body.model, "chat")
    screen, wire = await screening.open(caller, body)
    if screen.refusal:
        return refusal(screen, body.model, stream=bool(body.stream))
    wishes = Wishes(bool(private), prefer or "balanced")
    route = await decided(models, sensitivity, alias, wire, policy=screen.policy, wishes=wishes)
    current.headers["x-maru-route"] = route.told()
    # Before anybody watches for the client to leave: what is being reserved must become known.
    charge = await meter.chat(caller, route.alias, wire, current.headers, request_id=current.request_id)
    current.close = charge.close
    ask = _streamed if body.stream else _whole
    try:
        with Departure(request.receive) as departure:
            keeping = Keeping(stored, caller, body, screen, wire["messages"]) if body.store else None
            return await departure.race(ask(Call(body, route, caller, charge, models, log, screen, keeping), current))
    except ClientLeft:
        return Response(status_code=499)
    except MaruError:
        current.headers["x-maru-route"] = route.told()
        raise


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
    route: Route
    caller: Caller
    charge: Charge
    models: ModelClient
    log: Telemetry
    screen: Screen
    keeping: Keeping | None

    async def again(self, target: Target, usage: Usage | None, body: dict[str, Any]) -> dict[str, Any]:
        """Bear another attempt; see :class:`~maru.models.Bearer`."""
        self.record(target, usage, cost(usage, target.price), "interrupted")
        return await self.charge.again(target, usage, body)

    def record(self, target: Target | None, usage: Usage | None, cost_usd: Decimal | None, outcome: str = "ok") -> None:
        """The log's line of an attempt."""
        record(self.log, self.caller, self.body.model, target=target, usage=usage, cost_usd=cost_usd, outcome=outcome, route=self.route)


async def _whole(call: Call, current: Exchange) -> Response:
    with current.model_time(), call.charge.attempt():
        answer = await call.models.complete(call.route, call.charge.body, bearer=call)
    call.charge.answered(answer.target, answer.usage)
    current.headers |= {"x-maru-model": answer.target.model, "x-maru-route": call.route.told(answer.target)}
    if answer.cost_usd is not None:
        current.headers["x-maru-cost-usd"] = dollars(answer.cost_usd)
    call.record(answer.target, answer.usage, answer.cost_usd)
    body = answer.body if call.screen.idle else await call.screen.answer(answer.body)
    if call.body.metadata is not None:
        body["metadata"] = call.body.metadata
    if call.keeping:
        body["id"] = new_id("chatcmpl-")
        await call.keeping.keep(body)
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), media_type="application/json")


async def _streamed(call: Call, current: Exchange) -> Response:
    def settle(stream: ModelStream | None, outcome: str) -> None:
        target, usage, spent = (stream.target, stream.usage_so_far(), stream.cost_usd) if stream else (None, None, None)
        if stream:
            call.charge.answered(stream.target, stream.usage_so_far(), outcome)
        call.record(target, usage, spent, outcome)

    opening = asyncio.create_task(_opened(call))
    try:
        with current.model_time():
            # A model that needs longer begins under heartbeats; its failure is then an event of the stream.
            await asyncio.wait({opening}, timeout=relay.HEARTBEAT)
        if opening.done():
            target = opening.result().target
            current.headers |= {"x-maru-model": target.model, "x-maru-route": call.route.told(target)}
        return Relay(opening, current, settle)
    except BaseException:
        await relay.abandon(opening)
        raise


async def _opened(call: Call) -> ModelStream:
    with call.charge.attempt():
        stream = screened(await call.models.stream(call.route, call.charge.body, bearer=call), call.screen)
    if call.keeping is None:
        return stream
    return RecordedStream(stream, call.keeping.keep, id_=new_id("chatcmpl-"))  # type: ignore[return-value]  # as in `screened`
