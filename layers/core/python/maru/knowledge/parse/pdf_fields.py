"""What was filled into a PDF's form or typed onto its pages: annotations, which are no part of a page's own text."""

from typing import Any

import pypdfium2.raw as pdfium

_WRITTEN = frozenset((pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT))
_MOST = 20_000  # annotations of a page that are looked at


def drawn_in(page: Any) -> bool:
    """Make the visible fields and typed notes of a page part of it; whether there were any. It is read anew after that."""
    count = min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST)
    if not any(_subtype(page, index) in _WRITTEN for index in range(count)):
        return False
    return bool(pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS)


def _subtype(page: Any, index: int) -> int:
    annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
    if not annotation:
        return -1
    try:
        return int(pdfium.FPDFAnnot_GetSubtype(annotation))
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)
