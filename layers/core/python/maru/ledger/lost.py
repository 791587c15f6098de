"""Calls whose maker died before their settlement: nobody knows whether a model answered, so what it can have written is charged."""

from typing import TYPE_CHECKING, Any

import anyio.to_thread

from maru.dynamo import Item
from maru.identity import Caller
from maru.ledger import writes
from maru.ledger.budgets import Amount
from maru.ledger.plans import NANO, Plan
from maru.ledger.quotes import Quote
from maru.models.catalogue import Alias

if TYPE_CHECKING:
    from maru.ledger.meter import Meter


def row_of(tenant: str, entry: Item, real: Amount, plan: Plan) -> Item:
    """The ledger's row of a lost call."""
    told = {"tenant": tenant, **entry, "status": "lost", "estimated": True, "tokens": real.tokens}
    return told | {"cost": real.nanodollars, "charge": plan.charge(real.nanodollars)}


async def settle(meter: "Meter", caller: Caller, alias: Alias, body: dict[str, Any], *, attempts: int, since: float) -> tuple[int, int]:
    """Settle the calls of attempts at the same work that died, which the meter's ``facts`` name; gives how many, and nanodollars.

    Under budgets a lease says that a call was begun, and when; it is free for the next attempt then. Without any, each of the ``attempts``
    counts as a call that began at ``since`` (seconds since the epoch). Charged is what a model can have written until now at most.
    """
    rules, quote = await meter.rules(caller.tenant), Quote.chat(alias, body)
    now, count, total = meter.budgets.clock(), 0, 0
    if not meter.caps and not any(one.applies_to(caller) for one in rules.budgets):
        real = _possible(quote, now - since)
        entry = {"user": caller.user, "key_id": caller.key_id, "model": alias.alias, **meter.facts}
        rows = [meter.usage.entry(row_of(caller.tenant, entry, real, rules.plan)) for _ in range(attempts)]
        await writes.all_of(meter.dynamo, rows)
        return attempts, attempts * real.nanodollars
    for lease in await anyio.to_thread.run_sync(meter.reservations.open, meter.budgets.table, caller.tenant, meter.facts):
        bound = _possible(quote, now - lease.begun_at)
        real = Amount(min(bound.nanodollars, lease.amount.nanodollars), min(bound.tokens, lease.amount.tokens))
        row = meter.usage.entry(row_of(caller.tenant, lease.entry, real, rules.plan))
        if await meter.reservations.settle(lease, real, estimated=True, also=[row]):
            count, total = count + 1, total + real.nanodollars
    return count, total


def _possible(quote: Quote, seconds: float) -> Amount:
    usage = quote.written_within(seconds)
    return Amount(int((quote.cost(usage) or 0) * NANO), usage.total_tokens)
