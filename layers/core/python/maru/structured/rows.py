"""A row as evidence: what names it, and the text that an answer quotes of it."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from maru.structured.views import Column, View

#: What the names of rows begin with where they stand beside files.
PREFIX = "data:"
#: Characters of a description that can stand for the column in a sentence.
_SHORT = 20


def key_of(view: View, row: Mapping[str, Any]) -> str:
    """What tells a row of the view apart: the values of its key, percent-encoded, parted by commas."""
    return ",".join(quote(_plain(row[name]), safe="") for name in view.key)


def values_of(view: View, key: str) -> dict[str, str]:
    """The values that a key names; raises ValueError for another number of them."""
    return dict(zip(view.key, map(unquote, key.split(",")), strict=True))


def reference(view: View, row: Mapping[str, Any]) -> str:
    """What names a row: ``orders/1001``."""
    return f"{view.view}/{key_of(view, row)}"


def evidence_id(view: View, row: Mapping[str, Any]) -> str:
    """What a citation names it by: ``data:orders/1001``."""
    return PREFIX + reference(view, row)


def parted(id_: str) -> tuple[str, str]:
    """View and key of what a citation names."""
    view, _, key = id_.removeprefix(PREFIX).partition("/")
    return view, key


def text_of(view: View, row: Mapping[str, Any]) -> str:
    """The row in one line, as models read and citations quote it: ``orders: id: 1; status: open; not express; no paid_at (결제일 없음)``.

    What is not so is said as a sentence says it, in Korean too where the catalogue has a short word for the column: the check of
    citations compares negations.
    """
    return f"{view.view}: " + "; ".join(_said(view.columns[name], name, value) for name, value in row.items())


def version_of(text: str) -> int:
    """A number that another content of the row does not have: the first 48 bits of the text's SHA-256."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def _said(column: Column, name: str, value: Any) -> str:
    if value is not None and value is not False:
        return f"{name}: {_plain(value)}"
    english, korean = ("no", "없음") if value is None else ("not", "아님")
    label = column.description.ko if column.description else ""
    return f"{english} {name}" + (f" ({label} {korean})" if 0 < len(label) <= _SHORT else "")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
