"""XLSX: sheets as pages, each run of filled rows a Markdown table, cells as the sheet shows them.

openpyxl (MIT) reads. python-calamine (MIT) is ten times as fast, but drops number formats, so that 15 % reads 0.15, and knows no hidden
rows; the process that reads documents stays warm, so correctness was chosen. `bench/extraction.py` has the figures.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.comments import SheetComments, comment_line
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.drawings import box_lines, reference
from maru.knowledge.parse.from_csv import MAX_CELLS
from maru.knowledge.parse.model import ParsedDocument, too_large
from maru.knowledge.parse.package import Package, child, reading, refuse_entities, value

_WHOLE = 30_000_000  # bytes unpacked, up to which a workbook is held in memory with its merged cells; larger ones are streamed
_THREAD = "tc="  # how the author of a note is called that stands for a thread of comments
#: A cell with a formula and no value; one whose value is an empty text says so by its type.
_NO_VALUE = re.compile(rb'<c (?![^>]*\bt="str")[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')
_UNCOMPUTED = "Formulas that no program has computed are empty. Open the workbook, save it and upload it anew to have their values."
_EMPTY_ROWS = 100_000  # formatted but empty rows in a row, after which a sheet is taken to be over


def parse_xlsx(data: bytes) -> ParsedDocument:
    """Formulas give the values that were stored with them, and a warning where a program stored none; hidden sheets, rows and columns are
    left out. Notes and comments on cells follow their sheet (of workbooks that are streamed, comments alone).

    Raises ParseFailed("too_large") beyond MAX_CELLS filled cells.
    """
    package = Package(data, "XLSX")
    size, uncomputed = _check(package)
    import openpyxl

    rendering = Rendering()
    with reading("XLSX"):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=size > _WHOLE, data_only=True, keep_links=False, rich_text=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        left = MAX_CELLS
        beside = _beside(package)
        for page, sheet in enumerate(sheets, 1):
            boxes, threads = beside.get(sheet.title, ([], {}))
            left = _sheet(rendering, sheet, left)
            rendering.block("\n".join(_remarks(sheet, threads)))
            for box in boxes:
                rendering.block(box)
            rendering.end_page(page)
        title = book.properties.title
        book.close()
    return rendering.document(MEDIA_TYPES["xlsx"], title=title, warnings=(_UNCOMPUTED,) if uncomputed else ())


def _check(package: Package) -> tuple[int, bool]:
    """The unpacked size of the parts that hold cells, and whether formulas in them have no value; every part is unpacked once here,
    within limits, and checked for entities."""
    size, uncomputed = 0, False
    for name in package.names():
        if name.endswith((".xml", ".rels")):
            part = package.read(name) or b""
            size += len(part) if name.startswith(("xl/worksheets/", "xl/sharedStrings")) else 0
            uncomputed = uncomputed or (name.startswith("xl/worksheets/") and _NO_VALUE.search(part) is not None)
            refuse_entities(part, "XLSX")
    return size, uncomputed


def _beside(package: Package) -> dict[str, tuple[list[str], dict[str, list[str]]]]:
    """The texts of the boxes that lie upon sheets, and the lines of comments by their cells, by the sheets' titles."""
    main = package.main("xl/workbook.xml")
    relations, sheets = package.relations(main), child(package.part(main), "sheets")
    comments = SheetComments(package, main)
    found: dict[str, tuple[list[str], dict[str, list[str]]]] = {}
    for sheet in sheets if sheets is not None else ():
        part = relations.get(reference(sheet, "id"), ("", ""))[1]
        drawings = [target for kind, target in package.relations(part).values() if kind == "drawing"]
        boxes = [text for drawing in drawings for text in box_lines(package.part(drawing)) if text]
        found[value(sheet, "name") or ""] = boxes, comments.of(part)
    return found


def _sheet(rendering: Rendering, sheet: Any, left: int) -> int:
    """Write a sheet; how many more cells the workbook may have."""
    if sheet.title.strip():
        rendering.heading(1, sheet.title)
    block: list[list[str]] = []
    blank = 0
    for row in _rows(sheet):
        filled = sum(map(bool, row))
        left -= filled
        if left < 0:
            raise too_large(f"it has more than {MAX_CELLS:,} filled cells")
        blank = 0 if filled else blank + 1
        if filled:
            block.append(row)
        elif block:
            rendering.grid(trimmed(block))
            block = []
        if blank > _EMPTY_ROWS:
            break
    rendering.grid(trimmed(block))
    return left


