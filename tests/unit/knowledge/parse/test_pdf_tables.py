"""Tables that are drawn with lines on a PDF page, with wrapped and merged cells."""

import io
from typing import Any

from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from maru.knowledge.parse import ParsedDocument, parse
from tests.data import public_data
from tests.unit.knowledge.parse.offsets import check


def drawn(rows: list[list[Any]], style: list[tuple[Any, ...]], before: str = "Before it.", after: str = "After it.") -> ParsedDocument:
    out = io.BytesIO()
    plain = getSampleStyleSheet()["Normal"]
    cells = [[Paragraph(cell, plain) if cell else "" for cell in row] for row in rows]
    table = Table(cells, colWidths=[100] * len(rows[0]), style=style)
    SimpleDocTemplate(out, invariant=1).build([Paragraph(before, plain), table, Paragraph(after, plain)])
    return parse(out.getvalue(), filename="a.pdf")


GRID = [("GRID", (0, 0), (-1, -1), 0.5, "black")]


def test_wrapped_cells_stay_together() -> None:
    long = "A sentence that is much too long for its narrow column."
    document = drawn([["Name", "What it does"], ["one", long], ["two", "short"]], GRID)
    assert document.text == f"Before it.\n\n| Name | What it does |\n| --- | --- |\n| one | {long} |\n| two | short |\n\nAfter it."
    assert len(document.tables) == 1
    check(document)


def test_merged_cells_stand_in_every_place_they_cover() -> None:
    rows = [["Group", "", "Sum"], ["a", "b", "3"], ["c", "d", ""]]
    style = [*GRID, ("SPAN", (0, 0), (1, 0)), ("SPAN", (2, 1), (2, 2))]
    document = drawn(rows, style)
    assert "| Group | Group | Sum |\n| --- | --- | --- |\n| a | b | 3 |\n| c | d | 3 |" in document.text


def test_a_frame_around_text_is_no_table() -> None:
    document = drawn([["Only a frame around a sentence of text."]], [("BOX", (0, 0), (-1, -1), 1, "black")])
    assert document.tables == ()
    assert "Only a frame around a sentence of text." in document.text


def test_a_korean_table_with_merged_cells() -> None:
    path = public_data("docs_ko_pdf") / "kbo_table_text.pdf"
    document = parse(path.read_bytes(), filename=path.name)
    assert "| 구분 | 토요일 | 일요일/공휴일 | 평일 |" in document.text
    assert "| 6월 | 17:00 | 17:00 | 18:30 |\n| 7월 | 18:00 | 17:00 | 18:30 |\n| 8월 | 18:00 | 17:00 | 18:30 |" in document.text
    check(document)
