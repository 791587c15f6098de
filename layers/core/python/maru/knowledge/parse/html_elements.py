"""Elements of HTML pages: which of them are seen, what stands for pictures, and the cells of tables."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from maru.knowledge.parse.clean import named_picture

_DROPPED = frozenset(
    ("script", "style", "template", "noscript", "head", "svg", "canvas", "iframe", "object", "audio", "video", "math", "datalist")
)
_HIDDEN = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))",
    re.IGNORECASE,
)


#: Fields whose value no reader of the page sees, or is what its buttons are called.
_UNREAD_FIELDS = frozenset(("hidden", "password", "file", "submit", "button", "reset", "image", "color", "range"))


def entered(element: Any) -> str | None:
    """What a field of a form holds: a value, a tick, what was chosen; "" of one that holds nothing, None of what is no field."""
    if element.tag not in {"input", "select"}:
        return None
    if "hidden" in element.attrib or element.get("role") == "button" or _HIDDEN.search(element.get("style", "")):
        return ""
    if element.tag == "select":
        chosen = (option for option in element.iter("option") if "selected" in option.attrib)
        return ", ".join(" ".join((option.text or "").split()) for option in chosen)
    kind = element.get("type", "text").lower()
    if kind in {"checkbox", "radio"}:
        return "☒" if "checked" in element.attrib else "☐"
    return "" if kind in _UNREAD_FIELDS else " ".join(element.get("value", "").split())


def visible(element: Any) -> bool:
    """Whether a browser would show this element, as far as the element itself says."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _DROPPED or "hidden" in element.attrib:
        return False
    return not _HIDDEN.search(element.get("style", ""))


def picture(element: Any) -> str | None:
    """The words that stand for a picture where it cannot be seen; "" of one that only adorns, None of what is no picture.

    They are told by `alt`, else by `aria-label` or `title`; a file's name says nothing, nor do words that a caption or link has anyway.
    """
    tag = element.tag
    drawn = tag in {"img", "area", "svg"} or element.get("role") in {"img", "graphics-document"} or _is_button(element)
    if not drawn:
        return None
    if "hidden" in element.attrib or element.get("aria-hidden") == "true" or _HIDDEN.search(element.get("style", "")):
        return ""
    words = element.get("alt")
    if words is None:
        words = element.get("aria-label") or element.get("title") or (_svg_title(element) if tag == "svg" else "")
    words = named_picture(words)
    return "" if words and words.casefold() in _beside(element) else words


def words_of(element: Any) -> str | None:
    """What is written in an element's place on one line, of a picture or a field; None of all others, which have their own text."""
    words = picture(element)
    return entered(element) if words is None else words


def _is_button(element: Any) -> bool:
    return bool(element.tag == "input" and element.get("type", "").lower() == "image")


def _svg_title(element: Any) -> str:
    return next((child.text or "" for child in element if isinstance(child.tag, str) and child.tag.endswith("title")), "")


def _beside(element: Any) -> str:
    """The words of the figure or link that holds the picture, as far as a caption goes."""
    around = next((one for one in islice(element.iterancestors(), 3) if one.tag in {"figure", "a"}), None)
    return " ".join("".join(islice(around.itertext(), 50)).split()).casefold() if around is not None else ""


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
