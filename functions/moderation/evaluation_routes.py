"""``POST /v1/guard/evaluations``: a policy tried on a labelled set before it is in force."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends
from pydantic import Field, model_validator

from functions.moderation.check_routes import CheckRequest, Guarding, Policies, Text, chosen
from maru.exact import Exact
from maru.guard.decision import Decision
from maru.guard.engine import Guard
from maru.guard.policy import Action, Policy
from maru.http import require
from maru.identity import Caller
from maru.ids import new_id

router = APIRouter(tags=["guard"])

type Builder = Annotated[Caller, Depends(require("build"))]


class Row(Exact):
    """A text with what ought to become of it: whether it is flagged, or the action. ``passages`` are what an output is to rest on."""

    input: Text
    flagged: bool | None = None
    action: Action | None = None
    id: str | None = None
    passages: list[Text] | None = Field(default=None, max_length=100)

    @model_validator(mode="after")
    def _labelled(self) -> Self:
        if self.flagged is None and self.action is None:
            raise ValueError("a row says what ought to become of its text: 'flagged' (true or false) or 'action'")
        return self

    def wanted(self) -> bool:
        """Whether the row is a positive one."""
        return self.action not in {None, "allow"} if self.flagged is None else self.flagged

    def facts(self, passages: list[str] | None = None) -> dict[str, Any] | None:
        """What its checks are told; ``passages`` where it has none of its own."""
        known = passages if self.passages is None else self.passages
        return None if known is None else {"passages": known}


class EvaluationRequest(CheckRequest):
    """Rows for a policy; ``baseline`` is what it is compared with (default: what is in force under the same name, else `default`)."""

    input: str = ""
    rows: Annotated[list[Row], Field(min_length=1, max_length=1_000)]
    baseline: str | None = None


@router.post("/v1/guard/evaluations")
async def evaluate_policy(body: EvaluationRequest, caller: Builder, guard: Guarding, policies: Policies) -> dict[str, Any]:
    """Precision and recall of "flagged", and the rows with which the policy deals otherwise than the baseline."""
    policy = await chosen(body.policy, caller, policies)
    named = body.policy if isinstance(body.policy, str) else "default"
    baseline = await chosen(body.baseline or named.partition("@")[0], caller, policies)
    now, before = await _run(body, policy, guard), await _run(body, baseline, guard)
    hit = sum(one.flagged and row.wanted() for row, one in zip(body.rows, now, strict=True))
    flagged, wanted = sum(one.flagged for one in now), sum(row.wanted() for row in body.rows)
    pairs = zip(body.rows, now, before, strict=True)
    return {
        "id": new_id("geval_"),
        "object": "guard.evaluation",
        "policy": policy.name,
        "version": policy.version,
        "baseline": baseline.name,
        "baseline_version": baseline.version,
        "rows": len(body.rows),
        "precision": hit / flagged if flagged else None,
        "recall": hit / wanted if wanted else None,
        "flagged": flagged,
        "wrong": [shown_row(number, row, one) for number, (row, one) in enumerate(zip(body.rows, now, strict=True)) if not right(row, one)],
        "changed": [
            {**shown_row(number, row, one), "before": {"action": old.action, "flagged": old.flagged}}
            for number, (row, one, old) in enumerate(pairs)
            if (one.action, one.flagged, one.output) != (old.action, old.flagged, old.output)
        ],
    }


async def _run(body: EvaluationRequest, policy: Policy, guard: Guard) -> list[Decision]:
    return [await guard.check(row.input, body.where(), policy, facts=row.facts(body.passages)) for row in body.rows]


def right(row: Row, decision: Decision) -> bool:
    return decision.flagged == row.wanted() and row.action in {None, decision.action}


def shown_row(number: int, row: Row, decision: Decision) -> dict[str, Any]:
    labels = sorted({f"{one.check}:{one.label}" for one in decision.findings})
    wanted = {"flagged": row.wanted(), "action": row.action}
    return {"index": number, "id": row.id, "wanted": wanted, "action": decision.action, "flagged": decision.flagged, "labels": labels}
