"""Budgets that cannot be overrun: reserve the most a request can cost, call, settle to what it did cost.

One partition a tenant, with four kinds of rows, told apart by the beginning of their sort key:

    budget#{id}                     the definition: whose, which window, which limit
    window#{id}#{window}            its counters: ``committed`` (spent and reserved together) and ``reserved``
    lease#{until}#{reservation}     a reservation; ``until`` is zero-padded, so that expired ones are a range

A condition expression cannot add two attributes, hence ``committed``: a reservation of ``n`` passes if
``committed <= limit - n``, in the same transaction for every budget that applies.

USD amounts are integers in nanodollars (1e-9 USD): prices are per million tokens, so one token's cost stays exact.
"""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Self

from botocore.exceptions import ClientError

from maru.dynamo import Item, Table, TableSpec, call, marshal
from maru.errors import NotFound, RateLimited, Unavailable
from maru.identity import Caller
from maru.ids import new_id
from maru.ledger.windows import Window, window_end, window_id

NANO = 1_000_000_000
#: Requests end at 15 minutes; a lease outlives them.
LEASE_SECONDS = 20 * 60
_COUNTERS_KEPT_SECONDS = 400 * 86_400
_ATTEMPTS = 40
_DEFINITIONS_FRESH_SECONDS = 5.0

type Unit = Literal["usd", "tokens"]


@dataclass(frozen=True)
class Amount:
    """What a request may cost or did cost: nanodollars and tokens."""

    nanodollars: int
    tokens: int

    def of(self, unit: Unit) -> int:
        """The number that a budget of this unit counts."""
        return self.nanodollars if unit == "usd" else self.tokens


@dataclass(frozen=True)
class Budget:
    """A limit on a tenant, one of its users or one of its keys; ``limit`` is in nanodollars or tokens."""

    id: str
    tenant: str
    window: Window
    unit: Unit
    limit: int
    user: str | None = None
    key_id: str | None = None
    created_at: int = 0

    def applies_to(self, caller: Caller) -> bool:
        """Whether this caller's requests count against it."""
        return self.user in (None, caller.user) and self.key_id in (None, caller.key_id)

    @classmethod
    def from_row(cls, row: Item) -> Self:
        """The budget of a definition row."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    def row(self) -> Item:
        """Its definition row."""
        return {"tenant": self.tenant, "sk": f"budget#{self.id}", **{name: getattr(self, name) for name in self.__dataclass_fields__}}


@dataclass(frozen=True)
class Usage:
    """A budget's present window: ``spent`` and ``reserved`` in its unit."""

    budget: Budget
    spent: int
    reserved: int
    resets_at: datetime

    @property
    def remaining(self) -> int:
        """What a further reservation may take."""
        return max(0, self.budget.limit - self.spent - self.reserved)


@dataclass(frozen=True)
class Reservation:
    """The most that one request can cost, taken out of every budget that applies; empty where none does."""

    tenant: str
    sk: str
    amount: Amount
    windows: tuple[tuple[str, Unit], ...] = field(default=())


