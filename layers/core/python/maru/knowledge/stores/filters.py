"""OpenAI's attribute filters: the grammar, its parser, and one encoding that every engine can match with plain terms.

An attribute becomes one string that sorts like its value within its key and type, so equality is a term and an order
is a range of terms: no engine needs a field per attribute, and no caller can make an index grow one.
"""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from maru.errors import BadRequest

AttributeValue = str | float | bool
Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
Junction = Literal["and", "or"]

#: OpenAI's limits on attributes, and ours on the size of a filter.
MAX_ATTRIBUTES = 16
MAX_KEY = 64
MAX_VALUE = 512
MAX_COMPARISONS = 64
MAX_DEPTH = 8

_SEPARATOR = "\x1f"
_AFTER_SEPARATOR = "\x20"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One attribute against values, of which ``in`` and ``nin`` have any number and the others exactly one.

    Types never mix: a number does not equal a string. A row that lacks the attribute matches ``ne`` and ``nin`` only.
    """

    operator: Operator
    key: str
    values: tuple[AttributeValue, ...]


@dataclass(frozen=True, slots=True)
class Compound:
    """Filters of which all (``and``) or any (``or``) must match."""

    operator: Junction
    filters: "tuple[Filter, ...]"


Filter = Comparison | Compound


@dataclass(frozen=True, slots=True)
class Terms:
    """A comparison for an engine: a row matches when it has one of ``terms``, or any in [``low``, ``high``); then ``negated``."""

    terms: tuple[str, ...] = ()
    low: str | None = None
    high: str | None = None
    negated: bool = False


def parse_filter(body: object, *, param: str = "filters") -> Filter:
    """OpenAI's JSON filter as a checked structure. Raises BadRequest that names the remedy."""
    parsed = _parse(body, param, MAX_DEPTH)
    if _size(parsed) > MAX_COMPARISONS:
        raise BadRequest(f"A filter may hold at most {MAX_COMPARISONS} comparisons.", param=param)
    return parsed


def check_attributes(attributes: Mapping[str, Any], *, param: str = "attributes") -> dict[str, AttributeValue]:
    """OpenAI's rules for attributes: at most 16 keys of 64 characters, values string (512), number or boolean."""
    if len(attributes) > MAX_ATTRIBUTES:
        raise BadRequest(f"At most {MAX_ATTRIBUTES} attributes are allowed.", param=param)
    return {_key(key, param): _value(value, param) for key, value in attributes.items()}


def attribute_terms(attributes: Mapping[str, AttributeValue]) -> tuple[str, ...]:
    """The strings under which a row with these attributes is indexed."""
    return tuple(_term(key, value) for key, value in attributes.items())


def as_terms(comparison: Comparison) -> Terms:
    """What an engine matches for one comparison."""
    terms = tuple(_term(comparison.key, value) for value in comparison.values)
    match comparison.operator:
        case "eq" | "in":
            return Terms(terms)
        case "ne" | "nin":
            return Terms(terms, negated=True)
    prefix, end = _bounds(comparison.key, comparison.values[0])
    # NUL is no part of any value, so nothing sorts between a term and that term with \x01 behind it.
    after = terms[0] + "\x01"
    match comparison.operator:
        case "gt":
            return Terms(low=after, high=end)
        case "gte":
            return Terms(low=terms[0], high=end)
        case "lt":
            return Terms(low=prefix, high=terms[0])
    return Terms(low=prefix, high=after)


def matches(condition: Filter, attributes: Mapping[str, AttributeValue]) -> bool:
    """Whether a row with these attributes passes: the grammar's meaning, by which the engines are judged."""
    if isinstance(condition, Compound):
        return (all if condition.operator == "and" else any)(matches(part, attributes) for part in condition.filters)
    wanted = as_terms(condition)
    mine = attribute_terms(attributes)
    if wanted.low is not None and wanted.high is not None:
        return any(wanted.low <= term < wanted.high for term in mine)
    return bool(set(wanted.terms) & set(mine)) != wanted.negated


