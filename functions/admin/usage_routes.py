"""What was used, how long it took and what it costs: OpenAI's usage in buckets of time, latest requests, a month's statement."""

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from functions.admin.keys_routes import Admin, Tenants
from maru.dynamo import Item
from maru.errors import BadRequest
from maru.http import provided
from maru.ledger.latencies import latencies
from maru.ledger.plans import NANO
from maru.ledger.statements import Currency, Group, Sums, bucketed, end_of, statement
from maru.ledger.usage import UsageStore

router = APIRouter(tags=["usage"])

Ledger = Annotated[UsageStore, Depends(provided(UsageStore))]

#: OpenAI's names of what usage is grouped by, and ours, to the ledger's.
_GROUPS = {"model": "model", "user_id": "user", "user": "user", "api_key_id": "key_id", "key": "key_id", "agent": "agent", "run": "run"}
_SHOWN = {"model": "model", "user": "user_id", "key_id": "api_key_id", "agent": "agent", "run": "run"}
type Start = Annotated[int | None, Query(ge=0, description="Seconds since the epoch; a week ago where absent", examples=[1_795_824_000])]
type End = Annotated[int | None, Query(ge=0, description="Seconds since the epoch; now where absent", examples=[1_795_910_400])]
type GroupName = Literal["model", "user", "user_id", "key", "api_key_id", "agent", "run"]


def _by(
    group_by: Annotated[list[GroupName] | None, Query()] = None,
    bracketed: Annotated[list[GroupName] | None, Query(alias="group_by[]", include_in_schema=False)] = None,
) -> tuple[str, ...]:
    """The ledger's attributes to group by; OpenAI's clients write lists with brackets."""
    return tuple(dict.fromkeys(_GROUPS[name] for name in (*(group_by or ()), *(bracketed or ()))))


By = Annotated[tuple[str, ...], Depends(_by)]
_MOST_BUCKETS = {"1h": 168, "1d": 31, "1mo": 12}
_DAY = 86_400
_LONGEST = timedelta(days=31)
#: Days that the list of latest requests looks back over.
_BACK_DAYS = 7


@router.get("/v1/usage")
def read_usage(
    caller: Admin,
    ledger: Ledger,
    tenants: Tenants,
    by: By,
    tenant: str | None = None,
    start_time: Start = None,
    end_time: End = None,
    bucket_width: Literal["1h", "1d", "1mo"] = "1d",
    limit: Annotated[int | None, Query(ge=1, le=168)] = None,
    page: Annotated[str | None, Query(description="The `next_page` of the page before")] = None,
) -> dict[str, Any]:
    """Requests, tokens and costs of the tenant in buckets of an hour, a day or a month (UTC), in the shape of OpenAI's usage.

    ``cost`` is what the requests cost, ``charge`` what the plan makes of it, both in USD without those that are unknown.
    """
    named = caller.tenant_for(tenant)
    start, end = _span(_turned(page) if page else start_time, end_time)
    most = min(limit or 168, _MOST_BUCKETS[bucket_width])
    # No day is read that this page does not show: a span may begin in 1970.
    until = end_of(start, end, width=bucket_width, buckets=most)
    data = [
        {
            "object": "bucket",
            "start_time": int(begin.timestamp()),
            "end_time": int(its_end.timestamp()),
            "results": [_result(by, group, sums) for group, sums in groups.items()],
        }
        for begin, its_end, groups in bucketed(ledger, named, start, until, width=bucket_width, by=by)
    ]
    tenants.named(named, own=caller.tenant, found=any(bucket["results"] for bucket in data))
    following = str(int(until.timestamp())) if until < end else None
    return {"object": "page", "data": data, "has_more": following is not None, "next_page": following}


@router.get("/v1/usage/latencies")
def read_latencies(
    caller: Admin,
    ledger: Ledger,
    tenants: Tenants,
    by: By,
    tenant: str | None = None,
    start_time: Start = None,
    end_time: End = None,
) -> dict[str, Any]:
    """How long models took: the 50th, 95th and 99th percentile of whole answers and of streams' first tokens, in milliseconds.

    A month at most is looked at. Answers of the cache are left out; failed and cancelled requests are counted, not measured.
    """
    start, end = _span(start_time, end_time)
    if end - start > _LONGEST:
        raise BadRequest("'start_time' and 'end_time' are 31 days apart at most.", param="start_time")
    named = caller.tenant_for(tenant)
    found = latencies((row for _, row in ledger.between(named, start, end)), by)
    tenants.named(named, own=caller.tenant, found=found)
    data = [{"object": "usage.latency", **_named(by, group), **times.public()} for group, times in found.items()]
    return {"object": "list", "data": data, "has_more": False}


