"""A call of a tool as a question to a view: its arguments are comparisons with columns."""

import json
from collections.abc import Mapping
from typing import Any, get_args

from maru.knowledge.stores.filters import Operator
from maru.structured.query import Question, question
from maru.structured.views import View

#: Arguments that are no column's.
_OWN = ("limit", "sort")


def comparison(view: View, argument: str) -> tuple[str, str] | None:
    """Column and operator that an argument stands for: ``status`` is compared for equality, ``total_gte`` with ``gte``; None where it
    stands for no column that can be filtered."""
    if _filtered(view, argument):
        return argument, "eq"
    column, _, operator = argument.rpartition("_")
    return (column, operator) if operator in get_args(Operator) and _filtered(view, column) else None


def unknown(view: View, arguments: Mapping[str, Any]) -> str | None:
    """The first argument that stands for nothing; None where all stand for something."""
    return next((name for name in arguments if name not in _OWN and comparison(view, name) is None), None)


def asked(view: View, arguments: Mapping[str, Any], *, fields: str | None, sort: str | None, limit: int) -> Question:
    """The question; a list means any of its values. Raises :class:`BadRequest` as :func:`question` does."""
    parts = []
    for name, value in arguments.items():
        found = comparison(view, name)
        if found and value is not None:
            operator = "in" if found[1] == "eq" and isinstance(value, list) else found[1]
            parts.append({"type": operator, "key": found[0], "value": value})
    filters = json.dumps({"type": "and", "filters": parts}) if parts else None
    wanted = arguments.get("limit")
    most = min(limit, wanted) if isinstance(wanted, int) and wanted > 0 else limit
    return question(view, fields=fields, filters=filters, sort=arguments.get("sort") or sort, limit=most)


def _filtered(view: View, name: str) -> bool:
    return name in view.columns and view.columns[name].filter