def in_sql(condition: Filter, comparison: Callable[[Comparison], str]) -> str:
    """A filter as a condition of SQL, each comparison as ``comparison`` puts it."""
    if isinstance(condition, Comparison):
        return comparison(condition)
    glue = f" {condition.operator.upper()} "
    return f"({glue.join(in_sql(one, comparison) for one in condition.filters)})"


def _parse(body: object, param: str, depth: int) -> Filter:
    if not isinstance(body, Mapping):
        raise BadRequest("A filter is an object with a `type`.", param=param)
    if not depth:
        raise BadRequest(f"A filter may be nested at most {MAX_DEPTH} deep.", param=param)
    match body.get("type"):
        case "and" | "or" as junction:
            _refuse_others(body, ("type", "filters"), param)
            return _parse_compound(junction, body.get("filters"), param, depth)
        case "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "nin" as operator:
            _refuse_others(body, ("type", "key", "value"), param)
            return _parse_comparison(operator, body, param)
    known = ", ".join((*get_args(Operator), *get_args(Junction)))
    raise BadRequest(f"The `type` of a filter must be one of: {known}.", param=f"{param}.type")


def _refuse_others(body: Mapping[str, object], known: Sequence[str], param: str) -> None:
    other = next((name for name in body if name not in known), None)
    if other is not None:
        names = " and ".join(f"`{name}`" for name in known[1:])
        raise BadRequest(f"A filter of this type has {names} only.", param=f"{param}.{str(other)[:MAX_KEY]}", code="unknown_parameter")


def _parse_compound(kind: Junction, parts: object, param: str, depth: int) -> Compound:
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
        raise BadRequest(f"`{kind}` needs `filters`, a list of at least one filter.", param=f"{param}.filters")
    return Compound(kind, tuple(_parse(part, f"{param}.filters[{index}]", depth - 1) for index, part in enumerate(parts)))


def _parse_comparison(kind: Operator, body: Mapping[str, object], param: str) -> Comparison:
    key, value = _key(body.get("key"), f"{param}.key"), body.get("value")
    if kind in ("in", "nin"):
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise BadRequest(f"`{kind}` needs `value`, a list of values.", param=f"{param}.value")
        return Comparison(kind, key, tuple(_value(one, f"{param}.value") for one in value))
    checked = _value(value, f"{param}.value")
    if isinstance(checked, bool) and kind not in ("eq", "ne"):
        raise BadRequest(f"`{kind}` compares numbers or strings, not booleans.", param=f"{param}.value")
    return Comparison(kind, key, (checked,))


def _size(condition: Filter) -> int:
    if isinstance(condition, Compound):
        return sum(map(_size, condition.filters))
    return max(1, len(condition.values))


def _key(key: object, param: str) -> str:
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY or not key.isprintable():
        raise BadRequest(f"An attribute's key is a string of 1 to {MAX_KEY} printable characters.", param=param)
    return key


def _value(value: object, param: str) -> AttributeValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 1e308 and math.isfinite(value):
        return float(value)
    if isinstance(value, str) and len(value) <= MAX_VALUE and "\0" not in value and _encodable(value):
        return value
    raise BadRequest(f"An attribute's value is a string of at most {MAX_VALUE} characters, a number or a boolean.", param=param)


def _encodable(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _term(key: str, value: AttributeValue) -> str:
    if isinstance(value, bool):
        return _SEPARATOR.join((key, "b", "1" if value else "0"))
    if isinstance(value, str):
        return _SEPARATOR.join((key, "s", value))
    return _SEPARATOR.join((key, "n", _sortable(value)))


def _bounds(key: str, value: AttributeValue) -> tuple[str, str]:
    kind = "s" if isinstance(value, str) else "n"
    return f"{key}{_SEPARATOR}{kind}{_SEPARATOR}", f"{key}{_SEPARATOR}{kind}{_AFTER_SEPARATOR}"


def _sortable(number: float) -> str:
    """IEEE 754 bits as 16 hex digits that sort like the number: flip the sign bit, or all bits of a negative one."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))  # adding zero turns -0.0 into 0.0
    return f"{bits ^ (0xFFFF_FFFF_FFFF_FFFF if bits >> 63 else 1 << 63):016x}"
