"""Reservations: take the most that a request can cost out of every budget that applies, later settle to what it did cost.

All budgets of a request change in one transaction, which requests that come at the same time share (:mod:`maru.ledger.lanes`).
A condition expression cannot add two attributes, hence ``committed``: a reservation of ``n`` passes if ``committed <= limit - n``.
A lease that ran out is charged in full, marked as estimated.
"""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from maru.dynamo import Item, Table
from maru.errors import RateLimited, Unavailable
from maru.ids import new_id
from maru.lean import Dynamo
from maru.ledger import writes
from maru.ledger.budgets import Amount, Budget, Unit
from maru.ledger.lanes import COUNTERS_KEPT_SECONDS, Change, Lanes, Part, Refused
from maru.ledger.quotes import Quote
from maru.ledger.statements import exact
from maru.ledger.windows import window_end
from maru.ledger.writes import Write

#: Requests end at 15 minutes; a lease outlives them.
LEASE_SECONDS = 20 * 60
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
        self._lanes = Lanes(dynamo, table_name, clock=clock)
        self._noted: set[str] = set()

    async def reserve(
        self, tenant: str, budgets: Sequence[Budget], quote: Quote, entry: Item | None = None, *, tells: Collection[str] = ()
    ) -> tuple[Reservation, Quote]:
        """Take the quote out of all these budgets, all or nothing; the quote comes back shortened to what they bear.

        Raises :class:`RateLimited` (``insufficient_quota``) only where one cannot bear the shortest answer at this moment; it ``tells``
        what is left of budgets of these (``tenant``, ``user``, ``key``). Raises :class:`BadRequest` for an unknown price under a budget
        in USD. Contention is waited out with jitter.
        """
        if not budgets:
            return Reservation(tenant, "", quote.amount()), quote
        if any(budget.unit == "usd" for budget in budgets):
            quote.demand_price()
        for attempt in range(_ATTEMPTS):
            now = self._clock()
            reservation = self._reservation(tenant, budgets, quote, now, entry or {})
            try:
                await self._lanes.write(tenant, self._taking(reservation, budgets))
            except Refused as refused:
                shorter = _shortened(quote, zip(budgets, reservation.windows, strict=True), refused.full)
                if isinstance(shorter, Budget):
                    moment = datetime.fromtimestamp(now, UTC)
                    await self._note(shorter, moment)
                    passing = shorter.window == "run" and await self._may_pass(shorter, moment, refused.full)
                    room = shorter.limit - refused.full[shorter.window_key(moment)]
                    told = shorter.window == "run" or shorter.whose in tells
                    raise over(shorter, moment, quote.shortest(), room if told else None, passing=passing) from refused
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
            await self._lanes.write(reservation.tenant, self._giving_back(reservation, real, estimated=estimated, also=also))
        except Refused:
            return False
        return True

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

    async def _may_pass(self, budget: Budget, now: datetime, full: Mapping[str, int]) -> bool:
        """Whether calls under way may still give back what they reserved, or have given some back since the refusal."""
        sk = budget.window_key(now)
        counters = await self._lanes.counters(budget.tenant, sk)
        return bool(counters.get("reserved", 0) > 0 or counters.get("committed", 0) < full.get(sk, 0))

    async def _note(self, budget: Budget, now: datetime) -> None:
        """Mark the window as one that refused, once: the alert at 100 % looks for it."""
        sk = budget.window_key(now)
        if sk in self._noted:
            return
        values = {":now": int(now.timestamp()), ":expires": int(self._clock()) + COUNTERS_KEPT_SECONDS}
        expression = "SET refused = if_not_exists(refused, :now), expires_at = :expires"
        try:
            await writes.together(self._dynamo, [writes.update(self._table, {"tenant": budget.tenant, "sk": sk}, expression, values)])
        except Unavailable:  # the refusal itself is what counts; the next one notes it
            return
        self._noted.add(sk)

    def _reservation(self, tenant: str, budgets: Sequence[Budget], quote: Quote, now: float, entry: Item) -> Reservation:
        moment = datetime.fromtimestamp(now, UTC)
        windows = tuple((budget.window_key(moment), budget.unit) for budget in budgets)
        return Reservation(tenant, f"lease#{int(now) + LEASE_SECONDS:012d}#{new_id('')}", quote.amount(), windows, entry)

    def _taking(self, reservation: Reservation, budgets: Sequence[Budget]) -> Part:
        changes = {}
        for budget, (sk, unit) in zip(budgets, reservation.windows, strict=True):
            amount = reservation.amount.of(unit)
            changes[sk] = Change(amount, amount, limit=budget.limit)
        undo = partial(self._giving_back, reservation, Amount(0, 0))
        return Part([writes.put(self._table, _row(reservation))], changes, undo)

    def _giving_back(self, reservation: Reservation, real: Amount, *, estimated: bool = False, also: Sequence[Write] = ()) -> Part:
        changes = {}
        for sk, unit in reservation.windows:
            spent, taken = real.of(unit), reservation.amount.of(unit)
            changes[sk] = Change(spent - taken, -taken, spent if estimated else 0)
        key = {"tenant": reservation.tenant, "sk": reservation.sk}
        lease = [writes.delete(self._table, key, condition="attribute_exists(sk)")] if changes else []
        return Part([*lease, *also], changes)


