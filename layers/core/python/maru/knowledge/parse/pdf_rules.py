"""Tables that are drawn with lines on a PDF page: their cells, also wrapped and merged ones, out of the lines between them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from maru.knowledge.parse.pdf_lines import Cell, Line

_THIN = 3.0  # points: what is narrower is a rule, not an area
_NEAR = 3.0  # points within which rules meet and lie upon one another
_MAX_RULES = 4000
_MAX_CELLS = 10_000
_REPEATED = 80  # characters of a merged cell that are repeated in every place it covers


class Rule(NamedTuple):
    """A line from `start` to `end` at `place`; along x where it lies, along y where it stands."""

    place: float
    start: float
    end: float


def with_tables(page: Any, lines: list[Line]) -> list[Line]:
    """The lines of a page, those inside a drawn table replaced by one that carries its `grid`."""
    lying, standing = _rules(page)
    if len(lying) < 3 or len(standing) < 3 or len(lying) + len(standing) > _MAX_RULES:
        return lines
    textpage = page.get_textpage()
    try:
        for box in _regions(lying, standing):
            inside = [at for at, line in enumerate(lines) if _within(line, box)]
            if not inside or any(_crosses(line, box) for line in lines):
                continue
            rows = _grid(textpage, _inside(lying, box, 1), _inside(standing, box, 0))
            if len(rows) > 1 and len(rows[0]) > 1 and sum(1 for row in rows for cell in row if cell) > 2:
                table = _as_line(rows, box, lines[inside[0]])
                lines = [table if at == inside[0] else line for at, line in enumerate(lines) if at == inside[0] or at not in inside]
    finally:
        textpage.close()
    return lines


Box = tuple[float, float, float, float]  # left, bottom, right, top


def _rules(page: Any) -> tuple[list[Rule], list[Rule]]:
    """Lying and standing rules: thin shapes, and the edges of rectangles that are stroked."""
    lying: list[Rule] = []
    standing: list[Rule] = []
    for shape in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1):
        left, bottom, right, top = shape.get_bounds()
        if top - bottom <= _THIN < right - left:
            lying.append(Rule((bottom + top) / 2, left, right))
        elif right - left <= _THIN < top - bottom:
            standing.append(Rule((left + right) / 2, bottom, top))
        elif right - left > _THIN and pdfium.FPDFPath_CountSegments(shape.raw) == 5 and top - bottom > _THIN:
            lying += [Rule(bottom, left, right), Rule(top, left, right)]
            standing += [Rule(left, bottom, top), Rule(right, bottom, top)]
        if len(lying) + len(standing) > _MAX_RULES:
            break
    return lying, standing


def _regions(lying: list[Rule], standing: list[Rule]) -> list[Box]:
    """The boxes around rules that meet one another, from the top of the page down."""
    boxes: list[Box] = [(rule.start, rule.place, rule.end, rule.place) for rule in lying]
    boxes += [(rule.place, rule.start, rule.place, rule.end) for rule in standing]
    boxes.sort(key=lambda box: -box[3])
    merged: list[Box] = []
    for box in boxes:
        touching = [other for other in merged if _touch(box, other)]
        merged = [other for other in merged if other not in touching]
        together = [box, *touching]
        merged.append((min(b[0] for b in together), min(b[1] for b in together), max(b[2] for b in together), max(b[3] for b in together)))
    return [box for box in merged if box[2] - box[0] > 20 and box[3] - box[1] > 10]


def _touch(one: Box, other: Box) -> bool:
    across = one[0] <= other[2] + _NEAR and other[0] <= one[2] + _NEAR
    return across and one[1] <= other[3] + _NEAR and other[1] <= one[3] + _NEAR


def _within(line: Line, box: Box) -> bool:
    middle = (line.bottom + line.top) / 2
    return box[1] < middle < box[3] and all(box[0] - _NEAR <= cell.left <= box[2] for cell in line.cells)


def _crosses(line: Line, box: Box) -> bool:
    """Whether the line belongs to the table with a part of it only: then the rules are no table's."""
    middle = (line.bottom + line.top) / 2
    return box[1] < middle < box[3] and not _within(line, box) and line.left < box[2] and line.right > box[0]


def _inside(rules: list[Rule], box: Box, side: int) -> list[Rule]:
    return [rule for rule in rules if box[side] - _NEAR <= rule.place <= box[side + 2] + _NEAR and _spans(rule, box, side)]


def _spans(rule: Rule, box: Box, side: int) -> bool:
    return rule.start >= box[1 - side] - _NEAR and rule.end <= box[3 - side] + _NEAR


def _grid(textpage: Any, lying: list[Rule], standing: list[Rule]) -> list[list[str]]:
    """The rows of the table; places between which no rule runs are one cell."""
    xs, ys = _places(rule.place for rule in standing), _places(rule.place for rule in lying)[::-1]
    width, height = len(xs) - 1, len(ys) - 1
    if width * height > _MAX_CELLS:
        return []
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    extent: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(height):
        for column in range(width):
            middle_x, middle_y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
            place = (row, column)
            if column and not _ruled(standing, xs[column], middle_y):
                owner[place] = owner[row, column - 1]
            elif row and not _ruled(lying, ys[row], middle_x):
                owner[place] = owner[row - 1, column]
            else:
                owner[place] = place
            last = extent.get(owner[place], place)
            extent[owner[place]] = (max(last[0], row), max(last[1], column))
    texts = {first: _text(textpage, (xs[first[1]], ys[last[0] + 1], xs[last[1] + 1], ys[first[0]])) for first, last in extent.items()}
    return [[_shown(texts, owner[row, column], (row, column)) for column in range(width)] for row in range(height)]


def _places(values: Iterable[float]) -> list[float]:
    """Distinct places in order; those nearer than `_NEAR` are one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _ruled(rules: list[Rule], place: float, at: float) -> bool:
    return any(abs(rule.place - place) <= _NEAR and rule.start - 1 <= at <= rule.end + 1 for rule in rules)


def _text(textpage: Any, box: Box) -> str:
    text: str = textpage.get_text_bounded(left=box[0], bottom=box[1], right=box[2], top=box[3])
    return " ".join(text.replace("\ufffe", "").split())


def _shown(texts: dict[tuple[int, int], str], owner: tuple[int, int], place: tuple[int, int]) -> str:
    text = texts[owner]
    return text if place == owner or len(text) <= _REPEATED else ""


def _as_line(rows: list[list[str]], box: Box, model: Line) -> Line:
    text = " ".join(cell for row in rows for cell in row if cell)
    line = Line(text, left=box[0], right=box[2], top=box[3], bottom=box[1], baseline=box[1], size=model.size)
    line.cells = line.pieces = [Cell(box[0], box[2], text)]
    line.grid = rows
    return line
