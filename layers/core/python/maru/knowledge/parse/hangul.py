"""What HWP and HWPX documents have in common: paragraphs with their outline numbers, tables and boxes, written as Markdown."""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.docx_package import roman
from maru.knowledge.parse.outline import note_headings

_SPANS = 1000  # rows or columns that one cell may cover
_REPEATED = 80  # characters of a cell that are repeated in every place it covers: a heading, not a text


class Head(NamedTuple):
    """What stands before a paragraph: of outline `level` (0-6), numbered or marked by the list `id`."""

    kind: Literal["outline", "number", "bullet"]
    id: str
    level: int


class Level(NamedTuple):
    """How a level of a numbering looks: `^1.` in a format of `_FORMATS`, from `start` on."""

    pattern: str
    form: str
    start: int = 1


@dataclass(slots=True)
class Cell:
    """A cell of a table and the places that it covers; 0-based."""

    row: int
    column: int
    rows: int
    columns: int
    paragraphs: "list[Paragraph]"


@dataclass(slots=True)
class Table:
    """A table, cell by cell."""

    cells: list[Cell]
    caption: "list[Paragraph]" = field(default_factory=list)


@dataclass(slots=True)
class Paragraph:
    """A paragraph: its own text, then the tables and boxes (text boxes, notes, page heads) that are anchored in it."""

    text: str
    head: Head | None = None
    objects: "list[Table | list[Paragraph]]" = field(default_factory=list)


class Writer:
    """Writes paragraphs; what every page repeats stands once."""

    def __init__(self, numberings: dict[str, dict[int, Level]]) -> None:
        self.rendering = Rendering()
        self._numbers = _Numbers(numberings)
        self._in_list = False
        self._repeated: set[str] = set()

    def paragraphs(self, paragraphs: list[Paragraph]) -> None:
        """Write them in order."""
        for paragraph in paragraphs:
            self._paragraph(paragraph)
            for thing in paragraph.objects:
                self._in_list = False
                if isinstance(thing, Table):
                    self._table(thing)
                else:
                    self.paragraphs(thing)

    def once(self, paragraphs: list[Paragraph]) -> list[Paragraph]:
        """The paragraphs of a page head or foot; nothing where the same were asked for before."""
        text = flat(paragraphs)
        if text in self._repeated:
            return []
        self._repeated.add(text)
        return paragraphs

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = "\n".join(line.strip() for line in paragraph.text.split("\n")).strip("\n")
        if not text.strip():
            return
        head = paragraph.head
        label = self._numbers.label(head) if head else None
        if head and head.kind == "outline":
            self.rendering.heading(head.level + 1, " ".join(filter(None, (label, text))))
            self._in_list = False
            return
        line = f"{'  ' * min(head.level, 6)}{label} {text}" if head and label else text
        span = self.rendering.block(line, glue="\n" if label and self._in_list else "\n\n")
        self._in_list = label is not None
        if span:
            note_headings(self.rendering, line, span[0])

    def _table(self, table: Table) -> None:
        if len(table.cells) == 1:  # a frame around text
            self.paragraphs(table.cells[0].paragraphs)
        else:
            self.rendering.grid(_grid(table.cells))
        self.paragraphs(table.caption)


def flat(paragraphs: list[Paragraph]) -> str:
    """The text of paragraphs with all that is in them, on one line."""
    texts: list[str] = []
    for paragraph in paragraphs:
        texts.append(" ".join(paragraph.text.split()))
        for thing in paragraph.objects:
            inner = [*(below for cell in thing.cells for below in cell.paragraphs), *thing.caption] if isinstance(thing, Table) else thing
            texts.append(flat(inner))
    return " ".join(filter(None, texts))


def _grid(cells: list[Cell]) -> list[list[str]]:
    """The rows of a table; a cell that covers several places stands in each of them, a long text only in the first."""
    places: dict[tuple[int, int], str] = {}
    for cell in cells:
        text = flat(cell.paragraphs)
        for row in range(cell.row, cell.row + min(max(cell.rows, 1), _SPANS)):
            for column in range(cell.column, cell.column + min(max(cell.columns, 1), _SPANS)):
                first = row == cell.row and column == cell.column
                places.setdefault((row, column), text if first or len(text) <= _REPEATED else "")
    rows = sorted({row for row, _ in places})
    columns = sorted({column for _, column in places})
    return [[places.get((row, column), "") for column in columns] for row in rows]


class _Numbers:
    """Counts outline numbers and lists as the word processor shows them."""

    def __init__(self, numberings: dict[str, dict[int, Level]]) -> None:
        self._numberings = numberings
        self._counts: dict[str, dict[int, int]] = {}

    def label(self, head: Head) -> str | None:
        if head.kind == "bullet":
            return "-"
        levels = self._numberings.get(head.id, {})
        level = levels.get(head.level)
        if level is None:
            return None
        counts = self._counts.setdefault(head.id, {})
        counts[head.level] = counts.get(head.level, level.start - 1) + 1
        for deeper in [at for at in counts if at > head.level]:
            del counts[deeper]

        def figure(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            one = levels.get(at, Level("", "DIGIT"))
            return numeral(counts.get(at, one.start), one.form)

        return re.sub(r"\^([1-9])", figure, level.pattern).strip() or None


_RUNS = {
    "HANGUL_SYLLABLE": "가나다라마바사아자차카타파하",
    "HANGUL_JAMO": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "HANGUL_PHONETIC": "일이삼사오육칠팔구십",
    "IDEOGRAPH": "一二三四五六七八九十",
    "LATIN_CAPITAL": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "LATIN_SMALL": "abcdefghijklmnopqrstuvwxyz",
    "CIRCLED_DIGIT": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "CIRCLED_HANGUL_SYLLABLE": "㉮㉯㉰㉱㉲㉳㉴㉵㉶㉷㉸㉹㉺㉻",
    "CIRCLED_HANGUL_JAMO": "㉠㉡㉢㉣㉤㉥㉦㉧㉨㉩㉪㉫㉬㉭",
    "CIRCLED_LATIN_CAPITAL": "ⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏ",
    "CIRCLED_LATIN_SMALL": "ⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ",
    "CIRCLED_IDEOGRAPH": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
#: Names of the forms in the order of their numbers in HWP 5.
FORMS = (
    *("DIGIT", "CIRCLED_DIGIT", "ROMAN_CAPITAL", "ROMAN_SMALL", "LATIN_CAPITAL", "LATIN_SMALL", "CIRCLED_LATIN_CAPITAL"),
    *("CIRCLED_LATIN_SMALL", "HANGUL_SYLLABLE", "CIRCLED_HANGUL_SYLLABLE", "HANGUL_JAMO", "CIRCLED_HANGUL_JAMO"),
    *("HANGUL_PHONETIC", "IDEOGRAPH", "CIRCLED_IDEOGRAPH"),
)


def numeral(count: int, form: str) -> str:
    """`count` in a form of numbers; plain digits where the form ends before it."""
    run = _RUNS.get(form, "")
    if 1 <= count <= len(run):
        return run[count - 1]
    if form.startswith("ROMAN") and 1 <= count < 400:
        return roman(count) if form == "ROMAN_CAPITAL" else roman(count).lower()
    return str(count)
