"""Structured data: rows of allow-listed views of the company's database, by REST and by GraphQL."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body
from maru.http import exchange, provided, require
from maru.identity import Caller
from maru.structured.graphql import LONGEST, answer
from maru.structured.query import question
from maru.structured.reader import DataReader
from maru.structured.rows import reference, text_of, version_of
from maru.structured.views import described

router = APIRouter(tags=["data"])

type Reading = Annotated[Caller, Depends(require("knowledge:read"))]
type Data = Annotated[DataReader, Depends(provided(DataReader))]


class GraphqlRequest(Body):
    """A GraphQL document and its variables."""

    query: str = Field(min_length=1, max_length=LONGEST)
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815 - GraphQL's own name


@router.get("/v1/data")
def list_views(caller: Reading, data: Data) -> dict[str, Any]:
    """The views that the caller may read, with their columns."""
    return {"object": "list", "data": [described(view) for view in data.views.of(caller)], "has_more": False}


@router.get("/v1/data/{view}")
def read_view(
    view: str,
    caller: Reading,
    data: Data,
    request: Request,
    fields: Annotated[str | None, Query(description="columns, parted by commas; all where absent", max_length=5000)] = None,
    filters: Annotated[str | None, Query(description="JSON in the grammar of vector stores' filters, over columns")] = None,
    sort: Annotated[str | None, Query(description="a column; -column for the other way round", max_length=60)] = None,
    limit: Annotated[int | None, Query(ge=1, le=1000)] = None,
    after: Annotated[str | None, Query(description="`next` of the page before", max_length=5000)] = None,
) -> dict[str, Any]:
    """Rows of a view that belong to the caller's tenant (and to the caller, where the view says so), with how far the replica is behind."""
    found = data.views.find(caller, view)
    exchange(request).object_id = found.view
    asked = question(found, fields=fields, filters=filters, sort=sort, limit=limit, after=after)
    return data.read(caller, found, asked).told()


@router.get("/v1/data/{view}/row")
def read_row(
    view: str,
    caller: Reading,
    data: Data,
    request: Request,
    key: Annotated[str, Query(min_length=1, max_length=2000, description="what stands behind `/` in the row's reference, as it is there")],
) -> dict[str, Any]:
    """One row as evidence: its values, and the text that citations quote, under the version that it has now."""
    found = data.views.find(caller, view)
    exchange(request).object_id = found.view
    row, state = data.row(caller, found, key)
    text = text_of(found, row)
    named = {"object": "data.row", "reference": reference(found, row), "row": row}
    return {**named, "view": found.view, "text": text, "version": version_of(text), "replica": state.told()}


@router.post("/v1/data/graphql")
def query_views(body: GraphqlRequest, caller: Reading, data: Data, request: Request) -> dict[str, Any]:
    """The same by GraphQL: its schema has a field for each view that the caller may read."""
    exchange(request).anew = True
    return answer(data, caller, body.query, body.variables, body.operationName)
