"""Puts a rendering together block by block and keeps the offsets of what is in it."""

from itertools import pairwise

from maru.knowledge.parse.clean import clean
from maru.knowledge.parse.model import Heading, PageSpan, ParsedDocument, TableSpan, empty, too_large

MAX_CHARACTERS = 20_000_000


class Rendering:
    """Blocks of text separated by blank lines, in reading order. Raises ParseFailed("too_large") beyond `limit` characters."""

    def __init__(self, limit: int = MAX_CHARACTERS) -> None:
        self._limit = limit
        self._parts: list[str] = []
        self._length = 0
        self._pages: list[PageSpan] = []
        self._headings: list[Heading] = []
        self._tables: list[TableSpan] = []

    def block(self, text: str, *, glue: str = "\n\n") -> tuple[int, int] | None:
        """Add `text` after `glue` (nothing at the very start); its span, or None where nothing is visible in it."""
        text = clean(text).strip("\n")
        if not text.strip():
            return None
        if self._length:
            self._append(glue)
        start = self._length
        self._append(text)
        return start, self._length

    def heading(self, level: int, title: str, *, mark: bool = True) -> None:
        """Add a heading line, with Markdown's `#` marks where `mark`."""
        title = " ".join(clean(title).split())
        level = min(max(level, 1), 6)
        span = self.block(f"{'#' * level} {title}" if mark and title else title)
        if span:
            self._headings.append(Heading(level, *span, title))

    def note_heading(self, level: int, start: int, end: int, title: str) -> None:
        """Record a heading inside text that was added before."""
        self._headings.append(Heading(level, start, end, title))

    def table(self, rows: str) -> None:
        """Add a Markdown table."""
        span = self.block(rows)
        if span:
            self._tables.append(TableSpan(*span))

    def grid(self, rows: list[list[str]]) -> None:
        """Add rows of cells: a Markdown table below the titles that stand over it, or lines where there is only one row or one column."""
        titles, rows = headed([row for row in rows if any(cell.strip() for cell in row)])
        for title in titles:
            self.block(title)
        width = max((len(row) for row in rows), default=0)
        if width > 1 and len(rows) > 1:
            self.table(markdown_table(rows))
        else:
            self.block("\n".join(" ".join(" ".join(row).split()) for row in rows))

    def include(self, document: ParsedDocument, *, below: int = 0) -> None:
        """Add a whole document, its headings `below` levels deeper; its pages are given up."""
        span = self.block(document.text)
        if span is None:
            return
        shift = span[0] - (len(document.text) - len(document.text.lstrip("\n")))
        for heading in document.headings:
            level = min(heading.level + below, 6)
            self._headings.append(Heading(level, heading.start + shift, heading.end + shift, heading.title))
        self._tables += [TableSpan(table.start + shift, table.end + shift) for table in document.tables]

    def end_page(self, number: int) -> None:
        """Everything added since the page before is page `number`."""
        start = self._pages[-1].end if self._pages else 0
        self._pages.append(PageSpan(number, start, self._length))

    def document(self, media_type: str, *, title: str | None = None, warnings: tuple[str, ...] = ()) -> ParsedDocument:
        """The finished document; ParseFailed("empty") where nothing was added."""
        if not self._length:
            raise empty()
        headings = tuple(sorted(self._headings, key=lambda heading: heading.start))
        name = " ".join(clean(title or "").split())[:300] or (headings[0].title if headings else None)
        return ParsedDocument(
            text="".join(self._parts),
            media_type=media_type,
            title=name,
            pages=tuple(self._pages),
            headings=headings,
            tables=tuple(self._tables),
            warnings=warnings,
        )

    def _append(self, text: str) -> None:
        self._length += len(text)
        if self._length > self._limit:
            raise too_large(f"its text has more than {self._limit:,} characters")
        self._parts.append(text)


def listed(numbers: list[int]) -> str:
    """Numbers for a sentence, the first twenty of them."""
    return ", ".join(map(str, numbers[:20])) + (", …" if len(numbers) > 20 else "")


def markdown_table(rows: list[list[str]]) -> str:
    """A Markdown table whose first row is the heading; short rows are filled up, line breaks in cells become spaces."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join(_cell(cell) for cell in row + [""] * (width - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(lines)


def headed(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The titles over a table, and the table with its heading in one row.

    What spans several places stands in each of them: a first row of one text throughout (or in its first place alone) is a title, and
    a heading goes on in the next row where one of its cells reaches down and another one spans columns that are named there.
    """
    width = max((len(row) for row in rows), default=0)
    titles = 0
    while width > 2 and titles < len(rows) - 2 and _is_title(rows[titles], width):
        titles += 1
    last = titles
    while last < len(rows) - 2 and _goes_on(rows[last], rows[last + 1]):
        last += 1
    levels = [row + [""] * (width - len(row)) for row in rows[titles : last + 1]]
    heading = [" ".join(dict.fromkeys(filter(str.strip, column))) for column in zip(*levels, strict=True)]
    return [row[0] for row in rows[:titles]], [heading, *rows[last + 1 :]] if last > titles else rows[titles:]


def _is_title(row: list[str], width: int) -> bool:
    return bool(row[0].strip()) and ((len(row) == width and len(set(row)) == 1) or not any(cell.strip() for cell in row[1:]))


def _goes_on(row: list[str], below: list[str]) -> bool:
    pairs = list(zip(row, below, strict=False))
    reaches = any(cell.strip() and cell == under for cell, under in pairs)
    spans = any(one[0].strip() and one[0] == two[0] and one[1] != two[1] for one, two in pairwise(pairs))
    return reaches and spans


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
