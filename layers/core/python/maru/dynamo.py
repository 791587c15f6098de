"""DynamoDB as the stores use it: a table's shape as data, and plain dictionaries in and out.

Keys come from callers too: under one that DynamoDB cannot hold nothing is found, and writing there is the caller's mistake.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from maru.errors import BadRequest, Unavailable
from maru.expressions import expressions, setting
from maru.items import KEY_BYTES, can_be, marshal, unmarshal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]

_BATCH_GET_LIMIT = 100
_PLACEHOLDER = re.compile(r":\w+")
#: What may do better a moment later.
BUSY = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "InternalServerError"}


class ConditionFailed(Exception):
    """A conditional write found the row in another state: ``row``, where the call asked for it."""

    def __init__(self, row: Item | None = None) -> None:
        super().__init__()
        self.row = row


@dataclass(frozen=True)
class IndexSpec:
    """A global secondary index; ``key`` and ``sort`` name string attributes, all attributes are projected."""

    name: str
    key: str
    sort: str | None = None


@dataclass(frozen=True)
class TableSpec:
    """The shape of a table; every key attribute is a string except those in ``numeric``."""

    name: str
    key: str
    sort: str | None = None
    ttl: str | None = None
    indexes: tuple[IndexSpec, ...] = ()
    numeric: frozenset[str] = field(default_factory=frozenset)

    def key_attributes(self) -> dict[str, str]:
        """Attribute name to DynamoDB type of every attribute that a key or an index uses."""
        names = [self.key, self.sort, *(part for index in self.indexes for part in (index.key, index.sort))]
        return {name: "N" if name in self.numeric else "S" for name in names if name}

    def check(self, row: Item) -> None:
        """Raise :class:`BadRequest` naming an attribute of ``row`` that is a key of the table or of an index and cannot be one."""
        for name in self.key_attributes():
            if not can_be({name: row.get(name)}):
                raise BadRequest(f"'{name}' is empty, or longer than {KEY_BYTES} bytes of UTF-8. Send another one.", param=name)

    def create(self, client: "DynamoDBClient", table_name: str) -> None:
        """Create the table on demand; for tests and benches, infra has a construct of its own."""
        request: dict[str, Any] = {
            "TableName": table_name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": _key_schema(self.key, self.sort),
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in self.key_attributes().items()],
        }
        if self.indexes:
            request["GlobalSecondaryIndexes"] = [
                {"IndexName": index.name, "KeySchema": _key_schema(index.key, index.sort), "Projection": {"ProjectionType": "ALL"}}
                for index in self.indexes
            ]
        client.create_table(**request)


class Table:
    """One table. Raises :class:`ConditionFailed` on a failed condition and :class:`Unavailable` when DynamoDB is busy."""

    def __init__(self, client: "DynamoDBClient", name: str, spec: TableSpec) -> None:
        self.client, self.name, self.spec = client, name, spec

    def get(self, key: Item, *, consistent: bool = True) -> Item | None:
        """The row with exactly this key, or None."""
        if not can_be(key):
            return None
        answer = self._call("get_item", Key=marshal(key), ConsistentRead=consistent)
        return unmarshal(answer["Item"]) if "Item" in answer else None

    def put(
        self,
        item: Item,
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
        values: Item | None = None,
        tell: bool = False,
    ) -> None:
        """Write a whole row; ``tell`` lets a failed condition tell the row that is there. Raises BadRequest for what no row can hold."""
        self.spec.check(item)
        told = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if tell else {}
        self._call("put_item", Item=marshal(item), **expressions(condition, names, values), **told)

    def update(
        self,
        key: Item,
        expression: str,
        *,
        values: Item | None = None,
        names: Mapping[str, str] | None = None,
        condition: str | None = None,
    ) -> Item:
        """Apply an update expression; returns the whole row as it is afterwards. Raises BadRequest for what no row can hold."""
        if condition and not can_be(key):
            raise ConditionFailed
        self.spec.check(key)
        answer = self._call(
            "update_item", Key=marshal(key), UpdateExpression=expression, ReturnValues="ALL_NEW", **expressions(condition, names, values)
        )
        return unmarshal(answer["Attributes"])

    def set(self, key: Item, changes: Item, *, condition: str | None = None, values: Item | None = None) -> Item:
        """Set (or, where a value is None, remove) the attributes in ``changes``; returns the row as it is afterwards.

        ``values`` are those of ``condition``. Attribute names need no escaping.
        """
        self.spec.check(changes)
        expression, names, placed = setting(changes)
        return self.update(key, expression, values=placed | (values or {}), names=names, condition=condition)

    def delete(
        self, key: Item, *, condition: str | None = None, values: Item | None = None, names: Mapping[str, str] | None = None
    ) -> Item | None:
        """Delete a row; returns it as it was, or None where there was none."""
        if not can_be(key):
            if condition:
                raise ConditionFailed
            return None
        answer = self._call("delete_item", Key=marshal(key), ReturnValues="ALL_OLD", **expressions(condition, names, values))
        return unmarshal(answer["Attributes"]) if answer.get("Attributes") else None

    def query(
        self,
        key_condition: str,
        values: Item,
        *,
        index: str | None = None,
        names: Mapping[str, str] | None = None,
        where: str | None = None,
        forward: bool = True,
        limit: int | None = None,
        at_once: int | None = None,
    ) -> Iterator[Item]:
        """Rows in key order, page after page; ``where`` filters after reading, ``limit`` bounds the rows given, ``at_once`` those read."""
        if not can_be({name: values[name] for name in _PLACEHOLDER.findall(key_condition)}):
            return iter(())
        request: dict[str, Any] = {
            "KeyConditionExpression": key_condition,
            "ExpressionAttributeValues": marshal(values),
            "ScanIndexForward": forward,
        }
        if names:
            request["ExpressionAttributeNames"] = dict(names)
        if index:
            request["IndexName"] = index
        else:
            request["ConsistentRead"] = True
        if where:
            request["FilterExpression"] = where
        elif limit or at_once:
            request["Limit"] = limit or at_once
        return islice(self._pages(request), limit)

    def scan(self, where: str, values: Item, *, names: Mapping[str, str] | None = None) -> Iterator[Item]:
        """Rows of the whole table that ``where`` lets through. It reads every row: for work that is done once in a tenant's life."""
        return self._pages({"ConsistentRead": True, "FilterExpression": where, **expressions(None, names, values)}, "scan")

    def batch_get(self, keys: Iterable[Item]) -> list[Item]:
        """The rows that exist among ``keys`` (each once), in no particular order, read consistently."""
        unique = list({tuple(sorted(key.items())): key for key in keys if can_be(key)}.values())
        found: list[Item] = []
        for start in range(0, len(unique), _BATCH_GET_LIMIT):
            pending: Any = {"Keys": [marshal(key) for key in unique[start : start + _BATCH_GET_LIMIT]], "ConsistentRead": True}
            while pending:
                answer = self._raw("batch_get_item", RequestItems={self.name: pending})
                found += [unmarshal(row) for row in answer["Responses"].get(self.name, [])]
                pending = answer.get("UnprocessedKeys", {}).get(self.name)
        return found

    def _pages(self, request: dict[str, Any], operation: str = "query") -> Iterator[Item]:
        while True:
            answer = self._call(operation, **request)
            yield from (unmarshal(row) for row in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request = request | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _call(self, operation: str, **request: Any) -> Any:
        return self._raw(operation, TableName=self.name, **request)

    def _raw(self, operation: str, **request: Any) -> Any:
        return call(self.client, operation, **request)


def call(client: "DynamoDBClient", operation: str, **request: Any) -> Any:
    """One DynamoDB call with its errors in Maru's terms."""
    try:
        return getattr(client, operation)(**request)
    except ClientError as error:
        raise in_our_terms(error) from error


def in_our_terms(error: ClientError) -> Exception:
    """What an error of DynamoDB is to its callers; one that is the code's own mistake stays as it is."""
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        row: Any = error.response.get("Item")
        return ConditionFailed(unmarshal(row) if row else None)
    if code in BUSY:
        return Unavailable("The database is busy. Try again in a moment.", retry_after=1)
    return error


def _key_schema(key: str, sort: str | None) -> list[dict[str, str]]:
    return [{"AttributeName": key, "KeyType": "HASH"}] + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])
