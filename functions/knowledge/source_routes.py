"""Sources: wikis and repositories whose documents are fetched, by schedule or when they are told to."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Documents, Paging, Writer, attributes
from maru.dynamo import Item
from maru.errors import BadRequest
from maru.http import exchange
from maru.knowledge import jobs
from maru.knowledge.acl import EVERYBODY, check_acl, check_data_class, check_size
from maru.knowledge.attaching import require_usable
from maru.knowledge.paging import listing
from maru.knowledge.sources.scope import check_url, normal

router = APIRouter(tags=["sources"])

type Prefix = Annotated[str, Field(min_length=1, max_length=500)]


class SourceRequest(Body):
    """A source to keep in a vector store.

    ``web`` follows links from ``url``, within ``include`` (addresses begin so; the start's folder by default) and without ``exclude``;
    ``git`` reads the texts of a branch, ``include`` and ``exclude`` being folders. ``schedule_minutes`` is the time between syncs.
    """

    kind: Literal["web", "git"]
    url: str = Field(min_length=1, max_length=1000)
    vector_store_id: str = Field(min_length=1, max_length=256)
    acl: list[str] | None = None
    data_class: str | None = None
    attributes: dict[str, Any] | None = None
    schedule_minutes: int | None = Field(default=None, ge=5, le=43_200)
    include: list[Prefix] = Field(default=[], max_length=20)
    exclude: list[Prefix] = Field(default=[], max_length=20)
    max_pages: int = Field(default=500, ge=1, le=10_000)
    max_depth: int = Field(default=10, ge=0, le=50)
    branch: str | None = Field(default=None, min_length=1, max_length=200)

    def settings(self, hosts: tuple[str, ...]) -> Item:
        """What its reader needs. Raises BadRequest naming the field."""
        url = check_url(self.url, hosts)
        if self.kind == "git":
            branch = {"branch": self.branch} if self.branch else {}
            return {"url": url, "include": self.include, "exclude": self.exclude, **branch}
        if self.branch:
            raise BadRequest("Only a git source has a 'branch'.", param="branch")
        include = [check_url(one, hosts, param="include") for one in self.include]
        exclude = [plain for one in self.exclude if (plain := normal(one, url))]
        limits = {"max_pages": self.max_pages, "max_depth": self.max_depth}
        return {"url": url, "include": include, "exclude": exclude, **limits}


class SourceChange(Body):
    """What may be changed of a source; what is not named stays. ``schedule_minutes: null`` leaves syncs to calls."""

    schedule_minutes: int | None = Field(default=None, ge=5, le=43_200)
    include: list[Prefix] | None = Field(default=None, max_length=20)
    exclude: list[Prefix] | None = Field(default=None, max_length=20)
    max_pages: int | None = Field(default=None, ge=1, le=10_000)
    max_depth: int | None = Field(default=None, ge=0, le=50)
    branch: str | None = Field(default=None, min_length=1, max_length=200)


@router.post("/v1/sources")
def create_source(body: SourceRequest, caller: Writer, library: Documents, request: Request) -> dict[str, Any]:
    """Add a source; its first sync begins at once."""
    store = library.stores.get(caller.tenant, body.vector_store_id)
    require_usable(library, store)
    rights: Item = {
        "acl": list(check_acl(body.acl)) if body.acl is not None else list(EVERYBODY),
        "data_class": check_data_class(body.data_class) if body.data_class is not None else "internal",
        "attributes": attributes(body.attributes) or {},
    }
    check_size(rights["acl"], rights["attributes"])
    row = library.sources.create(
        tenant=caller.tenant,
        user=caller.user,
        store_id=store["id"],
        kind=body.kind,
        settings=body.settings(library.source_hosts),
        rights=rights,
        minutes=body.schedule_minutes,
    )
    exchange(request).object_id = row["id"]
    library.queue.send([jobs.sync(row["id"])])
    return _source(row)


@router.get("/v1/sources")
def list_sources(caller: Writer, library: Documents, cursor: Paging) -> dict[str, Any]:
    """The tenant's sources."""
    return listing(library.sources.list(caller.tenant, cursor), _source)


@router.get("/v1/sources/{source_id}")
def retrieve_source(source_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """A source, and how its last sync went."""
    return _source(library.sources.get(caller.tenant, source_id))


@router.post("/v1/sources/{source_id}")
def change_source(source_id: str, body: SourceChange, caller: Writer, library: Documents) -> dict[str, Any]:
    """Change the schedule or what a source reads; it holds from the next sync on. Its address, store and rights stay."""
    row = library.sources.get(caller.tenant, source_id)
    given = body.model_dump(exclude_unset=True)
    minutes = given.pop("schedule_minutes", row.get("minutes"))
    # No field but the branch can be nothing at all: null leaves the others as they are.
    changes = {name: value for name, value in given.items() if value is not None or name == "branch"}
    request = SourceRequest(kind=row["kind"], vector_store_id=row["vector_store_id"], **(row["settings"] | changes))
    return _source(library.sources.change(row, request.settings(library.source_hosts), minutes))


@router.post("/v1/sources/{source_id}/sync")
def sync_source(source_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Sync now: what a wiki's or a repository's webhook calls. A sync that is under way goes on as it is."""
    row = library.sources.get(caller.tenant, source_id)
    library.queue.send([jobs.sync(row["id"])])
    return _source(row)


@router.get("/v1/sources/{source_id}/documents")
def list_source_documents(
    source_id: str, caller: Writer, library: Documents, limit: Annotated[int, Query(ge=1, le=1000)] = 100, after: str = ""
) -> dict[str, Any]:
    """The pages or files of a source that the caller may see, by name: what became of each."""
    row = library.sources.get(caller.tenant, source_id)
    rows = list(library.source_items.of(row["id"], after=after, limit=limit + 1))
    seen = library.files.seen_among(caller, (one["file_id"] for one in rows if one.get("file_id")))
    data = [_document(one) for one in rows[:limit] if not one.get("file_id") or one["file_id"] in seen]
    last = rows[:limit][-1]["item"] if rows else None
    return {"object": "list", "data": data, "last_id": last, "has_more": len(rows) > limit}


@router.delete("/v1/sources/{source_id}")
def delete_source(source_id: str, caller: Writer, library: Documents) -> dict[str, Any]:
    """Delete a source with the documents that it brought."""
    row = library.sources.get(caller.tenant, source_id)
    library.sources.bury(row)
    library.queue.send([jobs.purge_source(row["id"])])
    return {"id": source_id, "object": "source.deleted", "deleted": True}


def _source(row: Item) -> dict[str, Any]:
    settings, rights = row["settings"], row["rights"]
    named = {name: settings.get(name) for name in ("url", "include", "exclude", "max_pages", "max_depth", "branch")}
    return {
        "id": row["id"],
        "object": "source",
        "kind": row["kind"],
        "vector_store_id": row["vector_store_id"],
        "status": row["phase"],
        "created_at": row["created_at"],
        **{name: value for name, value in named.items() if value is not None},
        **rights,
        "schedule_minutes": row.get("minutes"),
        "syncs": row["syncs"],
        "started_at": row.get("started_at"),
        "ended_at": row.get("ended_at"),
        "counts": {name: count for name, count in (row.get("counts") or {}).items() if name != "queued"},
        "last_error": row.get("last_error"),
    }


def _document(row: Item) -> dict[str, Any]:
    named = {name: row.get(name) for name in ("status", "error", "file_id", "checked_at", "etag", "digest")}
    return {"object": "source.document", "name": row["item"], **named, "status": row.get("status", "pending")}
