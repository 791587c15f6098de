"""The lines of a PDF page as pdfium lays them out: their text, place, size of type, and gaps that separate columns of a table."""

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

_HYPHENS = frozenset((2, 0xFFFE))  # pdfium's signs for a hyphen between letters at a line's end
_BLANKS = frozenset((0, 2, 0x20, 0xA0, 0xFFFE))
_GAP = 1.3  # widths of the type: a wider gap separates cells, a narrower one words
_ASLANT = 0.2  # sine of the angle from which on a line runs aslant: those of crooked scans do not
_GUTTER = 0.7  # widths of the type: columns of text are at least so far apart, but so may words of a justified line be


class Cell(NamedTuple):
    """A piece of a line between wide gaps; coordinates in points."""

    left: float
    right: float
    text: str


@dataclass(slots=True)
class Line:
    """One line of a page. Coordinates are points from the left and lower edge; `size` is the type's size in points."""

    text: str
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    baseline: float = 0.0
    size: float = 0.0
    bold: bool = False
    hyphenated: bool = False  # the next line follows without a space
    spaced: bool | None = False  # ended with a space in the file, so that a word ends with it; None: it was cut, nobody knows
    cells: list[Cell] = field(default_factory=list)
    pieces: list[Cell] = field(default_factory=list)  # the same with narrower gaps, which a gutter may run through
    grid: list[list[str]] = field(default_factory=list)  # the rows of a drawn table, which this line stands for
    turned: bool = False  # it runs up, down or aslant, as labels at the side and watermarks do


def lines_of(page: Any) -> list[Line]:
    """The lines of a page (a `PdfPage`) in pdfium's reading order."""
    textpage = page.get_textpage()
    try:
        handle = textpage.raw
        codes = [pdfium.FPDFText_GetUnicode(handle, index) for index in range(max(pdfium.FPDFText_CountChars(handle), 0))]
        found = [_read(handle, codes, *part) for cut in _cuts(codes) for part in _by_turn(handle, codes, *cut)]
        return [line for lines in found for line in lines]
    finally:
        textpage.close()


