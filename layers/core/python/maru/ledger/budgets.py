"""Budgets: limits on what a tenant, one of its users or one of its keys may spend in a calendar window.

One partition a tenant, with three kinds of rows, told apart by the beginning of their sort key:

    budget#{id}                     the definition: whose, which window, which limit
    window#{id}#{window}            its counters: ``committed`` (spent and reserved together), ``reserved``, ``estimated``
    lease#{until}#{reservation}     a reservation; ``until`` is zero-padded, so that expired ones are a range

USD amounts are integers in nanodollars (1e-9 USD): prices are per million tokens, so one token's cost stays exact.
:mod:`maru.ledger.reservations` takes out of them.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Self

from maru.dynamo import Item, Table, TableSpec
from maru.errors import NotFound
from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.ids import new_id
from maru.ledger.plans import NANO, Plan, PlanBudget, Plans
from maru.ledger.windows import Window, window_end, window_id

_FRESH_SECONDS = 5.0
_TENANTS = 10_000

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
    window: Window | Literal["run"]
    unit: Unit
    limit: int
    user: str | None = None
    key_id: str | None = None
    created_at: int = 0

    def applies_to(self, caller: Caller) -> bool:
        """Whether this caller's requests count against it."""
        return self.user in (None, caller.user) and self.key_id in (None, caller.key_id)

    @property
    def whose(self) -> str:
        """What it limits, in a word."""
        return "key" if self.key_id else "user" if self.user else "tenant"

    @classmethod
    def from_row(cls, row: Item) -> Self:
        """The budget of a definition row."""
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})

    @classmethod
    def of_plan(cls, tenant: str, plan: Plan, place: int, budget: PlanBudget) -> Self:
        """A budget that a plan brings; its counters stay where its window and its unit stay."""
        unit: Unit = "usd" if budget.limit_usd is not None else "tokens"
        limit = int(budget.limit_usd * NANO) if budget.limit_usd is not None else budget.limit_tokens or 0
        return cls(f"plan-{plan.plan}-{place}", tenant, budget.window, unit, limit)

    @classmethod
    def of_run(cls, tenant: str, run_id: str, limit_nanodollars: int) -> Self:
        """The cost cap of one run of a chain: its only window is the run itself, and nothing lists it."""
        return cls(f"run-{run_id}", tenant, "run", "usd", limit_nanodollars)

    def row(self) -> Item:
        """Its definition row."""
        return {"tenant": self.tenant, "sk": f"budget#{self.id}", **{name: getattr(self, name) for name in self.__dataclass_fields__}}

    def window_key(self, now: datetime) -> str:
        """The sort key of its counters at this moment."""
        return f"window#{self.id}#{'run' if self.window == 'run' else window_id(self.window, now)}"


@dataclass(frozen=True)
class Usage:
    """A budget's present window: ``spent`` and ``reserved`` in its unit, and whether it refused somebody."""

    budget: Budget
    spent: int
    reserved: int
    resets_at: datetime
    window_key: str
    refused: bool

    @property
    def remaining(self) -> int:
        """What a further reservation may take."""
        return max(0, self.budget.limit - self.spent - self.reserved)


@dataclass(frozen=True)
class Rules:
    """What holds for a tenant: its plan, and all its budgets, the plan's among them."""

    plan: Plan
    budgets: tuple[Budget, ...]


class BudgetStore:
    """The table of budgets, their counters and the reservations under way."""

    SPEC = TableSpec("budgets", key="tenant", sort="sk", ttl="expires_at")

    def __init__(
        self, table: Table, tenants: TenantStore | None = None, plans: Plans | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.table, self.clock = table, clock
        self._tenants, self._plans = tenants, plans or Plans({"plans": []})
        self._known: dict[str, tuple[float, Rules]] = {}

    def create(self, *, tenant: str, window: Window, unit: Unit, limit: int, user: str | None = None, key_id: str | None = None) -> Budget:
        """Make a budget; it holds everywhere within five seconds."""
        budget = Budget(new_id("budget_"), tenant, window, unit, limit, user, key_id, int(self.clock()))
        self.table.put(budget.row())
        self._known.pop(tenant, None)
        return budget

    def delete(self, tenant: str, budget_id: str) -> None:
        """Remove a budget; raises :class:`NotFound` for an unknown or foreign one, and for a plan's."""
        if self.table.delete({"tenant": tenant, "sk": f"budget#{budget_id}"}) is None:
            raise NotFound(f"No budget '{budget_id}'.", param="id")
        self._known.pop(tenant, None)

    def usage(self, tenant: str) -> list[Usage]:
        """All budgets of a tenant with their present windows, oldest first."""
        return self._usage(sorted(self.read(tenant).budgets, key=lambda budget: (budget.created_at, budget.id)))

    def remembered(self, tenant: str) -> Rules | None:
        """What holds for a tenant if it was read within the last seconds; costs no call."""
        read_at, rules = self._known.get(tenant, (0.0, None))
        return rules if rules and time.monotonic() - read_at < _FRESH_SECONDS else None

    def read(self, tenant: str) -> Rules:
        """What holds for a tenant, read now and remembered."""
        began = time.monotonic()
        plan = self._plans.of(self._tenants.plan(tenant) if self._tenants else None)
        rows = self.table.query("tenant = :tenant AND begins_with(sk, :kind)", {":tenant": tenant, ":kind": "budget#"})
        planned = [Budget.of_plan(tenant, plan, place, budget) for place, budget in enumerate(plan.budgets)]
        rules = Rules(plan, (*planned, *(Budget.from_row(row) for row in rows)))
        if len(self._known) >= _TENANTS:
            self._known.clear()
        self._known[tenant] = (began, rules)
        return rules

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def _usage(self, budgets: Iterable[Budget]) -> list[Usage]:
        now, listed = self._now(), list(budgets)
        keys = [{"tenant": budget.tenant, "sk": budget.window_key(now)} for budget in listed]
        rows = {row["sk"]: row for row in self.table.batch_get(keys)} if keys else {}
        found = []
        for budget, key in zip(listed, keys, strict=True):
            row = rows.get(key["sk"], {})
            reserved = row.get("reserved", 0)
            assert budget.window != "run"  # noqa: S101 - those of runs are no tenant's rules
            spent, resets_at = row.get("committed", 0) - reserved, window_end(budget.window, now)
            found.append(Usage(budget, spent, reserved, resets_at, key["sk"], "refused" in row))
        return found
