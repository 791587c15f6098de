"""Other ways than the recursive one to cut a rendering: by heading, by rows of tables, by windows of sentences."""

from collections.abc import Iterator
from dataclasses import replace

from maru.knowledge.chunk import OVERLAP, SIZE, Atoms, ChunkSpan, chunk, spans
from maru.knowledge.parse.model import ParsedDocument, TableSpan

_WIDEST = 4 * SIZE  # code points of a window, however many sentences it is to hold


def by_headings(document: ParsedDocument, *, size: int) -> list[ChunkSpan]:
    """A chunk for each section, from its heading to the next one; longer sections are cut recursively, without overlap.

    A heading that only stands above another one goes with it.
    """
    return spans(document, _sections(document, size))


def _sections(document: ParsedDocument, size: int) -> Iterator[tuple[int, int]]:
    text = document.text
    borders = [0]
    bare = 0  # where the heading that was passed last ends, if nothing stands between it and the next
    for heading in document.headings:
        if text[max(borders[-1], bare) : heading.start].strip():
            borders.append(heading.start)
        bare = heading.end
    for start, end in zip(borders, [*borders[1:], len(text)], strict=True):
        yield from _recursive(document, start, end, size, overlap=0)


def by_rows(document: ParsedDocument, *, rows: int, size: int) -> list[ChunkSpan]:
    """A chunk for each group of at most `rows` rows of a table and `size` code points; what is no table is cut recursively.

    A heading that stands right above a table goes with its first rows; the later ones carry the table's first row as `columns`.
    """
    return spans(document, _groups(document, rows, size))


def _groups(document: ParsedDocument, rows: int, size: int) -> Iterator[tuple[int, int]]:
    text = document.text
    at = 0
    for table in document.tables:
        title = next((one for one in reversed(document.headings) if one.start < table.start), None)
        joined = title is not None and title.start >= at and not text[title.end : table.start].strip() and title.start
        begin = joined if title is not None and joined is not False else table.start
        yield from _recursive(document, at, begin, size, overlap=min(OVERLAP, size // 5))
        yield from _row_groups(document, begin, table, rows, size)
        at = table.end
    yield from _recursive(document, at, len(text), size, overlap=min(OVERLAP, size // 5))


def _row_groups(document: ParsedDocument, begin: int, table: TableSpan, rows: int, size: int) -> Iterator[tuple[int, int]]:
    lines = document.text[table.start : table.end].split("\n")
    start = at = begin
    count = -2  # the first row and the rule below it
    end = table.start
    for line in lines:
        end += len(line) + 1
        if count > 0 and (count >= rows or end - start > size):
            yield from _whole(document, start, at, size)
            start, count = at, 0
        at = min(end, table.end)
        count += 1
    yield from _whole(document, start, at, size)


def _whole(document: ParsedDocument, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """A group of rows; cut only where a single row is longer than a chunk may be."""
    if end - start <= 2 * size:
        yield start, end
    else:
        yield from _recursive(document, start, end, size, overlap=0)


def by_sentences(document: ParsedDocument, *, count: int, overlap: int) -> list[ChunkSpan]:
    """Windows of `count` sentences, `overlap` of which two neighbours share; none reaches over a heading."""
    atoms = Atoms(document, SIZE, SIZE)
    ranges = _windows(atoms, count, overlap)
    return spans(document, ((atoms.border[first], atoms.border[last]) for first, last in ranges))


def _windows(atoms: Atoms, count: int, overlap: int) -> Iterator[tuple[int, int]]:
    first, total = 0, len(atoms.border) - 1
    while first < total:
        last = _window_end(atoms, first, count)
        yield first, last
        if last >= total:
            return
        first = last if atoms.level[last] else max(first + 1, last - overlap)


def _window_end(atoms: Atoms, first: int, count: int) -> int:
    last, taken = first, 0
    while last < len(atoms.border) - 1 and taken < count:
        if taken and (atoms.level[last] or atoms.border[last + 1] - atoms.border[first] > _WIDEST):
            break
        taken += not atoms.title_only[last]
        last += 1
    return last


def _recursive(document: ParsedDocument, start: int, end: int, size: int, *, overlap: int) -> Iterator[tuple[int, int]]:
    """Ranges of the recursive cuts of a part of the text."""
    if end - start <= size:
        yield start, end
        return
    part = replace(document, text=document.text[start:end], headings=(), pages=(), tables=())
    for one in chunk(part, size=size, overlap=overlap):
        yield start + one.start, start + one.end
