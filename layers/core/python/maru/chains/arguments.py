"""Arguments of built-ins, taken with errors that name them."""

from typing import Any

from maru.errors import BadRequest


def text_of(arguments: dict[str, Any], name: str, *, most: int = 5_000_000) -> str:
    """A text; raises BadRequest for what is none, or longer than ``most`` characters."""
    value = arguments.get(name)
    if not isinstance(value, str):
        raise BadRequest(f"'{name}' must be a text.", param=name)
    if len(value) > most:
        raise BadRequest(f"'{name}' has {len(value)} characters; at most {most} are taken.", param=name)
    return value


def list_of(arguments: dict[str, Any], name: str, *, most: int = 10_000) -> list[Any]:
    """A list, empty where nothing was given; raises BadRequest for what is none, or longer than ``most``."""
    value = arguments.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadRequest(f"'{name}' must be a list.", param=name)
    if len(value) > most:
        raise BadRequest(f"'{name}' has {len(value)} entries; at most {most} are taken.", param=name)
    return value
