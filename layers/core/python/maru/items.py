"""What a row holds: plain dictionaries to DynamoDB's wire form and back, and what has no place in it.

Numbers travel as text of at most 38 digits; here they come back as ``int`` where they are whole and have so few, else as ``float``.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

from maru.errors import BadRequest

#: Bytes that every key attribute takes: a sort key's limit, of which a partition key has twice as many.
KEY_BYTES = 1024
#: What a number of DynamoDB can be: 38 digits, and nothing nearer to zero or farther from it than these.
_LARGEST_INT, _SMALLEST, _LARGEST = 10**38, 1e-130, 9.9e125
_DEEPEST = 32  # maps and lists within each other


def can_be(key: dict[str, Any]) -> bool:
    """Whether there can be a row with these values as its keys, or as parts of them: text of 1 to 1,024 bytes of UTF-8, and numbers."""
    return all(_is_key(value) for value in key.values() if isinstance(value, str))


def _is_key(text: str) -> bool:
    # Most keys are short: four bytes are the most that a character needs.
    if len(text) > KEY_BYTES // 4 and len(text.encode("utf-8", "replace")) > KEY_BYTES:
        return False
    return bool(text)


def marshal(item: Mapping[str, Any]) -> dict[str, Any]:
    """A plain dictionary in DynamoDB's wire form; empty and None values are kept as they are.

    Raises :class:`BadRequest` naming the attribute that holds a number that DynamoDB cannot, or is nested too deep for it.
    """
    wire = {}
    for name, value in item.items():
        try:
            wire[name] = _to_wire(value)
        except _Unstorable as error:
            raise BadRequest(f"'{name}' {error}", param=name) from error
    return wire


class _Unstorable(Exception):
    """A value has no place in a row; the message says why and what to do."""


def unmarshal(row: Mapping[str, Any]) -> dict[str, Any]:
    """The plain dictionary of a row in DynamoDB's wire form."""
    return {name: _from_wire(_DESERIALIZER.deserialize(value)) for name, value in row.items()}


def _to_wire(value: Any, depth: int = 1) -> Any:
    # Written out for the types that rows consist of: boto3's serializer takes four times as long.
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is bool:
        return {"BOOL": value}
    if kind is int or kind is float:
        return {"N": _number(value)}
    if value is None:
        return {"NULL": True}
    return _many(value, depth) if isinstance(value, Mapping | list | tuple) else _SERIALIZER.serialize(value)


def _many(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise _Unstorable(f"is nested more than {_DEEPEST} deep. Send it flatter, or as text.")
    if isinstance(value, Mapping):
        return {"M": {name: _to_wire(part, depth + 1) for name, part in value.items()}}
    return {"L": [_to_wire(part, depth + 1) for part in value]}


def _number(value: float) -> str:
    if not value:
        return "0"  # of which -0.0 is another way to write it, and one that does not come back
    size = abs(value)
    if size >= _LARGEST_INT if isinstance(value, int) else not _SMALLEST <= size <= _LARGEST:
        raise _Unstorable("holds a number that is too large, or too near to zero, to be kept. Send it as text.")
    return repr(value)


def _from_wire(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value.adjusted() < 38 and value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes(cast("Any", value))
    if isinstance(value, dict):
        return {name: _from_wire(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_from_wire(part) for part in value]
    return value


class _Deserializer(TypeDeserializer):
    """boto3's, but for numbers that are written out: it refuses those whose zeros make more than 38 digits, such as 1e47."""

    def _deserialize_n(self, value: str) -> Decimal:
        return Decimal(value)


_SERIALIZER = TypeSerializer()
_DESERIALIZER = _Deserializer()
