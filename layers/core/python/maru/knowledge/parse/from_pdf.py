"""PDF: the text of each page in reading order, wrapped lines joined, with page numbers, headings and simple tables.

pdfium does the reading. Compared with pypdf on 34 sample files (27 with text) it gives the same words on 17; on the others it marks hyphens
that only split a word, resolves ligatures and keeps the cells of a row together, which pypdf does not. It takes a tenth of the time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from maru.knowledge.parse.build import Rendering, listed, markdown_table
from maru.knowledge.parse.detect import MEDIA_TYPES, encrypted
from maru.knowledge.parse.model import ParsedDocument, ParseFailed, damaged, too_large
from maru.knowledge.parse.ocr import Ocr, Recognised, Recogniser, Recognition
from maru.knowledge.parse.outline import note_headings
from maru.knowledge.parse.pdf_columns import in_reading_order
from maru.knowledge.parse.pdf_fields import drawn_in
from maru.knowledge.parse.pdf_furniture import without_furniture
from maru.knowledge.parse.pdf_hyphens import without_split_words
from maru.knowledge.parse.pdf_layout import Block, Type, blocks_of, glue, joined, table_rows, title_key, type_of
from maru.knowledge.parse.pdf_lines import Line, lines_of
from maru.knowledge.parse.pdf_rules import with_tables
from maru.knowledge.parse.pdf_turns import beside, set_upright
from maru.knowledge.parse.pdf_unseen import take_out_unseen
from maru.knowledge.sentences import opens_item

MAX_PAGES = 5000
_LITTLE = 20  # visible characters: a page with a picture and fewer is a scan with, say, a stamped number


def parse_pdf(data: bytes, ocr: Ocr | Recognised | None = None) -> ParsedDocument:
    """Pages that are pictures are read by `ocr`, if there is one.

    Raises ParseFailed: encrypted, damaged (also where a single page cannot be read), scanned, empty, too_large.
    """
    with opened(data) as document:
        return _read(document, Recogniser(ocr) if isinstance(ocr, Ocr) else ocr)


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The PDF. Raises ParseFailed: encrypted, damaged, too_large."""
    if b"%%EOF" not in data[-4096:] and b"startxref" not in data[-4096:]:
        raise damaged("PDF")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as broken:
        locked = broken.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise (encrypted() if locked else damaged("PDF")) from broken
    with closing(document):
        if len(document) > MAX_PAGES:
            raise too_large(f"it has more than {MAX_PAGES:,} pages")
        yield document


def unread(document: Any) -> list[int]:
    """The numbers of the pages that text recognition is for."""
    pages = _pages_of(document)
    return _numbers(pages, lambda _: True) if _unknown([page.lines for page in pages]) else _numbers(pages, _Page.is_picture)


class _Page(NamedTuple):
    """The lines of a page in reading order, whether it has a picture, and whether text that nobody sees was taken out of it."""

    lines: list[Line]
    pictured: bool
    cleared: bool

    def is_picture(self) -> bool:
        return self.pictured and _count(self.lines) < _LITTLE


def _pages_of(document: Any) -> list[_Page]:
    return [_page(document, index) for index in range(len(document))]


def _numbers(pages: Sequence[_Page], wanted: Callable[[_Page], bool]) -> list[int]:
    return [number for number, page in enumerate(pages, 1) if wanted(page)]


def _page(document: Any, index: int) -> _Page:
    with page_of(document, index) as page:
        filled = drawn_in(page)
        cleared = not filled and take_out_unseen(page)
        lines = [] if filled else lines_of(page)
        if not filled and not set_upright(page, lines):
            return _ordered(page, lines, cleared=cleared)
    with page_of(document, index) as page:  # as it is now
        cleared |= take_out_unseen(page)
        return _ordered(page, lines_of(page), cleared=cleared, jumbled=filled)


def _ordered(page: Any, lines: list[Line], *, cleared: bool, jumbled: bool = False) -> _Page:
    upright = in_reading_order(with_tables(page, [line for line in lines if not line.turned]), jumbled=jumbled)
    return _Page([*upright, *beside(lines, upright)], _has_picture(page), cleared)


def _read(document: Any, recogniser: Recogniser | Recognised | None) -> ParsedDocument:
    read = _pages_of(document)
    pages, pictures = [page.lines for page in read], _numbers(read, _Page.is_picture)
    recognised: dict[int, Sequence[Recognition]] = {}
    if recogniser:
        wanted = range(1, len(pages) + 1) if _unknown(pages) else pictures
        recognised = _recognised(document, wanted, recogniser)
        pages = [[] if number in recognised else lines for number, lines in enumerate(pages, 1)]
        pictures = [number for number in pictures if number not in recognised]
    if not any(recognised.values()):
        _refuse_scans(pages, pictures)
    cleared = [number for number in _numbers(read, lambda page: page.cleared) if number not in recognised]
    return _render(document, pages, recognised, _warnings(pictures, recognised, cleared))


