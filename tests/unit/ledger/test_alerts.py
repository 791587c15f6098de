"""Alerts and the schedule's sweep: each told once, leases charged, one tenant's trouble not another's."""

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.ledger.alerts import Alerts
from maru.ledger.meter import Meter
from maru.ledger.plans import NANO
from maru.ledger.reservations import LEASE_SECONDS
from maru.ledger.sweep import Sweep
from maru.models import Catalogue
from maru.models.usage import Usage
from maru.telemetry import Telemetry
from tests.conftest import MakeTable
from tests.ledger import meter_on

MINJI = Caller("acme", "minji", (), frozenset({"chat"}), "key-1")
ENTRY = {"model": "up", "base_url": "http://x.test", "context_length": 4000, "price": {"input": 0, "output": 1_000_000}}
#: A token of its answer costs one USD.
ALIAS = Catalogue({"models": [{"alias": "default", "kind": "chat", "targets": [ENTRY]}]}, {}).demand("default")


@dataclass
class Topic:
    """Remembers what was sent; ``broken`` takes nothing."""

    sent: list[tuple[str, Any]] = field(default_factory=list)
    broken: bool = False

    def publish(self, subject: str, message: str) -> None:
        """Take one."""
        if self.broken:
            raise ConnectionError
        self.sent.append((subject, json.loads(message)))


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(make_table: MakeTable, clock: Clock) -> Meter:
    made = meter_on(boto3.client("dynamodb"))
    made.budgets.clock = made.reservations._clock = made.usage._clock = clock
    return made


@pytest.fixture
def tenants(make_table: MakeTable) -> TenantStore:
    store = TenantStore(make_table(TenantStore.SPEC))
    store.create("acme")
    return store


@pytest.fixture
def topic() -> Topic:
    return Topic()


@pytest.fixture
def sweep(meter: Meter, tenants: TenantStore, topic: Topic, clock: Clock) -> Sweep:
    log = Telemetry("ledger", stream=io.StringIO())
    return Sweep(tenants, meter, Alerts(meter.budgets, meter.usage, topic, log, clock=clock), log)


async def spend(meter: Meter, usd: int) -> None:
    charge = await meter.chat(MINJI, ALIAS, {"messages": [{"role": "user", "content": "x"}], "max_tokens": usd}, {})
    charge.answered(ALIAS.targets[0], Usage(0, usd))
    await charge.close()


async def test_a_budget_tells_each_threshold_once(meter: Meter, sweep: Sweep, topic: Topic) -> None:
    meter.budgets.create(tenant="acme", window="month", unit="usd", limit=100 * NANO)
    told = []
    for usd in (40, 10, 10, 25, 15):
        await spend(meter, usd)
        for _ in range(2):
            await sweep.run()
        told.append([message["percent"] for _, message in topic.sent])
    assert told == [[], [50], [50], [50, 80], [50, 80, 100]]
    assert topic.sent[0][0] == "Maru: 50 % of a tenant's budget of the month is spent"


async def test_a_budget_that_refuses_is_spent(meter: Meter, sweep: Sweep, topic: Topic) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=1)
    with pytest.raises(Exception, match="cannot bear"):
        await spend(meter, 5)
    await sweep.run()
    assert [message["percent"] for _, message in topic.sent] == [100]


async def test_what_could_not_be_sent_is_sent_later(meter: Meter, sweep: Sweep, topic: Topic) -> None:
    meter.budgets.create(tenant="acme", window="month", unit="usd", limit=10 * NANO)
    await spend(meter, 5)
    topic.broken = True
    assert (await sweep.run())["failed"] == 1
    topic.broken = False
    assert (await sweep.run())["alerts"] == 1
    assert len(topic.sent) == 1


async def test_a_hundred_usd_without_a_budget_are_told_once_a_month(meter: Meter, sweep: Sweep, topic: Topic, clock: Clock) -> None:
    for _ in range(4):
        await spend(meter, 60)
        clock.now += 120
        await sweep.run()
    assert [(subject, message["spent_usd"]) for subject, message in topic.sent] == [
        ("Maru: a tenant without a budget spent 100 USD this month", "120.000000000")
    ]
    clock.now += 30 * 86_400
    await spend(meter, 150)
    clock.now += 120
    await sweep.run()
    assert [message["spent_usd"] for _, message in topic.sent] == ["120.000000000", "150.000000000"]


async def test_a_lost_request_is_charged_in_full_when_its_lease_ends(meter: Meter, sweep: Sweep, clock: Clock) -> None:
    meter.budgets.create(tenant="acme", window="month", unit="usd", limit=100 * NANO)
    body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 7}
    charge = await meter.chat(MINJI, ALIAS, body, {}, agent="helper")
    assert (await sweep.run())["charged"] == 0
    clock.now += LEASE_SECONDS + 1
    assert (await sweep.run())["charged"] == 1
    charge.answered(ALIAS.targets[0], Usage(0, 3))
    await charge.close()
    now = datetime.fromtimestamp(clock.now, UTC)
    ((_, row),) = meter.usage.between("acme", now.replace(hour=0), now.replace(hour=23))
    assert (row["status"], row["estimated"], row["agent"], row["cost"]) == ("lost", True, "helper", 7 * NANO)
    (usage,) = meter.budgets.usage("acme")
    assert (usage.spent, usage.reserved) == (7 * NANO, 0)


async def test_a_tenants_own_next_request_charges_what_was_lost(meter: Meter, clock: Clock) -> None:
    meter.budgets.create(tenant="acme", window="month", unit="usd", limit=100 * NANO)
    body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 7}
    await meter.chat(MINJI, ALIAS, body, {})
    clock.now += LEASE_SECONDS + 1
    other = meter_on(boto3.client("dynamodb"))
    other.budgets.clock = other.reservations._clock = other.usage._clock = clock
    charge = await other.chat(MINJI, ALIAS, body, {})
    charge.refused()
    await charge.close()
    (usage,) = other.budgets.usage("acme")
    assert (usage.spent, usage.reserved) == (7 * NANO, 0)
    now = datetime.fromtimestamp(clock.now, UTC)
    # The clock stands still: both rows are of the same moment.
    assert {row["status"] for _, row in other.usage.between("acme", now.replace(hour=0), now.replace(hour=23))} == {"lost", "failed"}
