"""What a chain takes: a value held against its schema."""

from collections.abc import Callable
from typing import Any


def demand_input(schema: dict[str, Any], value: Any, kind: Callable[[str], Exception]) -> None:
    """Raise ``kind`` with the first mistake of a chain's input."""
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda one: list(map(str, one.path)))
    if errors:
        place = ".".join(map(str, ("input", *errors[0].path)))
        raise kind(f"'{place}': {errors[0].message[:300]}")
