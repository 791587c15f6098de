"""PPTX: slides as pages, each with its title, text, tables, charts, notes and comments, from top to bottom.

The XML is read directly. python-pptx (MIT) gives the same words without those of charts and diagrams, and brings Pillow and XlsxWriter
into the function; `bench/extraction.py` has the figures.
"""

from collections.abc import Iterator
from typing import Any

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.comments import SlideComments
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.drawings import chart_rows, described, diagram_lines, reference, text_of
from maru.knowledge.parse.model import ParsedDocument, damaged
from maru.knowledge.parse.package import Package, child, local, number, value

_FURNITURE = frozenset(("dt", "ftr", "sldNum", "hdr", "sldImg"))
_TITLES = frozenset(("title", "ctrTitle"))


def parse_pptx(data: bytes) -> ParsedDocument:
    """Hidden slides are left out, and so are dates, footers and slide numbers; page n is slide n of those that are shown."""
    package = Package(data, "PPTX")
    main = package.main("ppt/presentation.xml")
    root = package.part(main)
    if root is None:
        raise damaged("PPTX")
    relations = package.relations(main)
    reader = _Slides(package, SlideComments(package, main))
    for entry in child(root, "sldIdLst") if child(root, "sldIdLst") is not None else ():
        ids = [text for key, text in entry.attrib.items() if key.startswith("{") and key.endswith("}id")]
        name = relations.get(ids[0] if ids else "", ("", ""))[1]
        slide = package.part(name) if name else None
        if slide is not None and value(slide, "show") not in {"0", "false"}:
            reader.slide(name, slide)
    return reader.rendering.document(MEDIA_TYPES["pptx"], title=package.title())


class _Slides:
    """Writes one slide after the other."""

    def __init__(self, package: Package, comments: SlideComments) -> None:
        self.rendering = Rendering()
        self._package = package
        self._comments = comments
        self._count = 0

    def slide(self, name: str, slide: Any) -> None:
        self._count += 1
        relations = self._package.relations(name)
        shapes = list(_shapes(child(slide, "cSld", "spTree")))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        for title in titles:
            self.rendering.heading(1, " ".join(_lines(child(title, "txBody"))))
        for shape in sorted((shape for shape in shapes if shape not in titles), key=_place):
            self._shape(shape, relations)
        for kind, target in relations.values():
            if kind == "notesSlide":
                self._notes(self._package.part(target))
        self.rendering.block("\n".join(self._comments.of(name)))
        self.rendering.end_page(self._count)

    def _shape(self, shape: Any, relations: dict[str, tuple[str, str]]) -> None:
        if local(shape) == "graphicFrame":
            self._frame(shape, relations)
        elif local(shape) == "pic":
            self.rendering.block(described(child(shape, "nvPicPr", "cNvPr")))
        elif _placeholder(shape) not in _FURNITURE:
            self.rendering.block("\n".join(_lines(child(shape, "txBody"))))

    def _frame(self, frame: Any, relations: dict[str, tuple[str, str]]) -> None:
        data = child(frame, "graphic", "graphicData")
        for element in data if data is not None else ():
            if local(element) == "tbl":
                self.rendering.grid(_rows(element))
            elif local(element) == "chart":
                self.rendering.grid(chart_rows(self._package.part(relations.get(reference(element, "id"), ("", ""))[1])))
            elif local(element) == "relIds":
                diagram = self._package.part(relations.get(reference(element, "dm"), ("", ""))[1])
                self.rendering.block("\n".join(f"- {line}" for line in diagram_lines(diagram)))

    def _notes(self, notes: Any) -> None:
        for shape in _shapes(child(notes, "cSld", "spTree")):
            if _placeholder(shape) == "body":
                self.rendering.block("\n".join(_lines(child(shape, "txBody"))))


def _shapes(parent: Any) -> Iterator[Any]:
    """Shapes and frames, those in groups included; of two renderings of one thing the first."""
    for element in parent if parent is not None else ():
        name = local(element)
        if name in {"sp", "graphicFrame", "pic"}:
            yield element
        elif name == "grpSp":
            yield from _shapes(element)
        elif name == "AlternateContent":
            yield from _shapes(child(element, "Choice"))


def _placeholder(shape: Any) -> str:
    place = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if place is None else value(place, "type") or "body"


def _place(shape: Any) -> tuple[int, int]:
    """From top to bottom, then left to right, by bands of a quarter inch; placeholders whose place the layout gives come first."""
    offset = child(shape, "xfrm", "off") if local(shape) == "graphicFrame" else child(shape, "spPr", "xfrm", "off")
    if offset is None:
        return 0, 0
    return number(value(offset, "y"), most=10**9) // 228_600, number(value(offset, "x"), most=10**9)


def _lines(body: Any) -> Iterator[str]:
    """The paragraphs of a text body; those that the slide marks or indents as list items get a mark."""
    for paragraph in body if body is not None else ():
        if local(paragraph) != "p":
            continue
        text = text_of(paragraph).strip()
        properties = child(paragraph, "pPr")
        depth = number(value(properties, "lvl"), most=8)
        marked = child(properties, "buChar") is not None or child(properties, "buAutoNum") is not None
        if text:
            yield f"{'  ' * depth}- {text}" if depth or marked else text


def _rows(table: Any) -> list[list[str]]:
    """The cells of a table; what spans several stands in each of them."""
    rows: list[list[str]] = []
    for row in (element for element in table if local(element) == "tr"):
        line: list[str] = []
        for cell in (element for element in row if local(element) == "tc"):
            if value(cell, "hMerge") in {"1", "true"} and line:
                text = line[-1]
            elif value(cell, "vMerge") in {"1", "true"} and rows and len(line) < len(rows[-1]):
                text = rows[-1][len(line)]
            else:
                text = " ".join(_lines(child(cell, "txBody")))
            line.append(text)
        rows.append(line)
    return rows
