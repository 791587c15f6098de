"""Budgets of a tenant, its users and its keys, with what is spent and reserved of them."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field, model_validator
from starlette.requests import Request

from functions.admin.keys_routes import Admin, Keys, Name, Tenants
from maru.exact import Exact
from maru.http import exchange, provided
from maru.ledger.budgets import BudgetStore, Unit, Usage
from maru.ledger.plans import NANO
from maru.models.prices import counted

router = APIRouter(tags=["budgets"])

Budgets = Annotated[BudgetStore, Depends(provided(BudgetStore))]


class BudgetRequest(Exact):
    """A budget to make: of the whole tenant, or of one user or one key."""

    tenant: str | None = None
    user: Name | None = None
    key_id: Name | None = None
    window: Literal["day", "month"]
    # As a text it keeps all its digits.
    limit_usd: Annotated[Decimal, Field(ge=0, le=10**9, strict=False), AfterValidator(counted)] | None = None
    limit_tokens: int | None = Field(default=None, ge=0, le=10**15)

    @model_validator(mode="after")
    def one_limit(self) -> "BudgetRequest":
        """A budget counts one thing."""
        if (self.limit_usd is None) == (self.limit_tokens is None):
            raise ValueError("give either 'limit_usd' or 'limit_tokens'")
        return self

    def limit(self) -> tuple[Unit, int]:
        """The unit, and the limit in nanodollars or tokens."""
        if self.limit_usd is not None:
            return "usd", int(self.limit_usd * NANO)
        return "tokens", self.limit_tokens or 0


@router.post("/v1/budgets")
def create_budget(body: BudgetRequest, caller: Admin, budgets: Budgets, tenants: Tenants, keys: Keys, request: Request) -> dict[str, Any]:
    """Make a budget; it holds everywhere within five seconds."""
    tenant = tenants.require(caller.tenant_for(body.tenant))
    if body.key_id:
        keys.require(tenant, body.key_id)
    unit, limit = body.limit()
    budget = budgets.create(tenant=tenant, window=body.window, unit=unit, limit=limit, user=body.user, key_id=body.key_id)
    exchange(request).object_id = budget.id
    return next(budget_object(usage) for usage in budgets.usage(tenant) if usage.budget.id == budget.id)


@router.get("/v1/budgets")
def list_budgets(caller: Admin, budgets: Budgets, tenants: Tenants, tenant: str | None = None) -> dict[str, Any]:
    """All budgets of the tenant with their present windows."""
    named = caller.tenant_for(tenant)
    # The default plan's budget would stand for a tenant that is none.
    tenants.named(named, own=caller.tenant, found=False)
    return {"object": "list", "data": [budget_object(usage) for usage in budgets.usage(named)]}


@router.delete("/v1/budgets/{budget_id}")
def delete_budget(budget_id: str, caller: Admin, budgets: Budgets, tenant: str | None = None) -> dict[str, Any]:
    """Remove a budget."""
    budgets.delete(caller.tenant_for(tenant), budget_id)
    return {"id": budget_id, "object": "budget", "deleted": True}


def budget_object(usage: Usage) -> dict[str, Any]:
    """A budget as callers see it: USD as numbers with at most nine decimals, tokens as integers."""
    budget = usage.budget
    shown = {name: getattr(budget, name) for name in ("id", "tenant", "user", "key_id", "window", "created_at")}
    counts: dict[str, float] = {
        f"limit_{budget.unit}": budget.limit,
        "spent": usage.spent,
        "reserved": usage.reserved,
        "remaining": usage.remaining,
    }
    if budget.unit == "usd":
        counts = {name: value / NANO for name, value in counts.items()}
    return {"object": "budget", **shown, **counts, "resets_at": int(usage.resets_at.timestamp())}
