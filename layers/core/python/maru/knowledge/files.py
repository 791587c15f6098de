"""Files: documents as they came in, their rights, and their versions."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import Conflict, NotFound
from maru.identity import Caller
from maru.ids import new_id
from maru.knowledge.acl import permits
from maru.knowledge.paging import TOMBSTONE_SECONDS, Cursor, Page, overdue, page, stamp
from maru.transactions import Action, check, put, update

_ALIVE = "attribute_exists(id) AND attribute_not_exists(deleted)"


class FileStore:
    """The table of files, the one authority on who may see a document.

    ``version`` counts the contents a file has had, ``first_version`` is the oldest that may still be read. ``stores`` is the
    set of vector stores that hold it. A deleted file keeps its row for a while: it orders late events and serves as a cursor.
    """

    SPEC = TableSpec(
        "files",
        key="id",
        ttl="purge_at",
        indexes=(
            IndexSpec("by_tenant", "tenant", "listed"),
            IndexSpec("open", "open", "due"),
            IndexSpec("expiring", "expiring", "expires_at"),
        ),
        numeric=frozenset({"due", "expires_at"}),
    )

    def __init__(self, table: Table) -> None:
        self.table = table

    def add(self, row: Item) -> Item:
        """Keep a new file (`new_file`)."""
        self.table.put(row, condition="attribute_not_exists(id)")
        return row

    def adding(self, row: Item) -> Action:
        """The part of a transaction that adds a new file."""
        return put(self.table, row, condition="attribute_not_exists(id)")

    def find(self, tenant: str, file_id: str) -> Item | None:
        """The tenant's file, whoever may see it; None where it was deleted."""
        row = self.row(file_id)
        return row if row and row["tenant"] == tenant and "deleted" not in row else None

    def row(self, file_id: str) -> Item | None:
        """The row of any tenant, deleted or not."""
        return self.table.get({"id": file_id})

    def seen(self, caller: Caller, file_id: str) -> Item:
        """The file, if the caller may see it now. Raises NotFound."""
        row = self.find(caller.tenant, file_id)
        if row is None or not visible(row, caller):
            raise NotFound(f"No such file: '{file_id}'.", param="file_id")
        return row

    def seen_among(self, caller: Caller, file_ids: Iterable[str]) -> dict[str, Item]:
        """Those of the files that the caller may see now, by id."""
        rows = self.table.batch_get({"id": file_id} for file_id in file_ids)
        return {row["id"]: row for row in rows if visible(row, caller)}

    def readable(self, caller: Caller, versions: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of the ``(file_id, version)`` that the caller may read now."""
        wanted = set(versions)
        rows = self.seen_among(caller, {file_id for file_id, _ in wanted})
        return {
            (file_id, version)
            for file_id, version in wanted
            if (row := rows.get(file_id)) and row["acl"] and row["first_version"] <= version <= row["version"]
        }

    def list(self, caller: Caller, cursor: Cursor, *, purpose: str | None = None) -> Page:
        """The files that the caller may see."""

        def keep(rows: list[Item]) -> list[Item]:
            return [row for row in rows if visible(row, caller) and purpose in (None, row["purpose"])]

        def find(file_id: str) -> Item | None:
            row = self.row(file_id)
            return row if row and row["tenant"] == caller.tenant else None

        return page(self.table, "by_tenant", ("tenant", caller.tenant), cursor, find=find, keep=keep)

    def change(self, row: Item, changes: Item) -> Item:
        """Set attributes of a living file as it was read (same version and ACL). Raises Conflict where it changed meanwhile."""
        values = {":version": row["version"], ":revision": row["acl_revision"]}
        try:
            return self.table.set(
                {"id": row["id"]}, changes, condition=f"{_ALIVE} AND version = :version AND acl_revision = :revision", values=values
            )
        except ConditionFailed:
            raise Conflict("The file was changed by somebody else at the same time. Read it and try again.", code="file_changed") from None

    def set_acl(self, row: Item, acl: Iterable[str], **changes: Any) -> Item:
        """Put the ACL in force; its revision tells writers of the index that theirs is old. Raises Conflict as `change` does."""
        return self.change(row, {"acl": list(acl), "acl_revision": row["acl_revision"] + 1, **changes})

    def bury(self, row: Item) -> None:
        """Delete: from now on nobody sees it, in any version; ``open`` until `forget`. Raises NotFound where it is gone already."""
        try:
            self.table.set({"id": row["id"]}, _tombstone(row), condition=_ALIVE)
        except ConditionFailed:
            raise NotFound(f"No such file: '{row['id']}'.", param="file_id") from None

    def forget(self, row: Item) -> None:
        """Nothing of a deleted file is left but its row."""
        try:
            self.table.set(
                {"id": row["id"]},
                {"open": None, "due": None, "purge_at": int(time.time()) + TOMBSTONE_SECONDS},
                condition="attribute_exists(deleted) AND version = :version",
                values={":version": row["version"]},
            )
        except ConditionFailed:
            return  # it came back meanwhile

    def overdue(self, before: float) -> Sequence[Item]:
        """Files with work that should have ended by then: to be joined from parts, or to be removed."""
        return overdue(self.table, before)

    def expired(self, before: float) -> Sequence[Item]:
        """Files whose time is over."""
        return list(self.table.query("expiring = :e AND expires_at < :now", {":e": "expiring", ":now": int(before)}, index="expiring"))

    def joining(self, row: Item, store_id: str) -> Action:
        """The part of a transaction that puts a file, as it was read, into a store."""
        condition = f"{_ALIVE} AND version = :version AND #status = :status"
        values = {":stores": {store_id}, ":version": row["version"], ":status": row["status"]}
        return update(self.table, {"id": row["id"]}, "ADD stores :stores", values=values, condition=condition, names={"#status": "status"})

    def leave(self, file_id: str, store_id: str) -> None:
        """Take a store from the file's set."""
        self.table.update({"id": file_id}, "DELETE stores :stores", values={":stores": {store_id}})

    def unchanged(self, row: Item) -> Action:
        """The part of a transaction that holds only while version and ACL are those that were read."""
        values = {":version": row["version"], ":revision": row["acl_revision"]}
        return check(self.table, {"id": row["id"]}, f"{_ALIVE} AND version = :version AND acl_revision = :revision", values=values)


def new_file(
    *,
    tenant: str,
    user: str | None,
    filename: str,
    purpose: str,
    size: int,
    rights: Mapping[str, Any],
    content: Item,
    file_id: str | None = None,
    status: str = "processed",
    life_s: int | None = None,
) -> Item:
    """A file's first row; ``rights`` holds acl, data_class and attributes, ``content`` says where its bytes lie."""
    file_id = file_id or new_id("file-")
    place = stamp(file_id)
    return {
        "id": file_id,
        "tenant": tenant,
        "created": place,
        "listed": place,
        "created_at": int(time.time()),
        "filename": filename,
        "purpose": purpose,
        "bytes": size,
        "status": status,
        "acl_revision": 1,
        "version": 1,
        "first_version": 1,
        "content": content,
        "uploaded_by": user,
        **rights,
        **({"expires_at": int(time.time()) + life_s, "expiring": "expiring"} if life_s else {}),
    }


def door_file_id(tenant: str, key: str) -> str:
    """The id of the document at an S3 key: the same at every overwrite."""
    return "file-" + hashlib.sha256(f"{tenant}\0{key}".encode()).hexdigest()[:24]


def visible(row: Item, caller: Caller) -> bool:
    """Whether the caller may see the file of this row.

    A file whose ACL could not be read has none, and nothing of it is readable; that it failed is the tenant's admins' business.
    """
    if row["tenant"] != caller.tenant or "deleted" in row:
        return False
    return permits(row["acl"], caller.principals) or (not row["acl"] and "admin" in caller.scopes)


def _tombstone(row: Item) -> Item:
    return {
        "deleted": True,
        "listed": None,
        "expiring": None,
        "open": "open",
        "due": int(time.time()) + 300,
        "first_version": row["version"] + 1,
    }


def file_object(row: Item) -> dict[str, Any]:
    """OpenAI's ``file``, with ``acl``, ``data_class``, ``attributes``, ``version`` and ``origin`` beside it.

    ``expires_at`` and ``status_details`` stand where there is something to tell: OpenAI's schema has no null there.
    """
    optional = {"expires_at": row.get("expires_at"), "status_details": row.get("status_details")}
    return {
        "id": row["id"],
        "object": "file",
        "bytes": row["bytes"],
        "created_at": row["created_at"],
        "filename": row["filename"],
        "purpose": row["purpose"],
        "status": row["status"],
        **{name: value for name, value in optional.items() if value is not None},
        "acl": row["acl"],
        "data_class": row["data_class"],
        "attributes": row["attributes"],
        "version": row["version"],
        "origin": row.get("origin"),
    }
