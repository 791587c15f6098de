"""Text of a PDF page that nobody who looks at it sees, and that could tell a model what its readers never read.

White letters on white paper, transparent ones, those of less than a point, and those beside the page. Whether pale letters are seen is
decided by drawing the page with and without them, so that white ones on a dark ground stay. Letters that are set to be invisible, as
text recognition lays over a scan, stay where a picture or a drawing lies below. What is covered or cut off by a path is not noticed.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from maru.knowledge.parse.ocr import grey

_DPI = 72
_PALE = 235  # of 255, in each colour: paler letters may be lost on paper
_FAINT = 26  # of 255: less opaque ones may be lost on anything
_TELLS = 16  # of 255: a smaller difference of two drawings is none
_SMALLEST = 1.0  # points
_MOST = 200_000  # objects of a page that are looked at
_DEPTH = 5  # of forms in forms
_INVISIBLE = frozenset((pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP))
_OUTLINED = frozenset((pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP))


class Box(NamedTuple):
    """A place on the page's picture, in its points from the left and upper edge."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(slots=True)
class _Piece:
    """An object of a page, the form that holds it (None: the page itself), and where it stands."""

    raw: Any
    kind: int
    form: Any
    box: Box
    scale: float


def take_out_unseen(page: Any) -> bool:
    """Take the text that is not seen out of a page (a `PdfPage`) as it lies in memory; whether there was any."""
    width, height = (max(1, round(side)) for side in page.get_size())
    pieces = list(_pieces(page, (width, height)))
    texts = [piece for piece in pieces if piece.kind == pdfium.FPDF_PAGEOBJ_TEXT]
    pictures = [piece.box for piece in pieces if piece.kind == pdfium.FPDF_PAGEOBJ_IMAGE]
    unseen = [text for text in texts if _is_nowhere(text, (width, height))]
    invisible = [text for text in texts if _mode(text) in _INVISIBLE and not any(_holds(box, text.box) for box in pictures)]
    pale = [text for text in texts if _mode(text) not in _INVISIBLE and _is_pale(text)]
    if invisible or pale:
        shown = grey(page, dpi=_DPI)[1]
        written = [text.box for text in texts if _mode(text) not in _INVISIBLE]
        unseen += [text for text in invisible if _is_blank(shown, text.box) or any(_meet(box, text.box) for box in written)]
        unseen += _without_trace(page, shown, pale)
    for text in {id(text): text for text in unseen}.values():
        removed = pdfium.FPDFFormObj_RemoveObject(text.form, text.raw) if text.form else pdfium.FPDFPage_RemoveObject(page.raw, text.raw)
        if removed:
            pdfium.FPDFPageObj_Destroy(text.raw)
    return bool(unseen)


def _pieces(page: Any, size: tuple[int, int]) -> Iterator[_Piece]:
    """Texts and pictures, those in forms included."""
    whole = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    stack = [(pdfium.FPDFPage_GetObject(page.raw, at), None, whole, 0) for at in range(min(_count(page.raw), _MOST))]
    left = _MOST
    while stack and left:
        left -= 1
        raw, form, matrix, depth = stack.pop()
        kind = pdfium.FPDFPageObj_GetType(raw)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            inner = _times(_matrix(raw), matrix)
            below = range(min(max(pdfium.FPDFFormObj_CountObjects(raw), 0), _MOST))
            stack += [(pdfium.FPDFFormObj_GetObject(raw, at), raw, inner, depth + 1) for at in below]
        elif kind in {pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE}:
            box = _box(page, raw, matrix, size)
            total = _times(_matrix(raw), matrix)
            yield _Piece(raw, kind, form, box, float((total.c**2 + total.d**2) ** 0.5))


def _count(page: Any) -> int:
    return max(int(pdfium.FPDFPage_CountObjects(page)), 0)


def _matrix(raw: Any) -> Any:
    found = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFPageObj_GetMatrix(raw, ctypes.byref(found))
    return found


