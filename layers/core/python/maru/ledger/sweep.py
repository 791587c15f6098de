"""What the schedule does for every tenant: charge what nobody settled, and tell who is about to run out."""

from typing import Any

import anyio.to_thread

from maru.identity.directory import TenantStore
from maru.ledger.alerts import Alerts
from maru.ledger.meter import Meter
from maru.telemetry import Telemetry


class Sweep:
    """One tenant after the other; what fails for one is logged, counted, and keeps no other waiting."""

    def __init__(self, tenants: TenantStore, meter: Meter, alerts: Alerts, log: Telemetry) -> None:
        self._tenants, self._meter, self._alerts, self._log = tenants, meter, alerts, log

    async def run(self) -> dict[str, Any]:
        """Gives how many leases were charged, and how many alerts sent."""
        done = {"charged": 0, "alerts": 0, "failed": 0}
        for row in await anyio.to_thread.run_sync(self._tenants.list):
            tenant = row["id"]
            try:
                done["charged"] += await self._meter.sweep(tenant)
                done["alerts"] += await anyio.to_thread.run_sync(self._alerts.look, tenant)
            except Exception as error:  # noqa: BLE001 - see the class
                self._log.failure("tenant not swept", error, tenant=tenant)
                done["failed"] += 1
        self._log.metric({"part": "ledger"}, {"expired_leases": done["charged"], "failures": done["failed"]})
        return done
