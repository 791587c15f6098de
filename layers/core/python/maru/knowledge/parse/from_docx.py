"""DOCX: body paragraphs, headings, lists, tables, text boxes, notes and comments in body order, as Markdown."""

from collections.abc import Callable, Iterator
from typing import Any

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.comments import comment_line
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.docx_package import Numbering, Style, Styles, field_value, is_on, margins_of, outline_level, symbol
from maru.knowledge.parse.drawings import chart_rows, described, reference
from maru.knowledge.parse.model import ParsedDocument, damaged
from maru.knowledge.parse.outline import PAGE_NUMBER, note_headings
from maru.knowledge.parse.package import Package, child, local, value

_SKIPPED = frozenset(
    (
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "pPr",
        "rPr",
        "Fallback",
        "fldData",
        "sdtPr",
        "sdtEndPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
    )
)
#: Parts of formulas (Office Math) that are written below, above or behind what stands before them, and the signs for that on a line.
_FORMULA = {"num": "", "den": "/", "sup": "^", "sub": "_"}
_TINY = 2  # half points
_LITERAL = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}


def parse_docx(data: bytes) -> ParsedDocument:
    """Deleted and hidden text and white text on the page are left out; numbers of lists and headings are computed as Word shows them.
    Comments follow the paragraph or table that they are about. What pages have at their heads and feet stands once, before and behind
    the text. DOCX has no page numbers."""
    package = Package(data, "DOCX")
    main = package.main("word/document.xml")
    body = child(package.part(main), "body")
    if body is None:
        raise damaged("DOCX")
    folder = main.rpartition("/")[0]
    reader = _Body(Styles(package.part(f"{folder}/styles.xml")), Numbering(package.part(f"{folder}/numbering.xml")))
    relations = package.relations(main)
    reader.charts = {name: package.part(target) for name, (kind, target) in relations.items() if kind == "chart"}
    reader.comments = {
        value(one, "id") or "": one
        for kind, target in relations.values()
        if kind == "comments" and (part := package.part(target)) is not None
        for one in part
    }
    margins = {
        kind: [package.part(relations[one][1]) for one in margins_of(body, kind) if one in relations] for kind in ("header", "footer")
    }
    reader.margins(margins["header"])
    reader.blocks(body)
    for notes in ("footnotes", "endnotes"):
        reader.notes(package.part(f"{folder}/{notes}.xml"))
    reader.margins(margins["footer"])
    return reader.rendering.document(MEDIA_TYPES["docx"], title=package.title())


class _Body:
    """Writes the blocks of the body in their order."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.rendering = Rendering()
        self._styles = styles
        self._numbering = numbering
        self._in_list = False
        self.charts: dict[str, Any] = {}
        self.comments: dict[str, Any] = {}
        self._repeated: set[str] = set()

    def margins(self, roots: list[Any]) -> None:
        """The heads or feet of pages, those that say the same once; mere page numbers are none."""
        for root in roots:
            text = cell_text(root) if root is not None else ""
            if text and text not in self._repeated and not PAGE_NUMBER.fullmatch(text):
                self.blocks(root)
            self._repeated.add(text)
        self._in_list = False

    def blocks(self, parent: Any) -> None:
        for element in parent:
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name not in _SKIPPED:  # content controls, custom XML, insertions: their content counts
                self.blocks(element)

    def notes(self, root: Any) -> None:
        """Foot- or endnotes, each as a paragraph at the end; separators have a type."""
        for note in root if root is not None else ():
            if value(note, "type") is None:
                self._in_list = False
                self.blocks(note)

    def _paragraph(self, paragraph: Any) -> None:
        properties = child(paragraph, "pPr")
        style = self._styles.named(value(child(properties, "pStyle")))
        own_level = outline_level(properties)
        level = style.level if own_level is None else own_level
        text = "" if style.hidden else paragraph_text(paragraph)
        if text.strip():
            label, depth = self._label(properties, style)
            if level is not None:
                self.rendering.heading(level, " ".join(filter(None, (label if label != "-" else None, text))))
                self._in_list = False
            else:
                self._text(text, label, depth)
        for box in boxes(paragraph):
            self._in_list = False
            self.blocks(box)
        for chart in (element for element in paragraph.iter() if local(element) == "chart" and not _is_fallback(element, paragraph)):
            self.rendering.grid(chart_rows(self.charts.get(reference(chart, "id"))))
        self._commented(paragraph)

    def _commented(self, parent: Any) -> None:
        """Write the comments on what was written last, replies behind what they reply to; those on deleted text go with it."""
        for mark in parent.iter():
            if local(mark) != "commentReference" or _is_fallback(mark, parent):
                continue
            comment = self.comments.pop(value(mark, "id") or "", None)
            line = "" if comment is None else comment_line(value(comment, "author") or "", cell_text(comment))
            if self.rendering.block(line):
                self._in_list = False

    def _text(self, text: str, label: str | None, depth: int) -> None:
        text = "\n".join(line.strip() for line in text.split("\n"))
        line = f"{'  ' * depth}{label} {text}" if label else text
        span = self.rendering.block(line, glue="\n" if label and self._in_list else "\n\n")
        self._in_list = label is not None
        if span:
            note_headings(self.rendering, line, span[0])

    def _label(self, properties: Any, style: Style) -> tuple[str | None, int]:
        stated = child(properties, "numPr")
        number = value(child(stated, "numId")) or style.number
        own_depth = value(child(stated, "ilvl"))
        depth = int(own_depth) if own_depth and own_depth.isdecimal() else style.depth
        depth = min(depth, 8)
        return (self._numbering.label(number, depth) if number and number != "0" else None), depth

    def _table(self, table: Any) -> None:
        self._in_list = False
        cells = list(_rows(table))
        if sum(len(row) for row in cells) == 1:
            self.blocks(cells[0][0])
            return
        grid: list[list[str]] = []
        for row in cells:
            line: list[str] = []
            for cell in row:
                merged = child(cell, "tcPr", "vMerge")
                above = grid[-1][len(line)] if grid and len(line) < len(grid[-1]) else ""
                text = above if merged is not None and value(merged) != "restart" else cell_text(cell)
                span = value(child(cell, "tcPr", "gridSpan"))
                line += [text] * (min(int(span), 100) if span and span.isdecimal() else 1)
            grid.append(line)
        self.rendering.grid(grid)
        self._commented(table)


def _rows(table: Any) -> Iterator[list[Any]]:
    for element in _inside(table, "tr"):
        cells = list(_inside(element, "tc"))
        if cells:
            yield cells


def _inside(parent: Any, name: str) -> Iterator[Any]:
    """Children called `name`, also those wrapped in content controls."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _inside(element, name)


