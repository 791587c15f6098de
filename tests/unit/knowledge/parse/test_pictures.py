"""The words that stand for pictures are part of what a document says."""

import pytest

from maru.knowledge.parse import parse
from tests.unit.knowledge.parse.offsets import check


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ('<p>매출은 <img src="a.png" alt="2025년 매출 막대그래프">과 같다.</p>', "매출은 2025년 매출 막대그래프 과 같다."),
        (
            '<figure><img alt="Org chart of the sales team"><figcaption>Figure 1</figcaption></figure>',
            "Org chart of the sales team\n\nFigure 1",
        ),
        ('<img title="설치 순서도"><p>끝</p>', "설치 순서도\n\n끝"),
        (
            '<table><tr><td>항목<td>표시</tr><tr><td>보안<td><img alt="합격"></tr></table>',
            "| 항목 | 표시 |\n| --- | --- |\n| 보안 | 합격 |",
        ),
        ('<p><span role="img" aria-label="warning sign">!</span> Mind the gap</p>', "warning sign Mind the gap"),
        ('<p><svg role="img"><title>Plan of the 2nd floor</title><path/></svg></p>', "Plan of the 2nd floor"),
        ('<p>a <img alt=""> b <img alt="IMG_0012.jpg"> <svg><path/></svg> <img aria-hidden="true" alt="x"> c</p>', "a b c"),
        ('<p><a href="/"><img alt="Home">Home</a> <img style="display:none" alt="hidden"></p>', "Home"),
        ('<figure><img alt="조직도"><figcaption>조직도</figcaption></figure>', "조직도"),
    ],
    ids=["amid words", "figure", "title", "in a cell", "role", "svg", "adorning", "said by the link", "said by the caption"],
)
def test_pictures_of_pages_are_told_by_their_words(page: str, told: str) -> None:
    document = parse(f"<!doctype html><body>{page}".encode(), filename="a.html")
    check(document)
    assert document.text == told
