"""Objects that lie in the door bucket already go the way of those that come: page after page, each of them safe to repeat."""

from maru.knowledge import jobs
from maru.knowledge.files import door_file_id
from maru.knowledge.ingest.sidecar import document_of
from maru.knowledge.library import Library

#: Objects of one page: what S3 lists at once.
PAGE = 1000


def import_page(library: Library, import_id: str, *, page: int = PAGE) -> None:
    """Queue the next page of an import, note how far it came, and ask for the page behind it.

    Cut off anywhere, it is delivered again and queues the same objects again, which the door takes as one arrival each.
    """
    row = library.imports.find(import_id)
    if row is None or row["status"] != "in_progress":
        return
    found = library.blobs.below(library.door_bucket, row["prefix"], after=row["seen_to"], limit=page)
    documents = [one for one in found if not one["Key"].endswith("/") and document_of(one["Key"]) is None]
    rows = library.files.table.batch_get({"id": door_file_id(row["tenant"], one["Key"])} for one in documents)
    known = {file["door_key"]: file for file in rows if "deleted" not in file}
    wanted = [one for one in documents if _is_new(known.get(one["Key"]), one["Size"], one["ETag"])]
    library.queue.send(jobs.arrived(library.door_bucket, one) for one in wanted)
    counts = {"objects": len(documents), "queued": len(wanted), "skipped": len(documents) - len(wanted)}
    last = found[-1]["Key"] if found else row["seen_to"]
    if library.imports.advance(row, seen_to=last, counts=counts, done=len(found) < page) and len(found) == page:
        library.queue.send([jobs.import_page(import_id)])


def _is_new(file: dict[str, object] | None, size: int, etag: str) -> bool:
    """Whether the object is not the one that the document was made of, as far as can be told without reading it."""
    return file is None or file["bytes"] != size or file.get("etag", etag) != etag
