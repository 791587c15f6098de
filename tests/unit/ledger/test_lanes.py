"""Requests of a tenant that come at the same time: one transaction for all, and each treated as if it had come alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maru.dynamo import Table
from maru.errors import RateLimited, Unavailable
from maru.identity import Caller
from maru.ids import new_id
from maru.lean import ThreadedDynamo
from maru.ledger.budgets import Amount, BudgetStore
from maru.ledger.reservations import Reservation, Reservations
from maru.ledger.usage import UsageStore
from tests.conftest import MakeTable
from tests.patience import PATIENT
from tests.unit.ledger.test_budgets import fixed

CALLER = Caller("acme", "minji", (), frozenset({"chat"}), "key-1")


class Watched:
    """DynamoDB that counts the rows of each transaction; ``before`` and ``after`` may be waited for around a call."""

    def __init__(self, inner: ThreadedDynamo) -> None:
        self._inner = inner
        self.sizes: list[int] = []
        self.before: Callable[[dict[str, Any]], Any] | None = None
        self.after: Callable[[dict[str, Any]], Any] | None = None

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call."""
        if operation == "TransactWriteItems":
            self.sizes.append(len(request["TransactItems"]))
        if self.before:
            await self.before(request)
        answer = await self._inner.call(operation, request)
        if self.after:
            await self.after(request)
        return answer


class Ledger:
    """Budgets, reservations out of them, and the ledger's rows."""

    def __init__(self, table: Table, usage: Table) -> None:
        self.store, self.usage = BudgetStore(table), UsageStore(usage)
        self.dynamo = Watched(ThreadedDynamo(table.client))
        self.reservations = Reservations(self.dynamo, table.name)

    async def reserve(self, size: int, caller: Caller = CALLER) -> Reservation:
        budgets = [one for one in self.store.read(caller.tenant).budgets if one.applies_to(caller)]
        return (await self.reservations.reserve(caller.tenant, budgets, fixed(Amount(size, 0))))[0]

    async def tried(self, *sizes: int, caller: Caller = CALLER) -> list[Reservation | None]:
        """What became of so many requests at once; None for what a budget refused."""
        found = await asyncio.gather(*(self.reserve(size, caller) for size in sizes), return_exceptions=True)
        assert all(isinstance(one, Reservation | RateLimited) for one in found), found
        return [one if isinstance(one, Reservation) else None for one in found]

    async def settle(self, reservation: Reservation, real: int) -> bool:
        row = self.usage.entry({"tenant": reservation.tenant, "cost": real})
        return await self.reservations.settle(reservation, Amount(real, 0), also=[row])

    def spent(self, tenant: str = "acme") -> list[tuple[int, int]]:
        return [(one.spent, one.reserved) for one in self.store.usage(tenant)]

    def leases(self, tenant: str = "acme") -> int:
        return len(self.reservations.open(self.store.table, tenant, {}))


@pytest.fixture
def ledger(make_table: MakeTable) -> Ledger:
    return Ledger(make_table(BudgetStore.SPEC), make_table(UsageStore.SPEC))


async def test_who_comes_at_the_same_time_shares_a_call(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=1000)
    ledger.store.create(tenant="acme", window="month", unit="usd", limit=1000)
    taken = [one for one in await ledger.tried(*range(1, 9)) if one]
    assert ledger.dynamo.sizes == [8 + 2], "a lease for each, both budgets once"
    assert ledger.spent() == [(0, 36)] * 2
    assert ledger.leases() == 8
    assert all(await asyncio.gather(*(ledger.settle(one, 1) for one in taken)))
    assert ledger.dynamo.sizes[1:] == [8 * 2 + 2], "each lease and each row"
    assert ledger.spent() == [(8, 0)] * 2
    assert ledger.leases() == 0


async def test_a_transaction_holds_no_more_than_dynamodb_takes(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=1000)
    taken = [one for one in await ledger.tried(*[1] * 120) if one]
    assert ledger.dynamo.sizes == [100, 22]
    assert all(await asyncio.gather(*(ledger.settle(one, 1) for one in taken)))
    assert max(ledger.dynamo.sizes) <= 100
    assert ledger.spent() == [(120, 0)]


async def test_reservations_and_settlements_go_together(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=10)
    first = await ledger.reserve(5)
    _, second = await asyncio.gather(ledger.settle(first, 2), ledger.reserve(5))
    assert len(ledger.dynamo.sizes) == 2
    assert ledger.spent() == [(2, 5)]
    assert await ledger.settle(second, 5)


async def test_of_a_group_that_is_too_much_the_first_pass_and_the_rest_is_refused_in_three_calls(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=10)
    found = await ledger.tried(*[4] * 20)
    assert [bool(one) for one in found] == [True] * 2 + [False] * 18
    assert ledger.spent() == [(0, 8)]
    shared = [size for size in ledger.dynamo.sizes if size > 1]
    assert shared == [21, 3, 19], "all, those that fit, the others; whatever else was called only noted the refusal"


async def test_each_of_a_group_is_refused_for_itself_alone(ledger: Ledger) -> None:
    """By the budget of its user, or for its own size, while others of the tenant go on."""
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=3, user="alex")
    alex = Caller("acme", "alex", (), frozenset({"chat"}), "key-2")
    asked = [(200, CALLER), (5, alex), (50, CALLER), (2, alex), (2, alex)]
    found = await asyncio.gather(*(ledger.reserve(size, who) for size, who in asked), return_exceptions=True)
    assert [isinstance(one, Reservation) for one in found] == [False, False, True, True, False]
    assert [getattr(one, "code", None) for one in found] == ["insufficient_quota"] * 2 + [None] * 2 + ["insufficient_quota"]
    assert sorted(ledger.spent()) == [(0, 2), (0, 52)]


