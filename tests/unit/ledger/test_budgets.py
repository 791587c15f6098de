"""Budgets: what they let through, what they refuse, and what becomes of reservations."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Self

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maru.errors import NotFound, RateLimited
from maru.identity import Caller
from maru.ids import new_id
from maru.lean import ThreadedDynamo
from maru.ledger.budgets import Amount, BudgetStore
from maru.ledger.plans import NANO
from maru.ledger.quotes import Quote
from maru.ledger.reservations import LEASE_SECONDS, Reservation, Reservations
from maru.ledger.windows import window_end, window_id
from tests.conftest import MakeTable

MINJI = Caller("acme", "minji", (), frozenset({"chat"}), "key-1")
ALEX = Caller("acme", "alex", (), frozenset({"chat"}), "key-2")
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC).timestamp()


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(make_table: MakeTable, clock: Clock) -> BudgetStore:
    return BudgetStore(make_table(BudgetStore.SPEC), clock=clock)


@dataclass
class Ledger:
    """The store and its reservations, with amounts instead of quotes: one nanodollar and one token for each token."""

    store: BudgetStore

    def __post_init__(self) -> None:
        self.reservations = Reservations(ThreadedDynamo(self.store.table.client), self.store.table.name, clock=self.store.clock)

    async def reserve(self, caller: Caller, amount: Amount) -> Reservation:
        """Reserve, or raise; nothing is shortened."""
        budgets = [budget for budget in self.store.read(caller.tenant).budgets if budget.applies_to(caller)]
        reservation, _ = await self.reservations.reserve(caller.tenant, budgets, fixed(amount))
        return reservation

    async def settle(self, reservation: Reservation, real: Amount) -> None:
        """Settle, once."""
        await self.reservations.settle(reservation, real)

    async def expire(self, tenant: str) -> int:
        """Charge what expired."""
        expired = self.reservations.expired(self.store.table, tenant)
        return sum([await self.reservations.settle(one, one.amount, estimated=True) for one in expired])


class fixed(Quote):  # noqa: N801 - reads as a function
    """A quote of exactly this amount."""

    def __init__(self, amount: Amount) -> None:
        super().__init__("model", amount.tokens, input_price=Decimal(0), output_price=Decimal(0))
        object.__setattr__(self, "_amount", amount)

    def amount(self) -> Amount:
        """That amount."""
        found: Amount = self.__dict__["_amount"]
        return found

    def shortest(self) -> Amount:
        """All of it."""
        return self.amount()

    def within(self, *, nanodollars: int | None = None, tokens: int | None = None) -> Self | None:
        """All or nothing."""
        fits = self.amount().nanodollars <= nanodollars if nanodollars is not None else self.amount().tokens <= (tokens or 0)
        return self if fits else None


@pytest.fixture
def ledger(store: BudgetStore) -> Ledger:
    return Ledger(store)


def spent(store: BudgetStore, tenant: str = "acme") -> list[tuple[int, int]]:
    return [(usage.spent, usage.reserved) for usage in store.usage(tenant)]


async def test_a_reservation_is_settled_to_the_real_cost(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=10)
    reservation = await ledger.reserve(MINJI, Amount(8, 1))
    assert spent(store) == [(0, 8)]
    await ledger.settle(reservation, Amount(3, 1))
    assert spent(store) == [(3, 0)]
    await ledger.settle(reservation, Amount(3, 1))
    assert spent(store) == [(3, 0)], "settled once"


async def test_the_last_of_a_budget_can_be_used_and_no_more(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=10)
    await ledger.settle(await ledger.reserve(MINJI, Amount(10, 0)), Amount(10, 0))
    with pytest.raises(RateLimited) as refused:
        await ledger.reserve(MINJI, Amount(1, 0))
    assert refused.value.code == "insufficient_quota"
    assert refused.value.retry_after == 12 * 3600
    await ledger.reserve(MINJI, Amount(0, 0))


async def test_a_first_request_larger_than_the_limit_is_refused(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=10)
    with pytest.raises(RateLimited):
        await ledger.reserve(MINJI, Amount(11, 0))
    assert spent(store) == [(0, 0)]


async def test_all_budgets_of_a_request_or_none(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="month", unit="usd", limit=100)
    store.create(tenant="acme", window="day", unit="tokens", limit=5, user="minji")
    with pytest.raises(RateLimited, match="user"):
        await ledger.reserve(MINJI, Amount(10, 6))
    assert spent(store) == [(0, 0), (0, 0)]
    await ledger.reserve(ALEX, Amount(10, 6))
    assert sorted(spent(store)) == [(0, 0), (0, 10)]


async def test_a_key_has_a_budget_of_its_own(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=1, key_id="key-1")
    with pytest.raises(RateLimited, match="key"):
        await ledger.reserve(MINJI, Amount(2, 0))
    assert (await ledger.reserve(ALEX, Amount(50, 0))).windows == ()


async def test_windows_follow_the_calendar(store: BudgetStore, ledger: Ledger, clock: Clock) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=10)
    late = await ledger.reserve(MINJI, Amount(10, 0))
    clock.now += 86_400
    await ledger.reserve(MINJI, Amount(10, 0))
    await ledger.settle(late, Amount(1, 0))
    assert spent(store) == [(0, 10)], "a late answer is charged to the day it began on"
    december = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert window_id("month", december) == "2026-12"
    assert window_end("month", december) == window_end("day", december) == datetime(2027, 1, 1, tzinfo=UTC)


async def test_an_expired_lease_is_charged_in_full(store: BudgetStore, ledger: Ledger, clock: Clock) -> None:
    store.create(tenant="acme", window="month", unit="usd", limit=10)
    await ledger.reserve(MINJI, Amount(4, 0))
    assert await ledger.expire("acme") == 0
    clock.now += LEASE_SECONDS + 1
    assert await ledger.expire("acme") == 1
    assert spent(store) == [(4, 0)]


async def test_budgets_are_removed_in_their_tenant_alone(store: BudgetStore, ledger: Ledger) -> None:
    budget = store.create(tenant="acme", window="day", unit="usd", limit=NANO)
    with pytest.raises(NotFound):
        store.delete("other", budget.id)
    store.delete("acme", budget.id)
    assert store.usage("acme") == []
    assert (await ledger.reserve(MINJI, Amount(5 * NANO, 0))).windows == ()


@dataclass
class Model:
    """What the store must agree with."""

    limit: int
    spent: int = 0
    open: list[tuple[Reservation, int]] = field(default_factory=list)

    @property
    def reserved(self) -> int:
        return sum(amount for _, amount in self.open)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["reserve", "settle", "expire"]), st.integers(0, 12), st.integers(0, 12)), max_size=25))
async def test_no_order_of_events_overspends_or_refuses_falsely(
    store: BudgetStore, ledger: Ledger, clock: Clock, steps: list[tuple[str, int, int]]
) -> None:
    tenant = new_id("tenant-")
    caller, model = Caller(tenant, "minji", (), frozenset(), "key-1"), Model(limit=20)
    store.create(tenant=tenant, window="month", unit="usd", limit=model.limit)
    clock.now = START
    for step, size, part in steps:
        if step == "reserve":
            fits = model.spent + model.reserved + size <= model.limit
            try:
                model.open.append((await ledger.reserve(caller, Amount(size, 0)), size))
                assert fits, "let through beyond the limit"
            except RateLimited:
                assert not fits, "refused though it fits"
        elif step == "settle" and model.open:
            reservation, amount = model.open.pop(size % len(model.open))
            real = min(part, amount)
            await ledger.settle(reservation, Amount(real, 0))
            model.spent += real
        elif step == "expire":
            clock.now += LEASE_SECONDS + 1
            await ledger.expire(tenant)
            model.spent += model.reserved
            model.open.clear()
        assert spent(store, tenant) == [(model.spent, model.reserved)]
        assert model.spent + model.reserved <= model.limit


class Contended:
    """DynamoDB where other transactions are in the way: some calls are cancelled for it, once with a condition failing beside it."""

    def __init__(self, inner: ThreadedDynamo, reasons: list[list[str]]) -> None:
        self._inner, self._reasons = inner, reasons

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call."""
        if operation == "TransactWriteItems" and self._reasons:
            reasons: Any = [{"Code": code} for code in self._reasons.pop(0)]
            answer: Any = {"Error": {"Code": "TransactionCanceledException", "Message": ""}, "CancellationReasons": reasons}
            raise ClientError(answer, operation)
        return await self._inner.call(operation, request)


async def test_conflicts_are_waited_out_and_never_a_refusal(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=10)
    conflicts = [["None", "TransactionConflict"]] * 3 + [["TransactionConflict", "ConditionalCheckFailed"]]
    ledger.reservations = Reservations(Contended(ThreadedDynamo(store.table.client), conflicts), store.table.name, clock=store.clock)
    await ledger.settle(await ledger.reserve(MINJI, Amount(10, 0)), Amount(4, 0))
    assert conflicts == []
    assert spent(store) == [(4, 0)]


async def test_what_does_not_pass_with_time_is_not_tried_again(store: BudgetStore, ledger: Ledger) -> None:
    store.create(tenant="acme", window="day", unit="usd", limit=10)
    contended = Contended(ThreadedDynamo(store.table.client), [["ValidationError", "None"]])
    ledger.reservations = Reservations(contended, store.table.name, clock=store.clock)
    with pytest.raises(ClientError):
        await ledger.reserve(MINJI, Amount(1, 0))
