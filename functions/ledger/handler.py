"""Called by the schedule: charges leases that ran out, and alerts, tenant by tenant."""

import asyncio
import os
from functools import cache
from typing import Any

from functions.ledger.settings import Settings
from maru import aws
from maru.dynamo import Table
from maru.identity.directory import TenantStore
from maru.lean import ThreadedDynamo
from maru.ledger.alerts import Alerts
from maru.ledger.meter import Meter
from maru.ledger.sweep import Sweep
from maru.telemetry import Telemetry
from maru.topic import SnsTopic


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return asyncio.run(_sweep().run())


@cache
def _sweep() -> Sweep:
    settings = Settings.from_env(os.environ)
    return build(settings, Telemetry(settings.function))


def build(settings: Settings, log: Telemetry) -> Sweep:
    """The sweep on what the settings name."""
    dynamodb = aws.client("dynamodb")
    tenants = TenantStore(Table(dynamodb, settings.tenants_table, TenantStore.SPEC))
    meter = Meter.connect(settings, tenants, ThreadedDynamo(dynamodb))
    topic = SnsTopic(aws.client("sns"), settings.alert_topic_arn) if settings.alert_topic_arn else None
    return Sweep(tenants, meter, Alerts(meter.budgets, meter.usage, topic, log), log)
