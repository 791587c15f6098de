"""What every call of a model goes through: rates counted, budgets reserved, then settled to what it used, with its row in the ledger."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from typing import Any, Self

import anyio.to_thread

from maru import aws
from maru.dynamo import Item, Table
from maru.errors import Forbidden, MaruError
from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.lean import Dynamo, LeanDynamo
from maru.ledger import writes
from maru.ledger.budgets import Amount, BudgetStore, Rules
from maru.ledger.plans import NANO, Plan, Plans
from maru.ledger.quotes import Quote, bounded
from maru.ledger.rates import RateStore
from maru.ledger.reservations import Reservation, Reservations
from maru.ledger.settings import LedgerSettings
from maru.ledger.usage import UsageStore
from maru.ledger.writes import Write
from maru.models.catalogue import Alias, Target
from maru.models.usage import Usage, cost

#: Faster no model writes: the bound on what an answer that nobody saw may have cost.
_TOKENS_PER_SECOND = 500
#: Of a prompt's bytes, what one token has at least, about: rates need no upper bound.
_BYTES_PER_TOKEN = 3


class Meter:
    """One per process; opens a :class:`Charge` for each call of a model."""

    def __init__(self, dynamo: Dynamo, budgets: BudgetStore, usage: UsageStore, *, rates_table: str) -> None:
        self.dynamo, self.budgets, self.usage = dynamo, budgets, usage
        self.reservations = Reservations(dynamo, budgets.table.name, clock=budgets.clock)
        self.rates = RateStore(dynamo, rates_table, clock=budgets.clock)

    @classmethod
    def connect(cls, settings: LedgerSettings, tenants: TenantStore, dynamo: Dynamo | None = None) -> Self:
        """On the tables that the settings name; makes no call."""
        client = aws.client("dynamodb")
        budgets = BudgetStore(Table(client, settings.budgets_table, BudgetStore.SPEC), tenants, Plans.load(settings.catalogue))
        usage = UsageStore(Table(client, settings.usage_table, UsageStore.SPEC))
        return cls(dynamo or LeanDynamo.like(client), budgets, usage, rates_table=settings.rates_table)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections to DynamoDB while entered: an HTTP function's lifespan."""
        if isinstance(self.dynamo, LeanDynamo):
            async with self.dynamo:
                yield
        else:
            yield

    async def chat(self, caller: Caller, alias: Alias, body: dict[str, Any], headers: dict[str, str], **who: str | None) -> "Charge":
        """Begin a chat completion; the charge's ``body`` is what to send. ``who`` may name ``agent``, ``run`` and ``request_id``.

        ``headers`` gets those of rate limits. Raises :class:`RateLimited`, :class:`Forbidden` for a model that is not in the
        plan, and :class:`BadRequest` for one without a price under a budget in USD.
        """
        charge = await self._begin(caller, alias, Quote.chat(alias, body), headers, who)
        charge.body = bounded(alias, body, charge.quote) if charge.reserved else body
        return charge

    async def embeddings(
        self, caller: Caller, alias: Alias, inputs: Sequence[str | list[int]], headers: dict[str, str], **who: str | None
    ) -> "Charge":
        """Begin a call for embeddings; raises as :meth:`chat` does."""
        return await self._begin(caller, alias, Quote.embeddings(alias, inputs), headers, who)

    async def embed(self, caller: Caller, models: Any, alias: str, texts: Sequence[str], **how: Any) -> Any:
        """``models.embed``, metered for a caller: for what is embedded on the way to something else."""
        charge = await self.embeddings(caller, models.catalogue.find(alias, "embeddings"), list(texts), {})
        try:
            with charge.attempt():
                found = await models.embed(alias, texts, **how)
            charge.answered(found.target, found.usage)
        finally:
            await charge.close()
        return found

    async def rerank(self, caller: Caller, models: Any, alias: str, query: str, texts: Sequence[str], **how: Any) -> Any:
        """``models.rerank``, metered for a caller; the query is read with every text."""
        found = models.catalogue.find(alias, "rerank")
        charge = await self._begin(caller, found, Quote.embeddings(found, [f"{query}{text}" for text in texts]), {}, {})
        try:
            with charge.attempt():
                ranking = await models.rerank(alias, query, texts, **how)
            charge.answered(ranking.target, ranking.usage)
        finally:
            await charge.close()
        return ranking

    async def _begin(self, caller: Caller, alias: Alias, quote: Quote, headers: dict[str, str], who: dict[str, str | None]) -> "Charge":
        rules = self.budgets.remembered(caller.tenant)
        if rules is None:
            rules = await anyio.to_thread.run_sync(self.budgets.read, caller.tenant)
        if rules.plan.models is not None and alias.alias not in rules.plan.models:
            raise Forbidden(f"The model '{alias.alias}' is not in your plan.", param="model", code="model_not_in_plan")
        await self.rates.take(caller, rules.plan, quote.input_tokens // _BYTES_PER_TOKEN, headers)
        entry = {"user": caller.user, "key_id": caller.key_id, "model": alias.alias, **who}
        reservation, quote = await self._reserve(caller, rules, quote, entry)
        return Charge(self, caller, rules.plan, quote, reservation=reservation, entry=entry)

    async def _reserve(self, caller: Caller, rules: Rules, quote: Quote, entry: Item) -> tuple[Reservation, Quote]:
        budgets = [budget for budget in rules.budgets if budget.applies_to(caller)]
        return await self.reservations.reserve(caller.tenant, budgets, quote, entry)

    async def sweep(self, tenant: str) -> int:
        """Charge what was reserved and never settled in full, with a row in the ledger, marked as estimated; gives how many."""
        expired = await anyio.to_thread.run_sync(self.reservations.expired, self.budgets.table, tenant)
        plan = (await anyio.to_thread.run_sync(self.budgets.read, tenant)).plan if expired else None
        settled = 0
        for reservation in expired:
            assert plan is not None  # noqa: S101 - read where something expired
            real = reservation.amount
            row = {"tenant": tenant, **reservation.entry, "status": "lost", "estimated": True, "tokens": real.tokens}
            row |= {"cost": real.nanodollars, "charge": plan.charge(real.nanodollars)}
            settled += await self.reservations.settle(reservation, real, estimated=True, also=[self.usage.entry(row)])
        return settled


class Charge:
    """One call of a model, from its reservation to its settlement; told nothing, it is charged as if it might have been answered."""

    def __init__(self, meter: Meter, caller: Caller, plan: Plan, quote: Quote, *, reservation: Reservation, entry: Item) -> None:
        self._meter, self._caller, self._plan, self._reservation, self._entry = meter, caller, plan, reservation, entry
        self.quote = quote
        self.body: dict[str, Any] = {}
        self._began = time.monotonic()
        self._told: tuple[Target | None, Usage, Decimal | None, str] | None = None
        self._closed = False

    @property
    def reserved(self) -> bool:
        """Whether any budget bears it."""
        return bool(self._reservation.windows)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Around the call itself: what a failure or a cancellation inside costs. Its success is told by :meth:`answered`."""
        try:
            yield
        except MaruError as error:
            if error.code == "model_timeout":
                self.unknown("failed")
            else:
                self.refused()
            raise
        except asyncio.CancelledError:
            self.unknown("cancelled")
            raise

    def answered(self, target: Target, usage: Usage | None, outcome: str = "ok") -> None:
        """The model answered, perhaps not to its end; without a usage of its own the estimate counts."""
        if usage is None:
            self._told = (target, self._possible(), cost(self._possible(), target.price), outcome)
        elif usage.estimated:
            filled = Usage(usage.prompt_tokens or self.quote.input_tokens, usage.completion_tokens, usage.cached_tokens, estimated=True)
            self._told = (target, filled, cost(filled, target.price), outcome)
        else:
            self._told = (target, usage, cost(usage, target.price), outcome)

    def refused(self) -> None:
        """No model took the request: it costs nothing."""
        self._told = (None, Usage(), Decimal(0), "failed")

    def unknown(self, outcome: str) -> None:
        """A model took the request and nobody knows what it made of it."""
        usage = self._possible()
        self._told = (None, usage, self.quote.cost(usage), outcome)

    async def close(self, also: Sequence[Write] = ()) -> None:
        """Settle, and write the ledger's row, and ``also``: in one call. Done twice it counts once."""
        if self._closed:
            return
        self._closed = True
        if self._told is None:
            self.unknown("failed")
        assert self._told is not None  # noqa: S101 - see above
        target, usage, cost_usd, outcome = self._told
        nanodollars = None if cost_usd is None else int(cost_usd * NANO)
        real = Amount(nanodollars or 0, usage.total_tokens)
        row = self._meter.usage.entry(self._row(target, usage, nanodollars, outcome))
        await self._write(real, [row, *also], estimated=usage.estimated)
        await self._meter.rates.correct(self._caller, self._plan, usage.total_tokens - self.quote.input_tokens // _BYTES_PER_TOKEN)

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
            "cost": nanodollars,
            "charge": None if nanodollars is None else self._plan.charge(nanodollars),
            "status": outcome,
            "estimated": usage.estimated or None,
        }

    def _possible(self) -> Usage:
        written = int((time.monotonic() - self._began) * _TOKENS_PER_SECOND) + 1
        output = min(self.quote.output_tokens * self.quote.choices, written)
        return Usage(self.quote.input_tokens, output, estimated=True)
