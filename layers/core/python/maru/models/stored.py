"""Completions that callers asked to be stored (``store``): their messages and answers, for thirty days, each for its own user alone."""

import json
import time
import zlib
from collections.abc import Mapping
from typing import Any

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import NotFound
from maru.identity import Caller
from maru.knowledge.paging import TOMBSTONE_SECONDS, Cursor, Page, page, stamp

type Body = dict[str, Any]

#: As long as OpenAI keeps them.
_KEPT_SECONDS = 30 * 86_400
#: A row holds 400 KB; what is larger lies in the bucket.
_INLINE_BYTES = 300_000


class StoredCompletions:
    """The table of stored completions, by (tenant, user) and id; texts are compressed, large ones lie in ``bucket``."""

    SPEC = TableSpec("completions", key="owner", sort="id", ttl="expires_at", indexes=(IndexSpec("by_owner", "owner", "listed"),))
    PREFIX = "completions/"

    def __init__(self, table: Table, *, s3: Any, bucket: str) -> None:
        self._table, self._s3, self._bucket = table, s3, bucket

    def keep(self, caller: Caller, completion: Body, messages: list[Body], metadata: Mapping[str, str] | None) -> None:
        """Store an answer under its id, with the messages that it answers."""
        place, id_ = stamp(completion["id"]), completion["id"]
        body = zlib.compress(json.dumps({"completion": completion, "messages": messages}, ensure_ascii=False).encode())
        row: Item = {
            "owner": _owner(caller),
            "id": id_,
            "created": place,
            "listed": place,
            "model": completion["model"],
            "metadata": dict(metadata or {}),
            "expires_at": int(time.time()) + _KEPT_SECONDS,
        }
        if len(body) > _INLINE_BYTES:
            self._s3.put_object(Bucket=self._bucket, Key=self._key(caller, id_), Body=body)
        else:
            row["body"] = body
        self._table.put(row)

    def get(self, caller: Caller, completion_id: str) -> Body:
        """The completion with its ``metadata``. Raises NotFound, also for somebody else's."""
        row = self._row(caller, completion_id)
        return _shown(self._body(caller, row)["completion"], row)

    def messages(self, caller: Caller, completion_id: str) -> list[Body]:
        """The messages that it answers, in their order, as OpenAI lists them. Raises NotFound."""
        said = self._body(caller, self._row(caller, completion_id))["messages"]
        return [_message(f"{completion_id}-{number}", one) for number, one in enumerate(said)]

    def change(self, caller: Caller, completion_id: str, metadata: Mapping[str, str]) -> Body:
        """Give it other metadata; raises NotFound."""
        key = {"owner": _owner(caller), "id": completion_id}
        try:
            row = self._table.set(key, {"metadata": dict(metadata)}, condition="attribute_exists(listed)")
        except ConditionFailed as error:
            raise _unknown(completion_id) from error
        return _shown(self._body(caller, row)["completion"], row)

    def delete(self, caller: Caller, completion_id: str) -> None:
        """Forget it; its id stays a cursor for who deletes while listing. Raises NotFound."""
        gone = {"deleted": True, "listed": None, "body": None, "metadata": None, "expires_at": int(time.time()) + TOMBSTONE_SECONDS}
        try:
            self._table.set({"owner": _owner(caller), "id": completion_id}, gone, condition="attribute_exists(listed)")
        except ConditionFailed as error:
            raise _unknown(completion_id) from error
        self._s3.delete_object(Bucket=self._bucket, Key=self._key(caller, completion_id))

    def listed(self, caller: Caller, cursor: Cursor, *, model: str | None, metadata: Mapping[str, str]) -> tuple[Page, list[Body]]:
        """A page of the caller's, those alone that have this model and all this metadata."""

        def keep(rows: list[Item]) -> list[Item]:
            named = [row for row in rows if model in (None, row["model"])]
            return [row for row in named if metadata.items() <= row["metadata"].items()]

        found = page(
            self._table,
            "by_owner",
            ("owner", _owner(caller)),
            cursor,
            find=lambda id_: self._table.get({"owner": _owner(caller), "id": id_}),
            keep=keep,
        )
        return found, [_shown(self._body(caller, row)["completion"], row) for row in found.rows]

    def _row(self, caller: Caller, completion_id: str) -> Item:
        row = self._table.get({"owner": _owner(caller), "id": completion_id})
        if row is None or row.get("deleted") or row["expires_at"] < time.time():
            raise _unknown(completion_id)
        return row

    def _body(self, caller: Caller, row: Item) -> Body:
        packed = row.get("body") or self._s3.get_object(Bucket=self._bucket, Key=self._key(caller, row["id"]))["Body"].read()
        body: Body = json.loads(zlib.decompress(packed))
        return body

    def _key(self, caller: Caller, completion_id: str) -> str:
        return f"{self.PREFIX}{_owner(caller)}/{completion_id}"


def _owner(caller: Caller) -> str:
    # A tenant's name has no '#', so that no other (tenant, user) reads the same.
    return f"{caller.tenant}#{caller.user}"


def _shown(completion: Body, row: Item) -> Body:
    return completion | {"metadata": row["metadata"]}


def _message(id_: str, message: Body) -> Body:
    content = message.get("content")
    parts = content if isinstance(content, list) else None
    text = content if isinstance(content, str) else "".join(one.get("text") or "" for one in parts or ())
    shown = {name: value for name, value in message.items() if name != "content"}
    return {"id": id_, "refusal": None, **shown, "content": text or None, "content_parts": parts}


def _unknown(completion_id: str) -> NotFound:
    return NotFound(f"No stored completion '{completion_id[:64]}'.", param="completion_id")
