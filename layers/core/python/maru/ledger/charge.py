"""One call of a model in the ledger: from its reservation to its settlement, over every attempt that may have cost something."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from maru.dynamo import Item
from maru.errors import MaruError
from maru.identity import Caller
from maru.ledger import writes
from maru.ledger.budgets import Amount
from maru.ledger.plans import NANO, Plan
from maru.ledger.quotes import Quote, bounded
from maru.ledger.rates import Counted
from maru.ledger.reservations import Reservation
from maru.ledger.writes import Write
from maru.models.catalogue import Alias, Target
from maru.models.failures import TIMED_OUT
from maru.models.usage import Usage, cost
from maru.tracing import Span

if TYPE_CHECKING:
    from maru.ledger.meter import Meter
    from maru.models.routing import Route

#: Characters of a route's line that a row keeps.
_ROUTE = 500
#: What of the ledger's row a trace shows and is found by.
_ON_SPANS = ("tenant", "agent", "run", "model", "target", "input_tokens", "output_tokens", "cached_tokens", "status", "estimated", "route")
#: How an outcome looks to X-Ray; a client that left is its own affair.
_STATUS_OF = {"failed": 502, "interrupted": 502, "cancelled": 499}


class CachedAnswer:
    """A request that no model was asked for: its row in the ledger costs nothing and says what was saved."""

    def __init__(self, meter: "Meter", row: Item) -> None:
        self._meter, self._row = meter, row

    async def close(self, also: Sequence[Write] = ()) -> None:
        """Write the row, and ``also``."""
        await writes.all_of(self._meter.dynamo, [self._meter.usage.entry(self._row), *also])


class Charge:
    """One call of a model, from its reservation to its settlement; told nothing, it is charged as if it might have been answered."""

    def __init__(
        self,
        meter: "Meter",
        caller: Caller,
        alias: Alias,
        plan: Plan,
        quote: Quote,
        *,
        reservation: Reservation,
        entry: Item,
        counted: Counted,
    ) -> None:
        self._meter, self._caller, self._plan, self._reservation, self._entry = meter, caller, plan, reservation, entry
        self._alias, self._counted = alias, counted
        #: Why which targets are asked, where that was a decision: told in the ledger's row and on the span.
        self.route: Route | None = None
        self.quote = quote
        self.body: dict[str, Any] = {}
        self._began = self._ended = time.monotonic()
        self._first_at: float | None = None
        self._span = self._new_span()
        self._told: tuple[Target | None, Usage, Decimal | None, str] | None = None
        self._closed = False
        self._renewing: asyncio.Task[dict[str, Any]] | None = None

    @property
    def reserved(self) -> bool:
        """Whether any budget bears it."""
        return bool(self._reservation.windows)

    @property
    def used(self) -> tuple[Usage, Decimal | None]:
        """What it is charged for, as far as it was told: usage, and USD (None: unknown)."""
        return self._told[1:3] if self._told else (Usage(), None)

    def bounds(self, body: dict[str, Any]) -> None:
        """Take the request as its own, no longer than what is reserved for it."""
        self.body = bounded(self._alias, body, self.quote) if self.reserved else body

    async def again(self, target: Target, usage: Usage | None, body: dict[str, Any]) -> dict[str, Any]:
        """Settle an attempt that was lost, with a row of its own, and reserve the next; gives the request as it may be sent.

        ``usage`` None: nobody knows what it used. Raises what reserving does: then nothing is reserved any more.
        """
        # Not cut off with who waits for it: what is being reserved must become known.
        self._renewing = asyncio.create_task(self._renew(target, usage, body))
        return await asyncio.shield(self._renewing)

    async def _renew(self, target: Target, usage: Usage | None, body: dict[str, Any]) -> dict[str, Any]:
        if usage is None:
            self.unknown("interrupted", target)
        else:
            self.answered(target, usage, "interrupted")
        await self._settle(())
        quote, rules = Quote.chat(self._alias, body), await self._meter.rules(self._caller.tenant)
        self._reservation, self.quote = await self._meter.reserve(self._caller, rules, quote, self._entry)
        self._began, self._span = time.monotonic(), self._new_span()
        self._told, self._closed, self._first_at = None, False, None
        self.bounds(body)
        return self.body

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Around the call itself: what a failure or a cancellation inside costs. Its success is told by :meth:`answered`."""
        try:
            yield
        except MaruError as error:
            if error.code == TIMED_OUT:
                self.unknown("failed")
            else:
                self.refused()
            raise
        except asyncio.CancelledError:
            self.unknown("cancelled")
            raise

    def answered(self, target: Target, usage: Usage | None, outcome: str = "ok", *, first_at: float | None = None) -> None:
        """The model answered, perhaps not to its end; without a usage of its own the estimate counts.

        ``first_at`` is when a stream's first token came, in seconds of the monotonic clock.
        """
        self._first_at = first_at
        if usage is None:
            usage = self._possible()
        elif usage.estimated:
            usage = replace(usage, prompt_tokens=usage.prompt_tokens or self.quote.input_tokens)
        self._tell(target, usage, cost(usage, target.price), outcome)

    def refused(self) -> None:
        """No model took the request: it costs nothing."""
        self._tell(None, Usage(), Decimal(0), "failed")

    def unknown(self, outcome: str, target: Target | None = None) -> None:
        """A model took the request and nobody knows what it made of it."""
        usage = self._possible()
        self._tell(target, usage, self.quote.cost(usage), outcome)

    def _tell(self, target: Target | None, usage: Usage, cost_usd: Decimal | None, outcome: str) -> None:
        self._told, self._ended = (target, usage, cost_usd, outcome), time.monotonic()

    async def close(self, also: Sequence[Write] = ()) -> None:
        """Settle, and write the ledger's row, and ``also``: in one call. Done twice it counts once."""
        if self._renewing and not self._renewing.done():
            await asyncio.wait({self._renewing})
        await self._settle(also)

    async def _settle(self, also: Sequence[Write]) -> None:
        if self._closed:
            return
        self._closed = True
        if self._told is None:
            self.unknown("failed")
        assert self._told is not None  # noqa: S101 - see above
        target, usage, cost_usd, outcome = self._told
        nanodollars = None if cost_usd is None else int(cost_usd * NANO)
        real = Amount(nanodollars or 0, usage.total_tokens)
        row = self._row(target, usage, nanodollars, outcome)
        await self._write(real, [self._meter.usage.entry(row), *also], estimated=usage.estimated)
        if self._meter.tell is not None:
            self._meter.tell(row)
        self._end_span(row)
        counted, self._counted = self._counted, Counted()
        await self._meter.rates.correct(self._caller, self._plan, counted, usage.total_tokens)

    async def _write(self, real: Amount, rows: list[Write], *, estimated: bool) -> None:
        reservations, dynamo = self._meter.reservations, self._meter.dynamo
        if not self.reserved:
            await writes.all_of(dynamo, rows)
        elif not await reservations.settle(self._reservation, real, estimated=estimated, also=rows) and rows[1:]:
            # Its lease ran out and the sweep has charged it: what is left is to be kept.
            await writes.all_of(dynamo, rows[1:])

    def _row(self, target: Target | None, usage: Usage, nanodollars: int | None, outcome: str) -> Item:
        return {
            "tenant": self._caller.tenant,
            **self._entry,
            "target": target.model if target else None,
            "input_tokens": usage.prompt_tokens,
            "output_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.written_tokens or None,
            "reasoning_tokens": usage.reasoning_tokens or None,
            "images": usage.images or None,
            "searches": usage.searches or None,
            "pages": usage.pages or None,
            "cost": nanodollars,
            "charge": None if nanodollars is None else self._plan.charge(nanodollars),
            "status": outcome,
            "estimated": usage.estimated or None,
            "duration_ms": _ms(self._ended - self._began),
            # The first token of an answer that another attempt went on with came in the attempt before.
            "first_token_ms": _ms(self._first_at - self._began) if self._first_at and self._first_at >= self._began else None,
            "route": self.route.told(target)[:_ROUTE] if self.route else None,
        }

    def _new_span(self) -> Span:
        return Span(f"model {self._alias.alias}", remote=True)

    def _end_span(self, row: Item) -> None:
        cost_usd = None if row["cost"] is None else row["cost"] / NANO
        self._span.note(**{name: row.get(name) for name in _ON_SPANS}, cost_usd=cost_usd)
        self._span.end(_STATUS_OF.get(row["status"], 200))

    def _possible(self) -> Usage:
        return self.quote.written_within(time.monotonic() - self._began)


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
