"""How long the tenant keeps what, by data class, and what it may be used for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from functions.knowledge.common import Body
from maru.dynamo import Item
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge.retention import RetentionStore, check_days

router = APIRouter(tags=["retention"])

Admin = Annotated[Caller, Depends(require("admin"))]
Rules = Annotated[RetentionStore, Depends(provided(RetentionStore))]


class RetentionRequest(Body):
    """The tenant's rules, all of them.

    ``days`` has for each data class how many days documents (with their renderings), sessions, feedback and runs stay; what has no
    number stays. ``improvement`` is the purpose mark: whether what people ask may be used to make answers better.
    """

    days: dict[str, Any] = Field(default={})
    improvement: bool = False


@router.get("/v1/retention")
def read_retention(caller: Admin, rules: Rules) -> dict[str, Any]:
    """The tenant's rules."""
    return _retention(rules.get(caller.tenant))


@router.put("/v1/retention")
def set_retention(body: RetentionRequest, caller: Admin, rules: Rules) -> dict[str, Any]:
    """Set the tenant's rules; what has had its time by them goes with the next sweep."""
    return _retention(rules.put(caller.tenant, days=check_days(body.days), improvement=body.improvement))


def _retention(row: Item) -> Item:
    return {"object": "retention", "days": row["days"], "improvement": row["improvement"], "changed_at": row.get("changed_at")}
