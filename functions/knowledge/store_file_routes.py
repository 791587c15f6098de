"""Documents in vector stores: attach, list, read, change, detach."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, Paging, Reader, Status, Writer, attributes, chunking
from maru.dynamo import Item
from maru.errors import Conflict
from maru.http import exchange
from maru.identity import Caller
from maru.knowledge.attaching import Wanted, attach, set_attributes
from maru.knowledge.chunk import ChunkSpan
from maru.knowledge.chunking import cut
from maru.knowledge.documents import remove_member
from maru.knowledge.library import Library
from maru.knowledge.memberships import member_object
from maru.knowledge.paging import listing
from maru.knowledge.parse.model import ParsedDocument

router = APIRouter(tags=["vector store files"])


class AttachRequest(Body):
    """A file to put into the store."""

    file_id: str
    attributes: dict[str, Any] | None = None
    chunking_strategy: dict[str, Any] | None = None

    def wanted(self) -> Wanted:
        """As the use case takes it. Raises BadRequest."""
        return Wanted(self.file_id, attributes(self.attributes), chunking(self.chunking_strategy))


class AttributesRequest(Body):
    """A document's attributes, all of them; null stands for none."""

    attributes: dict[str, Any] | None


@router.post("/v1/vector_stores/{vector_store_id}/files")
def create_store_file(vector_store_id: str, body: AttachRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Attach a file; it is searchable when its status is `completed`."""
    store = library.stores.get(caller.tenant, vector_store_id)
    exchange(request).object_id = f"{store['id']}/{body.file_id}"
    return member_object(attach(library, caller, store, body.wanted()))


@router.get("/v1/vector_stores/{vector_store_id}/files")
def list_store_files(
    vector_store_id: str,
    caller: Reader,
    library: Documents,
    cursor: Paging,
    status: Annotated[Status | None, Query(alias="filter")] = None,
) -> dict[str, Any]:
    """The store's documents that the caller may see."""
    store = library.stores.get(caller.tenant, vector_store_id)
    found = library.members.list(store["id"], cursor, keep=lambda rows: seen(library, caller, rows, status))
    return listing(found, member_object)


@router.get("/v1/vector_stores/{vector_store_id}/files/{file_id}")
def retrieve_store_file(vector_store_id: str, file_id: str, caller: Reader, library: Documents) -> dict[str, Any]:
    """How far a document has come."""
    return member_object(_member(library, caller, vector_store_id, file_id))


@router.post("/v1/vector_stores/{vector_store_id}/files/{file_id}")
def change_store_file(vector_store_id: str, file_id: str, body: AttributesRequest, caller: Writer, library: Documents) -> dict[str, Any]:
    """Replace a document's attributes."""
    store = library.stores.get(caller.tenant, vector_store_id)
    return member_object(set_attributes(library, caller, store, file_id, attributes(body.attributes) or {}))


@router.delete("/v1/vector_stores/{vector_store_id}/files/{file_id}")
def delete_store_file(vector_store_id: str, file_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Take a document out of the store; the file stays."""
    member = _member(library, caller, vector_store_id, file_id)
    remove_member(library, member["vector_store_id"], file_id)
    return {"id": file_id, "object": "vector_store.file.deleted", "deleted": True}


@router.get("/v1/vector_stores/{vector_store_id}/files/{file_id}/content")
def store_file_content(vector_store_id: str, file_id: str, caller: Reader, library: Documents) -> dict[str, Any]:
    """The text that was read from a document, as it is searched now."""
    document = _searched(library, _member(library, caller, vector_store_id, file_id))
    content = {"type": "text", "text": document.text}
    return {"object": "vector_store.file_content.page", "data": [content], "has_more": False, "next_page": None}


@router.get("/v1/vector_stores/{vector_store_id}/files/{file_id}/chunks")
def list_chunks(
    vector_store_id: str,
    file_id: str,
    caller: Reader,
    library: Documents,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=-1, description="The `chunk_index` after which to begin")] = -1,
) -> dict[str, Any]:
    """The passages that a document was cut into, as they are searched now: places in its rendering, page, titles above, text."""
    member = _member(library, caller, vector_store_id, file_id)
    document = _searched(library, member)
    spans = cut(document, member["chunking"])
    page = spans[after + 1 : after + 1 + limit]
    return {
        "object": "list",
        "data": [_chunk(file_id, span, document.text, total=len(spans)) for span in page],
        "has_more": after + 1 + limit < len(spans),
    }


def _searched(library: Library, member: Item) -> ParsedDocument:
    """The rendering that searches find now. Raises Conflict before there is one."""
    if not member.get("live_version"):
        raise Conflict("The file has not been processed yet.", code="file_not_ready", retry_after=2)
    return library.renderings.get(member["tenant"], member["file_id"], member["live_version"])


def _chunk(file_id: str, span: ChunkSpan, text: str, *, total: int) -> dict[str, Any]:
    return {
        "id": f"{file_id}_chunk_{span.index}",
        "object": "vector_store.file.chunk",
        "chunk_index": span.index,
        "total_chunks": total,
        "file_start": span.start,
        "file_end": span.end,
        "page": span.page,
        "headings": list(span.heading_path),
        "text": text[span.start : span.end],
    }


def seen(library: Library, caller: Caller, rows: list[Item], status: str | None) -> list[Item]:
    """Those rows of a store whose files the caller may see."""
    wanted = [row for row in rows if status in (None, row["status"])]
    files = library.files.seen_among(caller, (row["file_id"] for row in wanted))
    return [row for row in wanted if row["file_id"] in files]


def _member(library: Library, caller: Caller, vector_store_id: str, file_id: str) -> Item:
    store = library.stores.get(caller.tenant, vector_store_id)
    library.files.seen(caller, file_id)
    return library.members.get(store["id"], file_id)
