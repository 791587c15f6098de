"""File batches: many files into a vector store with one request."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, Paging, Reader, Status, Writer, attributes, chunking
from functions.knowledge.store_file_routes import AttachRequest, seen
from maru.errors import BadRequest
from maru.http import exchange
from maru.knowledge.attaching import Wanted, attach_batch, cancel_batch
from maru.knowledge.batches import batch_object
from maru.knowledge.memberships import member_object
from maru.knowledge.paging import listing

router = APIRouter(tags=["vector store file batches"])


class BatchRequest(Body):
    """Files to put into the store: ids that share attributes and chunking, or files that each have their own."""

    file_ids: list[str] | None = Field(default=None, min_length=1, max_length=2000)
    files: list[AttachRequest] | None = Field(default=None, min_length=1, max_length=2000)
    attributes: dict[str, Any] | None = None
    chunking_strategy: dict[str, Any] | None = None

    def wanted(self) -> list[Wanted]:
        """As the use case takes them. Raises BadRequest."""
        if (self.file_ids is None) == (self.files is None):
            raise BadRequest("Give either 'file_ids' or 'files'.", param="file_ids")
        if self.files is not None:
            return [one.wanted() for one in self.files]
        shared = (attributes(self.attributes), chunking(self.chunking_strategy))
        return [Wanted(file_id, *shared) for file_id in self.file_ids or ()]


@router.post("/v1/vector_stores/{vector_store_id}/file_batches")
def create_batch(vector_store_id: str, body: BatchRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Attach up to 2,000 files."""
    store = library.stores.get(caller.tenant, vector_store_id)
    batch = attach_batch(library, caller, store, body.wanted())
    exchange(request).object_id = batch["id"]
    return batch_object(batch)


@router.get("/v1/vector_stores/{vector_store_id}/file_batches/{batch_id}")
def retrieve_batch(vector_store_id: str, batch_id: str, caller: Reader, library: Documents) -> dict[str, Any]:
    """How far a batch has come."""
    store = library.stores.get(caller.tenant, vector_store_id)
    return batch_object(library.batches.get(store["id"], batch_id))


@router.post("/v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel")
def cancel(vector_store_id: str, batch_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Stop what is not done yet."""
    store = library.stores.get(caller.tenant, vector_store_id)
    return batch_object(cancel_batch(library, store, batch_id))


@router.get("/v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/files")
def list_batch_files(
    vector_store_id: str,
    batch_id: str,
    caller: Reader,
    library: Documents,
    cursor: Paging,
    status: Annotated[Status | None, Query(alias="filter")] = None,
) -> dict[str, Any]:
    """The batch's documents that the caller may see."""
    store = library.stores.get(caller.tenant, vector_store_id)
    batch = library.batches.get(store["id"], batch_id)
    found = library.members.list(store["id"], cursor, batch_id=batch["id"], keep=lambda rows: seen(library, caller, rows, status))
    return listing(found, member_object)
