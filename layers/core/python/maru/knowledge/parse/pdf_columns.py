"""The reading order of a page's lines by their places: columns one after the other, what spans them between, footnotes behind them.

The page is cut at its best white gutter, then each part again (an XY-cut: Nagy and Seth 1984), and only where both sides hold running
text: cells of a table keep their rows. Where nothing shows columns, the file's own order stays unless it jumps up and down.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from maru.knowledge.parse.pdf_lines import Line, cut_line
from maru.knowledge.parse.pdf_rows import in_rows, rows_of

_ROWS = 4  # a gutter runs beside so many rows at least
_PROSE = 15.0  # mean width of a column's lines in letters (Hangul and ideographs are two): cells of tables are shorter
_CELL = 12.0  # mean width of the cells of a row of a table, at most
_FULL = 0.7  # of a column's width: half of the lines of running text are so long
_LARGER = 1.15  # times the usual size: a heading
_SMALLER = 0.94  # times the usual size: a footnote
_MOST = 3000  # pieces of a page: drawings made of letters are not put in order
_NOTE = re.compile(r"[*†‡§¶※①-⑳]|\(?\d{1,3}\)?[\s.)\]]|\[\d{1,3}\]|\d{1,3}[^\W\d]")


class Piece(NamedTuple):
    """Part `part` of the line `at`: what stands between two gaps that a gutter may run through."""

    at: int
    part: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    text: str

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.bottom + self.top) / 2


class Gap(NamedTuple):
    """White between two neighbours of a row."""

    left: float
    right: float
    middle: float


def in_reading_order(lines: list[Line], *, jumbled: bool = False) -> list[Line]:
    """The lines of a page as a person reads them; those that ran over a gutter are cut there. The order given says nothing if `jumbled`."""
    pieces = [
        Piece(at, part, cell.left, cell.right, line.bottom, line.top, line.size, cell.text)
        for at, line in enumerate(lines)
        for part, cell in enumerate(line.cells if line.grid else line.pieces)
    ]
    if len(pieces) < 2 or len(pieces) > _MOST or _turned(lines):
        return lines
    body, notes = _ordered(pieces)
    return [line for leaf in [*body, *notes] for line in _lines(lines, leaf, jumbled=jumbled)]


def _turned(lines: Sequence[Line]) -> bool:
    """Whether much of the page is written upwards or downwards."""
    return sum(1 for line in lines if not line.grid and line.top - line.bottom > 3 * max(line.size, 1.0)) > 0.3 * len(lines)


Leaves = list[list[Piece]]


def _ordered(pieces: list[Piece]) -> tuple[Leaves, Leaves]:
    """Groups of pieces in reading order, and the footnotes that stand below columns."""
    cut = _columns(pieces)
    if cut is None:
        return ([pieces] if pieces else []), []
    above, left, right, below = cut
    (first, early), (last, late) = _ordered(above), _ordered(below)
    (one, deeper), (two, notes) = _ordered(left), _ordered(right)
    if one:
        one[-1], found = _without_notes(one[-1])
        notes = [*deeper, *found, *notes]
    body = [*first, *early, *one, *two]
    return ([*body, *notes, *last], late) if last else (body, notes)


def _columns(pieces: list[Piece]) -> tuple[list[Piece], list[Piece], list[Piece], list[Piece]] | None:
    """What stands above, left of, right of and below the longest gutter between running text; None where there is none."""
    if len(pieces) < 2 * _ROWS:
        return None
    gaps = _gaps(pieces)
    usual = median(piece.size for piece in pieces)
    places = {round((gap.left + gap.right) / 2) for gap in gaps}
    found = []
    for place in places:
        beside = sorted(gap.middle for gap in gaps if gap.left < place < gap.right)
        if len(beside) >= _ROWS:
            found.append((*_longest(beside, _barriers(pieces, place, usual)), place))
    for count, bottom, top, place in sorted(found, reverse=True):
        if count < _ROWS:
            return None
        inside = [piece for piece in pieces if bottom < piece.middle < top]
        left = [piece for piece in inside if piece.right <= place]
        right = [piece for piece in inside if piece.left >= place]
        if len(left) + len(right) == len(inside) and _runs(left) and _runs(right):
            above, below = [piece for piece in pieces if piece.middle >= top], [piece for piece in pieces if piece.middle <= bottom]
            return above, left, right, below
    return None


def _gaps(pieces: Sequence[Piece]) -> list[Gap]:
    """The white right of each piece up to its next neighbour in the row."""
    rows = sorted(pieces, key=lambda piece: piece.middle)
    heights = [piece.middle for piece in rows]
    gaps = []
    for piece in rows:
        reach = 0.6 * max(piece.size, 1.0)
        near = rows[bisect_left(heights, piece.middle - reach) : bisect_right(heights, piece.middle + reach)]
        begins = [other.left for other in near if other.left >= piece.right]
        if begins and min(begins) - piece.right > 0.6 * max(piece.size, 1.0):
            gaps.append(Gap(piece.right, min(begins), piece.middle))
    return gaps


def _barriers(pieces: Sequence[Piece], place: float, usual: float) -> list[float]:
    """The heights at which something spans the gutter: text, a table's row, or a heading on its left with nothing beside it."""
    barriers = [piece.middle for piece in pieces if piece.left < place < piece.right]
    for piece in pieces:
        if piece.size >= _LARGER * usual and piece.right <= place:
            beside = [other for other in pieces if other.left >= place and other.bottom < piece.top and piece.bottom < other.top]
            if not beside:
                barriers.append(piece.middle)
    return sorted(barriers + _table_rows(pieces, place))


