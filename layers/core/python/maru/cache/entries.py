"""The table of cached answers: each under its key, and in one of a tenant's numbered slots, whose number bounds how many there are.

Beside an answer stand the documents that it was made of, so that it goes with the first of them that is deleted
(:mod:`maru.cache.forgetting`).
"""

import base64
import json
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from maru.dynamo import ConditionFailed, Item, TableSpec
from maru.items import marshal, unmarshal
from maru.knowledge.rights import FileVersion
from maru.lean import Dynamo
from maru.ledger.writes import TransactionRefused, Write, put, together
from maru.transactions import LIMIT

#: A row holds 400 KB; what is larger is not kept.
_LARGEST = 300_000
#: Each document of an answer takes two places of a transaction, the answer one. What was made of more is not kept.
_MOST_FILES = (LIMIT - 1) // 2


@dataclass(frozen=True)
class Entry:
    """An answer that was kept: the completion, the ``model`` that gave it, its cost in nanodollars (None unknown) and its tokens.

    ``text`` is the question, ``passages`` are the keys of what it was answered from, ``place`` is where its vector lies; ``files`` are
    the documents that it was made of, each in its oldest version, those of earlier turns included.
    """

    key: str
    completion: dict[str, Any]
    model: str
    cost: int | None
    tokens: int
    text: str | None = None
    passages: tuple[str, ...] = ()
    place: str | None = None
    created: float = 0.0
    files: tuple[FileVersion, ...] = ()

    def age(self, now: float) -> int:
        """Whole seconds since it was given."""
        return max(0, int(now - self.created))


class EntryStore:
    """The cache's table, by tenant: rows ``entry#{key}``, ``slot#{number}`` and ``count``; ``of#{file}#{key}`` for each document of an
    entry, or of an answer kept elsewhere (:mod:`maru.cache.idempotent`), and ``gone#{file}`` for a while after a document was deleted
    or overwritten.

    A new entry takes the next slot; the one whose slot it was goes. ``ttl_seconds`` after it was given an entry is there no more.
    """

    SPEC = TableSpec("cache", key="tenant", sort="id", ttl="expires_at")

    def __init__(self, dynamo: Dynamo, table: str, *, entries: int, ttl_seconds: int, clock: Callable[[], float] = time.time) -> None:
        self._dynamo, self._table, self._entries, self._ttl, self.clock = dynamo, table, entries, ttl_seconds, clock

    async def get(self, tenant: str, key: str) -> Entry | None:
        """The entry, if it is there and its time is not over."""
        answer = await self._dynamo.call("GetItem", {"TableName": self._table, "Key": marshal({"tenant": tenant, "id": f"entry#{key}"})})
        item = answer.get("Item") or {}
        packed = item.pop("body", {}).get("B")
        row = unmarshal(item)
        if packed is None or row["created"] + self._ttl <= self.clock():
            return None
        try:
            # boto3's client has decoded it, DynamoDB's own JSON has not.
            body = json.loads(zlib.decompress(base64.b64decode(packed) if isinstance(packed, str) else bytes(packed)))
        except (ValueError, zlib.error):
            return None
        return Entry(
            key,
            body["completion"],
            row["model"],
            row.get("cost"),
            row["tokens"],
            body["text"],
            tuple(body["passages"]),
            row["place"],
            row["created"],
        )

    async def put(self, tenant: str, entry: Entry) -> list[Entry] | None:
        """Keep an entry; gives the ones that went for it (their keys and places alone), whose vectors are to be removed.

        None where it is not kept: it is too large, or was made of too many documents, or of one that is deleted.
        """
        whole = {"completion": entry.completion, "text": entry.text, "passages": entry.passages}
        body = zlib.compress(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())
        if len(body) > _LARGEST or len(entry.files) > _MOST_FILES:
            return None
        slot = await self._next_slot(tenant)
        before = await self._replaced(tenant, f"slot#{slot}", {"entry": entry.key, "place": entry.place})
        row = {"body": body, "model": entry.model, "cost": entry.cost, "tokens": entry.tokens, "place": entry.place, "slot": slot}
        kept = await self._kept(tenant, entry, row)
        if not before or before["entry"] == entry.key or not await self._removed(tenant, before["entry"], slot):
            return [] if kept else None
        return [Entry(before["entry"], {}, "", None, 0, place=before["place"])]

    async def _kept(self, tenant: str, entry: Entry, row: Item) -> bool:
        """Write the entry together with what it was made of, unless any of that is deleted."""
        now = self.clock()
        over = {"expires_at": int(now) + self._ttl}
        row = {"tenant": tenant, "id": f"entry#{entry.key}", **row, "created": now, **over}
        if not entry.files:
            await self._dynamo.call("PutItem", {"TableName": self._table, "Item": marshal(row)})
            return True
        named = {"tenant": tenant, "entry": entry.key, "place": entry.place, **over}
        made_of = [{"id": of(file, entry.key), "version": version, **named} for file, version in entry.files]
        writes = [put(self._table, one) for one in (row, *made_of)]
        writes += [there(self._table, tenant, one, int(now), since="live") for one in entry.files]
        try:
            await together(self._dynamo, writes)
        except TransactionRefused:
            return False
        return True

    async def _next_slot(self, tenant: str) -> int:
        request = {
            "TableName": self._table,
            "Key": marshal({"tenant": tenant, "id": "count"}),
            "UpdateExpression": "ADD writes :one",
            "ExpressionAttributeValues": marshal({":one": 1}),
            "ReturnValues": "UPDATED_NEW",
        }
        answer = await self._dynamo.call("UpdateItem", request)
        return int(unmarshal(answer["Attributes"])["writes"]) % self._entries

    async def _replaced(self, tenant: str, id_: str, row: Item) -> Item | None:
        item = marshal({"tenant": tenant, "id": id_, **row})
        answer = await self._dynamo.call("PutItem", {"TableName": self._table, "Item": item, "ReturnValues": "ALL_OLD"})
        return unmarshal(answer["Attributes"]) if answer.get("Attributes") else None

    async def _removed(self, tenant: str, key: str, slot: int) -> bool:
        """Whether the entry was still in that slot, and is gone now; one that was given anew has another."""
        request = {
            "TableName": self._table,
            "Key": marshal({"tenant": tenant, "id": f"entry#{key}"}),
            "ConditionExpression": "attribute_not_exists(id) OR slot = :slot",
            "ExpressionAttributeValues": marshal({":slot": slot}),
        }
        with suppress(ConditionFailed):
            await self._dynamo.call("DeleteItem", request)
            return True
        return False


def of(file_id: str, key: str = "") -> str:
    """The row that says that an entry was made of a document; without a key what all of the document's begin with."""
    return f"of#{file_id}#{key}"


def gone(file_id: str) -> str:
    """The row that says that a document is deleted or, where it names them, what is the ``live`` and the ``first`` version left of it."""
    return f"gone#{file_id}"


def there(table: str, tenant: str, file: FileVersion, now: int, *, since: Literal["live", "first"]) -> Write:
    """The part of a transaction that holds while nothing says that this version of a document is gone."""
    request = {
        "TableName": table,
        "Key": marshal({"tenant": tenant, "id": gone(file[0])}),
        "ConditionExpression": "attribute_not_exists(id) OR expires_at < :now OR #since <= :version",
        "ExpressionAttributeNames": {"#since": since},
        "ExpressionAttributeValues": marshal({":now": now, ":version": file[1]}),
    }
    return {"ConditionCheck": request}
