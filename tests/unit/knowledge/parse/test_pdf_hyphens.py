"""Words that PDF pages cut at the ends of lines, and compounds that only stand there."""

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from maru.knowledge.parse import parse
from tests.unit.knowledge.parse.offsets import check

ENDS = ["is what the people of the house said of", "it when they had been asked about it all."]


def pdf(*columns: list[str], order: int = 1, page_after: int = 99) -> str:
    """The text of pages with these lines in columns, drawn from the first on or (`order` -1) from the last."""
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    drawn = [(50 + 270 * at, 780 - 13 * row, line) for at, lines in enumerate(columns) for row, line in enumerate(lines)]
    for number, (x, y, line) in enumerate(drawn[::order]):
        if number == page_after:
            canvas.showPage()
        canvas.setFont("Helvetica" if line.isascii() else "HYSMyeongJo-Medium", 10)
        canvas.drawString(x, y + 13 * page_after if number >= page_after else y, line)
    canvas.save()
    document = parse(out.getvalue(), filename="a.pdf")
    check(document)
    return document.text


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("and this most extraordi-", "nary request", "extraordinary request"),
        ("and this rather well-", "known request", "well-known request"),
        ("of the Anglo-", "Saxon readers", "Anglo-Saxon readers"),
        ("from the season 2019-", "2020 and later", "2019-2020 and later"),
        ("a state-of-the-", "art request", "state-of-the-art request"),
        ("an up-", "to-date request", "up-to-date request"),
        ("all the records that came from pre-", "and post-war years", "pre- and post-war years"),
        ("which they could under-", "stand of it", "understand of it"),
        ("이 회의는 한-", "미 양국이 열었다", "한-미 양국이"),
    ],
)
def test_one_hyphen(before: str, after: str, told: str, order: int) -> None:
    assert told in pdf([f"It was then the case that {before}", f"{after} {ENDS[0]}", ENDS[1]], order=order)


@pytest.mark.parametrize(
    ("elsewhere", "told"),
    [("A long-term plan.", "long-term view"), ("A term that is long.", "long-term view"), ("The longterm plan.", "longterm view")],
)
def test_the_document_itself_says_which_it_is(elsewhere: str, told: str) -> None:
    assert told in pdf([elsewhere, "", "It was then the case and so that a long-", f"term view {ENDS[0]}", ENDS[1]])


def test_the_rest_of_a_word_in_the_next_column_and_on_the_next_page() -> None:
    lines = [f"Line {number} of the text that fills the col" for number in range(20)]
    columns = pdf([*lines, "and at the end of it stands an extraordi-"], ["nary request, which then", *(line.lower() for line in lines)])
    assert "an extraordinary request" in columns
    pages = pdf([*lines, "and at the end of it stands an extraordi-", "nary request, which then ends."], page_after=21)
    assert "an extraordinary request" in pages
