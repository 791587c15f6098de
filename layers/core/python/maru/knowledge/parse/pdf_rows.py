"""Rows of tables whose cells a PDF draws one by one: lines of the same height, side by side, that belong to one row."""

from collections.abc import Sequence

from maru.knowledge.parse.pdf_lines import Line

_ROWS = 3  # so many rows of separate cells make a table
_CELL = 30  # letters of a cell at the most, on average


def in_rows(lines: list[Line], *, jumbled: bool) -> list[Line]:
    """The lines, those made one that are cells of one row.

    Cells that follow one another in the file are a row, as all are in a file whose order says nothing (`jumbled`). Columns that a file
    writes one after the other are a table's where they hold numbers or are all full; other lists side by side are read one after the other.
    """
    rows = rows_of(lines)
    split = [row for row in rows if len(row) > 1]
    if len(split) < _ROWS:
        return lines
    cells = [lines[at] for row in split for at in row]
    if sum(len(line.text) for line in cells) > _CELL * len(cells):
        return lines
    if not jumbled and not all(_neighbours(row) for row in split) and not (_numeric(lines, split) or _whole(split)):
        return lines
    return [_one([lines[at] for at in row]) for row in sorted(rows, key=min)]


def rows_of(lines: Sequence[Line]) -> list[list[int]]:
    """The indexes of lines of the same height that do not overlap, from left to right."""
    rows: list[list[int]] = []
    order = sorted((at for at in range(len(lines))), key=lambda at: -lines[at].baseline)
    for at in order:
        line = lines[at]
        row = rows[-1] if rows else []
        same = bool(row) and not line.grid and abs(lines[row[0]].baseline - line.baseline) <= 0.3 * max(line.size, 1.0)
        if same and all(not lines[other].grid and _apart(lines[other], line) for other in row):
            row.append(at)
        else:
            rows.append([at])
    return [sorted(row, key=lambda at: lines[at].left) for row in rows]


def _apart(one: Line, other: Line) -> bool:
    """Whether no part of one lies over a part of the other; parts of both may take turns."""
    room = 0.5 * one.size
    return all(a.right + room <= b.left or b.right + room <= a.left for a in one.cells for b in other.cells)


def _numeric(lines: Sequence[Line], rows: Sequence[Sequence[int]]) -> bool:
    """Whether most cells but those of the first column hold numbers."""
    behind = [lines[at].text for row in rows for at in row[1:]]
    return sum(1 for text in behind if any(char.isdigit() for char in text)) >= 0.5 * len(behind)


def _whole(rows: Sequence[Sequence[int]]) -> bool:
    """Whether the rows have the same three cells or more: the last of several lists side by side is mostly shorter than the others."""
    most = max(map(len, rows))
    return most > 2 and all(len(row) == most for row in rows)


def _neighbours(row: Sequence[int]) -> bool:
    return max(row) - min(row) == len(row) - 1


def _one(cells: Sequence[Line]) -> Line:
    if len(cells) == 1:
        return cells[0]
    parts = sorted((cell for line in cells for cell in line.cells), key=lambda cell: cell.left)
    last = cells[-1]
    joined = Line(
        text=" ".join(part.text for part in parts),
        left=cells[0].left,
        right=max(line.right for line in cells),
        top=max(line.top for line in cells),
        bottom=min(line.bottom for line in cells),
        baseline=cells[0].baseline,
        size=cells[0].size,
        bold=all(line.bold for line in cells),
        spaced=last.spaced,
    )
    joined.cells, joined.pieces = parts, list(parts)
    return joined
