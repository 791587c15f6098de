"""The S3 door: what EventBridge tells about objects at ``{tenant}/{vector_store_id}/…`` becomes documents in those stores."""

from collections.abc import Callable, Mapping
from typing import Any

from maru.chains.triggers import EVENTS
from maru.dynamo import Item
from maru.errors import BadRequest
from maru.knowledge import jobs
from maru.knowledge.acl import acl_from_metadata, check_data_class, check_size
from maru.knowledge.arrivals import Arrival, Event, arrive, depart, padded
from maru.knowledge.blobs import Blob, ObjectGone
from maru.knowledge.documents import apply_acl, purge_file
from maru.knowledge.ingest.ending import Endings
from maru.knowledge.ingest.sidecar import Sidecar, document_of, read_sidecar
from maru.knowledge.memberships import Entry

_CREATED, _DELETED = "Object Created", "Object Deleted"


class Door:
    """Takes S3's events. ``tenant_exists`` says whether a tenant was made."""

    def __init__(self, endings: Endings, *, bucket: str, tenant_exists: Callable[[str], bool]) -> None:
        self._endings, self._library, self._log = endings, endings.library, endings.log
        self._bucket, self._tenant_exists = bucket, tenant_exists

    def take(self, message: Mapping[str, Any]) -> None:
        """Do what one event says, however often and in whatever order it comes. Raises KeyError for what is no event of S3."""
        detail = message["detail"]
        kind, told = message["detail-type"], detail["object"]
        if kind not in (_CREATED, _DELETED) or (told["key"].endswith("/") and not told.get("size")):
            return  # of another kind, or what consoles make to show a folder
        if told["key"].partition("/")[2].startswith(f"{EVENTS}/"):
            return  # for chains, whose triggers another rule tells of it
        event = self._event(detail)
        if event is None:
            return
        if (document := document_of(event.blob.key)) is not None:
            self._rights(Event(event.tenant, event.store_id, Blob(event.blob.bucket, document), event.sequencer))
        elif kind == _CREATED:
            self._created(event, told)
        else:
            self._deleted(event, str(detail.get("deletion-type", "")))

    def _event(self, detail: Mapping[str, Any]) -> Event | None:
        bucket, told = detail["bucket"]["name"], detail["object"]
        tenant, _, rest = told["key"].partition("/")
        store_id, _, name = rest.partition("/")
        sequencer = padded(told["sequencer"])
        cause = self._refusal(bucket, tenant, store_id, name)
        if cause is not None:
            self._library.rejections.add(bucket=bucket, key=told["key"], sequencer=sequencer, cause=cause)
            self._log.log("WARNING", "object refused at the door", cause=cause)
            self._log.metric({"part": "ingest"}, {"failures": 1})
            return None
        return Event(tenant, store_id, Blob(bucket, told["key"], told.get("version-id")), sequencer)

    def _refusal(self, bucket: str, tenant: str, store_id: str, name: str) -> str | None:
        if bucket != self._bucket:
            return "The event is about another bucket."
        if not (tenant and store_id and name):
            return "Keys read {tenant}/{vector_store_id}/{name}."
        if not self._tenant_exists(tenant):
            return "There is no such tenant."
        store = self._library.stores.find(tenant, store_id)
        # Names are no part of keys: a store that is renamed must not lose its documents.
        return None if store and store["id"] == store_id else "The tenant has no such vector store."

    def _created(self, event: Event, told: Mapping[str, Any]) -> None:
        try:
            head = self._library.blobs.head(event.blob)
        except ObjectGone:
            return  # deleted since, of which another event tells
        if event.blob.version_id is None and told.get("etag") and head["ETag"].strip('"') != told["etag"].strip('"'):
            return  # overwritten since
        arrival = _arrival(event, head, read_sidecar(self._library.blobs, event.blob))
        noted = arrive(self._library.files, arrival)
        if noted is None:
            return
        row, latest = noted
        if latest:
            self._into_stores(row, event, attributes=arrival.attributes)
        elif row["acl_sequencer"] < event.sequencer and arrival.rights().get("acl") is not None:
            self._late_rights(row, arrival)

    def _rights(self, event: Event) -> None:
        """A document's sidecar came, changed or went: what it says now holds; where it says nothing the present rights stay."""
        row = self._library.files.row(event.file_id)
        said = read_sidecar(self._library.blobs, event.blob)
        if row is None or "deleted" in row or said is None:
            return  # the document, when it comes, asks for its sidecar itself
        if said.problem is not None:
            row = apply_acl(self._library, row, (), status="error", status_details=said.problem)
        else:
            named = {"data_class": said.data_class, "attributes": said.attributes}
            changes = {name: value for name, value in named.items() if value is not None}
            acl = said.acl or tuple(row["acl"])
            # What nobody may see because of what a sidecar said is seen again only when one says by whom.
            row = apply_acl(
                self._library,
                row,
                acl,
                **changes,
                status="processed" if acl else "error",
                status_details=None if acl else row.get("status_details"),
            )
        self._into_stores(row, event, attributes=said.attributes)

    def _deleted(self, event: Event, kind: str) -> None:
        row = self._library.files.row(event.file_id)
        stored = (row or {}).get("content", {}).get("version_id")
        if kind == "Permanently Deleted" and stored and stored != event.blob.version_id:
            return  # an older version of the object went, not the document
        gone = depart(self._library.files, event)
        if gone is not None:
            purge_file(self._library, gone)

    def _late_rights(self, row: Item, arrival: Arrival) -> None:
        """An older writing of the object named rights, the latest did not: they hold, as they would in order."""
        rights = arrival.rights()
        acl = tuple(rights.pop("acl"))
        status = {"status": "processed" if acl else "error"}
        settled = apply_acl(self._library, row, acl, **(rights | status))
        if not acl:
            self._into_stores(settled, arrival.event)

    def _into_stores(self, row: Item, event: Event, *, attributes: Mapping[str, Any] | None = None) -> None:
        library = self._library
        if row["status"] == "error":
            cause = f"{row.get('status_details')}"
            library.rejections.add(bucket=event.blob.bucket, key=event.blob.key, sequencer=event.sequencer, cause=cause)
        store_ids = {event.store_id, *row.get("stores", ())}
        members = library.members.among((store_id, row["id"]) for store_id in store_ids)
        for store_id in sorted(store_ids):
            member = members.get((store_id, row["id"]))
            queued = self._queued(row, store_id, member, attributes)
            if queued is None:
                continue
            if row["status"] == "error":
                self._endings.refuse(queued, "invalid_file", row["status_details"], "acl")
            else:
                library.turns.join(row["tenant"])
                library.queue.send([jobs.ingest(queued)])

    def _queued(self, row: Item, store_id: str, member: Item | None, attributes: Mapping[str, Any] | None) -> Item | None:
        """The document as it waits to be ingested in its present version; None where it is ingested, or the store is no more."""
        library, failed = self._library, row["status"] == "error"
        if member is None:
            store = library.stores.find(row["tenant"], store_id)
            return library.transitions.attach(store, [Entry(row, row["attributes"], store["chunking"])])[0] if store else None
        named: dict[str, Any] = {"attributes": dict(attributes)} if attributes is not None and attributes != member["attributes"] else {}
        if member.get("pending_version") == row["version"] and not named:
            return member
        if member.get("live_version") == row["version"] and not failed and not named:
            return None
        if failed and member["status"] == "failed" and "live_version" not in member:
            return None
        return library.transitions.restart(member, row["version"], keep_live=not failed, **named)


def _arrival(event: Event, head: Mapping[str, Any], sidecar: Sidecar | None) -> Arrival:
    metadata = {name.lower(): value for name, value in head.get("Metadata", {}).items()}
    acl, data_class, problem = None, None, None
    try:
        if "maru-acl" in metadata:
            acl = acl_from_metadata(metadata["maru-acl"])
            check_size(acl, {}, param="x-amz-meta-maru-acl")
        if "maru-data-class" in metadata:
            data_class = check_data_class(metadata["maru-data-class"], param="x-amz-meta-maru-data-class")
    except BadRequest as error:
        problem = f"{error.message} Put the object again with correct metadata; until then nobody sees it."
    media_type = head.get("ContentType")
    if sidecar is not None:
        acl, data_class, problem = sidecar.acl or acl, sidecar.data_class or data_class, problem or sidecar.problem
    attributes = sidecar.attributes if sidecar else None
    return Arrival(event, head["ContentLength"], media_type, acl, data_class, problem, attributes, head["ETag"])