@contextmanager
def page_of(document: Any, index: int) -> Iterator[Any]:
    """A page by its index. Raises ParseFailed: damaged."""
    try:
        with closing(document[index]) as page:
            yield page
    except pypdfium2.PdfiumError as broken:
        raise ParseFailed(
            "damaged", f"Page {index + 1} of the PDF cannot be read. Open the file, save it again and upload it anew."
        ) from broken


def _recognised(document: Any, wanted: Iterable[int], recogniser: Recogniser | Recognised) -> dict[int, Sequence[Recognition]]:
    """What stands on the pages that text recognition could read."""
    found: dict[int, Sequence[Recognition]] = {}
    for number in wanted:
        with page_of(document, number - 1) as page:
            blocks = recogniser.blocks(number, page)
        if blocks:
            found[number] = blocks
    return found


def _count(lines: list[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _has_picture(page: Any) -> bool:
    return next(iter(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3)), None) is not None


def _refuse_scans(pages: list[list[Line]], pictures: list[int]) -> None:
    """A PDF whose pages are pictures, or whose fonts do not say which letters they draw, needs text recognition."""
    if pictures and len(pictures) == sum(1 for number, lines in enumerate(pages, 1) if lines or number in pictures):
        raise ParseFailed(
            "scanned", "The PDF holds only pictures of its pages, no text. Run text recognition (OCR) over it and upload the result."
        )
    if _unknown(pages):
        raise ParseFailed(
            "scanned", "The fonts of the PDF do not tell which letters they show. Run text recognition (OCR) over it and upload the result."
        )


def _unknown(pages: list[list[Line]]) -> bool:
    """Whether the letters of the text are unknown."""
    text = "".join(line.text for lines in pages for line in lines)
    unknown = sum(1 for char in text if char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " ")
    return unknown > 0.3 * len(text)


def _render(
    document: Any, pages: list[list[Line]], recognised: dict[int, Sequence[Recognition]], warnings: tuple[str, ...]
) -> ParsedDocument:
    pages = without_split_words(without_furniture(pages))
    style = type_of(pages)
    outline = _outline(document)
    rendering = Rendering()
    last: Line | None = None
    kind = ""
    for number, lines in enumerate(pages, 1):
        for block in blocks_of(lines, style, outline.get(number, {})):
            item = kind == block.kind == "text" and opens_item(block.lines[0].text)
            _write(rendering, block, style, "\n" if item else _page_glue(last, block, style))
            last, kind = None, block.kind
        for recognition in recognised.get(number, ()):
            _recognised_block(rendering, recognition)
        rendering.end_page(number)
        last = lines[-1] if lines else None
    title = document.get_metadata_value("Title")
    return rendering.document(MEDIA_TYPES["pdf"], title=title if title not in {"(anonymous)", "untitled"} else None, warnings=warnings)


def _recognised_block(rendering: Rendering, recognition: Recognition) -> None:
    if not isinstance(recognition, str):
        rendering.grid(recognition)
        return
    span = rendering.block(recognition)
    if span:
        note_headings(rendering, recognition, span[0])


def _warnings(pictures: list[int], recognised: dict[int, Sequence[Recognition]], cleared: list[int]) -> tuple[str, ...]:
    warnings = []
    if recognised:
        warnings.append(f"The text of these pages was recognised from pictures and may contain mistakes: {listed(sorted(recognised))}.")
    if pictures:
        warnings.append(
            f"Pages that hold pictures without text were left out: {listed(pictures)}. "
            "Run text recognition (OCR) over the file to include them."
        )
    if cleared:
        warnings.append(f"Text that nobody sees on the page (white, transparent, tiny or beside it) was left out: {listed(cleared)}.")
    return tuple(warnings)


def _outline(document: Any) -> dict[int, dict[str, int]]:
    """Titles of the file's outline by page, with their depth."""
    titles: dict[int, dict[str, int]] = {}
    try:
        for count, mark in enumerate(document.get_toc(max_depth=6)):
            target = mark.get_dest()
            place = target.get_index() if target else None
            if place is not None:
                titles.setdefault(place + 1, {})[title_key(mark.get_title())] = min(mark.level + 1, 6)
            if count > 20_000:
                break
    except pypdfium2.PdfiumError:
        return titles  # a broken outline costs headings, not text
    return titles


def _page_glue(last: Line | None, block: Block, style: Type) -> str:
    """A sentence that goes on over the page's end goes on in the rendering, too."""
    first = block.lines[0]
    if last is None or block.kind != "text" or abs(last.size - first.size) > 0.5:
        return "\n\n"
    open_ended = len(last.cells) == 1 and last.text[-1] not in ".!?:;。" and len(last.text) > 25
    goes_on = open_ended and (first.text[0].islower() or "가" <= first.text[0] <= "힣")
    return glue(last, first, style) if goes_on or last.hyphenated else "\n\n"


def _write(rendering: Rendering, block: Block, style: Type, before: str) -> None:
    if block.kind == "table":
        rendering.table(markdown_table(block.lines[0].grid or table_rows(block.lines)))
        return
    text = joined(block.lines, style)
    if block.kind == "heading":
        rendering.heading(block.level, text, mark=False)
        return
    span = rendering.block(text, glue=before)
    if span and before in {"\n", "\n\n"}:
        note_headings(rendering, text, span[0])