def cell_text(cell: Any) -> str:
    """All paragraphs of a table cell, nested tables and text boxes included, separated by spaces."""
    texts = [paragraph_text(element) for element in cell.iter() if local(element) == "p" and not _is_fallback(element, cell)]
    return " ".join(text.strip() for text in texts if text.strip())


def _is_fallback(element: Any, top: Any) -> bool:
    """Whether the element is the second rendering of something that was already read, or deleted."""
    above = element.getparent()
    while above is not None and above is not top:
        if local(above) in {"Fallback", "del", "moveFrom"}:
            return True
        above = above.getparent()
    return False


def paragraph_text(paragraph: Any) -> str:
    """The visible text of a paragraph without that of text boxes anchored in it."""
    parts: list[str] = []
    _gather(paragraph, parts)
    return "".join(parts)


def _gather(parent: Any, parts: list[str]) -> None:
    for element in parent:
        name = local(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in _LITERAL:
            parts.append(_LITERAL[name])
        elif name in _DRAWN:
            parts.append(_DRAWN[name](element))
        elif name in _SKIPPED or name == "txbxContent" or (name == "r" and _is_unseen(element)):
            continue
        elif name in _FORMULA:
            parts.append(_FORMULA[name] + _term(element))
        else:
            _gather(element, parts)


def _glossed(ruby: Any) -> str:
    """A word and its reading, which stands above it."""
    base, reading = child(ruby, "rubyBase"), child(ruby, "rt")
    return "" if base is None else paragraph_text(base) + (f"({paragraph_text(reading)})" if reading is not None else "")


def _described(properties: Any) -> str:
    words = described(properties)
    return f" {words} " if words else ""


_DRAWN: dict[str, Callable[[Any], str]] = {
    "docPr": _described,
    "ffData": field_value,
    "ruby": _glossed,
    "sym": lambda element: symbol(value(element, "char")),
}


def _is_unseen(run: Any) -> bool:
    """Whether a run is hidden, a point high or less, or white where the page is: tables and boxes may have a ground by their style."""
    properties = child(run, "rPr")
    if properties is None:
        return False
    size = value(child(properties, "sz")) or ""
    if is_on(child(properties, "vanish")) or (size.isdecimal() and int(size) <= _TINY):
        return True
    if (value(child(properties, "color")) or "").upper() != "FFFFFF" or child(properties, "highlight") is not None:
        return False
    around = list(run.iterancestors())
    grounds = [properties, *(child(one, "pPr") for one in around if local(one) == "p")]
    styled = any(local(one) in {"tbl", "txbxContent"} for one in around) or any(child(one, "pStyle") is not None for one in grounds[1:])
    return not styled and all(child(one, "shd") is None for one in grounds)


def _term(part: Any) -> str:
    """A part of a formula; in parentheses where it consists of several things."""
    text = paragraph_text(part).strip()
    return text if text.isalnum() else f"({text})"


def boxes(paragraph: Any) -> Iterator[Any]:
    """The contents of text boxes anchored in the paragraph, each once."""
    for element in paragraph.iter():
        if local(element) == "txbxContent" and not _is_fallback(element, paragraph) and not _nested(element, paragraph):
            yield element


def _nested(box: Any, paragraph: Any) -> bool:
    above = box.getparent()
    while above is not None and above is not paragraph:
        if local(above) == "txbxContent":
            return True
        above = above.getparent()
    return False
