"""A file in a message: its name, and its text where it is text. What other formats hold is not read here."""

import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from typing import Any

from maru.guard.check import Place

_HEAD = re.compile(r"data:[^,]{0,200};base64,")
#: What stands in no text.
_CONTROLS = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f]")


async def file_as(file: dict[str, Any], place: Place, let: Callable[[str, Place], Awaitable[str]]) -> dict[str, Any]:
    """The file as ``let`` gives its name and its text."""
    changed = dict(file)
    if isinstance(name := file.get("filename"), str):
        changed["filename"] = await let(name, place)
    if isinstance(data := file.get("file_data"), str) and (text := _text(data)) is not None:
        told = await let(text, place)
        head = _HEAD.match(data)
        changed["file_data"] = data if told == text else (head[0] if head else "") + base64.b64encode(told.encode()).decode()
    return changed


def _text(data: str) -> str | None:
    """The text that a file's data holds; None where it holds something else."""
    head = _HEAD.match(data)
    try:
        text = base64.b64decode(data[head.end() if head else 0 :], validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return None if _CONTROLS.search(text) else text
