"""Alerts: at 50, 80 and 100 % of a budget, and at 100 USD a month where no budget in USD holds the tenant; each once."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from maru.dynamo import ConditionFailed, Item
from maru.ledger.budgets import BudgetStore, Usage
from maru.ledger.plans import NANO
from maru.ledger.statements import exact
from maru.ledger.usage import UsageStore
from maru.telemetry import Telemetry
from maru.topic import Topic

THRESHOLDS = (50, 80, 100)
#: USD a month from which on a tenant without a budget is worth a word.
UNBOUNDED_USD = 100
#: Rows are given this long to arrive before they are summed.
_SETTLING = timedelta(seconds=60)
_KEPT_SECONDS = 100 * 86_400


class Alerts:
    """Looks at tenants, and tells what was not told before."""

    def __init__(
        self, budgets: BudgetStore, usage: UsageStore, topic: Topic | None, log: Telemetry, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._budgets, self._usage, self._topic, self._log, self._clock = budgets, usage, topic, log, clock

    def look(self, tenant: str) -> int:
        """Send what is due for a tenant; gives how many alerts."""
        usages = self._budgets.usage(tenant)
        sent = sum(self._budget(usage, percent) for usage in usages for percent in THRESHOLDS if _reached(usage, percent))
        held = any(usage.budget.unit == "usd" and usage.budget.whose == "tenant" for usage in usages)
        return sent + (0 if held else self._unbounded(tenant))

    def _budget(self, usage: Usage, percent: int) -> int:
        budget = usage.budget
        key = {"tenant": budget.tenant, "sk": usage.window_key}
        told = {"budget": budget.id, "window": budget.window, "unit": budget.unit, "limit": budget.limit, "spent": usage.spent}
        subject = f"Maru: {percent} % of a {budget.whose}'s budget of the {budget.window} is spent"
        return self._once(key, f"alerted_{percent}", subject, {**told, "tenant": budget.tenant, "percent": percent})

    def _unbounded(self, tenant: str) -> int:
        now = datetime.fromtimestamp(self._clock(), UTC)
        key = {"tenant": tenant, "sk": f"spend#{now:%Y-%m}"}
        spent = self._counted(key, now)
        if spent < UNBOUNDED_USD * NANO:
            return 0
        subject = f"Maru: a tenant without a budget spent {UNBOUNDED_USD} USD this month"
        return self._once(key, "alerted", subject, {"tenant": tenant, "spent_usd": exact(spent)})

    def _counted(self, key: Item, now: datetime) -> int:
        """The month's cost so far: what was counted before, and the rows since."""
        row = self._budgets.table.get(key) or {}
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        since = datetime.fromisoformat(row["until"]) if "until" in row else month
        until = max(since, now - _SETTLING)
        total: int = row.get("total", 0) + sum(one.get("cost", 0) for _, one in self._usage.between(key["tenant"], since, until))
        changes = {"total": total, "until": until.isoformat(), "expires_at": int(self._clock()) + _KEPT_SECONDS}
        # `Table.set` names the changes in their order: the second is `until`.
        unchanged = "#n1 = :since" if "until" in row else "attribute_not_exists(#n1)"
        self._budgets.table.set(key, changes, condition=unchanged, values={":since": row["until"]} if "until" in row else None)
        return total

    def _once(self, key: Item, mark: str, subject: str, told: dict[str, Any]) -> int:
        try:
            self._budgets.table.set(key, {mark: True}, condition=f"attribute_not_exists({mark})")
        except ConditionFailed:
            return 0
        self._log.log("WARNING", "alert", **told)
        if self._topic:
            try:
                self._topic.publish(subject, json.dumps(told))
            except BaseException:
                # Not told, so that the next look tells it.
                self._budgets.table.set(key, {mark: None})
                raise
        return 1


def _reached(usage: Usage, percent: int) -> bool:
    full = usage.spent * 100 >= usage.budget.limit * percent
    return usage.refused or full if percent == THRESHOLDS[-1] else full
