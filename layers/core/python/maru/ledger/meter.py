"""What every call of a model goes through: rates counted, budgets reserved, then settled to what it used, with its row in the ledger."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from copy import copy
from functools import partial
from typing import Any, Self

import anyio.to_thread

from maru import aws
from maru.dynamo import Item, Table
from maru.errors import Forbidden
from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.lean import Dynamo, LeanDynamo
from maru.ledger import lost
from maru.ledger.budgets import Budget, BudgetStore, Rules
from maru.ledger.charge import CachedAnswer, Charge
from maru.ledger.plans import Plans
from maru.ledger.quotes import Quote
from maru.ledger.rates import Counted, RateStore
from maru.ledger.reservations import Reservation, Reservations
from maru.ledger.settings import LedgerSettings
from maru.ledger.usage import UsageStore
from maru.models.catalogue import Alias
from maru.once import Once

#: Of a prompt's bytes, what one token has at least, about: rates need no upper bound.
_BYTES_PER_TOKEN = 3
#: Rules that are older are read anew while they still hold.
_AGING_SECONDS = 3.0
_SWEEP_SECONDS = 60.0
_TENANTS = 10_000


class Meter:
    """One per process; opens a :class:`Charge` for each call of a model."""

    def __init__(self, dynamo: Dynamo, budgets: BudgetStore, usage: UsageStore, *, rates_table: str) -> None:
        self.dynamo, self.budgets, self.usage = dynamo, budgets, usage
        self.reservations = Reservations(dynamo, budgets.table.name, clock=budgets.clock)
        self.rates = RateStore(dynamo, rates_table, clock=budgets.clock)
        self._sweep_at: dict[str, float] = {}
        self._reads = Once()
        self.caps: tuple[Budget, ...] = ()
        self.facts: dict[str, str | None] = {}
        self.tell: Callable[[Item], None] | None = None

    @classmethod
    def connect(cls, settings: LedgerSettings, tenants: TenantStore, dynamo: Dynamo | None = None) -> Self:
        """On the tables that the settings name; makes no call."""
        client = aws.client("dynamodb")
        budgets = BudgetStore(Table(client, settings.budgets_table, BudgetStore.SPEC), tenants, Plans.load(settings.catalogue))
        usage = UsageStore(Table(client, settings.usage_table, UsageStore.SPEC))
        return cls(dynamo or LeanDynamo.like(client), budgets, usage, rates_table=settings.rates_table)

    def within(self, *budgets: Budget, tell: Callable[[Item], None] | None = None, **who: str | None) -> Self:
        """The same meter, each of whose calls must fit into these budgets too; ``who`` stands in every row of the ledger.

        ``tell`` is given each row that is written.
        """
        narrower = copy(self)
        narrower.caps, narrower.facts, narrower.tell = budgets, who, tell
        return narrower

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep connections to DynamoDB while entered: an HTTP function's lifespan."""
        if isinstance(self.dynamo, LeanDynamo):
            async with self.dynamo:
                yield
        else:
            yield

    async def chat(self, caller: Caller, alias: Alias, body: dict[str, Any], headers: dict[str, str], **who: str | None) -> Charge:
        """Begin a chat completion; the charge's ``body`` is what to send. ``who`` may name ``agent``, ``run`` and ``request_id``.

        ``headers`` gets those of rate limits. Raises :class:`RateLimited`, :class:`Forbidden` for a model that is not in the
        plan, and :class:`BadRequest` for one without a price under a budget in USD.
        """
        charge = await self._begin(caller, alias, Quote.chat(alias, body), headers, who)
        charge.bounds(body)
        return charge

    async def embeddings(
        self, caller: Caller, alias: Alias, inputs: Sequence[str | list[int]], headers: dict[str, str], **who: str | None
    ) -> Charge:
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
        charge = await self._begin(caller, found, Quote.rerank(found, query, texts), {}, {})
        try:
            with charge.attempt():
                ranking = await models.rerank(alias, query, texts, **how)
            charge.answered(ranking.target, ranking.usage)
        finally:
            await charge.close()
        return ranking

    async def recognition(self, caller: Caller, alias: Alias, pages: int, **who: str | None) -> Charge:
        """Begin the recognition of the text on at most so many pages: budgets bear it, plans and rates, which are of models, do not
        concern it. Raises :class:`RateLimited`, and :class:`BadRequest` for pages without a price under a budget in USD.
        """
        rules = await self.rules(caller.tenant)
        entry = {"user": caller.user, "key_id": caller.key_id, "model": alias.alias, **self.facts, **who}
        reservation, quote = await self.reserve(caller, rules, Quote.recognition(alias, pages), entry)
        return Charge(self, caller, alias, rules.plan, quote, reservation=reservation, entry=entry, counted=Counted())

    async def cached(
        self, caller: Caller, alias: Alias, headers: dict[str, str], *, kind: str, saved: tuple[int | None, int], **who: str | None
    ) -> CachedAnswer:
        """An answer that the cache gives instead of the alias: nothing is reserved, plan and rates hold; raises as :meth:`chat` does.

        ``saved`` is what it had cost when a model gave it: nanodollars, None where unknown, and tokens.
        """
        rules, _ = await self._admitted(caller, alias, 0, headers)
        entry = {"user": caller.user, "key_id": caller.key_id, "model": alias.alias, **who, "cache": kind}
        cost, tokens = saved
        charge = None if cost is None else rules.plan.charge(cost)
        row = {"tenant": caller.tenant, **entry, "cost": 0, "charge": 0, "saved": charge, "saved_tokens": tokens, "status": "ok"}
        return CachedAnswer(self, row)

    async def _begin(self, caller: Caller, alias: Alias, quote: Quote, headers: dict[str, str], who: dict[str, str | None]) -> Charge:
        rules, counted = await self._admitted(caller, alias, quote.input_tokens // _BYTES_PER_TOKEN, headers)
        entry = {"user": caller.user, "key_id": caller.key_id, "model": alias.alias, **self.facts, **who}
        try:
            reservation, quote = await self.reserve(caller, rules, quote, entry)
        except BaseException:
            await self.rates.correct(caller, rules.plan, counted, 0)
            raise
        return Charge(self, caller, alias, rules.plan, quote, reservation=reservation, entry=entry, counted=counted)

    async def _admitted(self, caller: Caller, alias: Alias, tokens: int, headers: dict[str, str]) -> tuple[Rules, Counted]:
        rules = await self.rules(caller.tenant)
        if rules.plan.models is not None and alias.alias not in rules.plan.models:
            opened = f"It opens: {', '.join(rules.plan.models)}." if rules.plan.models else "It opens none."
            raise Forbidden(f"The model '{alias.alias}' is not in your plan. {opened}", param="model", code="model_not_in_plan")
        return rules, await self.rates.take(caller, rules.plan, tokens, headers)

    async def rules(self, tenant: str) -> Rules:
        """What holds for a tenant; leases of the tenant that ran out are charged too, once a minute at most."""
        rules, read = self.budgets.remembered(tenant), partial(self.budgets.read, tenant)
        if rules is None:
            rules = await self._reads.read(tenant, read)
        else:
            self._reads.ahead(tenant, read, after=_AGING_SECONDS)
        await self._sweep_now_and_then(tenant)
        return rules

    async def _sweep_now_and_then(self, tenant: str) -> None:
        now = time.monotonic()
        if now < self._sweep_at.get(tenant, 0.0):
            return
        if len(self._sweep_at) >= _TENANTS:
            self._sweep_at.clear()
        self._sweep_at[tenant] = now + _SWEEP_SECONDS
        await self.sweep(tenant)

    async def reserve(self, caller: Caller, rules: Rules, quote: Quote, entry: Item) -> tuple[Reservation, Quote]:
        """Take a quote out of all budgets that apply to the caller; raises as :meth:`Reservations.reserve` does."""
        budgets = [*(budget for budget in rules.budgets if budget.applies_to(caller)), *self.caps]
        return await self.reservations.reserve(caller.tenant, budgets, quote, entry, tells=_told(caller))

    async def sweep(self, tenant: str) -> int:
        """Charge what was reserved and never settled in full, with a row in the ledger, marked as estimated; gives how many."""
        expired = await anyio.to_thread.run_sync(self.reservations.expired, self.budgets.table, tenant)
        plan = (await anyio.to_thread.run_sync(self.budgets.read, tenant)).plan if expired else None
        settled = 0
        for reservation in expired:
            assert plan is not None  # noqa: S101 - read where something expired
            real = reservation.amount
            row = lost.row_of(tenant, reservation.entry, real, plan)
            settled += await self.reservations.settle(reservation, real, estimated=True, also=[self.usage.entry(row)])
        return settled


def _told(caller: Caller) -> tuple[str, ...]:
    """Whose budgets' remains a refusal may tell: the caller's own, and the tenant's to its administrators; none to readers of a page."""
    if caller.published:
        return ()
    return ("tenant", "user", "key") if "admin" in caller.scopes else ("user", "key")
