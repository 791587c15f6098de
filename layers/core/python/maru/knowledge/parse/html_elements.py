"""Elements of HTML pages: which of them are seen, and the cells of tables."""

import re
from collections.abc import Iterator
from typing import Any

_DROPPED = frozenset(
    ("script", "style", "template", "noscript", "head", "svg", "canvas", "iframe", "object", "audio", "video", "math", "select", "datalist")
)
_HIDDEN = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))",
    re.IGNORECASE,
)


def visible(element: Any) -> bool:
    """Whether a browser would show this element, as far as the element itself says."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _DROPPED or "hidden" in element.attrib:
        return False
    if tag == "input":
        return element.get("type", "text").lower() in {"submit", "button"}
    return not _HIDDEN.search(element.get("style", ""))


def grid(table: Any) -> list[list[Any]]:
    """The cells of a table, row by row; one that spans several places stands in each of them. At most 1,000 columns."""
    rows: list[list[Any]] = []
    pending: dict[int, tuple[Any, int]] = {}
    for row in _rows(table):
        line: list[Any] = []
        for cell in row:
            if cell.tag not in {"td", "th"} or not visible(cell) or len(line) >= 1000:
                continue
            _fill(line, pending)
            down = _count(cell.get("rowspan"))
            for _ in range(_count(cell.get("colspan"))):
                if down > 1:
                    pending[len(line)] = (cell, down)
                line.append(cell)
        _fill(line, pending)
        pending = {column: (cell, left - 1) for column, (cell, left) in pending.items() if left > 1}
        if line:
            rows.append(line[:1000])
    return _without_repeats(rows)


def _without_repeats(rows: list[list[Any]]) -> list[list[Any]]:
    """Without the columns in which no cell begins: `colspan="100"` means "all there are"."""
    width = max(map(len, rows), default=0)
    begun = [column for column in range(width) if any(_begins(row, column) for row in rows)]
    return [[row[column] for column in begun if column < len(row)] for row in rows]


def _begins(row: list[Any], column: int) -> bool:
    return column < len(row) and (column == 0 or row[column] is not row[column - 1])


def _fill(line: list[Any], pending: dict[int, tuple[Any, int]]) -> None:
    """Repeat cells that reach down from rows above; those begun in this very row are already there."""
    while len(line) in pending:
        line.append(pending[len(line)][0])


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == "tr" and visible(child):
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"} and visible(child):
            yield from (row for row in child if row.tag == "tr" and visible(row))


def _count(value: str | None) -> int:
    return min(max(int(value), 1), 100) if value and value.strip().isdecimal() else 1