def _by_turn(handle: Any, codes: list[int], start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The range cut where words begin to run in another direction, and whether the part runs aslant."""
    turned = False
    for index in _words(codes, start, end):
        aslant = abs(math.sin(pdfium.FPDFText_GetCharAngle(handle, index))) > _ASLANT
        if aslant != turned and index > start:
            yield start, index, turned
            start = index
        turned = aslant
    yield start, end, turned


def _read(handle: Any, codes: list[int], start: int, end: int, turned: bool) -> Iterator[Line]:
    for part in [(start, end)] if turned else _level(handle, codes, start, end):
        line = _line(handle, codes, *part)
        if line is not None:
            whole = [Cell(line.left, line.right, line.text)]
            yield replace(line, turned=True, pieces=whole, cells=whole) if turned else line


def _words(codes: list[int], start: int, end: int) -> list[int]:
    """Where words begin."""
    return [index for index in range(start, end) if codes[index] not in _BLANKS and (index == start or codes[index - 1] in _BLANKS)]


def _cuts(codes: list[int]) -> list[tuple[int, int]]:
    """Ranges of character indexes between line ends; a hyphen mark ends a line, too."""
    cuts, start = [], 0
    for index, code in enumerate(codes):
        if code in {10, 13} or code in _HYPHENS:
            cuts.append((start, index + (code in _HYPHENS)))
            start = index + 1
    cuts.append((start, len(codes)))
    return [(start, end) for start, end in cuts if end > start]


def _level(handle: Any, codes: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The range cut where the text jumps to another height: pdfium takes lines of two columns for one where they interleave."""
    words = _words(codes, start, end)
    heights = [_baseline(handle, index) for index in words]
    for (before, after), first in zip(pairwise(heights), words[1:], strict=False):
        if before == after:
            continue
        step, size = abs(after - before), max(_size(handle, first), 1.0)
        if step > 0.3 * size and (step > 0.7 * size or _leaps(handle, codes, first, size)):
            yield start, first
            start = first
    yield start, end


def _leaps(handle: Any, codes: list[int], first: int, size: float) -> bool:
    """Whether the word that begins here does not stand right behind the one before."""
    last = next(index for index in range(first - 1, -1, -1) if codes[index] not in _BLANKS)
    gap = _box(handle, first)[0] - _box(handle, last)[1]
    return gap < -size or gap > _GUTTER * size


def _line(handle: Any, codes: list[int], start: int, end: int) -> Line | None:
    visible = [index for index in range(start, end) if codes[index] not in _BLANKS]
    if not visible:
        return None
    first, last = visible[0], visible[-1]
    head, tail = _box(handle, first), _box(handle, last)
    line = Line(
        text=_text(codes[start : last + 1]).strip(),
        left=min(head[0], tail[0]),
        right=max(head[1], tail[1]),
        bottom=min(head[2], tail[2]),
        top=max(head[3], tail[3]),
        baseline=_baseline(handle, first),
        size=_size(handle, visible[len(visible) // 2]),
        bold=pdfium.FPDFText_GetFontWeight(handle, visible[len(visible) // 2]) >= 600,
        spaced=end - 1 > last and codes[end - 1] not in _HYPHENS and not pdfium.FPDFText_IsGenerated(handle, last + 1),
    )
    line.pieces = _pieces(handle, codes, visible, line.size)
    if codes[end - 1] in _HYPHENS:
        line.text += "-"
        line.pieces[-1] = line.pieces[-1]._replace(text=line.pieces[-1].text + "-")
    line.cells = _cells(line.pieces, line.size)
    return line


def cut_line(line: Line, parts: Sequence[int]) -> Line:
    """The line as far as its pieces of these indexes (in order) go; the line itself where that is all of it."""
    if line.grid or len(parts) == len(line.pieces):
        return line
    pieces = [line.pieces[part] for part in parts]
    ends = parts[-1] == len(line.pieces) - 1
    return replace(
        line,
        text=" ".join(piece.text for piece in pieces),
        left=pieces[0].left,
        right=pieces[-1].right,
        spaced=line.spaced if ends else None,
        pieces=pieces,
        cells=_cells(pieces, line.size),
    )


def _cells(pieces: Sequence[Cell], size: float) -> list[Cell]:
    """Pieces made one where the gap between them is no wider than one between words may be."""
    cells = [pieces[0]]
    for piece in pieces[1:]:
        before = cells[-1]
        if piece.left - before.right > _GAP * max(size, 1.0):
            cells.append(piece)
        else:
            cells[-1] = Cell(before.left, piece.right, f"{before.text} {piece.text}")
    return cells


def _pieces(handle: Any, codes: list[int], visible: list[int], size: float) -> list[Cell]:
    """The line cut at gaps that are wide for a space between words."""
    cells: list[Cell] = []
    start, left = visible[0], _box(handle, visible[0])[0]
    for before, after in pairwise(visible):
        if after - before < 2:
            continue
        end, begin = _box(handle, before)[1], _box(handle, after)[0]
        if begin - end > _GUTTER * max(size, 1.0):
            cells.append(Cell(left, end, _text(codes[start : before + 1]).strip()))
            start, left = after, begin
    cells.append(Cell(left, _box(handle, visible[-1])[1], _text(codes[start : visible[-1] + 1]).strip()))
    return cells


def _text(codes: list[int]) -> str:
    """Characters beyond the basic plane come as one code or as two surrogates, depending on the font's map."""
    text = "".join(chr(code) for code in codes if code not in {0, 2, 0xFFFE})
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _box(handle: Any, index: int) -> tuple[float, float, float, float]:
    """Left, right, bottom, top of one character."""
    sides = [ctypes.c_double() for _ in range(4)]
    pdfium.FPDFText_GetCharBox(handle, index, *map(ctypes.byref, sides))
    return sides[0].value, sides[1].value, sides[2].value, sides[3].value


def _baseline(handle: Any, index: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(handle, index, ctypes.byref(x), ctypes.byref(y))
    return y.value


def _size(handle: Any, index: int) -> float:
    """The size as seen: the stated one times the scale of the text matrix."""
    size = pdfium.FPDFText_GetFontSize(handle, index)
    matrix = pdfium.FS_MATRIX()
    if pdfium.FPDFText_GetMatrix(handle, index, ctypes.byref(matrix)):
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
        size = size * scale if size <= 2 or not 0.5 < scale < 2 else size
    return round(float(size), 1)
