"""Budgets on engines that really run transactions: AWS's DynamoDB Local, and the embedded AWS; several processes spend at once."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maru.dynamo import ConditionFailed, Table, TableSpec
from maru.errors import RateLimited
from maru.identity import Caller
from maru.ids import new_id
from maru.items import marshal
from maru.lean import Dynamo, LeanDynamo, ThreadedDynamo
from maru.ledger.budgets import BudgetStore
from maru.ledger.meter import Meter
from maru.ledger.quotes import Quote
from maru.ledger.reservations import LEASE_SECONDS
from maru.ledger.writes import TransactionRefused, put, together, update
from maru.plain import PlainDynamo
from tests.engines.dynamodb_local import dynamodb_local
from tests.engines.ministack import EmbeddedAws, embedded_aws
from tests.engines.spender import ALIAS, BODY
from tests.ledger import create_tables, meter_on
from tests.patience import PATIENT
from tests.processes import ROOT, bare_environment

pytestmark = pytest.mark.live

ENGINES: dict[str, Any] = {"dynamodb_local": dynamodb_local, "ministack": embedded_aws}
PROCESSES = 4


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[EmbeddedAws]:
    start: AbstractContextManager[EmbeddedAws] = ENGINES[request.param]()
    with start as running:
        yield running


@pytest.fixture
def client(engine: EmbeddedAws) -> Iterator[Any]:
    client = engine.client("dynamodb")
    create_tables(client)
    yield client
    client.close()


@pytest.fixture
def meter(client: Any) -> Meter:
    return meter_on(client)


def spenders(engine: EmbeddedAws, **options: Any) -> list[dict[str, Any]]:
    """What some processes saw; None of one that died."""
    running = []
    for seed in range(PROCESSES):
        command = [sys.executable, "-m", "tests.engines.spender", json.dumps({"seed": seed, **options})]
        running.append(subprocess.Popen(command, cwd=ROOT, env=bare_environment() | engine.environment, stdout=subprocess.PIPE, text=True))
    found = []
    for process in running:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0 or options.get("crash"), "it failed by itself"
        found.append(json.loads(out) if out else {})
    return found


def cost_of(fixed: int) -> int:
    return Quote.chat(ALIAS, BODY | {"max_tokens": fixed}).amount().nanodollars


def window(meter: Meter, tenant: str) -> tuple[int, int]:
    (usage,) = meter.budgets.usage(tenant)
    return usage.spent, usage.reserved


def ledger_cost(meter: Meter, tenant: str) -> int:
    now = datetime.now(UTC)
    return sum(row["cost"] for _, row in meter.usage.between(tenant, now - timedelta(hours=2), now + timedelta(hours=1)))


def test_a_hundred_calls_on_a_cap_of_ten(engine: EmbeddedAws, meter: Meter) -> None:
    """Ten pass, none more and none fewer: no overspend, and no refusal of what would have fitted."""
    tenant, each = new_id("t"), cost_of(20)
    meter.budgets.create(tenant=tenant, window="month", unit="usd", limit=10 * each)
    seen = spenders(engine, tenant=tenant, requests=100 // PROCESSES, fixed=20)
    assert sum(one["seen"].get("done", 0) for one in seen) == 10
    assert sum(one["seen"].get("insufficient_quota", 0) for one in seen) == 90
    assert window(meter, tenant) == (10 * each, 0)
    assert ledger_cost(meter, tenant) == 10 * each


@pytest.mark.parametrize("crash", [0.0, 0.1])
async def test_whatever_happens_nothing_is_overspent_and_nothing_stays_reserved(engine: EmbeddedAws, meter: Meter, crash: float) -> None:
    """Random costs, failures, cancellations and kill -9 at any point; then the leases end, and the ledger says what the budget says."""
    tenant, limit = new_id("t"), 40 * cost_of(200)
    meter.budgets.create(tenant=tenant, window="month", unit="usd", limit=limit)
    seen = spenders(engine, tenant=tenant, requests=40, crash=crash, fail=0.2, cancel=0.3, bounded=0.8)
    assert not crash or {} in seen, "some process must have died"
    spent, reserved = window(meter, tenant)
    assert spent + reserved <= limit
    later = meter_on(meter.budgets.table.client)
    later.reservations._clock = lambda: time.time() + LEASE_SECONDS + 2
    async with asyncio.timeout(PATIENT.whole):
        # What a process had sent when it died may be done a little later.
        while window(meter, tenant)[1] or later.reservations.open(meter.budgets.table, tenant, {}):
            await later.sweep(tenant)
    spent, reserved = window(meter, tenant)
    assert reserved == 0
    assert spent <= limit
    assert ledger_cost(meter, tenant) == spent


async def test_the_last_of_a_budget_is_given_out_shortened(meter: Meter) -> None:
    tenant = new_id("t")
    caller = Caller(tenant, "minji", (), frozenset(), "key-1")
    meter.budgets.create(tenant=tenant, window="day", unit="tokens", limit=300)
    charge = await meter.chat(caller, ALIAS, BODY, {})
    assert charge.quote.amount().tokens == 300
    assert charge.body["max_tokens"] == 300 - charge.quote.input_tokens
    with pytest.raises(RateLimited):
        await meter.chat(caller, ALIAS, BODY, {})
    charge.refused()
    await charge.close()
    assert window(meter, tenant) == (0, 0)


async def test_both_clients_speak_alike(engine: EmbeddedAws, client: Any) -> None:
    """The lean client, the plain one and boto3: the same answers, the same errors, for what the way of a request calls."""
    spec = TableSpec(new_id("table"), key="id")
    spec.create(client, spec.name)
    table = Table(client, spec.name, BudgetStore.SPEC)
    row = {
        "id": '한글 "1"',
        "text": "값\n",
        "count": 12345678901234567890,
        "part": 0.1,
        "flag": True,
        "none": None,
        "list": [1, {"a": "b"}],
    }
    credentials = client._request_signer._credentials
    async with LeanDynamo(engine.endpoint, "ap-northeast-2", credentials) as lean:
        plain: Any = PlainDynamo(engine.endpoint, "ap-northeast-2", credentials)
        clients: list[Dynamo] = [lean, ThreadedDynamo(plain), ThreadedDynamo(client)]
        for number, dynamo in enumerate(clients):
            key = {**row, "id": f"{row['id']}{number}"}
            await dynamo.call("PutItem", {"TableName": spec.name, "Item": marshal(key)})
            assert table.get({"id": key["id"]}) == key
            assert (await dynamo.call("GetItem", {"TableName": spec.name, "Key": marshal({"id": key["id"]})}))["Item"] == marshal(key)
            absent = "attribute_not_exists(id)"
            with pytest.raises(ConditionFailed):
                await dynamo.call("PutItem", {"TableName": spec.name, "Item": marshal(key), "ConditionExpression": absent})
            full = update(
                spec.name, {"id": key["id"]}, "ADD #c :n".replace("#c", "counted"), {":n": 1, ":most": -1}, condition="counted <= :most"
            )
            with pytest.raises(TransactionRefused) as refused:
                await together(dynamo, [put(spec.name, {"id": "other"}), full])
            assert list(refused.value.failed) == [1]
            assert table.get({"id": "other"}) is None
            with pytest.raises(client.exceptions.ResourceNotFoundException if number == 2 else Exception, match="ResourceNotFound"):
                await dynamo.call("PutItem", {"TableName": "nowhere", "Item": marshal(key)})
