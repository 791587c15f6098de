"""Conditions on metadata as Pinecone and S3 Vectors document them, in their strictest reading; anything else is an error.

A field that is absent meets ``$exists: false`` and nothing else. A list meets a comparison where one of its entries does.
"""

from collections.abc import Callable, Mapping
from typing import Any


class BadCondition(Exception):
    """The condition is none that the services document."""


def meets(condition: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row's metadata meet the condition."""
    if not condition:
        raise BadCondition("empty")
    return all(_part(key, wanted, row) for key, wanted in condition.items())


def _part(key: str, wanted: Any, row: Mapping[str, Any]) -> bool:
    if key in ("$and", "$or"):
        if not isinstance(wanted, list) or not wanted:
            raise BadCondition(key)
        return (all if key == "$and" else any)([meets(one, row) for one in wanted])
    if key.startswith("$"):
        raise BadCondition(key)
    if not isinstance(wanted, Mapping) or len(wanted) != 1:
        raise BadCondition(key)
    ((operator, value),) = wanted.items()
    if operator == "$exists":
        return (key in row) is value
    if key not in row:
        _check(operator, value)
        return False
    held: list[Any] = row[key] if isinstance(row[key], list) else [row[key]]
    return _check(operator, value)(held)


def _check(operator: str, value: Any) -> Callable[[list[Any]], bool]:
    if operator in ("$in", "$nin"):
        if not isinstance(value, list) or not value or not all(isinstance(one, str | int | float) for one in value):
            raise BadCondition(operator)
        return lambda held: any(_same(one, other) for one in held for other in value) == (operator == "$in")
    if operator in ("$eq", "$ne"):
        if not isinstance(value, str | int | float):
            raise BadCondition(operator)
        return lambda held: any(_same(one, value) for one in held) == (operator == "$eq")
    orders: dict[str, Callable[[float, float], bool]] = {
        "$gt": lambda one, other: one > other,
        "$gte": lambda one, other: one >= other,
        "$lt": lambda one, other: one < other,
        "$lte": lambda one, other: one <= other,
    }
    if operator not in orders or isinstance(value, bool | str) or not isinstance(value, int | float):
        raise BadCondition(operator)
    return lambda held: any(not isinstance(one, str | bool) and orders[operator](one, value) for one in held)


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
