"""What one answer used of models, over all the calls it made."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from typing import Any, Literal

from maru.cache.responses import Found
from maru.identity import Caller
from maru.ledger.charge import CachedAnswer, Charge
from maru.ledger.meter import Meter
from maru.models import Alias, Completion, ModelStream, Route, Target, Usage, record
from maru.telemetry import Telemetry

#: A question that is new in its session, or one that was asked before.
type Turn = Literal["first", "again"]


class Spending:
    """Reserves what each call may cost, settles it, counts it, and writes it into the metrics of usage."""

    def __init__(self, log: Telemetry, caller: Caller, meter: Meter, *, agent: str, request_id: str | None = None) -> None:
        self._log, self._caller, self._meter = log, caller, meter
        self._who = {"agent": agent, "request_id": request_id}
        #: Headers of rate limits.
        self.headers: dict[str, str] = {}
        #: The route of the answer itself, once it is decided.
        self.route: Route | None = None
        self.target: Target | None = None
        #: What the call that answers the question tells the ledger of it; None once it has.
        self.turn: Turn | None = None
        self._usage = Usage()
        #: USD, None where a price is unknown.
        self.cost_usd: Decimal | None = Decimal(0)
        #: Seconds spent waiting for models.
        self.model_seconds = 0.0

    @asynccontextmanager
    async def call(self, route: Route, body: dict[str, Any], *, turn: Turn | None = None) -> AsyncIterator[Charge]:
        """Around one call of a model: its charge, whose ``body`` is what to send; settled at the end in every case.

        Raises what :meth:`~maru.ledger.meter.Meter.chat` does.
        """
        charge = await self._meter.chat(self._caller, route.alias, body, self.headers, **self._who, turn=turn)
        charge.route = route
        try:
            yield charge
        finally:
            await self._settled(charge)

    async def cached(self, alias: Alias, found: Found, *, turn: Turn | None = None) -> None:
        """The cache answered instead of a model. Raises what :meth:`~maru.ledger.meter.Meter.cached` does."""
        saved = (found.entry.cost, found.entry.tokens)
        kept = await self._meter.cached(self._caller, alias, self.headers, kind=found.kind, saved=saved, **self._who, turn=turn)
        await self._settled(kept)

    async def _settled(self, charge: Charge | CachedAnswer) -> None:
        # An answer is not lost for its bill: what could not be settled is charged when its lease runs out.
        try:
            await asyncio.shield(charge.close())
        except Exception as error:  # noqa: BLE001 - see above
            self._log.failure("settlement lost", error)
            self._log.metric({"part": "ledger"}, {"lost_settlements": 1})

    def stream(self, alias: str, stream: ModelStream | None, outcome: str) -> None:
        """A streamed call has ended; None where it never began."""
        target, usage, cost = (stream.target, stream.usage_so_far(), stream.cost_usd) if stream else (None, None, None)
        self.target = target
        record(self._log, self._caller, alias, target=target, usage=usage, cost_usd=cost, outcome=outcome, route=self.route)
        self._add(usage, cost)

    def whole(self, alias: str, answer: Completion) -> None:
        """A whole call has ended."""
        record(self._log, self._caller, alias, target=answer.target, usage=answer.usage, cost_usd=answer.cost_usd)
        self._add(answer.usage, answer.cost_usd)

    @contextmanager
    def model_time(self) -> Iterator[None]:
        """Count the time inside as the model's."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.model_seconds += time.perf_counter() - began

    def usage(self) -> dict[str, Any]:
        """OpenAI's usage of all calls together."""
        counted = self._usage
        return {
            "prompt_tokens": counted.prompt_tokens,
            "completion_tokens": counted.completion_tokens,
            "total_tokens": counted.total_tokens,
        }

    def _add(self, usage: Usage | None, cost: Decimal | None) -> None:
        self._usage += usage or Usage(estimated=True)
        self.cost_usd = None if self.cost_usd is None or cost is None else self.cost_usd + cost
