"""Vector stores: create, list, read, change, delete; the operators' list of what the S3 door refused."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, ExpiresAfter, Metadata, Operator, Paging, Reader, Writer
from maru.http import exchange
from maru.knowledge import jobs
from maru.knowledge.attaching import Wanted, attach_batch
from maru.knowledge.chunking import from_openai
from maru.knowledge.paging import listing
from maru.knowledge.rejections import rejection_object
from maru.knowledge.vector_stores import vector_store_object

router = APIRouter(tags=["vector stores"])


class StoreRequest(Body):
    """A vector store to make; ``embedding_model`` is the alias of an embedding model, ``engine`` names one of the deployment's."""

    name: str | None = Field(default=None, max_length=256)
    description: str | None = Field(default=None, max_length=512)
    file_ids: list[str] | None = Field(default=None, max_length=500)
    expires_after: ExpiresAfter | None = None
    chunking_strategy: dict[str, Any] | None = None
    metadata: Metadata | None = None
    embedding_model: str | None = None
    engine: str | None = Field(default=None, max_length=64)


class StoreChange(Body):
    """What to change of a vector store; what is absent stays, null takes it away."""

    name: str | None = Field(default=None, max_length=256)
    expires_after: ExpiresAfter | None = None
    metadata: Metadata | None = None


@router.post("/v1/vector_stores")
def create_store(body: StoreRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Make a vector store; names need not be unique, of several stores of one name the oldest answers to it."""
    row = library.stores.create(
        tenant=caller.tenant,
        name=body.name or "",
        engine=library.engines.choose(body.engine),
        embedding=library.embedding(body.embedding_model),
        chunking=from_openai(body.chunking_strategy),
        optional={
            "description": body.description,
            "metadata": body.metadata,
            "expires_after": body.expires_after.model_dump() if body.expires_after else None,
        },
    )
    exchange(request).object_id = row["id"]
    if body.file_ids:
        attach_batch(library, caller, row, [Wanted(file_id) for file_id in body.file_ids])
        row = library.stores.get(caller.tenant, row["id"])
    return vector_store_object(row)


@router.get("/v1/vector_stores")
def list_stores(caller: Reader, library: Documents, cursor: Paging) -> dict[str, Any]:
    """The tenant's vector stores."""
    return listing(library.stores.list(caller.tenant, cursor), vector_store_object)


@router.get("/v1/vector_stores/{vector_store_id}")
def retrieve_store(vector_store_id: str, caller: Reader, library: Documents) -> dict[str, Any]:
    """A vector store, by id or name."""
    return vector_store_object(library.stores.get(caller.tenant, vector_store_id))


@router.post("/v1/vector_stores/{vector_store_id}")
def change_store(vector_store_id: str, body: StoreChange, caller: Writer, library: Documents) -> dict[str, Any]:
    """Change a vector store's name, metadata or expiry."""
    row = library.stores.get(caller.tenant, vector_store_id)
    changes = body.model_dump(exclude_unset=True)
    if changes.get("name", "") is None:
        del changes["name"]
    return vector_store_object(library.stores.update(row, changes) if changes else row)


@router.delete("/v1/vector_stores/{vector_store_id}")
def delete_store(vector_store_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Delete a vector store and its index; the files stay."""
    row = library.stores.get(caller.tenant, vector_store_id)
    library.stores.bury(row)
    library.queue.send([jobs.purge_store(row["id"])])
    return {"id": row["id"], "object": "vector_store.deleted", "deleted": True}


@router.get("/v1/ingestion/failures")
def list_failures(caller: Operator, library: Documents, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
    """What came through the S3 door and was not taken, latest first."""
    del caller
    return {"object": "list", "data": [rejection_object(row) for row in library.rejections.list(limit)]}
