"""Cuts a rendering into overlapping chunks at heading, sentence and table-row borders."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from maru.knowledge.parse.model import Heading, ParsedDocument
from maru.knowledge.sentences import sentences

SIZE = 1000
OVERLAP = 200
_COLUMNS = 500  # code points of a table's first row that its later rows carry along


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """Chunk `index` is exactly `text[start:end]`; `page` (1-based) holds its start.

    `heading_path` are the titles above its start, outermost first; `columns` is the first row of the table in whose middle it starts.
    """

    index: int
    start: int
    end: int
    page: int | None
    heading_path: tuple[str, ...]
    columns: str = ""

    def context(self, text: str) -> str:
        """What a reader of its `text` alone would miss: the headings and the names of the columns. For searching, never for quoting."""
        path = () if self.heading_path and text.startswith(self.heading_path[-1]) else self.heading_path
        return "\n".join(filter(None, (" > ".join(path), self.columns)))


def chunk(document: ParsedDocument, *, size: int = SIZE, overlap: int = OVERLAP) -> list[ChunkSpan]:
    """The chunks of `document`, of at most `size` code points, in order; together they cover all of its visible text.

    A chunk ends before a heading if that leaves it at least half full, otherwise after a sentence or table row; only a longer sentence is
    cut inside, between words where it has any, never within a character and its marks. Up to `overlap` code points of whole sentences
    stand in two neighbours, none where a heading separates them. Raises ValueError unless `0 <= overlap < size`.
    """
    if not 0 <= overlap < size:
        raise ValueError("overlap must be at least 0 and less than size")
    text = document.text
    if not text:
        return []
    atoms = Atoms(document, size, max(overlap, size // 5, 1))
    return spans(document, ((atoms.border[first], atoms.border[last]) for first, last in _runs(atoms, size, overlap)))


def spans(document: ParsedDocument, ranges: Iterable[tuple[int, int]]) -> list[ChunkSpan]:
    """Chunks of ranges of the text in order, without the white space around them and without those that hold nothing new."""
    text = document.text
    starts = [heading.start for heading in document.headings]
    paths = _paths(document.headings)
    chunks: list[ChunkSpan] = []
    for begin, after in ranges:
        start, end = _trimmed(text, begin, after)
        if start < end and (not chunks or end > chunks[-1].end):
            if chunks and start <= chunks[-1].start:
                chunks.pop()  # white space apart, this one holds the whole of it
            path = paths[bisect_right(starts, start)]
            chunks.append(ChunkSpan(len(chunks), start, end, document.page_at(start), path, _columns(document, start)))
    return chunks


def _columns(document: ParsedDocument, at: int) -> str:
    """The first row of the table in whose later rows `at` lies."""
    place = bisect_right(document.tables, at, key=lambda table: table.start) - 1
    if place < 0 or at >= document.tables[place].end:
        return ""
    first = document.text.find("\n", document.tables[place].start)
    return document.text[document.tables[place].start : first][:_COLUMNS] if 0 <= first < at else ""


class Atoms:
    """What is not cut: atom i is `text[border[i]:border[i + 1]]`. `level[i]` is that of the heading it begins with, 0 without one."""

    def __init__(self, document: ParsedDocument, size: int, piece: int) -> None:
        text = document.text
        levels = {heading.start: heading.level for heading in document.headings}
        borders = {0, *levels, *(_line_start(text, span.start) for span in sentences(text))}
        ordered = sorted(at for at in borders if at < len(text) and _may_cut(text, at))
        self.border: list[int] = []
        for start, end in zip(ordered, [*ordered[1:], len(text)], strict=True):
            self.border += [start] if end - start <= size else _pieces(text, start, end, piece)
        self.border.append(len(text))
        self.level = [levels.get(at, 0) for at in self.border]
        ends = {heading.start: heading.end for heading in document.headings}
        self.title_only = [at in ends and not text[ends[at] : after].strip() for at, after in pairwise(self.border)]


def _runs(atoms: Atoms, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Ranges of atoms, one a chunk."""
    border, count = atoms.border, len(atoms.border) - 1
    first = 0
    while first < count:
        last = _cut(atoms, first, max(first + 1, bisect_right(border, border[first] + size) - 1), size)
        yield first, last
        if last >= count:
            return
        first = last if atoms.level[last] else _overlap_start(atoms, first, last, size, overlap)


def _cut(atoms: Atoms, first: int, last: int, size: int) -> int:
    """Where the chunk that begins with atom `first` and may reach to `last` ends."""
    count = len(atoms.border) - 1
    if last >= count:
        return count
    half = bisect_left(atoms.border, atoms.border[first] + size // 2)
    headings = [at for at in range(max(half, first + 1), last + 1) if atoms.level[at]]
    if headings:
        return min(headings, key=lambda at: (atoms.level[at], -at))
    while last - 1 > first and atoms.title_only[last - 1]:  # a title goes with what it stands above
        last -= 1
    return last


def _overlap_start(atoms: Atoms, first: int, last: int, size: int, overlap: int) -> int:
    """The atom with which the next chunk begins, so that it repeats at most `overlap` and still has room for something new."""
    start = last
    while start - 1 > first and not atoms.level[start]:
        if atoms.border[last] - atoms.border[start - 1] > overlap or atoms.border[last + 1] - atoms.border[start - 1] > size:
            break
        start -= 1
    return start


def _paths(headings: tuple[Heading, ...]) -> list[tuple[str, ...]]:
    """The path that holds after the first 0, 1, 2, … headings."""
    stack: list[Heading] = []
    paths: list[tuple[str, ...]] = [()]
    for heading in headings:
        while stack and stack[-1].level >= heading.level:
            stack.pop()
        stack.append(heading)
        paths.append(tuple(above.title for above in stack))
    return paths


_MARKS_ONLY = re.compile(r"[\s#>*+•·▪◦■□○●▶※–—|-]*\Z")


def _line_start(text: str, at: int) -> int:
    """The start of the line where only marks of lists or headings stand before `at`, else `at`."""
    begin = text.rfind("\n", max(0, at - 40), at) + 1
    return begin if (begin or at < 40) and _MARKS_ONLY.match(text, begin, at) else at


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


_SOFT = re.compile(r"[,;:、，·…]\s+|\s+")


def _pieces(text: str, start: int, end: int, piece: int) -> Iterator[int]:
    """Beginnings of the pieces, of at most `piece` code points, into which a long stretch is cut: after a space, or else anywhere."""
    while start < end:
        yield start
        if end - start <= piece:
            return
        limit = start + piece
        soft = [match.end() for match in _SOFT.finditer(text, start + piece // 2, limit)]
        cut = soft[-1] if soft else limit
        while cut > start + 1 and not _may_cut(text, cut):
            cut -= 1
        start = cut if cut > start + 1 or piece == 1 else limit


def _may_cut(text: str, at: int) -> bool:
    """Whether a reader would see two characters on the two sides of `at`: no marks, joiners, Hangul vowels or flags are torn off."""
    if at <= 0 or at >= len(text):
        return True
    after, before = text[at], text[at - 1]
    if after.isascii():
        return True
    if unicodedata.category(after) in {"Mn", "Me", "Mc"} or after in "\u200d\u200c" or before == "\u200d":
        return False
    if "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return False
    return not ("\U0001f1e6" <= after <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
