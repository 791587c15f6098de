"""Completed uploads: their parts become one object, or their one object gets its own place."""

from maru.dynamo import Item
from maru.errors import Conflict
from maru.knowledge import jobs
from maru.knowledge.blobs import Blob, ObjectGone
from maru.knowledge.ingest.ending import Endings
from maru.knowledge.library import Library


def join(endings: Endings, file_id: str) -> None:
    """Give an uploaded file its content and queue it for the stores it is in; may be called again at any time."""
    library = endings.library
    file = library.files.row(file_id)
    if file is None or "deleted" in file or file["status"] != "uploaded":
        return
    target = library.blobs.content(file["tenant"], file_id, 1)
    problem = _assemble(library, file, target)
    closed = {"open": None, "due": None, "sources": None, "source_etag": None, "md5": None}
    if problem:
        settled = _settle(library, file, {**closed, "status": "error", "status_details": problem})
        for store_id in settled.get("stores", ()):
            _fail(endings, store_id, file_id, problem)
    else:
        settled = _settle(library, file, {**closed, "status": "processed", "content": target.to_item()})
        pairs = [(store_id, file_id) for store_id in settled.get("stores", ())]
        waiting = [member for member in library.members.among(pairs).values() if member["status"] == "in_progress"]
        library.queue.send(jobs.ingest(member) for member in waiting)
    if not settled:
        library.blobs.delete(target)  # the file was deleted meanwhile
    library.blobs.delete_under(f"uploads/{file['upload_id']}/")


def _assemble(library: Library, file: Item, target: Blob) -> str | None:
    """Write the target; what is wrong with the upload, in a person's words, or None."""
    sources = [Blob.from_item(source) for source in file["sources"]]
    try:
        if "source_etag" in file:
            library.blobs.copy(sources[0], target, etag=file["source_etag"])
            return None
        digest = library.blobs.join(sources, target)
    except ObjectGone:
        return "The bytes that were sent are not there any more, or were replaced after the upload was completed. Upload the file again."
    if file.get("md5") and file["md5"] != digest:
        library.blobs.delete(target)
        return "The MD5 of the parts, in the order given, is not the one given. Upload the file again."
    return None


def _settle(library: Library, file: Item, changes: Item) -> Item:
    """Change the row, whoever changes its rights meanwhile."""
    for _ in range(10):
        try:
            return library.files.change(file, changes)
        except Conflict:
            present = library.files.find(file["tenant"], file["id"])
            if present is None:
                break
            file = present
    return {}


def _fail(endings: Endings, store_id: str, file_id: str, problem: str) -> None:
    member = endings.library.members.find(store_id, file_id)
    if member is not None and member["status"] == "in_progress":
        endings.refuse(member, "invalid_file", problem, "upload")
