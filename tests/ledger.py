"""The ledger on a given DynamoDB: fresh tables, and a meter on them."""

import time
from collections.abc import Callable
from typing import Any

from maru.dynamo import Table
from maru.identity.directory import TenantStore
from maru.lean import Dynamo, ThreadedDynamo
from maru.ledger.budgets import BudgetStore
from maru.ledger.meter import Meter
from maru.ledger.plans import Plans
from maru.ledger.rates import RateStore
from maru.ledger.usage import UsageStore

SPECS = (BudgetStore.SPEC, RateStore.SPEC, UsageStore.SPEC)


def create_tables(client: Any) -> None:
    """The ledger's tables, named as their specifications are."""
    present = client.list_tables()["TableNames"]
    for spec in SPECS:
        if spec.name not in present:
            spec.create(client, spec.name)


def meter_on(
    client: Any,
    *,
    dynamo: Dynamo | None = None,
    tenants: TenantStore | None = None,
    plans: Any = None,
    clock: Callable[[], float] = time.time,
) -> Meter:
    """A meter on the ledger's tables of ``client``, which are made where they are missing."""
    create_tables(client)
    table = Table(client, BudgetStore.SPEC.name, BudgetStore.SPEC)
    budgets = BudgetStore(table, tenants, Plans({"plans": plans}) if plans is not None else None, clock=clock)
    usage = UsageStore(Table(client, UsageStore.SPEC.name, UsageStore.SPEC))
    return Meter(dynamo or ThreadedDynamo(client), budgets, usage, rates_table=RateStore.SPEC.name)