def _remarks(sheet: Any, threads: Mapping[str, list[str]]) -> Iterator[str]:
    """The notes and threads on visible cells behind what stands in these, or their names where they are empty."""
    hidden = _hidden_columns(sheet)
    cells: Mapping[Any, Any] = getattr(
        sheet, "_cells", {}
    )  # iterating makes a cell of each place; there is no other way to those there are
    written = set()
    for (row, column), cell in sorted(cells.items()):
        written.add(cell.coordinate)
        if column in hidden or sheet.row_dimensions[row].hidden:
            continue
        place = shown(cell.value, cell.number_format or "") or cell.coordinate
        note = cell.comment
        lines = [comment_line("", note.text)] if note is not None and not (note.author or "").startswith(_THREAD) else []
        for line in filter(None, (*lines, *threads.get(cell.coordinate, ()))):
            yield f"- {place}: {line}"
    for name in (name for name in threads if name not in written):  # those of a streamed sheet, whose cells are gone by now
        yield from (f"- {name}: {line}" for line in threads[name])


def _rows(sheet: Any) -> Iterator[list[str]]:
    merged = _merged(sheet)
    hidden_columns = _hidden_columns(sheet)
    dimensions = getattr(sheet, "row_dimensions", {})
    for at, row in enumerate(sheet.iter_rows(), 1):
        if at in dimensions and dimensions[at].hidden:
            continue
        yield _texts([cell for column, cell in enumerate(row, 1) if column not in hidden_columns], merged)


def _merged(sheet: Any) -> dict[tuple[int, int], Any]:
    """What stands in the cells that a merged range covers: its first cell."""
    ranges: Iterable[Any] = getattr(getattr(sheet, "merged_cells", None), "ranges", ())
    covered: dict[tuple[int, int], Any] = {}
    for one in ranges:
        if one.size["rows"] * one.size["columns"] > 100_000 or len(covered) > 1_000_000:
            continue
        first = sheet.cell(one.min_row, one.min_col)
        covered |= {(row, column): first for row in range(one.min_row, one.max_row + 1) for column in range(one.min_col, one.max_col + 1)}
    return covered


def _texts(row: list[Any], merged: dict[tuple[int, int], Any]) -> list[str]:
    """A row as its sheet shows it: what is merged over several cells stands in each of them, but once where the row has nothing else."""
    sources = [merged.get((cell.row, cell.column), cell) if merged and hasattr(cell, "row") else cell for cell in row]
    texts = [shown(source.value, getattr(source, "number_format", "") or "") for source in sources]
    filled = [place for place, text in enumerate(texts) if text]
    if len(filled) > 1 and len({id(sources[place]) for place in filled}) == 1:
        return ["" if place in filled[1:] else text for place, text in enumerate(texts)]
    return texts


def _hidden_columns(sheet: Any) -> set[int]:
    columns: set[int] = set()
    for dimension in getattr(sheet, "column_dimensions", {}).values():
        if dimension.hidden and dimension.min and dimension.max:
            columns.update(range(dimension.min, min(dimension.max, 20_000) + 1))
    return columns


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the columns that are empty in all of them."""
    width = max((len(row) for row in rows), default=0)
    kept = [column for column in range(width) if any(column < len(row) and row[column] for row in rows)]
    return [[row[column] if column < len(row) else "" for column in kept] for row in rows]


#: Of a number format (ECMA-376, 18.8.31): quoted text, an escaped character, a currency in brackets, other brackets, widths, signs of
#: currencies, and the places of digits.
_FORMAT = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].|([$€₩¥£])|([0#?,.%]+)')


def shown(value: Any, number_format: str) -> str:
    """A cell's value as text: dates in ISO form, per cent as such, whole numbers without a point, units and currencies with them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, (int, float)):
        return _figure(value, number_format.partition(";")[0])
    return str(value).strip()


def _figure(value: float, number_format: str) -> str:
    before, pattern, behind = _parts(number_format)
    if "%" in pattern:
        return f"{value * 100:.10g}%"
    sign = "-" if value < 0 else ""
    return f"{sign}{before}{_digits(abs(value), pattern)}{behind}"


def _parts(number_format: str) -> tuple[str, str, str]:
    """What a format writes before a number's digits, where it puts these, and what it writes behind them.

    A text amid the digits, and one beside a number that is shown in thousands or millions, is left out: the number is given whole.
    """
    before = pattern = behind = ""
    for found in _FORMAT.finditer(number_format):
        text = found[1] or found[2] or found[3] or found[4] or ""
        if found[5] and behind.strip():
            return "", "", ""
        pattern += found[5] or ""
        before, behind = (before, behind + text) if pattern else (before + text, behind)
    scaled = re.search(r"[0#],+(?:\.|$)", pattern)
    return ("", pattern, "") if scaled else (before.lstrip(), pattern, behind.rstrip())


def _digits(value: float, pattern: str) -> str:
    if isinstance(value, float) and value.is_integer() and value < 1e15:
        value = int(value)
    grouped = "," if "#,##0" in pattern else ""
    if isinstance(value, int):
        return f"{value:0{len(pattern)}d}" if re.fullmatch("00+", pattern) else f"{value:{grouped}d}"
    decimals = re.search(r"0\.(0+)(?![#0])", pattern)
    return f"{value:{grouped}.{len(decimals.group(1))}f}" if decimals else f"{value:{grouped}.15g}"
