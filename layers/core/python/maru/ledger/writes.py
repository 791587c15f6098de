"""Writes of several tables in as few calls as DynamoDB allows, its conflicts waited out."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from maru.dynamo import Item
from maru.errors import Unavailable
from maru.items import marshal
from maru.lean import Dynamo
from maru.transactions import failed_conditions

type Write = dict[str, Any]

_ATTEMPTS = 60
_LONGEST_PAUSE = 0.4


class TransactionRefused(Exception):
    """Conditions failed; ``failed`` maps the position of each such write to its row as it is (wire form, None where absent)."""

    def __init__(self, failed: dict[int, dict[str, Any] | None]) -> None:
        super().__init__(f"conditions of the writes {sorted(failed)} failed")
        self.failed = failed


def put(table: str, item: Item) -> Write:
    """Write a whole row."""
    return {"Put": {"TableName": table, "Item": marshal(item)}}


def delete(table: str, key: Item, *, condition: str) -> Write:
    """Delete a row."""
    return {"Delete": {"TableName": table, "Key": marshal(key), "ConditionExpression": condition}}


def update(table: str, key: Item, expression: str, values: Item, *, condition: str | None = None) -> Write:
    """Apply an update expression; a failed ``condition`` tells the row as it is."""
    request: dict[str, Any] = {
        "TableName": table,
        "Key": marshal(key),
        "UpdateExpression": expression,
        "ExpressionAttributeValues": marshal(values),
    }
    if condition:
        request |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {"Update": request}


async def together(dynamo: Dynamo, writes: Sequence[Write]) -> None:
    """All or nothing. Raises :class:`TransactionRefused`; conflicts with other transactions are waited out with jitter."""
    for attempt in range(_ATTEMPTS):
        try:
            await dynamo.call("TransactWriteItems", {"TransactItems": list(writes)})
        except ClientError as error:
            if failed := failed_conditions(error):
                raise TransactionRefused(failed) from error
        else:
            return
        await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.004 * 2**attempt)))  # noqa: S311 - jitter, not a secret
    raise Unavailable("Too many requests settle their budget at this moment. Try again.", retry_after=1)


async def all_of(dynamo: Dynamo, puts: Sequence[Write]) -> None:
    """Rows that do not depend on each other, 25 at most: half a transaction's price."""
    if len(puts) == 1:
        await dynamo.call("PutItem", puts[0]["Put"])
        return
    pending: dict[str, list[Any]] = {}
    for one in puts:
        pending.setdefault(one["Put"]["TableName"], []).append({"PutRequest": {"Item": one["Put"]["Item"]}})
    for attempt in range(_ATTEMPTS):
        answer = await dynamo.call("BatchWriteItem", {"RequestItems": pending})
        pending = answer.get("UnprocessedItems") or {}
        if not pending:
            return
        await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.02 * 2**attempt)))  # noqa: S311 - jitter
    raise Unavailable("The database is busy. Try again in a moment.", retry_after=1)