@router.get("/v1/usage/requests")
def list_requests(
    caller: Admin,
    ledger: Ledger,
    tenants: Tenants,
    tenant: str | None = None,
    model: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(description="The `last_id` of the page before")] = None,
) -> dict[str, Any]:
    """The latest requests of models, newest first, back over a week: where each was routed and why, how long it took, what it cost."""
    named = caller.tenant_for(tenant)
    try:
        rows = ledger.latest(named, days=_BACK_DAYS, before=after)
        wanted = ((place, row) for place, row in rows if model in (None, row.get("model")))
        found = list(islice(wanted, limit + 1))
    except ValueError as error:
        raise BadRequest("'after' is not a `last_id` of this list.", param="after") from error
    # Behind the last page nothing is found of anybody.
    tenants.named(named, own=caller.tenant, found=found or after)
    data = [_request(place, row) for place, row in found[:limit]]
    return {"object": "list", "data": data, "last_id": data[-1]["id"] if data else None, "has_more": len(found) > limit}


@router.get("/v1/statements/{month}")
def read_statement(
    month: str,
    caller: Admin,
    ledger: Ledger,
    tenants: Tenants,
    currency: Annotated[Currency, Depends(provided(Currency))],
    tenant: str | None = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 - the query parameter's name
) -> Response:
    """The tenant's charges of a month, by model, in USD and in the operator's second currency; equal to the ledger."""
    named = caller.tenant_for(tenant)
    found = statement(ledger, named, month, currency)
    tenants.named(named, own=caller.tenant, found=found.lines)
    if format == "json":
        return JSONResponse(found.document())
    text = io.StringIO()
    csv.writer(text).writerows(found.table())
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8")


def _turned(page: str) -> int:
    if not (page.isascii() and page.isdigit() and len(page) <= len("253402300799")):
        raise BadRequest("'page' is the `next_page` of the page before, such as 1795910400.", param="page")
    return int(page)


def _span(start_time: int | None, end_time: int | None) -> tuple[datetime, datetime]:
    now = int(time.time())
    start = _moment(now - 7 * _DAY if start_time is None else start_time)
    end = _moment(now + 1 if end_time is None else end_time)
    if start >= end:
        raise BadRequest("'start_time' must be before 'end_time'.", param="start_time")
    return start, end


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadRequest("Times are seconds since the epoch, such as 1795910400.", param="start_time") from error


def _named(by: tuple[str, ...], group: Group) -> dict[str, Any]:
    named = dict(zip(by, group, strict=True))
    return {shown: named.get(name) for name, shown in _SHOWN.items()}


def _request(place: str, row: Item) -> dict[str, Any]:
    day, _, clock = place.partition("#")
    moment = datetime.fromisoformat(f"{day}T{clock.partition('#')[0]}+00:00")
    told = ("model", "target", "route", "status", "duration_ms", "first_token_ms", "input_tokens", "output_tokens", "cache", "agent", "run")
    return {
        "id": place,
        "object": "usage.request",
        "created_at": int(moment.timestamp()),
        "user_id": row.get("user"),
        "api_key_id": row.get("key_id"),
        "request_id": row.get("request_id"),
        **{name: row.get(name) for name in told},
        "cost": {"value": row["cost"] / NANO, "currency": "usd"} if "cost" in row else None,
    }


def _result(by: tuple[str, ...], group: Group, sums: Sums) -> dict[str, Any]:
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": sums.input_tokens,
        "output_tokens": sums.output_tokens,
        "input_cached_tokens": sums.cached_tokens,
        "num_model_requests": sums.requests,
        **_named(by, group),
        "cost": {"value": sums.cost / NANO, "currency": "usd"},
        "charge": {"value": sums.charge / NANO, "currency": "usd"},
        "num_unknown_costs": sums.unknown,
        "num_estimated": sums.estimated,
        "num_cached_requests": sums.cached,
        "saved": {"value": sums.saved / NANO, "currency": "usd"},
    }
