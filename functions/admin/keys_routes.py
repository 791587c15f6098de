"""API keys of a tenant."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from maru.dynamo import Item
from maru.errors import BadRequest
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.identity.keys import KeyStore

router = APIRouter(tags=["keys"])

Admin = Annotated[Caller, Depends(require("admin"))]
Keys = Annotated[KeyStore, Depends(provided(KeyStore))]
Tenants = Annotated[TenantStore, Depends(provided(TenantStore))]

Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\s,]+$")]


class KeyRequest(BaseModel):
    """A key to make; ``expires_at`` is in seconds since the epoch."""

    model_config = ConfigDict(extra="forbid")

    tenant: str | None = None
    user: Name
    groups: list[Name] = Field(default=[], max_length=50)
    scopes: list[str] | None = None
    role: str | None = None
    expires_at: int | None = None


@router.post("/v1/keys")
def create_key(body: KeyRequest, caller: Admin, keys: Keys, tenants: Tenants, request: Request) -> dict[str, Any]:
    """Make a key. The answer is the only place where ``key`` is ever shown."""
    scopes = caller.granting(body.role, body.scopes)
    if body.expires_at is not None and body.expires_at <= time.time():
        raise BadRequest("'expires_at' lies in the past. Give seconds since the epoch.", param="expires_at")
    tenant = tenants.require(caller.tenant_for(body.tenant))
    made = keys.create(tenant=tenant, user=body.user, groups=body.groups, scopes=scopes, expires_at=body.expires_at, created_by=caller.user)
    exchange(request).object_id = made.id
    return key_object(made.row) | {"key": made.key}


@router.get("/v1/keys")
def list_keys(caller: Admin, keys: Keys, tenant: str | None = None) -> dict[str, Any]:
    """All keys of the tenant, without their secrets."""
    return {"object": "list", "data": [key_object(row) for row in keys.list(caller.tenant_for(tenant))]}


@router.delete("/v1/keys/{key_id}")
def revoke_key(key_id: str, caller: Admin, keys: Keys, tenant: str | None = None) -> dict[str, Any]:
    """Revoke a key; within 60 seconds it opens nothing any more."""
    keys.revoke(caller.tenant_for(tenant), key_id)
    return {"id": key_id, "object": "key", "deleted": True}


def key_object(row: Item) -> dict[str, Any]:
    """A key as callers see it."""
    shown = ("id", "tenant", "user", "groups", "scopes", "created_at", "created_by", "expires_at", "revoked_at")
    return {"object": "key", **{name: row[name] for name in shown}}
