"""How long the tenant keeps what, by data class, and what it may be used for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import StreamingResponse

from functions.knowledge.common import Body, Documents
from maru.dynamo import Item
from maru.governance.export import lines
from maru.governance.keeping import Keeping
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge import jobs
from maru.knowledge.retention import RetentionStore, check_days

router = APIRouter(tags=["retention"])

Admin = Annotated[Caller, Depends(require("admin"))]
Rules = Annotated[RetentionStore, Depends(provided(RetentionStore))]
Held = Annotated[Keeping, Depends(provided(Keeping))]


class RetentionRequest(Body):
    """The tenant's rules, all of them.

    ``days`` has for each data class how many days documents (with their renderings), sessions, feedback and runs (with the state of
    their steps) stay; what has no number stays, and runs for 90 days. ``improvement`` is the purpose mark: whether what people ask may
    be used to make answers better.
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


class ErasureRequest(Body):
    """``tenant`` is the caller's own, written out: what is erased does not come back."""

    tenant: str = Field(min_length=1)


@router.get("/v1/retention/export")
def export_tenant(caller: Admin, keeping: Held) -> StreamingResponse:
    """All that is kept of the tenant, as JSON Lines: documents with their texts, conversations, and the rows of every table.

    Left out are hashes of keys, what is sealed, and the audit, which has an export of its own (`GET /v1/audit`).
    """
    return StreamingResponse(lines(keeping, caller.tenant), media_type="application/jsonl")


@router.post("/v1/retention/erasure")
def erase_tenant(body: ErasureRequest, caller: Admin, library: Documents) -> dict[str, Any]:
    """Erase the tenant: its keys and identities first, then everything that is held of it, in the index and in buckets too.

    The audit and the ledger of what was spent stay for their own times.
    """
    tenant = caller.tenant_for(body.tenant)
    library.queue.send([jobs.erase(tenant)])
    return {"object": "erasure", "tenant": tenant, "status": "queued"}


def _retention(row: Item) -> Item:
    return {"object": "retention", "days": row["days"], "improvement": row["improvement"], "changed_at": row.get("changed_at")}
