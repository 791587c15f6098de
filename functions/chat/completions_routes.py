"""``POST /v1/chat/completions``, streamed or whole."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from functions.chat import relay
from functions.chat.caching import Control, Mode, told
from functions.chat.completing import Completing
from functions.chat.departure import ClientLeft, Departure
from functions.chat.keeping import Keeping
from functions.chat.relay import Relay
from functions.chat.replaying import again, whole
from functions.chat.routed import Prefer, Private
from functions.chat.screening import refusal
from maru.cache.question import Question
from maru.cache.wanted import Wanted
from maru.errors import MaruError
from maru.http import DirectRoute, Exchange, exchange, provided, require
from maru.identity import Caller
from maru.ledger.charge import Charge
from maru.models import ModelStream, Route, Target, Usage, dollars, record
from maru.models.requests import ChatRequest
from maru.models.usage import cost

router = APIRouter(tags=["chat"], route_class=DirectRoute)

type Chatting = Annotated[Caller, Depends(require("chat"))]
type Made = Annotated[Completing, Depends(provided(Completing))]


@router.post("/v1/chat/completions", response_model=None)
async def create_chat_completion(
    body: ChatRequest,
    request: Request,
    caller: Chatting,
    its: Made,
    private: Private = None,
    prefer: Prefer = None,
    cache_mode: Mode = None,
    cache_control: Control = None,
) -> Response:
    """An answer in OpenAI's shape; with ``stream`` as server-sent events."""
    current = exchange(request)
    current.object_id = body.model
    alias = its.models.catalogue.find(body.model, "chat")
    wanted = Wanted.of(told(cache_mode, cache_control), its.cache.rules.mode(temperature=body.temperature))
    its.journal.noting(current, caller)
    screen, wire = await its.screening.open(caller, body)
    if screen.refusal:
        return refusal(screen, body.model, stream=bool(body.stream))
    route = await its.models.route(alias, wire, asked=bool(private), preference=prefer or "balanced")
    current.headers["x-maru-route"] = route.told()
    lookup = await its.cache.look(Question.of_completion(caller, route.alias, wire), wanted)
    current.headers.update(lookup.headers)
    keeping = Keeping(its.stored, caller, body, screen, wire["messages"], lookup)
    if lookup.found:
        return await again(lookup.found, keeping, its.meter, route.alias, current)
    # Before anybody watches for the client to leave: what is being reserved must become known.
    charge = await its.meter.chat(caller, route.alias, wire, current.headers, request_id=current.request_id)
    charge.route, current.close = route, charge.close
    ask = _streamed if body.stream else _whole
    try:
        with Departure(request.receive):
            return await ask(Call(body, route, caller, charge, its, keeping), current)
    except ClientLeft:
        return Response(status_code=499)
    except MaruError:
        current.headers["x-maru-route"] = route.told()
        raise


@dataclass(frozen=True)
class Call:
    """One call of a model, reserved and not yet made."""

    body: ChatRequest
    route: Route
    caller: Caller
    charge: Charge
    its: Completing
    keeping: Keeping

    async def again(self, target: Target, usage: Usage | None, body: dict[str, Any]) -> dict[str, Any]:
        """Bear another attempt; see :class:`~maru.models.Bearer`."""
        self.record(target, usage, cost(usage, target.price), "interrupted")
        return await self.charge.again(target, usage, body)

    def record(self, target: Target | None, usage: Usage | None, cost_usd: Decimal | None, outcome: str = "ok") -> None:
        """The log's line of an attempt."""
        record(self.its.log, self.caller, self.body.model, target=target, usage=usage, cost_usd=cost_usd, outcome=outcome, route=self.route)


async def _whole(call: Call, current: Exchange) -> Response:
    with current.model_time(), call.charge.attempt():
        answer = await call.its.models.complete(call.route, call.charge.body, bearer=call)
    call.charge.answered(answer.target, answer.usage)
    current.headers = {**answer.limits, **current.headers}  # the tenant's own limits come before the server's
    current.headers |= {"x-maru-model": answer.target.model, "x-maru-route": call.route.told(answer.target)}
    if answer.cost_usd is not None:
        current.headers["x-maru-cost-usd"] = dollars(answer.cost_usd)
    call.record(answer.target, answer.usage, answer.cost_usd)
    return whole(await call.keeping.whole(answer))


async def _streamed(call: Call, current: Exchange) -> Response:
    def settle(stream: ModelStream | None, outcome: str) -> None:
        target, usage, spent = (stream.target, stream.usage_so_far(), stream.cost_usd) if stream else (None, None, None)
        if stream:
            call.charge.answered(stream.target, stream.usage_so_far(), outcome, first_at=stream.first_at)
        call.record(target, usage, spent, outcome)

    opening = asyncio.create_task(_opened(call, current))
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


async def _opened(call: Call, current: Exchange) -> ModelStream:
    with call.charge.attempt():
        stream = await call.its.models.stream(call.route, call.charge.body, bearer=call)
    current.headers = {**stream.limits, **current.headers}
    return call.keeping.stream(stream)