def _shortened(quote: Quote, budgets: Iterable[tuple[Budget, tuple[str, Unit]]], full: Mapping[str, int]) -> Quote | Budget:
    """The quote as short as the budgets that refused it ask; the budget for which that is too short."""
    for budget, (sk, _) in budgets:
        if sk not in full:
            continue
        room = budget.limit - full[sk]
        shorter = quote.within(nanodollars=room) if budget.unit == "usd" else quote.within(tokens=room)
        if shorter is None or room < 0:
            return budget
        quote = shorter
    return quote


def over(budget: Budget, now: datetime, needed: Amount, room: int | None, *, passing: bool = False) -> RateLimited:
    """The refusal of a request that a budget cannot bear: what its shortest answer needs, and the ``room`` that there is, None where
    that is not the caller's to know; a run's cost cap says ``retry_after`` only where that is ``passing``.
    """
    needs = f"which needs {_shown(needed.of(budget.unit), budget.unit)}"
    has = "more than is left" if room is None else f"where {_shown(max(room, 0), budget.unit)} are left"
    if budget.window == "run":
        remedy = "allow it fewer 'max_tokens', or the run a higher 'cost_cap_usd'"
        message = f"The run's cost cap cannot bear the request, {needs}, {has}: {remedy}."
        return RateLimited(message, code="run_cost_cap", retry_after=1 if passing else None)
    end = window_end(budget.window, now)
    told = f"{needs} with the shortest answer, {has}. It resets at {end:%Y-%m-%dT%H:%M:%SZ}."
    return RateLimited(
        f"The {budget.window}'s budget of this {budget.whose} cannot bear the request, {told}",
        code="insufficient_quota",
        retry_after=max(1, int((end - now).total_seconds())),
    )


def _shown(amount: int, unit: Unit) -> str:
    """USD without the zeros that say nothing, or tokens."""
    return f"{exact(amount).rstrip('0').rstrip('.')} USD" if unit == "usd" else f"{amount} tokens"


def _row(reservation: Reservation) -> Item:
    amount = reservation.amount
    row: dict[str, Any] = {"tenant": reservation.tenant, "sk": reservation.sk, "nanodollars": amount.nanodollars, "tokens": amount.tokens}
    return row | {"windows": [list(window) for window in reservation.windows], "entry": reservation.entry}


def _from_row(row: Item) -> Reservation:
    windows = tuple((sk, unit) for sk, unit in row["windows"])
    return Reservation(row["tenant"], row["sk"], Amount(row["nanodollars"], row["tokens"]), windows, row.get("entry") or {})
