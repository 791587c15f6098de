"""Pages whose text runs up, down or upside down in the file, as that of landscape pages and tables often does: set upright."""

import ctypes
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from maru.knowledge.parse.pdf_lines import Cell, Line

_SAMPLE = 200  # letters that are looked at
_MOST = 0.6  # of them run in the direction of the page's text
_TALL = 0.15  # of the lines stand higher than they are wide: enough to look at the letters

#: How the page is turned back, by the direction of its text in degrees clockwise: the corner of the box to the origin, then this.
_BACK = {90: (0.0, 1.0, -1.0, 0.0), 180: (-1.0, 0.0, 0.0, -1.0), 270: (0.0, -1.0, 1.0, 0.0)}


def set_upright(page: Any, lines: Sequence[Line]) -> bool:
    """Turn a page of which these lines were read, if it lies on its side; whether it did. It is to be read anew then."""
    tall = sum(1 for line in lines if line.top - line.bottom > max(1.6 * line.size, line.right - line.left))
    rotated = bool(page.get_rotation())
    if tall < max(1.0, _TALL * len(lines)) and not _backwards(lines) and not rotated:
        return False
    direction = _direction(page)
    if direction in _BACK:
        _turn(page, direction)
    elif direction == 0 and rotated:
        # Shown on its side, though its text lies straight: letters would be told in the order in which they are shown.
        page.set_rotation(0)
    return direction in _BACK or (direction == 0 and rotated)


def beside(lines: Sequence[Line], upright: Sequence[Line]) -> list[Line]:
    """The lines that run aslant on an upright page, as upright ones below it: labels at its side, watermarks. Those in drawn tables
    are read with these."""
    tables = [line for line in upright if line.grid]
    left = [line for line in lines if line.turned and not any(_lies_in(line, table) for table in tables)]
    lowest = min((line.bottom for line in upright), default=0.0)
    places = [lowest - 3 * line.size * number for number, line in enumerate(left, 1)]
    return [_laid(line, place) for line, place in zip(left, places, strict=True)]


def _lies_in(line: Line, table: Line) -> bool:
    return table.left <= line.left and line.right <= table.right and table.bottom <= line.bottom and line.top <= table.top


def _laid(line: Line, bottom: float) -> Line:
    whole = [Cell(0.0, len(line.text) * line.size / 2, line.text)]
    return replace(line, left=0.0, right=whole[0].right, bottom=bottom, baseline=bottom, top=bottom + line.size, cells=whole, pieces=whole)


def _backwards(lines: Sequence[Line]) -> bool:
    """Whether the lines of a page follow one another upwards, as those of a page that stands on its head do."""
    return len(lines) > 1 and sum(1 for line, after in pairwise(lines) if after.bottom > line.top) > 0.6 * len(lines)


def _direction(page: Any) -> int | None:
    """In which most letters of the page run: 0 to the right, 90 down, 180 to the left, 270 up; None where there is no such direction."""
    textpage = page.get_textpage()
    try:
        count = max(pdfium.FPDFText_CountChars(textpage.raw), 0)
        sample = range(0, count, max(1, count // _SAMPLE))
        written = [index for index in sample if pdfium.FPDFText_GetUnicode(textpage.raw, index) > 0x20]
        turns = Counter(round(math.degrees(pdfium.FPDFText_GetCharAngle(textpage.raw, index)) / 90) * 90 % 360 for index in written)
    finally:
        textpage.close()
    direction, often = turns.most_common(1)[0] if turns else (None, 0)
    return direction if often > _MOST * len(written) else None


def _turn(page: Any, direction: int) -> None:
    left, bottom, right, top = page.get_mediabox()
    width, height = right - left, top - bottom
    a, b, c, d = _BACK[direction]
    # The box's corners after the turn say how far it is to be moved, so that it begins at the origin again.
    corners = [(a * x + c * y, b * x + d * y) for x in (left, right) for y in (bottom, top)]
    moved = -min(x for x, _ in corners), -min(y for _, y in corners)
    box = pdfium.FS_RECTF(0, max(width, height), max(width, height), 0)
    pdfium.FPDFPage_TransFormWithClip(page.raw, ctypes.byref(pdfium.FS_MATRIX(a, b, c, d, *moved)), ctypes.byref(box))
    size = (height, width) if direction != 180 else (width, height)
    page.set_mediabox(0, 0, *size)
    page.set_cropbox(0, 0, *size)
    page.set_rotation(0)
