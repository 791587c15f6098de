"""From the lines of PDF pages to paragraphs, headings and tables: what belongs together."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from maru.knowledge.parse.outline import heading_of
from maru.knowledge.parse.pdf_lines import Line
from maru.knowledge.sentences import opens_item

_LONGEST_HEADING = 100
#: Lines of a column at least, and its width in sizes of the type.
_RUN, _NARROWEST = 4, 10.0
_ENDS = ".!?:;。)]다음임함됨"


@dataclass(slots=True)
class Block:
    """A paragraph, heading or table; `level` is that of a heading."""

    kind: Literal["text", "heading", "table"]
    lines: list[Line]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Type:
    """How the document is set.

    The size of its running text and those of its headings (largest first), the distance of lines as a multiple of their size, and
    whether spaces stand at the ends of lines.
    """

    body: float
    headings: tuple[float, ...]
    bold_headings: bool
    pitch: float
    keeps_spaces: bool


def type_of(pages: list[list[Line]]) -> Type:
    """Measured over the whole document, in characters."""
    lines = [line for page in pages for line in page]
    sizes: Counter[float] = Counter()
    bold = 0
    for line in lines:
        sizes[line.size] += len(line.text)
        bold += len(line.text) if line.bold else 0
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = {line.size for line in lines if line.size >= 1.12 * body and len(line.text) <= _LONGEST_HEADING}
    if sum(sizes[size] for size in larger) > 0.4 * sizes.total():
        larger = set()
    korean = [line for line in lines if len(line.text) > 15 and "가" <= line.text[-1] <= "힣" and line.text[-1] not in "다요"]
    known = [line.spaced for line in korean if line.spaced is not None]
    spaced = sum(known)
    return Type(body, tuple(sorted(larger, reverse=True)), 0 < bold < 0.3 * sizes.total(), _pitch(pages, body), spaced > 0.2 * len(known))


def _pitch(pages: list[list[Line]], body: float) -> float:
    """The most frequent distance of lines, from 1 to 2.2 sizes; wider ones are gaps."""
    found: Counter[float] = Counter()
    for lines in pages:
        for line, following in pairwise(lines):
            distance = (line.baseline - following.baseline) / max(line.size, 1.0)
            if line.size == following.size == body and 0.9 < distance < 2.2:
                found[round(distance, 1)] += 1
    return found.most_common(1)[0][0] if found else 1.3


def heading_level(line: Line, style: Type, outline: dict[str, int]) -> int | None:
    """The depth of the heading that `line` is: by the document's outline, by how Korean rules name chapters, by its type."""
    text = line.text
    if len(text) > _LONGEST_HEADING or len(line.cells) > 2 or not any(char.isalpha() for char in text):
        return None
    listed = outline.get(title_key(text))
    if listed is not None:
        return listed
    found = heading_of(text)
    if found and found.length == len(text):
        return found.level
    if line.size in style.headings:
        return min(style.headings.index(line.size) + 1, 3)
    if style.bold_headings and line.bold and len(text) <= 60 and line.size >= style.body and text[-1] not in ".,;" and len(line.cells) == 1:
        return min(len(style.headings) + 1, 4)
    return None


def title_key(title: str) -> str:
    """Titles are compared without their numbers and spaces."""
    return re.sub(r"^[\d.\sIVXivx]+(?=\D)|\s+", "", title).casefold()


def blocks_of(lines: list[Line], style: Type, outline: dict[str, int]) -> Iterator[Block]:
    """The blocks of one page, in its reading order."""
    margins = _margins(lines, style)
    tables = table_ends(lines) | {at: at + 1 for at, line in enumerate(lines) if line.grid}
    levels = [None if line.grid else heading_level(line, style, outline) for line in lines]
    index = 0
    while index < len(lines):
        level = levels[index]
        if index in tables:
            end = tables[index]
            yield Block("table", lines[index:end])
        elif level is not None:
            end = index + 1
            while end < len(lines) and levels[end] == level and _same_title(lines[end - 1], lines[end], style):
                end += 1
            yield Block("heading", lines[index:end], level)
        else:
            end = index + 1
            while (
                end < len(lines)
                and levels[end] is None
                and end not in tables
                and wraps(lines[end - 1], lines[end], margins[end - 1], style)
            ):
                end += 1
            yield Block("text", lines[index:end])
        index = end


