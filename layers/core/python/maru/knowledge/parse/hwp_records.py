"""The records of HWP 5 streams: how paragraphs, tables and lists are laid down in them."""

import array
import sys
from collections.abc import Iterator
from typing import NamedTuple

from maru.knowledge.parse.hangul import FORMS, Cell, Head, Level, Paragraph, Table, Writer
from maru.knowledge.parse.model import damaged

_NUMBERING, _PARA_SHAPE = 23, 25
_PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE, _EQUATION = 66, 67, 71, 72, 77, 88
_HEADS = (None, "outline", "number", "bullet")
_HIDDEN = frozenset(("tcmt", "secd"))  # hidden comments; of a section's definition only its outline matters
_REPEATED = frozenset(("head", "foot"))


class Record(NamedTuple):
    """A record and those below it."""

    tag: int
    data: bytes
    below: "list[Record]"

    def number(self, at: int, size: int = 2) -> int:
        """The unsigned number at byte `at`; 0 beyond the record's end, as records of older versions are shorter."""
        return int.from_bytes(self.data[at : at + size], "little")


def records(data: bytes) -> list[Record]:
    """The records of a stream as trees. Raises ParseFailed("damaged") where one reaches beyond the stream."""
    top: list[Record] = []
    open_lists = [top]
    at = 0
    while at + 4 <= len(data):
        head = int.from_bytes(data[at : at + 4], "little")
        tag, level, size = head & 0x3FF, head >> 10 & 0x3FF, head >> 20
        at += 4
        if size == 0xFFF:
            size = int.from_bytes(data[at : at + 4], "little")
            at += 4
        if at + size > len(data):
            raise damaged("HWP")
        record = Record(tag, data[at : at + size], [])
        at += size
        del open_lists[min(level, len(open_lists) - 1) + 1 :]
        open_lists[-1].append(record)
        open_lists.append(record.below)
    return top


class DocInfo:
    """What the document says about its paragraphs as a whole: their heads by shape, and its numberings."""

    def __init__(self, data: bytes) -> None:
        self.numberings: dict[str, dict[int, Level]] = {}
        self._heads: list[tuple[int, int, int]] = []
        for record in _all(records(data)):
            if record.tag == _PARA_SHAPE:
                flags = record.number(0, 4)
                self._heads.append((flags >> 23 & 3, record.number(30), flags >> 25 & 7))
            elif record.tag == _NUMBERING:
                self.numberings[str(len(self.numberings) + 1)] = dict(_levels(record))

    def head(self, shape: int, outline: int) -> Head | None:
        """The head of paragraphs of a shape, `outline` being the numbering of the section's outline."""
        kind, name, level = self._heads[shape] if shape < len(self._heads) else (0, 0, 0)
        known = _HEADS[kind]
        if known is None:
            return None
        return Head("outline" if kind == 1 else "number" if kind == 2 else "bullet", str(outline if kind == 1 else name), min(level, 6))


def _all(top: list[Record]) -> Iterator[Record]:
    for record in top:
        yield record
        yield from _all(record.below)


def _levels(record: Record) -> Iterator[tuple[int, Level]]:
    at = 0
    for level in range(7):
        form, length = record.number(at, 4) >> 5 & 15, record.number(at + 12)
        text = record.data[at + 14 : at + 14 + 2 * length].decode("utf-16-le", "replace")
        yield level, Level(text, FORMS[form] if form < len(FORMS) else "DIGIT")
        at += 14 + 2 * length


class Section:
    """A section's stream as paragraphs."""

    def __init__(self, data: bytes, info: DocInfo, writer: Writer) -> None:
        self._top = records(data)
        self._info = info
        self._writer = writer
        self._outline = 0

    def paragraphs(self) -> list[Paragraph]:
        """All of the section, in order."""
        return self._paragraphs(self._top)

    def _paragraphs(self, listed: list[Record]) -> list[Paragraph]:
        return [self._paragraph(record) for record in listed if record.tag == _PARA_HEADER]

    def _paragraph(self, header: Record) -> Paragraph:
        text = "".join(text_of(record.data) for record in header.below if record.tag == _PARA_TEXT)
        controls = [record for record in header.below if record.tag == _CTRL_HEADER]
        for control in controls:
            if _name(control) == "secd":
                self._outline = control.number(18)
        paragraph = Paragraph(text, self._info.head(header.number(8), self._outline))
        for control in controls:
            self._control(control, paragraph)
        return paragraph

    def _control(self, control: Record, paragraph: Paragraph) -> None:
        name = _name(control)
        if name == "tbl ":
            paragraph.objects.append(self._table(control))
        elif name == "eqed":
            paragraph.text += "".join(f" {_script(record)}" for record in control.below if record.tag == _EQUATION)
        elif name not in _HIDDEN:
            inner = self._inside(control)
            paragraph.objects.append(self._writer.once(inner) if name in _REPEATED else inner)

    def _inside(self, record: Record) -> list[Paragraph]:
        """The paragraphs of text boxes and notes, however deep in groups of shapes."""
        found: list[Paragraph] = []
        for below in record.below:
            found += [self._paragraph(below)] if below.tag == _PARA_HEADER else self._inside(below)
        return found

    def _table(self, control: Record) -> Table:
        """A list header opens each cell, its paragraphs follow; the one before the table's own record is the caption's."""
        table = Table([])
        current: list[Paragraph] | None = None
        begun = False
        for record in control.below:
            if record.tag == _TABLE:
                begun = True
            elif record.tag == _LIST_HEADER and begun:
                current = []
                column, row, columns, rows = (record.number(at) for at in (8, 10, 12, 14))
                table.cells.append(Cell(row, column, rows, columns, current))
            elif record.tag == _LIST_HEADER:
                current = table.caption
            if current is not None:
                # Some writers put a cell's paragraphs below its list header, most beside it.
                current += self._paragraphs([record, *record.below])
        return table


def _name(control: Record) -> str:
    return control.data[:4][::-1].decode("latin-1")


def _script(record: Record) -> str:
    return record.data[6 : 6 + 2 * record.number(4)].decode("utf-16-le", "replace").strip()


_LITERAL = {10: "\n", 13: "", 24: "-", 30: " ", 31: " "}
_INLINE = frozenset((*range(1, 10), 11, 12, *range(14, 24)))  # controls of eight code units; 9 is the tabulator


def text_of(data: bytes) -> str:
    """The text of a paragraph's UTF-16 units without the controls among them."""
    units = array.array("H", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        units.byteswap()
    parts: list[str] = []
    start = at = 0
    while at < len(units):
        unit = units[at]
        if unit >= 32:
            at += 1
            continue
        parts.append(_decoded(units[start:at]))
        if unit in _INLINE:
            parts.append(" " if unit == 9 else "")
            at += 8
        else:
            parts.append(_LITERAL.get(unit, ""))
            at += 1
        start = at
    parts.append(_decoded(units[start:]))
    return "".join(parts)


def _decoded(units: "array.array[int]") -> str:
    return units.tobytes().decode("utf-16" if sys.byteorder == "big" else "utf-16-le", "replace")