def _times(one: Any, two: Any) -> Any:
    return pdfium.FS_MATRIX(
        one.a * two.a + one.b * two.c,
        one.a * two.b + one.b * two.d,
        one.c * two.a + one.d * two.c,
        one.c * two.b + one.d * two.d,
        one.e * two.a + one.f * two.c + two.e,
        one.e * two.b + one.f * two.d + two.f,
    )


def _box(page: Any, raw: Any, matrix: Any, size: tuple[int, int]) -> Box:
    """Where an object stands on the picture of the page."""
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(raw, *map(ctypes.byref, sides))
    left, bottom, right, top = (side.value for side in sides)
    places = [_on_picture(page, matrix, size, x, y) for x in (left, right) for y in (bottom, top)]
    across, down = [x for x, _ in places], [y for _, y in places]
    return Box(min(across), min(down), max(across) + 1, max(down) + 1)


def _on_picture(page: Any, matrix: Any, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    place = matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, *place, ctypes.byref(across), ctypes.byref(down))
    return across.value, down.value


def _mode(text: _Piece) -> int:
    return int(pdfium.FPDFTextObj_GetTextRenderMode(text.raw))


def _is_nowhere(text: _Piece, size: tuple[int, int]) -> bool:
    """Whether the text lies beside the page, or is too small to be seen on it."""
    height = ctypes.c_float()
    if pdfium.FPDFTextObj_GetFontSize(text.raw, ctypes.byref(height)) and 0 < abs(height.value) * text.scale < _SMALLEST:
        return True
    return text.box.right <= 0 or text.box.bottom <= 0 or text.box.left >= size[0] or text.box.top >= size[1]


def _is_pale(text: _Piece) -> bool:
    colours = [ctypes.c_uint() for _ in range(4)]
    ask = pdfium.FPDFPageObj_GetStrokeColor if _mode(text) in _OUTLINED else pdfium.FPDFPageObj_GetFillColor
    if not ask(text.raw, *map(ctypes.byref, colours)):
        return False
    *mixed, opaque = (colour.value for colour in colours)
    return min(mixed) >= _PALE or opaque < _FAINT


def _without_trace(page: Any, shown: Sequence[bytes], texts: Sequence[_Piece]) -> list[_Piece]:
    """Those without which the page looks as it is ``shown``."""
    if not texts:
        return []
    for text in texts:
        pdfium.FPDFPageObj_SetIsActive(text.raw, False)
    without = grey(page, dpi=_DPI)[1]
    for text in texts:
        pdfium.FPDFPageObj_SetIsActive(text.raw, True)
    return [text for text in texts if not _differ(_cut(shown, text.box), _cut(without, text.box))]


def _cut(rows: Sequence[bytes], box: Box) -> list[bytes]:
    across, down = (slice(max(first, 0), max(last, 0)) for first, last in ((box.left, box.right), (box.top, box.bottom)))
    return [row[across] for row in rows[down]]


def _differ(one: Sequence[bytes], two: Sequence[bytes]) -> bool:
    pairs = ((first, second) for first, second in zip(one, two, strict=True) if first != second)
    return any(abs(a - b) >= _TELLS for first, second in pairs for a, b in zip(first, second, strict=True))


def _is_blank(rows: Sequence[bytes], box: Box) -> bool:
    """Whether nothing is drawn there, or one colour."""
    part = b"".join(_cut(rows, box))
    return not part or max(part) - min(part) < _TELLS


def _holds(outer: Box, inner: Box) -> bool:
    """Whether the middle of `inner` lies in `outer`."""
    across, down = (inner.left + inner.right) // 2, (inner.top + inner.bottom) // 2
    return outer.left <= across < outer.right and outer.top <= down < outer.bottom


def _meet(one: Box, two: Box) -> bool:
    return one.left < two.right and two.left < one.right and one.top < two.bottom and two.top < one.bottom