def _margins(lines: list[Line], style: Type) -> list[float]:
    """How far right each line might reach: as far as others that begin near it (by 40 points), or as those around it in a column."""
    widest: dict[tuple[int, float], float] = {}
    for line in lines:
        slot = (int(line.left // 40), line.size)
        widest[slot] = max(widest.get(slot, 0.0), line.right)
    found: list[float] = []
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and _near(lines[end - 1], lines[end], style):
            continue
        run = lines[start:end]
        column = _column(run)
        found += [column or max(widest.get((int(line.left // 40) + near, line.size), 0.0) for near in (-1, 0, 1)) for line in run]
        start = end
    return found


def _column(run: list[Line]) -> float | None:
    """The right margin of a run of lines of which most are as long as the longest; None of fewer lines, or of verses and addresses."""
    right, left = max(line.right for line in run), min(line.left for line in run)
    full = sum(1 for line in run if line.right > left + 0.85 * (right - left))
    return right if len(run) >= _RUN and full >= 0.6 * len(run) and right - left > _NARROWEST * run[0].size else None


def wraps(line: Line, following: Line, margin: float, style: Type) -> bool:
    """Whether `following` continues the paragraph of `line`: its first word would not have fitted at the end of `line`."""
    if line.hyphenated:
        return True
    if not _near(line, following, style) or (len(line.cells) > 2 and len(line.text) < 14 * len(line.cells)):
        return False
    if opens_item(following.text) and (line.text[-1] in _ENDS or not heading_of(following.text)):
        return False  # but a reference to an article may stand at a line's beginning in the middle of a sentence
    first = following.text.split(" ", 1)[0]
    average = (following.right - following.left) * len(first) / max(len(following.text), 1)
    square = sum(line.size for char in first if char >= "\u1100")  # Hangul and ideographs are as wide as they are high
    return line.right + max(average, square) + 0.9 * line.size > margin


def _near(line: Line, following: Line, style: Type) -> bool:
    """Below, in the same column and type, without a gap as between paragraphs."""
    if abs(line.size - following.size) > 0.08 * max(line.size, 1.0) + 0.1:
        return False
    distance = (line.baseline - following.baseline) / max(line.size, 1.0)
    return 0.5 < distance < 1.2 * style.pitch and following.left < line.right and line.left < following.right


def _same_title(line: Line, following: Line, style: Type) -> bool:
    return _near(line, following, style) and line.size == following.size and not opens_item(following.text) and len(line.text) > 20


def table_ends(lines: list[Line]) -> dict[int, int]:
    """Where the runs of lines whose cells stand below one another begin and end. Justified text has wide gaps, but not so aligned."""
    ends: dict[int, int] = {}
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and len(lines[end].cells) > 1 and (end == start or _aligned(lines[max(start, end - 4) : end], lines[end])):
            end += 1
        if end - start > 1 and _is_table(lines[start:end]):
            ends[start] = end
        start = max(end, start + 1)
    return ends


def _is_table(lines: list[Line]) -> bool:
    rows = table_rows(lines)
    full = sum(1 for row in rows if sum(map(bool, row)) > 1)
    cells = [cell for row in rows for cell in row if cell]
    return full > 1 and sum(map(len, cells)) <= 40 * len(cells)


def _aligned(above: list[Line], below: Line) -> bool:
    last = above[-1]
    if below.top > last.top or last.bottom - below.top > 4 * max(last.size, 1.0):
        return False
    return any(
        abs(a.left - b.left) < 4 or abs(a.right - b.right) < 4 or abs(a.left + a.right - b.left - b.right) < 10
        for line in above
        for a in line.cells[1:]
        for b in below.cells
    )


def table_rows(lines: list[Line]) -> list[list[str]]:
    """The cells of a run of table lines by column; columns are what overlaps horizontally."""
    columns: list[list[float]] = []
    for cell in sorted((cell for line in lines for cell in line.cells), key=lambda cell: cell.left):
        if columns and cell.left < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], cell.right)
        else:
            columns.append([cell.left, cell.right])
    rows = []
    for line in lines:
        row = [""] * len(columns)
        for cell in line.cells:
            place = max(index for index, column in enumerate(columns) if column[0] <= cell.left)
            row[place] = f"{row[place]} {cell.text}".strip()
        rows.append(row)
    return rows


def joined(lines: list[Line], style: Type) -> str:
    """The lines of one paragraph as one line; words that only a line's end split are made whole."""
    text = ""
    for before, line in zip([None, *lines], lines, strict=False):
        text += (glue(before, line, style) if before else "") + line.text
    return text


def glue(before: Line, after: Line, style: Type) -> str:
    """What stands between two lines of a paragraph. Where Korean is broken inside words, words that end with a line keep their space."""
    if before.hyphenated:
        return ""
    inside = style.keeps_spaces and before.spaced is False and "가" <= before.text[-1:] <= "힣" and "가" <= after.text[:1] <= "힣"
    return "" if inside else " "
