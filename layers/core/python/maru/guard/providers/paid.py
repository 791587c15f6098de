"""Models that the guard asks, in the ledger and under the budgets of whomever it serves."""

import asyncio
from collections.abc import Callable
from typing import Any

from maru.guard.engine import Guard
from maru.guard.providers import backends
from maru.identity import SERVED
from maru.ledger.meter import Meter
from maru.models import Completion, KeyRing, ModelClient, record
from maru.telemetry import Telemetry

#: In the ledger's rows, beside the names of agents.
_WHO = "guard"


class Unpaid(Exception):
    """Nobody is served, so that nobody would pay: no model is asked."""


class PaidModels:
    """Asks aliases for whole answers; each call is reserved, settled and recorded as every other call of a model."""

    def __init__(self, models: ModelClient, meter: Meter, log: Telemetry) -> None:
        self._models, self._meter, self._log = models, meter, log

    def offers(self, alias: str) -> bool:
        """Whether there is such an alias."""
        return self._models.catalogue.get(alias) is not None

    async def complete(self, alias: str, body: dict[str, Any]) -> Completion:
        """A whole answer; raises :class:`Unpaid`, what :meth:`~maru.ledger.meter.Meter.chat` raises, and the model's own errors."""
        caller = SERVED.get()
        if caller is None:
            raise Unpaid
        charge = await self._meter.chat(caller, self._models.catalogue.find(alias, "chat"), body, {}, agent=_WHO)
        try:
            with charge.attempt():
                answer = await self._models.complete(alias, charge.body)
            charge.answered(answer.target, answer.usage)
        finally:
            # A deadline ends the check, not the bill.
            await asyncio.shield(charge.close())
        record(self._log, caller, alias, target=answer.target, usage=answer.usage, cost_usd=answer.cost_usd)
        return answer


def guards(models: ModelClient, keys: KeyRing, log: Telemetry) -> Callable[[Meter], Guard]:
    """Makes the guard whose policies may ask every kind of provider, its models paid under a meter; makes no call."""
    return lambda meter: Guard(log=log, backends=backends(PaidModels(models, meter, log), keys.get))
