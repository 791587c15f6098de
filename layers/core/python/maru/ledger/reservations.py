"""Reservations: take the most that a request can cost out of every budget that applies, later settle to what it did cost.

All budgets of a request change in one transaction. A condition expression cannot add two attributes, hence ``committed``:
a reservation of ``n`` passes if ``committed <= limit - n``. A lease that ran out is charged in full, marked as estimated.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from maru.dynamo import Item, Table
from maru.errors import RateLimited, Unavailable
from maru.ids import new_id
from maru.items import marshal, unmarshal
from maru.lean import Dynamo
from maru.ledger import writes
from maru.ledger.budgets import Amount, Budget, Unit
from maru.ledger.quotes import Quote
from maru.ledger.windows import window_end
from maru.ledger.writes import TransactionRefused, Write

#: Requests end at 15 minutes; a lease outlives them.
LEASE_SECONDS = 20 * 60
_COUNTERS_KEPT_SECONDS = 400 * 86_400
#: Each attempt sees what the last one was refused for, so more are needed only while others spend the same budget.
_ATTEMPTS = 40


@dataclass(frozen=True)
class Reservation:
    """The most that one request can cost, taken out of every budget that applies; empty where none does."""

    tenant: str
    sk: str
    amount: Amount
    windows: tuple[tuple[str, Unit], ...] = field(default=())
    #: What the request was to be, for the ledger's row of a request that never came back.
    entry: Item = field(default_factory=dict)

    @property
    def begun_at(self) -> int:
        """When it was made, in seconds since the epoch."""
        return int(self.sk.split("#")[1]) - LEASE_SECONDS


class Reservations:
    """Takes out of the budgets of the budgets' table."""

    def __init__(self, dynamo: Dynamo, table_name: str, *, clock: Callable[[], float] = time.time) -> None:
        self._dynamo, self._table, self._clock = dynamo, table_name, clock
        self._noted: set[str] = set()

    async def reserve(self, tenant: str, budgets: Sequence[Budget], quote: Quote, entry: Item | None = None) -> tuple[Reservation, Quote]:
        """Take the quote out of all these budgets, all or nothing; the quote comes back shortened to what they bear.

        Raises :class:`RateLimited` (``insufficient_quota``) only where one cannot bear the shortest answer at this moment,
        and :class:`BadRequest` for an unknown price under a budget in USD. Contention is waited out with jitter.
        """
        if not budgets:
            return Reservation(tenant, "", quote.amount()), quote
        if any(budget.unit == "usd" for budget in budgets):
            quote.demand_price()
        for attempt in range(_ATTEMPTS):
            now = self._clock()
            reservation = self._reservation(tenant, budgets, quote, now, entry or {})
            try:
                await writes.together(self._dynamo, self._takes(reservation, budgets))
            except TransactionRefused as refused:
                found = {budgets[place - 1].id: await self._counters(reservation, place, row) for place, row in refused.failed.items()}
                shorter = _shortened(quote, budgets, found)
                if isinstance(shorter, Budget):
                    await self._note(shorter, datetime.fromtimestamp(now, UTC))
                    raise over(shorter, datetime.fromtimestamp(now, UTC)) from refused
                quote = shorter
            else:
                return reservation, quote
            await asyncio.sleep(random.uniform(0, min(0.2, 0.002 * 2**attempt)))  # noqa: S311 - jitter, not a secret
        raise Unavailable("Too many requests spend the same budget at this moment. Try again.", retry_after=1)

    async def settle(self, reservation: Reservation, real: Amount, *, estimated: bool = False, also: Sequence[Write] = ()) -> bool:
        """Replace the reservation by what the request did cost, and write ``also`` with it.

        False where it was settled before, by its lease's end perhaps: then nothing was written.
        """
        try:
            await writes.together(self._dynamo, [*self.settlement(reservation, real, estimated=estimated), *also])
        except TransactionRefused:
            return False
        return True

    def settlement(self, reservation: Reservation, real: Amount, *, estimated: bool) -> list[Write]:
        """The writes that :meth:`settle` makes; none for a reservation that took nothing."""
        if not reservation.windows:
            return []
        key = {"tenant": reservation.tenant, "sk": reservation.sk}
        charges = []
        for sk, unit in reservation.windows:
            values = {":change": real.of(unit) - reservation.amount.of(unit), ":back": -reservation.amount.of(unit)}
            values[":estimated"] = real.of(unit) if estimated else 0
            expression = "ADD committed :change, reserved :back, estimated :estimated"
            charges.append(writes.update(self._table, {"tenant": reservation.tenant, "sk": sk}, expression, values))
        return [writes.delete(self._table, key, condition="attribute_exists(sk)"), *charges]

    def expired(self, table: Table, tenant: str) -> list[Reservation]:
        """Reservations whose lease ran out; blocks."""
        until = f"lease#{int(self._clock()):012d}#"
        values = {":tenant": tenant, ":first": "lease#", ":until": until}
        rows = table.query("tenant = :tenant AND sk BETWEEN :first AND :until", values)
        return [_from_row(row) for row in rows]

    def open(self, table: Table, tenant: str, facts: Mapping[str, Any]) -> list[Reservation]:
        """Reservations that were not settled, of calls with these facts; blocks."""
        rows = table.query("tenant = :tenant AND begins_with(sk, :lease)", {":tenant": tenant, ":lease": "lease#"})
        return [one for one in map(_from_row, rows) if facts.items() <= one.entry.items()]

    async def _note(self, budget: Budget, now: datetime) -> None:
        """Mark the window as one that refused, once: the alert at 100 % looks for it."""
        sk = budget.window_key(now)
        if sk in self._noted:
            return
        values = {":now": int(now.timestamp()), ":expires": int(self._clock()) + _COUNTERS_KEPT_SECONDS}
        expression = "SET refused = if_not_exists(refused, :now), expires_at = :expires"
        try:
            await writes.together(self._dynamo, [writes.update(self._table, {"tenant": budget.tenant, "sk": sk}, expression, values)])
        except Unavailable:  # the refusal itself is what counts; the next one notes it
            return
        self._noted.add(sk)

    async def _counters(self, reservation: Reservation, place: int, row: dict[str, Any] | None) -> Item:
        """A window's counters as the refused transaction told them, or read where it did not."""
        if row is None:
            key = marshal({"tenant": reservation.tenant, "sk": reservation.windows[place - 1][0]})
            answer = await self._dynamo.call("GetItem", {"TableName": self._table, "Key": key, "ConsistentRead": True})
            row = answer.get("Item", {})
        return unmarshal(row)

    def _reservation(self, tenant: str, budgets: Sequence[Budget], quote: Quote, now: float, entry: Item) -> Reservation:
        moment = datetime.fromtimestamp(now, UTC)
        windows = tuple((budget.window_key(moment), budget.unit) for budget in budgets)
        return Reservation(tenant, f"lease#{int(now) + LEASE_SECONDS:012d}#{new_id('')}", quote.amount(), windows, entry)

    def _takes(self, reservation: Reservation, budgets: Sequence[Budget]) -> list[Write]:
        items = [writes.put(self._table, _row(reservation))]
        for budget, (sk, unit) in zip(budgets, reservation.windows, strict=True):
            amount = reservation.amount.of(unit)
            values = {":n": amount, ":room": budget.limit - amount, ":expires": int(self._clock()) + _COUNTERS_KEPT_SECONDS, ":zero": 0}
            fits = "(attribute_not_exists(committed) AND :room >= :zero) OR committed <= :room"
            expression = "SET expires_at = :expires ADD committed :n, reserved :n"
            items.append(writes.update(self._table, {"tenant": budget.tenant, "sk": sk}, expression, values, condition=fits))
        return items


