"""Several rows changed together or not at all, and the order of rows that lists show."""

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from maru.dynamo import ConditionFailed, Item, Table, call
from maru.errors import Unavailable
from maru.expressions import expressions, setting
from maru.items import marshal

#: What one transaction may touch.
LIMIT = 100
_ATTEMPTS = 12
#: Reasons of a cancelled transaction that pass with time; anything else (an item too large, say) does not.
_PASSING = {"None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

Action = dict[str, Any]


class TransactionFailed(ConditionFailed):
    """Conditions of a transaction failed; ``failed`` are the positions of their actions."""

    def __init__(self, failed: Sequence[int]) -> None:
        super().__init__()
        self.failed = tuple(failed)


def transact(table: Table, actions: Sequence[Action]) -> None:
    """Do all or nothing, on any tables. Raises TransactionFailed, or Unavailable where others keep changing the same rows."""
    for attempt in range(_ATTEMPTS):
        try:
            call(table.client, "transact_write_items", TransactItems=list(actions))
            return
        except ClientError as error:
            if failed := failed_conditions(error):
                raise TransactionFailed(tuple(failed)) from error
            time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 - spreads writers, decides nothing
    raise Unavailable("Many changes to the same object at once. Try again in a moment.", retry_after=1)


def failed_conditions(error: ClientError) -> dict[int, Item | None]:
    """The conditions that cancelled a transaction: their positions, with the row as it is (wire form) where the action asked for it.

    Empty where another try may succeed; raises ``error`` where none would.
    """
    code = error.response["Error"]["Code"]
    if code in ("TransactionInProgressException", "TransactionConflictException"):
        return {}
    reasons: Any = error.response.get("CancellationReasons", [])
    codes = [str(reason.get("Code", "None")) for reason in reasons]
    if code != "TransactionCanceledException" or not _PASSING.issuperset(codes):
        raise error
    # With a conflict beside it a failed condition may be of a moment that is over.
    if "TransactionConflict" in codes:
        return {}
    return {place: reasons[place].get("Item") for place, reason in enumerate(codes) if reason == "ConditionalCheckFailed"}


def put(table: Table, item: Item, *, condition: str | None = None, values: Item | None = None) -> Action:
    """Write a whole row. Raises BadRequest for what no row can hold."""
    table.spec.check(item)
    return {"Put": _with(table, {"Item": marshal(item)}, condition, values, None)}


def update(
    table: Table,
    key: Item,
    expression: str,
    *,
    values: Item | None = None,
    condition: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Action:
    """Change a row."""
    return {"Update": _with(table, {"Key": marshal(key), "UpdateExpression": expression}, condition, values, names)}


def change(
    table: Table, key: Item, changes: Item, *, add: Mapping[str, int] | None = None, condition: str, values: Item | None = None
) -> Action:
    """Set (or, where a value is None, remove) attributes and add to numbers; names need no escaping but in ``condition``."""
    expression, names, placed = setting(changes, add)
    return update(table, key, expression, values=placed | (values or {}), condition=condition, names=names)


def check(table: Table, key: Item, condition: str, *, values: Item | None = None) -> Action:
    """Only look at a row."""
    return {"ConditionCheck": _with(table, {"Key": marshal(key)}, condition, values, None)}


def _with(table: Table, action: Action, condition: str | None, values: Item | None, names: Mapping[str, str] | None) -> Action:
    return action | {"TableName": table.name} | expressions(condition, names, values)
