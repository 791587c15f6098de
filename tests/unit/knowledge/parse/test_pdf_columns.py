"""Pages set in columns, and tables without rules, whatever the order in which their file holds them."""

import io
import random
from itertools import batched, pairwise

import pytest
from reportlab.pdfgen.canvas import Canvas

from maru.knowledge.parse import ParsedDocument, parse
from tests.data import public_data
from tests.unit.knowledge.parse.offsets import check

Drawn = list[tuple[float, float, float, str]]  # x, y, size, text
ORDERS = ("as read", "across", "shuffled")


def pdf(drawn: Drawn, order: str = "as read") -> ParsedDocument:
    lines = list(drawn)
    if order == "across":
        lines.sort(key=lambda line: (-line[1], line[0]))
    elif order == "shuffled":
        random.Random(5).shuffle(lines)  # noqa: S311 - the same each time
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for x, y, size, text in lines:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y, text)
    canvas.save()
    document = parse(out.getvalue(), filename="a.pdf")
    check(document)
    return document


def column(name: str, x: float, top: float, *, lines: int, letters: int) -> Drawn:
    """Running text whose every line says where it stands."""
    filler = "and words that fill the line up to about its end as text does"
    return [(x, top - 12 * at, 9.5, f"{name}{at:02} {filler}"[:letters].strip()) for at in range(lines)]


def assert_in_order(document: ParsedDocument, drawn: Drawn) -> None:
    places = [document.text.index(line[3].split()[0]) for line in drawn]
    wrong = [drawn[at + 1][3] for at, (before, after) in enumerate(pairwise(places)) if after < before]
    assert wrong == []


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shift", [0, 5])
def test_two_columns_with_headings_over_both(order: str, shift: int) -> None:
    drawn = [
        (56.0, 780.0, 20.0, "Title of the page over both"),
        *column("a", 56, 750, lines=14, letters=46),
        *column("b", 310, 750 - shift, lines=12, letters=46),
        (56.0, 560.0, 14.0, "Midway"),
        *column("c", 56, 530, lines=20, letters=46),
        *column("d", 310, 530 - shift, lines=24, letters=46),
    ]
    document = pdf(drawn, order)
    assert_in_order(document, drawn)
    assert [heading.title for heading in document.headings] == ["Title of the page over both", "Midway"]


@pytest.mark.parametrize("order", ORDERS)
def test_three_columns(order: str) -> None:
    drawn = [line for at, name in enumerate("abc") for line in column(name, 50 + 172 * at, 780, lines=40 - at, letters=34)]
    assert_in_order(pdf(drawn, order), drawn)


@pytest.mark.parametrize("order", ORDERS)
def test_a_footnote_of_the_first_column_stands_behind_the_second(order: str) -> None:
    note = [(56.0, 62.0, 7.0, "1 See the report of the year before, which says more"), (56.0, 53.0, 7.0, "continued about all of it.")]
    drawn = [*column("a", 56, 780, lines=56, letters=46), *column("b", 310, 780, lines=60, letters=46)]
    document = pdf([*drawn, *note], order)
    assert_in_order(document, [*drawn, (0, 0, 0, "See")])


@pytest.mark.parametrize("order", ["as read", "shuffled"])
def test_a_plain_page_stays_as_it_is(order: str) -> None:
    drawn = column("p", 56, 780, lines=50, letters=60)
    assert_in_order(pdf(drawn, order), drawn)


ROWS = [["Name", "Place", "Sum"], ["staff", "Seoul", "1,200"], ["rooms", "Busan office", "88"], ["cars", "Ulsan", "7"]]
TABLE = "| Name | Place | Sum |\n| --- | --- | --- |\n| staff | Seoul | 1,200 |\n| rooms | Busan office | 88 |\n| cars | Ulsan | 7 |"


@pytest.mark.parametrize("order", ORDERS)
def test_a_table_without_rules(order: str) -> None:
    cells = [(60 + 140 * at, 720 - 16 * down, 10, row[at]) for at in range(3) for down, row in enumerate(ROWS)]
    document = pdf([(60, 760, 10, "What there is:"), *cells, (60, 600, 10, "That is all there is.")], order)
    assert document.text == f"What there is:\n\n{TABLE}\n\nThat is all there is."
    assert len(document.tables) == 1


def test_lists_side_by_side_are_read_one_after_the_other() -> None:
    names = ["apple", "pear", "plum", "cherry", "quince", "peach", "fig", "grape", "lemon", "lime", "mango", "melon"]
    drawn: Drawn = [
        (60 + 200 * at, 700 - 16 * down, 10, word) for at, words in enumerate(batched(names, 7)) for down, word in enumerate(words)
    ]
    assert_in_order(pdf(drawn), drawn)


def test_a_table_inside_a_column_and_one_over_both() -> None:
    def table(left: float, top: float, wide: float) -> Drawn:
        return [(left + wide * at, top - 14 * down, 9, row[at]) for down, row in enumerate(ROWS) for at in range(3)]

    above, inside = table(56, 780, 170), table(56, 560, 75)
    left = [*column("a", 56, 700, lines=10, letters=46), *inside, *column("c", 56, 490, lines=10, letters=46)]
    document = pdf([*above, *left, *column("b", 310, 700, lines=27, letters=46)])
    assert document.text.count(TABLE) == 2
    assert document.text.index("a00") < document.text.rindex("| Name |") < document.text.index("c00") < document.text.index("b00")


def test_a_real_paper_in_two_columns_keeps_its_order() -> None:
    path = public_data("docs_pypdf_samples") / "026-latex-multicolumn/multicolumn.pdf"
    text = parse(path.read_bytes(), filename=path.name).text
    marks = ["Two-Column Document", "Abstract", "Lorem ipsum dolor sit amet", "Nam dui ligula"]
    assert [text.index(mark) for mark in marks] == sorted(text.index(mark) for mark in marks)
