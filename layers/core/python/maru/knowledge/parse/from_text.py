"""Plain text and Markdown: the rendering is the text itself, cleaned; headings and tables are found in its lines."""

import re

from maru.knowledge.parse.build import MAX_CHARACTERS
from maru.knowledge.parse.clean import clean
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.model import Heading, ParsedDocument, TableSpan, empty, too_large
from maru.knowledge.parse.outline import heading_of

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
#: Front matter: YAML between two rules at the very beginning.
_FRONT = re.compile(r"---[ \t]*\n(?:(?!---|\.\.\.)(?:[\w-]+:.*|[ \t#-].*|)\n){0,500}+(?:---|\.\.\.)[ \t]*(?:\n|$)")
_TITLE = re.compile(r"^title:[ \t]*(?P<quote>[\"']?)(?P<title>.+?)(?P=quote)[ \t]*$", re.MULTILINE)
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?[ \t]*$")
_INLINE = re.compile(r"(\*\*|__|[*_`])(?=\S)(.{1,200}?)(?<=\S)\1")


def parse_text(data: bytes) -> ParsedDocument:
    """Plain text in any of the encodings of `clean.decode`; chapters and articles of Korean rules are its headings."""
    text = _text(data)
    headings = []
    at = 0
    for line in text.split("\n"):
        found = heading_of(line)
        if found:
            headings.append(Heading(found.level, at, at + found.length, found.title))
        at += len(line) + 1
    return ParsedDocument(text=text, media_type="text/plain", headings=tuple(headings))


def parse_markdown(data: bytes) -> ParsedDocument:
    """Markdown as it was written, marks included; headings (ATX, setext) and pipe tables outside code fences and front matter."""
    text = _text(data)
    front = _FRONT.match(text)
    scan = _MarkdownScan(front.end() if front else 0)
    for line in text[scan.at :].split("\n"):
        scan.take(line)
    scan.end_table()
    headings = tuple(scan.headings)
    named = front and _TITLE.search(front[0])
    return ParsedDocument(
        text=text,
        media_type="text/markdown",
        title=named["title"] if named else headings[0].title if headings else None,
        headings=headings,
        tables=tuple(scan.tables),
    )


def _text(data: bytes) -> str:
    text = clean(decode(data)).strip("\n").rstrip()
    if not text.strip():
        raise empty()
    if len(text) > MAX_CHARACTERS:
        raise too_large(f"its text has more than {MAX_CHARACTERS:,} characters")
    return text


class _MarkdownScan:
    """Walks over the lines of a Markdown text and notes what opens and closes in them."""

    def __init__(self, at: int) -> None:
        self.headings: list[Heading] = []
        self.tables: list[TableSpan] = []
        self.at = at
        self._fence = ""
        self._before = ""
        self._rows: list[str] = []
        self._rows_start = 0

    def take(self, line: str) -> None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence.group(1).startswith(self._fence):
                self._fence = ""
        elif fence:
            self.end_table()
            self._fence = fence.group(1)
        else:
            self._row(line)
            self._heading(line)
        self._before = "" if self._fence else line
        self.at += len(line) + 1

    def _row(self, line: str) -> None:
        if not _ROW.match(line) and not (self._rows and "|" in line):
            self.end_table()
            return
        if not self._rows:
            self._rows_start = self.at
        self._rows.append(line)

    def end_table(self) -> None:
        """A table needs a rule below its first row."""
        if len(self._rows) >= 2 and _RULE.match(self._rows[1]):
            self.tables.append(TableSpan(self._rows_start, self._rows_start + sum(map(len, self._rows)) + len(self._rows) - 1))
        self._rows = []

    def _heading(self, line: str) -> None:
        atx = _ATX.match(line)
        if atx and atx.group(2):
            self.headings.append(Heading(len(atx.group(1)), self.at, self.at + len(line), plain(atx.group(2))))
            return
        setext = _SETEXT.match(line)
        before = self._before.strip()
        if setext and before and not before.startswith(("|", "#", "-", ">", "*")):
            level = 1 if setext.group(1)[0] == "=" else 2
            self.headings.append(Heading(level, self.at - len(self._before) - 1, self.at + len(line), plain(before)))


def plain(title: str) -> str:
    """A heading without its emphasis marks."""
    return _INLINE.sub(r"\2", title).strip()
