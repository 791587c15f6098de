"""A question to a view, checked against its allow-list."""

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from maru.errors import BadRequest
from maru.knowledge.stores.filters import Comparison, Compound, Filter, parse_filter
from maru.structured.views import ColumnType, View

_LONGEST_FILTER = 20_000  # characters of JSON
_INTEGERS = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Question:
    """What is asked of a view: ``fields`` in their order, ``sort`` a column with ``-`` before it for the other way round."""

    fields: tuple[str, ...]
    condition: Filter | None
    sort: str | None
    limit: int
    after: tuple[str | None, ...] | None


def question(
    view: View,
    *,
    fields: str | None = None,
    filters: str | None = None,
    sort: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Question:
    """Check what a caller wrote; raises :class:`BadRequest` naming the field and what it may be."""
    names = tuple(part.strip() for part in fields.split(",")) if fields else tuple(view.columns)
    for name in names:
        _column(view, name, "fields")
    if limit is not None and not 1 <= limit <= view.max_rows:
        raise BadRequest(f"'limit' is between 1 and {view.max_rows} for this view.", param="limit")
    return Question(
        tuple(dict.fromkeys((*view.key, *names))),
        _condition(view, filters),
        _sorted(view, sort),
        limit or min(20, view.max_rows),
        _position(view, sort, after),
    )


def having(view: View, keys: Sequence[Mapping[str, str]]) -> Filter:
    """The rows of these keys; raises :class:`BadRequest` for a value that its column cannot hold."""
    rows = []
    for key in keys:
        same = [Comparison("eq", name, (_value(view.columns[name].type, value),)) for name, value in key.items()]
        for one in same:
            checked(view.columns[one.key].type, one.values[0], one.key)
        rows.append(Compound("and", tuple(same)))
    return Compound("or", tuple(rows))


def told(kind: ColumnType, text: str | None) -> Any:
    """A value as JSON has it: a decimal as a string, exactly; moments by ISO 8601. Raises ValueError for one of another type."""
    if text is None or kind in {"text", "decimal", "date"}:
        return text
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text) if math.isfinite(float(text)) else None  # JSON has no other numbers
    if kind == "boolean":
        return text == "true"
    return text if text.lstrip("-") == "infinity" or text.endswith("BC") else datetime.fromisoformat(text).isoformat()


def _column(view: View, name: str, param: str) -> ColumnType:
    if name not in view.columns:
        raise BadRequest(f"The view '{view.view}' has no column '{name[:48]}'. It has: {', '.join(view.columns)}.", param=param)
    return view.columns[name].type


def _condition(view: View, filters: str | None) -> Filter | None:
    if filters is None:
        return None
    if len(filters) > _LONGEST_FILTER:
        raise BadRequest(f"'filters' takes at most {_LONGEST_FILTER} characters.", param="filters")
    try:
        # Numbers stay as they are written: a float would not hold every integer, nor any decimal exactly.
        body = json.loads(filters, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise BadRequest('\'filters\' is JSON, such as {"type": "eq", "key": "status", "value": "open"}.', param="filters") from error
    parsed = parse_filter(body)
    for one in _comparisons(parsed):
        kind = _column(view, one.key, "filters")
        if not view.columns[one.key].filter:
            able = ", ".join(name for name, column in view.columns.items() if column.filter) or "none"
            raise BadRequest(f"The column '{one.key}' cannot be filtered. These can: {able}.", param="filters")
        for value in one.values:
            checked(kind, value, one.key)
    return parsed


def checked(kind: ColumnType, value: Any, name: str) -> str:
    """A value as its column's type takes it, as text; raises :class:`BadRequest` naming the column."""
    try:
        text = _typed(kind, value)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise BadRequest(f"'{name}' is compared with a value of type {kind}.", param="filters") from error
    return text


def _typed(kind: ColumnType, value: Any) -> str:
    if kind == "boolean":
        if not isinstance(value, bool):
            raise ValueError
        return str(value).lower()
    if isinstance(value, bool):
        raise ValueError
    if kind in {"integer", "number", "decimal"}:
        return _numeric(kind, value)
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    if kind == "date":
        return date.fromisoformat(value).isoformat()
    if kind == "timestamp":
        moment = datetime.fromisoformat(value)
        return moment.isoformat() if moment.tzinfo else f"{moment.isoformat()}+00:00"
    return value


def _value(kind: ColumnType, text: str) -> str | bool:
    """A value that stands somewhere as text, as filters have it."""
    return text == "true" if kind == "boolean" else text


def _numeric(kind: ColumnType, value: Any) -> str:
    number = Decimal(str(value))
    if not number.is_finite() or (kind == "integer" and (number != number.to_integral_value() or int(number) not in _INTEGERS)):
        raise ValueError
    return str(int(number)) if kind == "integer" else format(number, "f") if kind == "decimal" else repr(float(number))


def _sorted(view: View, sort: str | None) -> str | None:
    if sort is None:
        return None
    _column(view, sort.removeprefix("-"), "sort")
    if not view.columns[sort.removeprefix("-")].sort:
        able = ", ".join(name for name, column in view.columns.items() if column.sort) or "none"
        raise BadRequest(f"Rows cannot be sorted by '{sort.removeprefix('-')}'. These can: {able}.", param="sort")
    return sort


def order(view: View, sort: str | None) -> list[tuple[str, str]]:
    """Columns and ways; the key last, so that no two rows stand at one place."""
    way = "DESC" if sort and sort.startswith("-") else "ASC"
    first = [(sort.removeprefix("-"), way)] if sort else []
    return [*first, *((name, way) for name in view.key if not first or name != first[0][0])]


def _position(view: View, sort: str | None, after: str | None) -> tuple[str | None, ...] | None:
    if after is None:
        return None
    try:
        of, position = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        places = order(view, sort)
        if of != sort or len(position) != len(places) or not all(one is None or isinstance(one, str) for one in position):
            raise ValueError
        for (name, _), value in zip(places, position, strict=True):
            if value is not None:
                checked(view.columns[name].type, _value(view.columns[name].type, value), name)
    except (ValueError, TypeError, BadRequest) as error:
        raise BadRequest("'after' is the 'next' of a page with the same sort.", param="after") from error
    return tuple(position)


def _comparisons(condition: Filter) -> Iterator[Comparison]:
    if isinstance(condition, Compound):
        for part in condition.filters:
            yield from _comparisons(part)
    else:
        yield condition
