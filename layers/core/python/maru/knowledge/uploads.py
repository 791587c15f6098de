"""Uploads: files that come in parts, or by one PUT to an address of their own."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, NotFound
from maru.identity import Caller
from maru.ids import new_id
from maru.knowledge.files import FileStore, file_object
from maru.transactions import TransactionFailed, change, transact

#: An upload is open for an hour, as OpenAI's are.
OPEN_SECONDS = 3600
#: The largest file.
MAX_BYTES = 512 * 1024 * 1024
_KEEP_SECONDS = 7 * 86_400
_WHOLE = "-"


class UploadStore:
    """The table of uploads: a row for the upload and one for each of its parts."""

    SPEC = TableSpec("uploads", key="id", sort="part", ttl="purge_at")

    def __init__(self, table: Table, files: FileStore) -> None:
        self._table, self._files = table, files

    def create(self, caller: Caller, *, filename: str, purpose: str, size: int, mime_type: str, rights: Mapping[str, Any]) -> Item:
        """Open an upload of ``size`` bytes; ``rights`` holds acl, data_class and attributes."""
        now = int(time.time())
        row: Item = {
            "id": new_id("upload_"),
            "part": _WHOLE,
            "tenant": caller.tenant,
            "user": caller.user,
            "filename": filename,
            "purpose": purpose,
            "bytes": size,
            "mime_type": mime_type,
            "rights": dict(rights),
            "status": "pending",
            "created_at": now,
            "expires_at": now + OPEN_SECONDS,
            "purge_at": now + _KEEP_SECONDS,
        }
        self._table.put(row)
        return row

    def get(self, caller: Caller, upload_id: str) -> Item:
        """The caller's own upload. Raises NotFound."""
        row = self.row(upload_id)
        if row is None or (row["tenant"], row["user"]) != (caller.tenant, caller.user):
            raise NotFound(f"No upload '{upload_id}'.", param="upload_id")
        return row

    def row(self, upload_id: str) -> Item | None:
        """The upload, whoever's it is."""
        return self._table.get({"id": upload_id, "part": _WHOLE})

    def add_part(self, upload: Item, part_id: str, size: int) -> Item:
        """Note a part whose bytes are stored. Raises Conflict where the upload is not open."""
        require_open(upload)
        row: Item = {
            "id": upload["id"],
            "part": part_id,
            "bytes": size,
            "created_at": int(time.time()),
            "purge_at": upload["purge_at"],
        }
        self._table.put(row)
        return row

    def parts(self, upload: Item, part_ids: Sequence[str]) -> list[Item]:
        """The parts in the order of their ids. Raises BadRequest for one that is not of this upload, or named twice."""
        found = {row["part"]: row for row in self._table.batch_get({"id": upload["id"], "part": one} for one in part_ids)}
        wrong = next((one for one in part_ids if one not in found or one == _WHOLE), None)
        if wrong is not None or len(set(part_ids)) != len(part_ids):
            raise BadRequest("Every part id names a part of this upload, once.", param="part_ids")
        return [found[one] for one in part_ids]

    def complete(self, upload: Item, file: Item, changes: Item) -> Item:
        """Close the upload and add its file, together. Raises Conflict where it is not open any more."""
        done = {"status": "completed", "file_id": file["id"], **changes}
        key = {"id": upload["id"], "part": _WHOLE}
        closing = change(self._table, key, done, condition="#st = :pending", values={":pending": "pending"})
        closing["Update"]["ExpressionAttributeNames"]["#st"] = "status"
        try:
            transact(self._table, [closing, self._files.adding(file)])
        except TransactionFailed:
            raise Conflict("The upload was completed or cancelled meanwhile.", param="upload_id") from None
        return upload | done

    def cancel(self, upload: Item) -> Item:
        """Close the upload without a file. Raises Conflict where it is not open."""
        require_open(upload)
        key = {"id": upload["id"], "part": _WHOLE}
        try:
            return self._table.set(key, {"status": "cancelled"}, condition="#n0 = :pending", values={":pending": "pending"})
        except ConditionFailed:
            raise Conflict("The upload was completed or cancelled meanwhile.", param="upload_id") from None


def status_of(upload: Item) -> str:
    """``pending``, ``completed``, ``cancelled`` or ``expired``."""
    over = upload["status"] == "pending" and upload["expires_at"] <= time.time()
    return "expired" if over else str(upload["status"])


def require_open(upload: Item) -> None:
    """Raises Conflict unless parts may still come."""
    if (status := status_of(upload)) != "pending":
        raise Conflict(f"The upload is {status}. Create a new one.", param="upload_id", code=f"upload_{status}")


def upload_object(row: Item, *, file: Item | None = None, upload_url: str | None = None) -> dict[str, Any]:
    """OpenAI's ``upload``, with the ``upload_url`` beside it while it is open."""
    return {
        "id": row["id"],
        "object": "upload",
        "bytes": row["bytes"],
        "created_at": row["created_at"],
        "filename": row["filename"],
        "purpose": row["purpose"],
        "status": status_of(row),
        "expires_at": row["expires_at"],
        "file": file_object(file) if file else None,
        "upload_url": upload_url,
    }


def part_object(row: Item) -> dict[str, Any]:
    """OpenAI's ``upload.part``."""
    return {"id": row["part"], "object": "upload.part", "created_at": row["created_at"], "upload_id": row["id"]}
