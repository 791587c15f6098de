"""The one SQL statement that a question becomes.

Names come from the catalogue alone and values travel as parameters: nothing that a caller or a model writes becomes SQL.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from maru.knowledge.stores.filters import Compound, Filter
from maru.structured.query import Question, checked, order
from maru.structured.views import ColumnType, View

#: The schema of the views that callers' statements name.
SCHEMA = "maru_data"
SQL_TYPES: Mapping[str, str] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "decimal": "numeric",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
}
_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def statement(view: View, asked: Question) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters; it asks for one row more than the limit, which tells whether there are more."""
    values: dict[str, Any] = {}
    places = order(view, asked.sort)
    wanted = dict.fromkeys((*asked.fields, *(name for name, _ in places)))
    where = [_sql(view, asked.condition, values)] if asked.condition else []
    where += [_behind(view, places, asked.after, values)] if asked.after else []
    # Every value travels as text: what a row holds is read back by the column's own type.
    shown = ", ".join(f"{_quoted(name)}::text" for name in wanted)
    parts = [f'SELECT {shown} FROM {SCHEMA}."{view.view}" AS t']  # noqa: S608 - names are the catalogue's
    parts += [f"WHERE {' AND '.join(where)}"] if where else []
    parts += [f"ORDER BY {', '.join(f'{_quoted(name)} {way}' for name, way in places)}", f"LIMIT {asked.limit + 1}"]
    return " ".join(parts), values


def columns_of(view: View, asked: Question) -> list[str]:
    """The columns that the statement gives, in its order."""
    return list(dict.fromkeys((*asked.fields, *(name for name, _ in order(view, asked.sort)))))


def cursor(view: View, asked: Question, row: Mapping[str, str | None]) -> str:
    """Where the page behind a row begins."""
    position = [row[name] for name, _ in order(view, asked.sort)]
    return base64.urlsafe_b64encode(json.dumps([asked.sort, position], ensure_ascii=False).encode()).decode().rstrip("=")


def _behind(view: View, places: Sequence[tuple[str, str]], after: Sequence[str | None], values: dict[str, Any]) -> str:
    """Rows behind a position: the first column differs, or it is equal and the rest is behind. Nulls come last going up."""
    alternatives: list[list[str]] = []
    equal: list[str] = []
    for (name, way), value in zip(places, after, strict=True):
        column = _quoted(name)
        if value is None:
            alternatives.append([*equal, f"{column} IS NOT NULL"] if way == "DESC" else [*equal, "FALSE"])
            equal.append(f"{column} IS NULL")
            continue
        bound = _bound(view.columns[name].type, value, values)
        sign = "<" if way == "DESC" else ">"
        alternatives.append([*equal, f"{column} {sign} {bound}" if way == "DESC" else f"({column} {sign} {bound} OR {column} IS NULL)"])
        equal.append(f"{column} = {bound}")
    return "(" + " OR ".join("(" + " AND ".join(one) + ")" for one in alternatives) + ")"


def _sql(view: View, condition: Filter, values: dict[str, Any]) -> str:
    if isinstance(condition, Compound):
        return "(" + f" {condition.operator.upper()} ".join(_sql(view, part, values) for part in condition.filters) + ")"
    kind, column = view.columns[condition.key].type, _quoted(condition.key)
    bounds = [_bound(kind, checked(kind, value, condition.key), values) for value in condition.values]
    match condition.operator:
        case "in" | "nin":
            listed = f"{column} IN ({', '.join(bounds)})" if bounds else "FALSE"
            return listed if condition.operator == "in" else f"({listed}) IS NOT TRUE"
        case "ne":
            return f"{column} IS DISTINCT FROM {bounds[0]}"
    return f"{column} {_SIGNS[condition.operator]} {bounds[0]}"


def _bound(kind: ColumnType, value: str, values: dict[str, Any]) -> str:
    name = f"v{len(values)}"
    values[name] = value
    return f"CAST(:{name} AS {SQL_TYPES[kind]})"


def _quoted(name: str) -> str:
    # Told apart from the columns shown, which are texts and would be sorted as such.
    return f't."{name}"'
