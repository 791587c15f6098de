"""``/v1/guard/policies``: the rules as versioned data."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from functions.moderation.check_routes import Policies
from maru.guard.policy import parsed
from maru.guard.uses import PolicyUses
from maru.http import exchange, provided, require
from maru.identity import Caller

router = APIRouter(tags=["guard"])

type Builder = Annotated[Caller, Depends(require("build"))]
type Uses = Annotated[PolicyUses, Depends(provided(PolicyUses))]
type Document = Annotated[dict[str, Any], Body()]


@router.post("/v1/guard/policies")
def publish_policy(body: Document, caller: Builder, policies: Policies, request: Request) -> dict[str, Any]:
    """Make the next version of a policy, in force within seconds. One named as a policy of the catalogue stands before it."""
    made = parsed(body)
    exchange(request).object_id = made.name
    return policies.publish(caller.tenant, made, user=caller.user)


@router.get("/v1/guard/policies")
def list_policies(caller: Builder, policies: Policies) -> dict[str, Any]:
    """What is in force, by name; those of the catalogue have version 0."""
    return {"object": "list", "data": policies.listed(caller.tenant), "has_more": False}


@router.get("/v1/guard/policies/{policy}")
def read_policy(policy: str, caller: Builder, policies: Policies) -> dict[str, Any]:
    """The version in force, with all versions."""
    versions = policies.shown(caller.tenant, policy)
    return {**versions[0], "versions": [{key: one[key] for key in ("version", "created_at", "created_by")} for one in versions]}


@router.get("/v1/guard/policies/{policy}/versions/{version}")
def read_policy_version(policy: str, version: int, caller: Builder, policies: Policies) -> dict[str, Any]:
    """One version."""
    policies.find(caller.tenant, f"{policy}@{version}")
    return next(one for one in policies.shown(caller.tenant, policy) if one["version"] == version)


@router.delete("/v1/guard/policies/{policy}")
def delete_policy(policy: str, caller: Builder, policies: Policies, uses: Uses) -> dict[str, Any]:
    """Delete the tenant's own versions; a policy of the catalogue with that name holds again.

    One that an agent or a labelled chain names, and that the catalogue does not have, is in use: 409 names who uses it.
    """
    policies.shown(caller.tenant, policy)
    uses.refuse(caller.tenant, policy, beneath=policies.stands_beneath(policy))
    policies.retract(caller.tenant, policy)
    return {"name": policy, "object": "guard.policy.deleted", "deleted": True}