def _shortened(quote: Quote, budgets: Sequence[Budget], found: dict[str, Item]) -> Quote | Budget:
    """The quote as short as the budgets that refused it ask; the budget for which that is too short."""
    for budget in budgets:
        if budget.id not in found:
            continue
        room = budget.limit - found[budget.id].get("committed", 0)
        shorter = quote.within(nanodollars=room) if budget.unit == "usd" else quote.within(tokens=room)
        if shorter is None or room < 0:
            return budget
        quote = shorter
    return quote


def over(budget: Budget, now: datetime) -> RateLimited:
    """The refusal of a request that a budget cannot bear."""
    if budget.window == "run":
        return RateLimited("The run's cost cap cannot bear the request.", code="run_cost_cap")
    end = window_end(budget.window, now)
    return RateLimited(
        f"The {budget.window}'s budget of this {budget.whose} cannot bear the request. It resets at {end:%Y-%m-%dT%H:%M:%SZ}.",
        code="insufficient_quota",
        retry_after=max(1, int((end - now).total_seconds())),
    )


def _row(reservation: Reservation) -> Item:
    amount = reservation.amount
    row: dict[str, Any] = {"tenant": reservation.tenant, "sk": reservation.sk, "nanodollars": amount.nanodollars, "tokens": amount.tokens}
    return row | {"windows": [list(window) for window in reservation.windows], "entry": reservation.entry}


def _from_row(row: Item) -> Reservation:
    windows = tuple((sk, unit) for sk, unit in row["windows"])
    return Reservation(row["tenant"], row["sk"], Amount(row["nanodollars"], row["tokens"]), windows, row.get("entry") or {})