class BudgetStore:
    """The table of budgets, their counters and the reservations under way."""

    SPEC = TableSpec("budgets", key="tenant", sort="sk", ttl="expires_at")

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep) -> None:
        self._table, self._clock, self._sleep = table, clock, sleep
        self._definitions: dict[str, tuple[float, list[Budget]]] = {}

    def create(self, *, tenant: str, window: Window, unit: Unit, limit: int, user: str | None = None, key_id: str | None = None) -> Budget:
        """Make a budget; it holds everywhere within five seconds."""
        budget = Budget(new_id("budget_"), tenant, window, unit, limit, user, key_id, int(self._clock()))
        self._table.put(budget.row())
        self._definitions.pop(tenant, None)
        return budget

    def delete(self, tenant: str, budget_id: str) -> None:
        """Remove a budget; raises :class:`NotFound` for an unknown or foreign one."""
        if self._table.delete({"tenant": tenant, "sk": f"budget#{budget_id}"}) is None:
            raise NotFound(f"No budget '{budget_id}'.", param="id")
        self._definitions.pop(tenant, None)

    def usage(self, tenant: str) -> list[Usage]:
        """All budgets of a tenant with their present windows, oldest first."""
        return self._usage(sorted(self._read(tenant), key=lambda budget: (budget.created_at, budget.id)))

    def usage_for(self, caller: Caller) -> list[Usage]:
        """The budgets that apply to a caller, with what they still bear; empty where there is none."""
        return self._usage([budget for budget in self._known(caller.tenant) if budget.applies_to(caller)])

    def reserve(self, caller: Caller, amount: Amount) -> Reservation:
        """Take ``amount`` out of every budget that applies, all or nothing.

        Raises :class:`RateLimited` (``insufficient_quota``) only where a budget cannot bear it at this moment;
        contention is waited out with jitter.
        """
        budgets = [budget for budget in self._known(caller.tenant) if budget.applies_to(caller)]
        if not budgets:
            return Reservation(caller.tenant, "", amount)
        now = self._now()
        sk = f"lease#{int(self._clock()) + LEASE_SECONDS:012d}#{new_id('')}"
        windows = tuple((_window_key(budget, now), budget.unit) for budget in budgets)
        row: Item = {"tenant": caller.tenant, "sk": sk, "nanodollars": amount.nanodollars, "tokens": amount.tokens}
        row["windows"] = [list(window) for window in windows]
        items = [{"Put": {"TableName": self._table.name, "Item": marshal(row)}}]
        items += [self._take(budget, key, amount.of(budget.unit)) for budget, (key, _) in zip(budgets, windows, strict=True)]
        failed = self._transact(items)
        if failed:
            raise _over(budgets[failed[0] - 1], now)
        return Reservation(caller.tenant, sk, amount, windows)

    def settle(self, reservation: Reservation, real: Amount, *, estimated: bool = False) -> None:
        """Replace the reservation by what the request did cost; done twice it counts once."""
        if not reservation.windows:
            return
        items: list[dict[str, Any]] = [self._end(reservation)]
        items += [
            self._charge(reservation, key, real.of(unit), reservation.amount.of(unit), estimated=estimated)
            for key, unit in reservation.windows
        ]
        self._transact(items)

    def expire(self, tenant: str) -> int:
        """Charge reservations whose lease ran out in full, marked as estimated; gives their number."""
        until = f"lease#{int(self._clock()):012d}#"
        rows = self._table.query(
            "tenant = :tenant AND sk BETWEEN :first AND :until", {":tenant": tenant, ":first": "lease#", ":until": until}
        )
        count = 0
        for row in list(rows):
            amount = Amount(row["nanodollars"], row["tokens"])
            windows = tuple((key, unit) for key, unit in row["windows"])
            self.settle(Reservation(tenant, row["sk"], amount, windows), amount, estimated=True)
            count += 1
        return count

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _read(self, tenant: str) -> list[Budget]:
        rows = self._table.query("tenant = :tenant AND begins_with(sk, :kind)", {":tenant": tenant, ":kind": "budget#"})
        return [Budget.from_row(row) for row in rows]

    def _known(self, tenant: str) -> list[Budget]:
        read_at, budgets = self._definitions.get(tenant, (0.0, []))
        if time.monotonic() - read_at > _DEFINITIONS_FRESH_SECONDS or not read_at:
            budgets = self._read(tenant)
            self._definitions[tenant] = (time.monotonic(), budgets)
        return budgets

    def _usage(self, budgets: Iterable[Budget]) -> list[Usage]:
        now, listed = self._now(), list(budgets)
        keys = [{"tenant": budget.tenant, "sk": _window_key(budget, now)} for budget in listed]
        rows = {row["sk"]: row for row in self._table.batch_get(keys)} if keys else {}
        found = []
        for budget, key in zip(listed, keys, strict=True):
            row = rows.get(key["sk"], {"committed": 0, "reserved": 0})
            found.append(Usage(budget, row["committed"] - row["reserved"], row["reserved"], window_end(budget.window, now)))
        return found

    def _take(self, budget: Budget, key: str, amount: int) -> dict[str, Any]:
        values = {":n": amount, ":room": budget.limit - amount, ":expires": int(self._clock()) + _COUNTERS_KEPT_SECONDS}
        fits = "(attribute_not_exists(committed) AND :room >= :zero) OR committed <= :room"
        return self._update(
            budget.tenant, key, "SET expires_at = :expires ADD committed :n, reserved :n", values | {":zero": 0}, condition=fits
        )

    def _charge(self, reservation: Reservation, key: str, real: int, reserved: int, *, estimated: bool) -> dict[str, Any]:
        values = {":change": real - reserved, ":back": -reserved, ":estimated": real if estimated else 0}
        return self._update(reservation.tenant, key, "ADD committed :change, reserved :back, estimated :estimated", values)

    def _update(self, tenant: str, sk: str, expression: str, values: Item, *, condition: str | None = None) -> dict[str, Any]:
        request: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": marshal({"tenant": tenant, "sk": sk}),
            "UpdateExpression": expression,
            "ExpressionAttributeValues": marshal(values),
        }
        return {"Update": request | ({"ConditionExpression": condition} if condition else {})}

    def _end(self, reservation: Reservation) -> dict[str, Any]:
        key = marshal({"tenant": reservation.tenant, "sk": reservation.sk})
        return {"Delete": {"TableName": self._table.name, "Key": key, "ConditionExpression": "attribute_exists(sk)"}}

    def _transact(self, items: list[dict[str, Any]]) -> list[int]:
        """Positions of the items whose condition failed; empty when all of it was written."""
        for attempt in range(_ATTEMPTS):
            try:
                call(self._table.client, "transact_write_items", TransactItems=items)
            except ClientError as error:
                reasons = _cancellation(error)
                if reasons is None:
                    raise
                failed = [position for position, code in enumerate(reasons) if code == "ConditionalCheckFailed"]
                # With a conflict beside it a failed condition may be of a moment that is over: look again.
                if failed and "TransactionConflict" not in reasons:
                    return failed
                self._sleep(random.uniform(0, min(0.5, 0.005 * 2**attempt)))  # noqa: S311 - jitter, not a secret
            else:
                return []
        raise Unavailable("Too many requests settle their budget at this moment. Try again.", retry_after=1)


def _window_key(budget: Budget, now: datetime) -> str:
    return f"window#{budget.id}#{window_id(budget.window, now)}"


def _cancellation(error: ClientError) -> list[str] | None:
    code = error.response["Error"]["Code"]
    if code == "TransactionInProgressException":
        return ["TransactionConflict"]
    if code != "TransactionCanceledException":
        return None
    reasons: Any = error.response.get("CancellationReasons", [])
    return [str(reason.get("Code")) for reason in reasons]


def _over(budget: Budget, now: datetime) -> RateLimited:
    end = window_end(budget.window, now)
    whose = "key" if budget.key_id else "user" if budget.user else "tenant"
    return RateLimited(
        f"The {budget.window}'s budget of this {whose} cannot bear the request. It resets at {end:%Y-%m-%dT%H:%M:%SZ}.",
        code="insufficient_quota",
        retry_after=max(1, int((end - now).total_seconds())),
    )
