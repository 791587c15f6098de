"""CSV and TSV: one Markdown table, its first row the heading, in any encoding of `clean.decode`."""

import csv
import io
import itertools
import re

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.model import ParsedDocument, empty, too_large

MAX_CELLS = 2_000_000
_MAX_FIELD = 1_000_000  # characters of one cell
_SEPARATORS = ",\t;|"
#: The first line by which Excel is told the separator.
_TOLD = re.compile(r"sep=(.)\n", re.IGNORECASE)


def parse_csv(data: bytes) -> ParsedDocument:
    """The separator is the one that cuts the first lines most evenly. Raises ParseFailed also where no table can be read."""
    text = decode(data).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not text.strip():
        raise empty()
    told = _TOLD.match(text)
    rows = _rows(text[told.end() :], told[1]) if told else _rows(text, separator_of(text))
    rendering = Rendering()
    before, rows = _preamble(rows)
    rendering.block("\n".join(" ".join(" ".join(row).split()) for row in before))
    rendering.grid(rows)
    return rendering.document(MEDIA_TYPES["csv"])


def _preamble(rows: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """What stands over the table: lines that a blank one parts from it and that are all narrower than it is; then the table."""
    end = next((place for place, row in enumerate(rows) if not _width(row)), 0)
    table = [row for row in rows[end:] if _width(row)]
    if table and max(map(_width, rows[:end]), default=0) < _width(table[0]):
        return rows[:end], table
    return [], rows


def _width(row: list[str]) -> int:
    """Cells up to the last that is filled."""
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


def _rows(text: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(_MAX_FIELD)
    rows: list[list[str]] = []
    cells = 0
    # A quote that nobody closes would swallow the rest: then the lines themselves are the rows.
    try:
        for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=separator):
            rows.append(row)
            cells += len(row)
            if cells > MAX_CELLS:
                raise too_large(f"it has more than {MAX_CELLS:,} cells")
    except csv.Error:
        rows = [line.split(separator) for line in text.split("\n")]
    return rows


def separator_of(text: str) -> str:
    """The separator that gives the most columns in the most of the first 50 lines; a comma where there is none."""
    head = [line for line in itertools.islice(text[:200_000].split("\n"), 50) if line.strip()]

    def evenness(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(head, delimiter=separator) if row]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual), usual) if usual > 1 else (0, 0)

    csv.field_size_limit(_MAX_FIELD)
    try:
        return max(_SEPARATORS, key=evenness)
    except csv.Error:
        return ","
