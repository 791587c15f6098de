"""``GET /v1/me``: who the key or token at hand speaks for, as a face needs it to know what to offer."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from maru.http import require
from maru.identity import Caller

router = APIRouter(tags=["directory"])


@router.get("/v1/me")
async def read_me(caller: Annotated[Caller, Depends(require("any"))]) -> dict[str, Any]:
    """The caller, whatever they may do: tenant, user, groups, scopes and the id of the key, or ``jwt:…`` of a token."""
    return {
        "object": "caller",
        "tenant": caller.tenant,
        "user": caller.user,
        "groups": list(caller.groups),
        "scopes": sorted(caller.scopes),
        "key_id": caller.key_id,
    }
