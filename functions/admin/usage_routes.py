"""What was used and what it costs: OpenAI's usage in buckets of time, and a month's statement."""

import csv
import io
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from functions.admin.keys_routes import Admin
from maru.errors import BadRequest
from maru.http import provided
from maru.ledger.plans import NANO
from maru.ledger.statements import Currency, Group, Sums, bucketed, statement
from maru.ledger.usage import UsageStore

router = APIRouter(tags=["usage"])

Ledger = Annotated[UsageStore, Depends(provided(UsageStore))]

#: OpenAI's names of what usage is grouped by, and ours, to the ledger's.
_GROUPS = {"model": "model", "user_id": "user", "user": "user", "api_key_id": "key_id", "key": "key_id", "agent": "agent", "run": "run"}
_SHOWN = {"model": "model", "user": "user_id", "key_id": "api_key_id", "agent": "agent", "run": "run"}
type GroupName = Literal["model", "user", "user_id", "key", "api_key_id", "agent", "run"]
_MOST_BUCKETS = {"1h": 168, "1d": 31, "1mo": 12}
_DAY = 86_400


@router.get("/v1/usage")
def read_usage(
    caller: Admin,
    ledger: Ledger,
    tenant: str | None = None,
    start_time: Annotated[int | None, Query(ge=0, description="Seconds since the epoch; a week ago where absent")] = None,
    end_time: Annotated[int | None, Query(ge=0)] = None,
    bucket_width: Literal["1h", "1d", "1mo"] = "1d",
    group_by: Annotated[list[GroupName] | None, Query()] = None,
    limit: Annotated[int | None, Query(ge=1, le=168)] = None,
    page: str | None = None,
) -> dict[str, Any]:
    """Requests, tokens and costs of the tenant in buckets of an hour, a day or a month (UTC), in the shape of OpenAI's usage.

    ``cost`` is what the requests cost, ``charge`` what the plan makes of it, both in USD without those that are unknown.
    """
    now = int(time.time())
    start = _moment(page or start_time or now - 7 * _DAY)
    end = _moment(end_time or now + 1)
    if start >= end:
        raise BadRequest("'start_time' must be before 'end_time'.", param="start_time")
    by = tuple(dict.fromkeys(_GROUPS[name] for name in group_by or ()))
    most = min(limit or 168, _MOST_BUCKETS[bucket_width])
    data: list[dict[str, Any]] = []
    following = None
    for begin, until, groups in bucketed(ledger, caller.tenant_for(tenant), start, end, width=bucket_width, by=by):
        if len(data) == most:
            following = str(int(begin.timestamp()))
            break
        results = [_result(by, group, sums) for group, sums in groups.items()]
        data.append({"object": "bucket", "start_time": int(begin.timestamp()), "end_time": int(until.timestamp()), "results": results})
    return {"object": "page", "data": data, "has_more": following is not None, "next_page": following}


@router.get("/v1/statements/{month}")
def read_statement(
    month: str,
    caller: Admin,
    ledger: Ledger,
    currency: Annotated[Currency, Depends(provided(Currency))],
    tenant: str | None = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 - the query parameter's name
) -> Response:
    """The tenant's charges of a month, by model, in USD and in the operator's second currency; equal to the ledger."""
    found = statement(ledger, caller.tenant_for(tenant), month, currency)
    if format == "json":
        return JSONResponse(found.document())
    text = io.StringIO()
    csv.writer(text).writerows(found.table())
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8")


def _moment(seconds: int | str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest("Times and pages are seconds since the epoch.", param="start_time") from error


def _result(by: tuple[str, ...], group: Group, sums: Sums) -> dict[str, Any]:
    named = dict(zip(by, group, strict=True))
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": sums.input_tokens,
        "output_tokens": sums.output_tokens,
        "input_cached_tokens": sums.cached_tokens,
        "num_model_requests": sums.requests,
        **{shown: named.get(name) for name, shown in _SHOWN.items()},
        "cost": {"value": sums.cost / NANO, "currency": "usd"},
        "charge": {"value": sums.charge / NANO, "currency": "usd"},
        "num_unknown_costs": sums.unknown,
        "num_estimated": sums.estimated,
        "num_cached_requests": sums.cached,
        "saved": {"value": sums.saved / NANO, "currency": "usd"},
    }
