"""The parts of a request to DynamoDB that are expressions: conditions, and updates of attributes whose names need no escaping."""

from collections.abc import Mapping
from typing import Any

from maru.items import marshal


def expressions(condition: str | None, names: Mapping[str, str] | None, values: dict[str, Any] | None) -> dict[str, Any]:
    """The parts of a request, or of one action of a transaction, that carry a condition and what it refers to."""
    request: dict[str, Any] = {}
    if condition:
        request["ConditionExpression"] = condition
    if names:
        request["ExpressionAttributeNames"] = dict(names)
    if values:
        request["ExpressionAttributeValues"] = marshal(values)
    return request


def setting(changes: dict[str, Any], add: Mapping[str, int] | None = None) -> tuple[str, dict[str, str], dict[str, Any]]:
    """An update expression that sets (where a value is None: removes) attributes and adds to numbers, with its names and values.

    The placeholders are ``#n0``, ``:n0`` and so on, in the order of ``changes`` and then of ``add``.
    """
    everything = {**changes, **(add or {})}
    mark = {name: f"n{place}" for place, name in enumerate(everything)}
    clauses = {
        "SET": [f"#{mark[name]} = :{mark[name]}" for name, value in changes.items() if value is not None],
        "REMOVE": [f"#{mark[name]}" for name, value in changes.items() if value is None],
        "ADD": [f"#{mark[name]} :{mark[name]}" for name in add or {}],
    }
    expression = " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts)
    names = {f"#{short}": name for name, short in mark.items()}
    return expression, names, {f":{mark[name]}": value for name, value in everything.items() if value is not None}
