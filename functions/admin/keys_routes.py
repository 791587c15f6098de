"""API keys of a tenant."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request

from maru.dynamo import Item
from maru.errors import BadRequest
from maru.exact import Exact
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.identity.directory import TenantStore
from maru.identity.keys import KeyStore
from maru.identity.published import MOST_ORIGINS, REQUESTS_PER_MINUTE, SCOPES, Published, checked_origins
from maru.validation import spelled

router = APIRouter(tags=["keys"])

Admin = Annotated[Caller, Depends(require("admin"))]
Keys = Annotated[KeyStore, Depends(provided(KeyStore))]
Tenants = Annotated[TenantStore, Depends(provided(TenantStore))]

Name = Annotated[str, Field(min_length=1, max_length=128, pattern=spelled(r"^[^\s,]+$", "without spaces and commas, such as 'minji'"))]


class KeyRequest(Exact):
    """A key to make; ``expires_at`` is in seconds since the epoch.

    With ``allowed_origins`` it may stand in web pages: it opens the chat with one ``agent``, from pages of these origins alone, at
    ``requests_per_minute``, and has no scope but ``chat``.
    """

    tenant: str | None = None
    user: Name
    groups: list[Name] = Field(default=[], max_length=50)
    scopes: list[str] | None = None
    role: str | None = None
    expires_at: int | None = Field(default=None, description="Seconds since the epoch", examples=[1_924_992_000])
    allowed_origins: list[Annotated[str, Field(max_length=300)]] | None = Field(default=None, min_length=1, max_length=MOST_ORIGINS)
    agent: Annotated[str, Field(pattern=spelled(r"^[^\s/]{1,128}$", "an agent's name, such as 'hr-assistant'"))] | None = None
    requests_per_minute: int | None = Field(default=None, ge=1, le=10_000)

    def published(self) -> Published | None:
        """What a key for web pages is held to. Raises BadRequest naming the field that is missing, or of no use."""
        if self.allowed_origins is None:
            if unused := next((name for name in ("agent", "requests_per_minute") if getattr(self, name) is not None), None):
                raise BadRequest(f"'{unused}' belongs to a key with 'allowed_origins'.", param=unused)
            return None
        origins = checked_origins(self.allowed_origins)
        if self.agent is None:
            raise BadRequest("A key for web pages opens one agent: name it in 'agent'.", param="agent")
        return Published(origins, self.agent, self.requests_per_minute or REQUESTS_PER_MINUTE)

    def granted(self, caller: Caller, published: Published | None) -> frozenset[str]:
        """The scopes of the new key. Raises BadRequest, and Forbidden for what the caller lacks."""
        if published is None:
            return caller.granting(self.role, self.scopes)
        if self.role is not None or frozenset(self.scopes or SCOPES) != SCOPES:
            wrong = "role" if self.role is not None else "scopes"
            raise BadRequest("A key with 'allowed_origins' is read by everybody: its scopes are [\"chat\"] and nothing else.", param=wrong)
        return caller.granting(None, SCOPES)


@router.post("/v1/keys")
def create_key(body: KeyRequest, caller: Admin, keys: Keys, tenants: Tenants, request: Request) -> dict[str, Any]:
    """Make a key. The answer is the only place where ``key`` is ever shown."""
    published = body.published()
    scopes = body.granted(caller, published)
    if body.expires_at is not None and body.expires_at <= time.time():
        raise BadRequest("'expires_at' lies in the past. Give seconds since the epoch.", param="expires_at")
    tenant = tenants.require(caller.tenant_for(body.tenant))
    made = keys.create(
        tenant=tenant,
        user=body.user,
        groups=body.groups,
        scopes=scopes,
        expires_at=body.expires_at,
        created_by=caller.user,
        published=published,
    )
    exchange(request).object_id = made.id
    return key_object(made.row) | {"key": made.key}


@router.get("/v1/keys")
def list_keys(caller: Admin, keys: Keys, tenants: Tenants, tenant: str | None = None) -> dict[str, Any]:
    """All keys of the tenant, without their secrets."""
    named = caller.tenant_for(tenant)
    data = [key_object(row) for row in keys.list(named)]
    tenants.named(named, own=caller.tenant, found=data)
    return {"object": "list", "data": data}


@router.delete("/v1/keys/{key_id}")
def revoke_key(key_id: str, caller: Admin, keys: Keys, tenant: str | None = None) -> dict[str, Any]:
    """Revoke a key; within 60 seconds it opens nothing any more."""
    keys.revoke(caller.tenant_for(tenant), key_id)
    return {"id": key_id, "object": "key", "deleted": True}


def key_object(row: Item) -> dict[str, Any]:
    """A key as callers see it."""
    shown = ("id", "tenant", "user", "groups", "scopes", "created_at", "created_by", "expires_at", "revoked_at")
    published = Published.of(row)
    return {
        "object": "key",
        **{name: row[name] for name in shown},
        "allowed_origins": sorted(published.origins) if published else None,
        "agent": published.agent if published else None,
        "requests_per_minute": published.requests_per_minute if published else None,
    }
