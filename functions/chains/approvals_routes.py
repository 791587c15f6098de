"""``/v1/approvals``: what waits for a person, and the decision."""

from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from functions.chains.runs_routes import Engine, Reading
from maru.chains import showing
from maru.chains.reading import Readings
from maru.dynamo import Item
from maru.errors import NotFound
from maru.exact import Exact
from maru.http import exchange, require
from maru.identity import Caller
from maru.validation import spelled

router = APIRouter(tags=["approvals"])

#: Approvals whose runs are read at once.
_READ_TOGETHER = 50

type Approver = Annotated[Caller, Depends(require("approve"))]


class ApprovalDecision(Exact):
    """A decision about exactly what the approval's `hash` stands for; the reason goes into the audit log."""

    decision: Literal["approved", "rejected"]
    reason: Annotated[str, Field(max_length=1000)] = ""
    hash: Annotated[str, Field(pattern=spelled(r"^[0-9a-f]{64}$", "the `hash` that the approval shows: 64 of 0-9 and a-f"))] | None = None


@router.get("/v1/approvals")
def list_approvals(
    caller: Approver,
    engine: Engine,
    reading: Reading,
    status: Literal["pending", "approved", "rejected", "expired", "void"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    after: str | None = None,
) -> dict[str, Any]:
    """Approvals that the caller may decide, and those of runs that they may read, newest first, with what exactly each is about."""
    rows = engine.approvals.listed(caller.tenant, status, after=after)
    data: list[dict[str, Any]] = []
    while len(data) <= limit and (page := list(islice(rows, _READ_TOGETHER))):
        data += [showing.approval(*one) for one in islice(reading.approvals(caller, page), limit + 1 - len(data))]
    more, data = len(data) > limit, data[:limit]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return {"object": "list", "data": data, **ends, "has_more": more}


@router.get("/v1/approvals/{approval}")
def read_approval(approval: str, caller: Approver, engine: Engine, reading: Reading) -> dict[str, Any]:
    """One approval, with `arguments`, which are what is decided about, and `evidence`, passages in it as far as one may read them."""
    return _shown(caller, engine.approvals.of(caller.tenant, approval), reading)


@router.post("/v1/approvals/{approval}/decide")
def decide_approval(
    approval: str, body: ApprovalDecision, caller: Approver, engine: Engine, reading: Reading, request: Request
) -> dict[str, Any]:
    """Decide, once. Refused with its cause for an approval that was decided, has expired, or whose run has ended.

    Whoever started the run, or published or armed the trigger that did, does not decide. With `hash`, a decision about something else
    than is shown now is refused.
    """
    decided = engine.decide(caller, approval, body.decision, body.reason, shown_hash=body.hash)
    exchange(request).object_id = f"{approval} {body.decision}: {' '.join(body.reason.split())}".rstrip(": ")
    return _shown(caller, decided, reading)


def _shown(caller: Caller, row: Item, reading: Readings) -> dict[str, Any]:
    told = reading.approval(caller, row)
    if told is None:
        raise NotFound(f"No approval '{row['id']}'.", param="approval_id")
    return showing.approval(row, told)