async def test_what_was_settled_before_is_settled_once_whoever_is_in_its_group(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    one, two, three = [found for found in await ledger.tried(10, 10, 10) if found]
    assert await ledger.settle(one, 1)
    assert await asyncio.gather(*(ledger.settle(each, 2) for each in (one, two, three))) == [False, True, True]
    assert ledger.spent() == [(5, 0)]


async def test_the_same_reservation_settled_twice_in_one_group_counts_once(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    one, two = [found for found in await ledger.tried(10, 10) if found]
    assert sorted(await asyncio.gather(*(ledger.settle(each, 2) for each in (one, one, two)))) == [False, True, True]
    assert ledger.spent() == [(4, 0)]


async def test_what_dynamodb_does_not_take_of_one_the_others_do_not_feel(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    taken = [found for found in await ledger.tried(10, 10, 10) if found]
    wrong = {"Put": {"TableName": "nowhere", "Item": {"id": {"S": "x"}}}}
    settled = [ledger.reservations.settle(one, Amount(1, 0), also=[wrong] if one is taken[1] else []) for one in taken]
    first, second, third = await asyncio.gather(*settled, return_exceptions=True)
    assert (first, third) == (True, True)
    assert isinstance(second, ClientError)
    assert ledger.spent() == [(2, 10)]


async def test_where_dynamodb_is_out_everybody_hears_it_at_once(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)

    async def out(_: dict[str, Any]) -> None:
        raise Unavailable("The database does not answer.")

    ledger.dynamo.before = out
    found = await asyncio.gather(*(ledger.reserve(1) for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable] * 5
    assert ledger.dynamo.sizes == [6]


async def test_where_a_refused_window_cannot_be_read_nobody_is_told_that_it_is_full(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=10)

    async def unread(request: dict[str, Any]) -> None:
        if "TransactItems" not in request:
            raise Unavailable("The database does not answer.")

    ledger.dynamo.before = unread
    found = await asyncio.gather(*(ledger.reserve(11) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable] * 3
    ledger.dynamo.before = None
    await ledger.reserve(10)


async def test_who_gives_up_while_waiting_leaves_nothing_reserved(ledger: Ledger) -> None:
    """Before the call was made it takes no part in it; while it is made, what was taken is given back; others go on."""
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    begun, go_on, given_back = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: dict[str, Any]) -> None:
        begun.set()
        await go_on.wait()

    async def seen(request: dict[str, Any]) -> None:
        if any("Delete" in one for one in request["TransactItems"]):
            given_back.set()

    ledger.dynamo.before, ledger.dynamo.after = slow, seen
    first, second = (asyncio.create_task(ledger.reserve(10)) for _ in range(2))
    await begun.wait()
    third, fourth = (asyncio.create_task(ledger.reserve(size)) for size in (20, 40))
    await asyncio.sleep(0)
    for task in (first, third):
        task.cancel()
    await asyncio.wait({first, third})
    go_on.set()
    assert await asyncio.gather(second, fourth)
    async with asyncio.timeout(PATIENT.whole):
        await given_back.wait()
    assert ledger.spent() == [(0, 50)]
    assert ledger.leases() == 2


async def test_a_call_that_hangs_holds_nobody_else_up(ledger: Ledger) -> None:
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hangs(_: dict[str, Any]) -> None:
        if not begun.is_set():
            begun.set()
            await go_on.wait()

    ledger.dynamo.before = hangs
    first = asyncio.create_task(ledger.reserve(1))
    await begun.wait()
    async with asyncio.timeout(PATIENT.whole):
        assert all(await ledger.tried(2, 4))
        assert all(await ledger.tried(8, 16))
    assert not first.done()
    go_on.set()
    await first
    assert ledger.spent() == [(0, 31)]


def test_loops_that_come_and_go_do_not_wait_for_each_other(ledger: Ledger) -> None:
    """As a worker's do, one for each call."""
    ledger.store.create(tenant="acme", window="day", unit="usd", limit=100)
    for _ in range(3):
        asyncio.run(ledger.reserve(1))
    assert ledger.spent() == [(0, 3)]


sizes = st.lists(st.integers(0, 12), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(sizes, st.lists(st.integers(0, 12), max_size=4)), max_size=5))
async def test_no_crowd_overspends_or_is_refused_falsely(ledger: Ledger, steps: list[tuple[list[int], list[int]]]) -> None:
    """Crowds of requests, some of which end while the next come; whoever is refused would not have fitted at any time of it."""
    tenant, limit, spent = new_id("tenant-"), 30, 0
    caller = Caller(tenant, "minji", (), frozenset(), "key-1")
    ledger.store.create(tenant=tenant, window="month", unit="usd", limit=limit)
    open_: list[Reservation] = []
    for asked, ends in steps:
        ending = [(open_.pop(place % len(open_)), place) for place in ends if open_]
        settled = [ledger.settle(one, min(place, one.amount.nanodollars)) for one, place in ending]
        done, found = await asyncio.gather(asyncio.gather(*settled), ledger.tried(*asked, caller=caller))
        assert all(done)
        spent += sum(min(place, one.amount.nanodollars) for one, place in ending)
        open_ += [one for one in found if one]
        reserved = sum(one.amount.nanodollars for one in open_)
        assert ledger.spent(tenant) == [(spent, reserved)]
        assert spent + reserved <= limit
        given_back = sum(one.amount.nanodollars for one, _ in ending)
        refused = [size for size, one in zip(asked, found, strict=True) if one is None]
        assert all(spent + reserved + given_back + size > limit for size in refused)
    assert ledger.leases(tenant) == len(open_)
