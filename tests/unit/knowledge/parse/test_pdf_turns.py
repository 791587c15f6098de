"""Pages that lie on their side or stand on their head in the file, as landscape pages and wide tables do, and what is filled into forms."""

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from maru.knowledge.parse import parse
from tests.unit.knowledge.parse.offsets import check

TABLE = [["Region", "Spring", "Summer"], ["North", "120", "130"], ["South", "80", "85"], ["West", "60", "61"]]
WORDS = [f"Sentence number {number} of the text below the table." for number in range(1, 7)]
READ = "| Region | Spring | Summer |\n| --- | --- | --- |\n| North | 120 | 130 |\n| South | 80 | 85 |\n| West | 60 | 61 |"


def turned(degrees: int, *, page_rotation: int = 0, box: tuple[float, float] = (0, 0)) -> bytes:
    """A portrait page of A4 whose table and text run in this direction, `degrees` counted counter-clockwise."""
    out = io.BytesIO()
    # reportlab swaps the sides of a page that it turns.
    canvas = Canvas(out, pagesize=(842, 595) if page_rotation % 180 else (595, 842), invariant=1)
    canvas.setPageRotation(page_rotation)
    canvas.translate(*{0: (40, 40), 90: (560, 40), 180: (560, 800), 270: (40, 800)}[degrees])
    canvas.translate(*box)
    canvas.rotate(degrees)
    canvas.setFont("Helvetica", 10)
    for down, row in enumerate(TABLE):
        for across, text in enumerate(row):
            canvas.drawString(across * 120, 450 - down * 18, text)
    for down, text in enumerate(WORDS):
        canvas.drawString(0, 340 - down * 40, text)
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("page_rotation", [0, 90, 180, 270])
def test_a_page_is_read_whichever_way_its_text_runs(degrees: int, page_rotation: int) -> None:
    document = parse(turned(degrees, page_rotation=page_rotation), filename="a.pdf")
    assert document.text == "\n\n".join([READ, *WORDS])
    assert len(document.tables) == 1
    check(document)


@pytest.mark.parametrize("degrees", [30, 90, 270])
def test_what_runs_aslant_on_an_upright_page_follows_its_text_whole(degrees: int) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    canvas.setFont("Helvetica", 10)
    for down, text in enumerate(WORDS):
        canvas.drawString(60, 700 - down * 40, text)
    canvas.translate(30, 480)
    canvas.rotate(degrees)
    canvas.drawString(0, 0, "Confidential: internal use only")
    canvas.save()
    document = parse(out.getvalue(), filename="a.pdf")
    assert document.text.split("\n\n") == [*WORDS, "Confidential: internal use only"]
    check(document)


def test_a_label_that_stands_in_a_drawn_table_is_read_there() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(60, 760, WORDS[0])
    for x in (60, 100, 300, 400):
        canvas.line(x, 620, x, 700)
    for y in (700, 660, 620):
        canvas.line(60, y, 400, y)
    for x, y, text in ((110, 680, "Spring"), (310, 680, "120"), (110, 640, "Summer"), (310, 640, "130"), (65, 640, "South")):
        canvas.drawString(x, y, text)
    canvas.translate(85, 665)
    canvas.rotate(90)
    canvas.drawString(0, 0, "North")
    canvas.save()
    rows = "| North | Spring | 120 |\n| --- | --- | --- |\n| South | Summer | 130 |"
    assert parse(out.getvalue(), filename="a.pdf").text == f"{WORDS[0]}\n\n{rows}"
