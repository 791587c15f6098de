"""The table of cached answers: each under its key, and in one of a tenant's numbered slots, whose number bounds how many there are."""

import base64
import json
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from maru.dynamo import ConditionFailed, Item, TableSpec
from maru.items import marshal, unmarshal
from maru.lean import Dynamo

#: A row holds 400 KB; what is larger is not kept.
_LARGEST = 300_000


@dataclass(frozen=True)
class Entry:
    """An answer that was kept: the completion, the ``model`` that gave it, its cost in nanodollars (None unknown) and its tokens.

    ``text`` is the question, ``passages`` are the keys of what it was answered from, ``place`` is where its vector lies.
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

    def age(self, now: float) -> int:
        """Whole seconds since it was given."""
        return max(0, int(now - self.created))


class EntryStore:
    """The cache's table, by tenant: rows ``entry#{key}``, ``slot#{number}`` and ``count``.

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

    async def put(self, tenant: str, entry: Entry) -> list[Entry]:
        """Keep an entry; gives the ones that went for it (their keys and places alone), whose vectors are to be removed."""
        whole = {"completion": entry.completion, "text": entry.text, "passages": entry.passages}
        body = zlib.compress(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())
        if len(body) > _LARGEST:
            return []
        slot = await self._next_slot(tenant)
        before = await self._put(tenant, f"slot#{slot}", {"entry": entry.key, "place": entry.place}, old=True)
        row = {"body": body, "model": entry.model, "cost": entry.cost, "tokens": entry.tokens, "place": entry.place, "slot": slot}
        now = self.clock()
        await self._put(tenant, f"entry#{entry.key}", row | {"created": now, "expires_at": int(now) + self._ttl})
        if not before or before["entry"] == entry.key or not await self._removed(tenant, before["entry"], slot):
            return []
        return [Entry(before["entry"], {}, "", None, 0, place=before["place"])]

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

    async def _put(self, tenant: str, id_: str, row: Item, *, old: bool = False) -> Item | None:
        request: dict[str, Any] = {"TableName": self._table, "Item": marshal({"tenant": tenant, "id": id_, **row})}
        if old:
            request["ReturnValues"] = "ALL_OLD"
        answer = await self._dynamo.call("PutItem", request)
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
