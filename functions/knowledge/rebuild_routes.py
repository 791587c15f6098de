"""Building a vector store's rows anew: with another embedding model, on another engine, or in the mapping of today."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, Reader, Writer
from maru.http import exchange, provided
from maru.knowledge.rebuild import Machine, begin, rebuild_object

router = APIRouter(tags=["vector stores"])

Rebuilding = Annotated[Machine, Depends(provided(Machine))]


class RebuildRequest(Body):
    """What the rows are to become; what is absent stays as it is, and an empty body builds them anew as the engine has it now."""

    embedding_model: str | None = Field(default=None, max_length=256)
    engine: str | None = Field(default=None, max_length=64)


@router.post("/v1/vector_stores/{vector_store_id}/rebuild", status_code=202)
def rebuild_store(
    vector_store_id: str, body: RebuildRequest, caller: Writer, library: Documents, machine: Rebuilding, request: Request
) -> dict[str, Any]:
    """Build the store's rows anew beside those in use, and change over when all documents are there. Searches go on meanwhile."""
    row = begin(library, caller, vector_store_id, embedding=body.embedding_model, engine=body.engine, machine=machine)
    exchange(request).object_id = row["id"]
    return rebuild_object(row)


@router.get("/v1/vector_stores/{vector_store_id}/rebuild")
def retrieve_rebuild(vector_store_id: str, caller: Reader, library: Documents) -> dict[str, Any]:
    """How far the store's rebuild is, or how the last one ended."""
    return rebuild_object(library.stores.get(caller.tenant, vector_store_id))
