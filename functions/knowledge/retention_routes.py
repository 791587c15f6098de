"""How long the tenant keeps what, by data class, and what it may be used for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import StreamingResponse

from functions.knowledge.common import Body, Documents
from maru.dynamo import Item
from maru.errors import NotFound
from maru.governance.export import lines, lines_of
from maru.governance.keeping import Keeping
from maru.governance.person import Person
from maru.http import provided, require
from maru.identity import Caller
from maru.knowledge import jobs
from maru.knowledge.questions import QuestionStore
from maru.knowledge.retention import RetentionStore, check_days

router = APIRouter(tags=["retention"])

Admin = Annotated[Caller, Depends(require("admin"))]
Rules = Annotated[RetentionStore, Depends(provided(RetentionStore))]
Questions = Annotated[QuestionStore, Depends(provided(QuestionStore))]
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
def set_retention(body: RetentionRequest, caller: Admin, rules: Rules, questions: Questions) -> dict[str, Any]:
    """Set the tenant's rules; what has had its time by them goes with the next sweep.

    Without the purpose mark the texts of questions that stores left open are removed at once.
    """
    row = rules.put(caller.tenant, days=check_days(body.days), improvement=body.improvement)
    if not body.improvement:
        questions.withdraw(caller.tenant)
    return _retention(row)


class ErasureRequest(Body):
    """``tenant`` is the caller's own, written out: what is erased does not come back. With ``user`` one person's data goes alone."""

    tenant: str = Field(min_length=1)
    user: str | None = Field(default=None, min_length=1, max_length=128)


@router.get("/v1/retention/export")
def export_tenant(
    caller: Admin, keeping: Held, user: Annotated[str | None, Query(min_length=1, max_length=128)] = None
) -> StreamingResponse:
    """All that is kept of the tenant, as JSON Lines: documents with their texts, conversations, and the rows of every table.

    With ``user`` what is that person's own: conversations and what they put into them, feedback, stored completions, runs, approvals
    they asked for, keys. Left out are hashes of keys, what is sealed, and the audit, which has an export of its own (`GET /v1/audit`).
    """
    person = _person(keeping, caller.tenant, user) if user else None
    return StreamingResponse(lines_of(person) if person else lines(keeping, caller.tenant), media_type="application/jsonl")


@router.post("/v1/retention/erasure")
def erase_tenant(body: ErasureRequest, caller: Admin, library: Documents, keeping: Held) -> dict[str, Any]:
    """Erase the tenant: its keys and identities first, then everything that is held of it, in the index and in buckets too.

    With ``user`` that person's keys, identities, conversations with what they put into them, feedback, stored completions, runs and
    the approvals they asked for; an identity provider that tells the tenant itself has to close its door first. What is written within
    the next 15 minutes goes, too. The audit and the ledger of what was spent stay for their own times.
    """
    tenant = caller.tenant_for(body.tenant)
    if body.user:
        _person(keeping, tenant, body.user)
    elif not keeping.holdings.any(tenant):
        raise NotFound(f"There is no tenant '{tenant}', and nothing is held of one.", param="tenant")
    library.queue.send([jobs.erase(tenant, user=body.user)])
    return {"object": "erasure", "tenant": tenant, "user": body.user, "status": "queued"}


def _person(keeping: Keeping, tenant: str, user: str) -> Person:
    person = Person(keeping, tenant, user)
    if not person.known():
        raise NotFound(f"Nothing is held of the user '{user}'.", param="user")
    return person


def _retention(row: Item) -> Item:
    return {"object": "retention", "days": row["days"], "improvement": row["improvement"], "changed_at": row.get("changed_at")}