def _table_rows(pieces: Sequence[Piece], place: float) -> list[float]:
    """The heights of lines of three short cells or more that stand on both sides of the gutter."""
    lines: dict[int, list[Piece]] = {}
    for piece in pieces:
        lines.setdefault(piece.at, []).append(piece)
    return [
        cells[0].middle
        for cells in lines.values()
        if len(cells) > 2
        and min(cell.left for cell in cells) < place < max(cell.right for cell in cells)
        and sum(weight(cell.text) for cell in cells) < _CELL * len(cells)
    ]


def _longest(heights: Sequence[float], barriers: Sequence[float]) -> tuple[int, float, float]:
    """The most heights between two barriers that follow one another: how many, and the lower and the upper of the two."""
    ends = [float("-inf"), *barriers, float("inf")]
    return max((bisect_left(heights, upper) - bisect_right(heights, lower), lower, upper) for lower, upper in pairwise(ends))


def _runs(pieces: Sequence[Piece]) -> bool:
    """Whether it is running text: lines as long as a column, most of them as long as one another."""
    if len(pieces) < 2 or sum(weight(piece.text) for piece in pieces) < _PROSE * len(pieces):
        return False
    widths = sorted(piece.right - piece.left for piece in pieces)
    usual = widths[int(0.75 * (len(widths) - 1))]
    return sum(1 for width in widths if width >= _FULL * usual) >= 0.5 * len(widths)


def weight(text: str) -> int:
    """The width of a text in letters, of which Hangul and ideographs take two."""
    return len(text) + sum(1 for char in text if char >= "\u1100")


def _without_notes(column: list[Piece]) -> tuple[list[Piece], Leaves]:
    """A column without the small print at its foot, which begins with a mark."""
    rows = sorted(column, key=lambda piece: piece.middle)
    usual = median(piece.size for piece in rows)
    end = 0
    while end < len(rows) and rows[end].size <= _SMALLER * usual:
        end += 1
    while end and not _NOTE.match(rows[end - 1].text):
        end -= 1
    if not end or end == len(rows):
        return column, []
    small = {(piece.at, piece.part) for piece in rows[:end]}
    return [piece for piece in column if (piece.at, piece.part) not in small], [
        [piece for piece in column if (piece.at, piece.part) in small]
    ]


def _lines(lines: Sequence[Line], leaf: Sequence[Piece], *, jumbled: bool) -> list[Line]:
    """The lines of a part of the page, whole or cut, in the file's order or, where that jumps, from above down."""
    parts: dict[int, list[int]] = {}
    for piece in leaf:
        parts.setdefault(piece.at, []).append(piece.part)
    found = [cut_line(lines[at], parts[at]) for at in sorted(parts)]
    climbs = sum(1 for before, after in pairwise(found) if after.bottom > before.top)
    jumps = jumbled or climbs > max(1, 0.2 * len(found))
    if jumps:
        found = [found[at] for row in rows_of(found) for at in row]
    return in_rows(found, jumbled=jumps)
