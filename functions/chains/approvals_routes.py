"""``/v1/approvals``: what waits for a person, and the decision."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from functions.chains.runs_routes import Engine
from maru.chains import showing
from maru.http import exchange, require
from maru.identity import Caller

router = APIRouter(tags=["approvals"])

type Approver = Annotated[Caller, Depends(require("approve"))]


class ApprovalDecision(BaseModel):
    """A decision about exactly what the approval's `hash` stands for; the reason goes into the audit log."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approved", "rejected"]
    reason: Annotated[str, Field(max_length=1000)] = ""
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


@router.get("/v1/approvals")
def list_approvals(
    caller: Approver, engine: Engine, status: Literal["pending", "approved", "rejected", "expired", "void"] | None = None
) -> dict[str, Any]:
    """Approvals of the tenant, newest first, with what exactly each is about."""
    rows = engine.approvals.listed(caller.tenant, status)
    return {"object": "list", "data": [showing.approval(row, engine.values) for row in rows], "has_more": False}


@router.get("/v1/approvals/{approval}")
def read_approval(approval: str, caller: Approver, engine: Engine) -> dict[str, Any]:
    """One approval."""
    return showing.approval(engine.approvals.of(caller.tenant, approval), engine.values)


@router.post("/v1/approvals/{approval}/decide")
def decide_approval(approval: str, body: ApprovalDecision, caller: Approver, engine: Engine, request: Request) -> dict[str, Any]:
    """Decide, once. Refused with its cause for an approval that was decided, has expired, or whose run has ended.

    Whoever started the run does not decide. With `hash`, a decision about something else than is shown now is refused.
    """
    decided = engine.decide(caller, approval, body.decision, body.reason, shown_hash=body.hash)
    exchange(request).object_id = f"{approval} {body.decision}: {' '.join(body.reason.split())[:200]}".rstrip(": ")
    return showing.approval(decided, engine.values)
