"""HWPX (KS X 6101): text, tables, notes, memos, page heads, text boxes, equations and outline numbers of all sections in order.

HWPX has no page numbers; what is printed as hidden comments and what tracked changes deleted is left out.
"""

import re
from collections.abc import Callable
from typing import Any

from maru.knowledge.parse.comments import comment_line
from maru.knowledge.parse.detect import MEDIA_TYPES, encrypted
from maru.knowledge.parse.hangul import Cell, Head, Level, Paragraph, Table, Writer, flat
from maru.knowledge.parse.model import ParsedDocument, damaged
from maru.knowledge.parse.package import Package, child, local, number, reading, resolve, value

_KINDS: dict[str, Any] = {"OUTLINE": "outline", "NUMBER": "number", "BULLET": "bullet"}
_LITERAL = {"tab": " ", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
_LEFT_OUT = frozenset(("hiddenComment", "secPr", "shapeComment", "linesegarray", "parameters", "fieldBegin", "fieldEnd", "memo"))


def parse_hwpx(data: bytes) -> ParsedDocument:
    """Raises ParseFailed: damaged, encrypted, empty, too_large."""
    package = Package(data, "HWPX")
    manifest = package.part("META-INF/manifest.xml")
    if any(local(element) == "encryption-data" for element in (manifest.iter() if manifest is not None else ())):
        raise encrypted()
    sections = _sections(package)
    if not sections:
        raise damaged("HWPX")
    with reading("HWPX"):
        reader = _Reader(package.part("Contents/header.xml"))
        for name in sections:
            reader.section(package.part(name))
    content = package.part("Contents/content.hpf")
    title = next((element.text for element in (content.iter() if content is not None else ()) if local(element) == "title"), None)
    return reader.writer.rendering.document(MEDIA_TYPES["hwpx"], title=title)


def _sections(package: Package) -> list[str]:
    """The sections in the order of the spine, or by their numbers where there is none."""
    content = package.part("Contents/content.hpf")
    items = {value(item, "id"): value(item, "href") or "" for item in _below(child(content, "manifest"))}
    spine = [items.get(value(reference, "idref"), "") for reference in _below(child(content, "spine"))]
    names = set(package.names())
    found = [next((place for place in (resolve("", href), resolve("Contents", href)) if place in names), "") for href in spine]
    found = [place for place in found if re.search(r"section\d+\.xml$", place)]
    stored = [name for name in names if re.fullmatch(r"Contents/section\d+\.xml", name)]
    return found or sorted(stored, key=lambda name: int(re.sub(r"\D", "", name)[:9]))


def _below(element: Any) -> Any:
    return element if element is not None else ()


class _Reader:
    """Turns elements into paragraphs; what the document's header says about them comes first."""

    def __init__(self, header: Any) -> None:
        self._heads: dict[str, tuple[str, str, int]] = {}
        numberings: dict[str, dict[int, Level]] = {}
        for element in header.iter() if header is not None else ():
            if local(element) == "paraPr":
                stated = child(element, "heading")
                self._heads[value(element, "id") or ""] = (
                    value(stated, "type") or "",
                    value(stated, "idRef") or "",
                    number(value(stated, "level"), most=6),
                )
            elif local(element) == "numbering":
                numberings[value(element, "id") or ""] = dict(_levels(element))
        self.writer = Writer(numberings)
        self._outline = ""

    def section(self, root: Any) -> None:
        if root is None:
            return
        for element in root.iter():
            if local(element) == "secPr":
                self._outline = value(element, "outlineShapeIDRef") or self._outline
                break
        self.writer.paragraphs(self._paragraphs(root))

    def _paragraphs(self, parent: Any) -> list[Paragraph]:
        return [self._paragraph(element) for element in _below(parent) if local(element) == "p"]

    def _paragraph(self, element: Any) -> Paragraph:
        paragraph = Paragraph("", self._head(value(element, "paraPrIDRef") or ""))
        parts: list[str] = []
        for run in element:
            if local(run) == "run":
                self._run(run, parts, paragraph)
        paragraph.text = "".join(parts)
        return paragraph

    def _head(self, properties: str) -> Head | None:
        kind, name, level = self._heads.get(properties, ("", "", 0))
        if kind not in _KINDS:
            return None
        return Head(_KINDS[kind], self._outline if kind == "OUTLINE" else name, level)

    def _run(self, parent: Any, parts: list[str], paragraph: Paragraph) -> None:
        for element in parent:
            name = local(element)
            if name in _INLINE:
                parts.append(_INLINE[name](element))
            elif (anchored := self._anchored(name, element)) is not None:
                paragraph.objects.append(anchored)
            elif name == "switch":
                self._run(child(element, "default") if child(element, "default") is not None else element, parts, paragraph)
            elif name not in _LEFT_OUT:
                self._run(element, parts, paragraph)

    def _anchored(self, name: str, element: Any) -> Table | list[Paragraph] | None:
        if name == "tbl":
            return self._table(element)
        if name in {"header", "footer"}:
            return self.writer.once(self._paragraphs(child(element, "subList")))
        if name == "fieldBegin" and value(element, "type") == "MEMO":
            return self._memo(element)
        return self._paragraphs(element) if name == "subList" else None

    def _memo(self, field: Any) -> list[Paragraph]:
        """A comment beside the page, on one line; who wrote it is a parameter of its field."""
        said = (element.text or "" for element in field.iter() if local(element) == "stringParam" and value(element, "name") == "Author")
        line = comment_line(next(said, ""), flat(self._paragraphs(child(field, "subList"))))
        return [Paragraph(line)] if line else []

    def _table(self, table: Any) -> Table:
        cells = []
        for row in (element for element in table if local(element) == "tr"):
            for cell in (element for element in row if local(element) == "tc"):
                place, span = child(cell, "cellAddr"), child(cell, "cellSpan")
                cells.append(
                    Cell(
                        number(value(place, "rowAddr")),
                        number(value(place, "colAddr")),
                        number(value(span, "rowSpan"), 1),
                        number(value(span, "colSpan"), 1),
                        self._paragraphs(child(cell, "subList")),
                    )
                )
        return Table(cells, self._paragraphs(child(table, "caption", "subList")))


def _levels(numbering: Any) -> list[tuple[int, Level]]:
    heads = (element for element in numbering if local(element) == "paraHead")
    return [
        (number(value(head, "level"), 1) - 1, Level(head.text or "", value(head, "numFormat") or "DIGIT", number(value(head, "start"), 1)))
        for head in heads
    ]


def text_of(element: Any) -> str:
    """The text of a `t` with what stands in it; text that a tracked change deleted is none."""
    parts = [element.text or ""]
    deleted = False
    for below in element:
        name = local(below)
        if name in {"deleteBegin", "deleteEnd"}:
            deleted = name == "deleteBegin"
        elif not deleted:
            parts.append(_LITERAL.get(name, ""))
        parts.append("" if deleted else below.tail or "")
    return "".join(parts)


def _script(equation: Any) -> str:
    return f" {getattr(child(equation, 'script'), 'text', None) or ''} "


def _composed(element: Any) -> str:
    """Characters set upon one another, or a word with a gloss over it."""
    return value(element, "composeText") or getattr(child(element, "mainText"), "text", None) or ""


def _entered(element: Any) -> str:
    return f" {getattr(child(element, 'text'), 'text', None) or ''} "


def _ticked(element: Any) -> str:
    return f" {'☒' if value(element, 'value') == 'CHECKED' else '☐'} {value(element, 'caption') or ''} "


def _chosen(element: Any) -> str:
    return f" {value(element, 'selectedValue') or ''} "


_INLINE: dict[str, Callable[[Any], str]] = {"t": text_of, "equation": _script, "compose": _composed, "dutmal": _composed} | {
    "edit": _entered,
    "checkBtn": _ticked,
    "radioBtn": _ticked,
    "comboBox": _chosen,
}
