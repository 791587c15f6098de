"""Tenants, and the identities that tokens are mapped to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request

from functions.admin.keys_routes import Admin, Name, Tenants
from maru.errors import BadRequest
from maru.exact import Exact
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.identity.directory import IdentityStore
from maru.ledger.plans import Plans

router = APIRouter(tags=["directory"])

Operator = Annotated[Caller, Depends(require("operator"))]
Planned = Annotated[Plans, Depends(provided(Plans))]
Identities = Annotated[IdentityStore, Depends(provided(IdentityStore))]


class TenantRequest(Exact):
    """A tenant to make."""

    id: str
    name: str | None = Field(default=None, max_length=200)
    plan: str | None = None


class TenantChange(Exact):
    """What of a tenant may change."""

    id: str
    plan: str | None


class IdentityRequest(Exact):
    """A mapping from a token's client id or ``sub`` to a tenant's user."""

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=500)
    tenant: str | None = None
    user: Name
    groups: list[Name] = Field(default=[], max_length=50)
    scopes: list[str] | None = None
    role: str | None = None


@router.post("/v1/tenants")
def create_tenant(body: TenantRequest, caller: Operator, tenants: Tenants, plans: Planned, request: Request) -> dict[str, Any]:
    """Make a tenant, on the default plan or another."""
    exchange(request).object_id = body.id
    _known(plans, body.plan)
    row = tenants.create(body.id, body.name)
    if body.plan:
        row = tenants.set_plan(body.id, body.plan)
    return {"object": "tenant", **_without(row, "kind")}


@router.patch("/v1/tenants")
def change_tenant(body: TenantChange, caller: Operator, tenants: Tenants, plans: Planned, request: Request) -> dict[str, Any]:
    """Give a tenant another plan, or null for the default; it holds everywhere within five seconds."""
    exchange(request).object_id = body.id
    _known(plans, body.plan)
    return {"object": "tenant", **_without(tenants.set_plan(body.id, body.plan), "kind")}


@router.get("/v1/tenants")
def list_tenants(caller: Operator, tenants: Tenants) -> dict[str, Any]:
    """All tenants."""
    return {"object": "list", "data": [{"object": "tenant", **_without(row, "kind")} for row in tenants.list()]}


@router.post("/v1/identities")
def create_identity(body: IdentityRequest, caller: Admin, identities: Identities, tenants: Tenants, request: Request) -> dict[str, Any]:
    """Map a subject of the token issuer to a user of the tenant."""
    scopes = caller.granting(body.role, body.scopes)
    tenant = tenants.require(caller.tenant_for(body.tenant))
    exchange(request).object_id = body.subject
    row = identities.put(issuer=body.issuer, subject=body.subject, tenant=tenant, user=body.user, groups=body.groups, scopes=scopes)
    return {"object": "identity", **row}


@router.get("/v1/identities")
def list_identities(caller: Admin, identities: Identities, tenants: Tenants, tenant: str | None = None) -> dict[str, Any]:
    """All mappings of the tenant."""
    named = caller.tenant_for(tenant)
    data = [{"object": "identity", **row} for row in identities.list(named)]
    tenants.named(named, own=caller.tenant, found=data)
    return {"object": "list", "data": data}


@router.delete("/v1/identities")
def delete_identity(issuer: str, subject: str, caller: Admin, identities: Identities, tenant: str | None = None) -> dict[str, Any]:
    """Remove a mapping."""
    identities.delete(caller.tenant_for(tenant), issuer, subject)
    return {"object": "identity", "issuer": issuer, "subject": subject, "deleted": True}


def _known(plans: Plans, plan: str | None) -> None:
    if plan is not None and plan not in plans:
        raise BadRequest(f"There is no plan '{plan}'. Plans are: {', '.join(one.plan for one in plans)}.", param="plan")


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}
