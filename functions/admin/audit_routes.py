"""The audit trail, newest first, and its export."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response, StreamingResponse

from functions.admin.keys_routes import Admin, Tenants
from maru.dynamo import Item
from maru.http import cef, provided
from maru.http.audit import NOBODY, AuditStore

router = APIRouter(tags=["audit"])

Trail = Annotated[AuditStore, Depends(provided(AuditStore))]


def _moment(text: str) -> str:
    """The beginning of a row's time that a caller's time stands for; a zone's offset is made into UTC."""
    try:
        if len(text) < len("2026-11-28"):
            datetime.strptime(text, "%Y" if len(text) == len("2026") else "%Y-%m")  # noqa: DTZ007 - looked at, not kept
            return text
        # Where nobody encoded it, the '+' of an offset comes as a blank.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise ValueError("must be a time, such as 2026-11, 2026-11-28 or 2026-11-28T09:00:00Z") from None
    return text if moment.tzinfo in (None, UTC) else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


type Time = Annotated[str, AfterValidator(_moment)]


@router.get("/v1/audit")
def read_audit(
    caller: Admin,
    trail: Trail,
    tenants: Tenants,
    tenant: str | None = None,
    since: Annotated[Time | None, Query(description="ISO 8601, in UTC where it names no zone, or the beginning of it")] = None,
    until: Annotated[Time | None, Query(description="As `since`; calls after it are left out")] = None,
    limit: Annotated[int | None, Query(ge=1, le=1000)] = None,
    format: Literal["json", "jsonl", "cef"] = "json",  # noqa: A002 - the query parameter's name
) -> Response:
    """Who did what to which object, and how it ended.

    JSON gives at most ``limit`` (100) rows, JSONL and CEF (for a SIEM) all of them. An operator reads calls that
    nobody could be named for under the tenant ``-``.
    """
    export = format != "json"
    named = caller.tenant_for(tenant)
    read = iter(trail.read(named, since=since or "", until=until or "~", limit=limit or (None if export else 100)))
    first = list(islice(read, 1))
    if named != NOBODY:
        tenants.named(named, own=caller.tenant, found=first)
    rows = chain(first, read)
    if format == "cef":
        return StreamingResponse((cef.line(row) + "\n" for row in rows), media_type="text/plain; charset=utf-8")
    if export:
        return StreamingResponse(_lines(rows), media_type="application/jsonl")
    return JSONResponse({"object": "list", "data": [audit_object(row) for row in rows]})


def audit_object(row: Item) -> dict[str, Any]:
    """A row as callers see it."""
    shown = {name: value for name, value in row.items() if name not in ("at", "expires_at")}
    return {"object": "audit", "at": row["at"].partition("#")[0], **shown}


def _lines(rows: Iterator[Item]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(audit_object(row), ensure_ascii=False) + "\n"
