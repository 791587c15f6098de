"""Running the document side: trying again what failed, bringing in what lies there already, and what the worker gave up."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, Operator, Writer
from maru.http import exchange
from maru.knowledge import jobs
from maru.knowledge.attaching import require_usable, retry, retry_all
from maru.knowledge.imports import import_object
from maru.knowledge.memberships import member_object
from maru.knowledge.paging import Cursor

router = APIRouter(tags=["ingestion"])


class ImportRequest(Body):
    """Which objects of the door bucket to bring in: those whose keys begin `{tenant}/{vector_store_id}/{prefix}`."""

    prefix: str = Field(default="", max_length=512)


class RedriveRequest(Body):
    """How many dead letters to put back at most."""

    limit: int = Field(default=100, ge=1, le=1000)


@router.post("/v1/vector_stores/{vector_store_id}/files/{file_id}/retry")
def retry_file(vector_store_id: str, file_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Ingest a document once more that failed or was cancelled."""
    store = library.stores.get(caller.tenant, vector_store_id)
    require_usable(library, store)
    library.files.seen(caller, file_id)
    return member_object(retry(library, library.members.get(store["id"], file_id)))


@router.post("/v1/vector_stores/{vector_store_id}/retry")
def retry_store(
    vector_store_id: str, caller: Writer, library: Documents, limit: Annotated[int, Query(ge=1, le=1000)] = 1000
) -> dict[str, Any]:
    """Ingest once more every document of the store that failed and that the caller may see; up to ``limit``, the newest first."""
    store = library.stores.get(caller.tenant, vector_store_id)
    require_usable(library, store)
    failed = library.members.list(store["id"], Cursor(limit), keep=lambda rows: [row for row in rows if row["status"] == "failed"])
    files = library.files.seen_among(caller, (row["file_id"] for row in failed.rows))
    done = retry_all(library, store, list(files.values()))
    return {"object": "vector_store.retry", "vector_store_id": store["id"], "retried": done, "has_more": failed.has_more}


@router.post("/v1/vector_stores/{vector_store_id}/imports")
def create_import(vector_store_id: str, body: ImportRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Bring in what lies below a prefix of the door bucket; may be called again, and takes only what is new or changed."""
    store = library.stores.get(caller.tenant, vector_store_id)
    require_usable(library, store)
    prefix = f"{caller.tenant}/{store['id']}/{body.prefix}"
    row = library.imports.create(tenant=caller.tenant, store_id=store["id"], prefix=prefix)
    exchange(request).object_id = row["id"]
    library.queue.send([jobs.import_page(row["id"])])
    return import_object(row)


@router.get("/v1/vector_stores/{vector_store_id}/imports/{import_id}")
def retrieve_import(vector_store_id: str, import_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """How far an import has come; how its documents fare, the store's counts tell."""
    store = library.stores.get(caller.tenant, vector_store_id)
    return import_object(library.imports.get(caller.tenant, store["id"], import_id))


@router.get("/v1/ingestion/dead_letters")
def count_dead_letters(caller: Operator, library: Documents) -> dict[str, Any]:
    """About how many messages the ingest worker gave up."""
    del caller
    return {"object": "ingestion.dead_letters", "count": library.dead_letters.count()}


@router.post("/v1/ingestion/dead_letters/redrive")
def redrive_dead_letters(body: RedriveRequest, caller: Operator, library: Documents) -> dict[str, Any]:
    """Put messages that were given up back into the queue."""
    del caller
    return {"object": "ingestion.redrive", "moved": library.dead_letters.redrive(body.limit)}
