"""JSON schemas (2020-12) that others write: checked before they are kept, and values checked against them."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

#: Bytes of a schema as JSON.
LARGEST = 32_000
_REPEATED = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
#: Repetitions up to so many cost nothing worth a thought.
_FEW = 16


def checked_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema; raises ValueError naming what is wrong with it. References lead nowhere but into itself."""
    from jsonschema import Draft202012Validator, SchemaError

    if len(json.dumps(schema)) > LARGEST:
        raise ValueError(f"takes at most {LARGEST} bytes")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"is no JSON schema: {error.json_path}: {error.message[:200]}") from error
    for name, value in _entries(schema):
        if name in {"$ref", "$dynamicRef"} and not str(value).startswith("#"):
            raise ValueError("refers to nothing outside itself: '$ref' begins with '#'")
        if name == "pattern" and isinstance(value, str):
            checked_pattern(value)
        if name == "patternProperties" and isinstance(value, dict):
            for pattern in value:
                checked_pattern(pattern)
    return schema


def problem(schema: dict[str, Any], value: Any) -> str | None:
    """What is wrong with a value, for whoever made it; None where nothing is."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(json.dumps(schema, sort_keys=True)).iter_errors(value))
    return None if error is None else f"{error.json_path}: {error.message[:300]}"


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    # An own, empty registry: nothing is ever fetched.
    return Draft202012Validator(json.loads(schema), registry=Registry())


def checked_pattern(pattern: str) -> str:
    """The regular expression; raises ValueError for one that is none, or whose time may grow exponentially.

    That is one with a repetition inside a repetition, or with alternatives inside one: Python's engine goes back through all of them.
    """
    if len(pattern) > 500:
        raise ValueError("a pattern takes at most 500 characters")
    try:
        parsed = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - the only parser of these there is
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression: {pattern[:80]}") from error
    if _explodes(parsed, repeated=False):
        raise ValueError(f"takes no pattern with a repetition or alternatives inside a repetition: {pattern[:80]}")
    return pattern


def _explodes(parsed: Any, *, repeated: bool) -> bool:
    for operation, operand in parsed:
        name = str(operation)
        many = name in _REPEATED and int(operand[1]) > _FEW
        if repeated and (many or name in {"BRANCH", "GROUPREF"}):
            return True
        if any(_explodes(inner, repeated=repeated or many) for inner in _inside(name, operand)):
            return True
    return False


def _inside(name: str, operand: Any) -> list[Any]:
    """The expressions within one operation of Python's parser."""
    if name in _REPEATED:
        return [operand[2]]
    if name == "SUBPATTERN":
        return [operand[3]]
    if name == "BRANCH":
        return list(operand[1])
    if name in {"ASSERT", "ASSERT_NOT"}:
        return [operand[1]]
    if name == "ATOMIC_GROUP":
        return [operand]
    if name == "GROUPREF_EXISTS":
        return [one for one in operand[1:] if one is not None]
    return []


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _entries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _entries(inner)
