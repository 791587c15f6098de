"""Documents as programs and people really make them, where these go their own ways."""

import base64
import io
import struct

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from maru.knowledge.parse import parse
from maru.knowledge.parse.model import ParsedDocument
from tests.unit.knowledge.parse.offsets import check


def read(data: bytes, filename: str) -> ParsedDocument:
    document = parse(data, filename=filename)
    check(document)
    return document


MAIL = """\
Subject: 견적 요청
From: 김철수 <kim@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=X

--X
Content-Type: text/plain; charset={charset}

본문입니다.
--X
Content-Type: application/octet-stream; name="견적서.csv"
Content-Disposition: attachment; filename="견적서.csv"

이름,값
가,1
--X--
"""


@pytest.mark.parametrize(("charset", "encoding"), [("ks_c_5601-1987", "cp949"), ("euc-kr", "euc-kr"), ("utf-8", "utf-8")])
def test_headers_of_mails_that_were_written_without_being_encoded(charset: str, encoding: str) -> None:
    document = read(MAIL.format(charset=charset).replace("\n", "\r\n").encode(encoding), "a.eml")
    assert document.title == "견적 요청"
    assert [one.title for one in document.headings] == ["견적 요청", "견적서.csv"]
    assert "From: 김철수 <kim@example.com>\n\n본문입니다." in document.text
    assert document.text.endswith("| 이름 | 값 |\n| --- | --- |\n| 가 | 1 |")


def parts(*inner: str, kind: str = "mixed") -> bytes:
    """A mail of parts, each its own header lines, an empty line and its body."""
    head = f"Subject: 견적\nMIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=X\n"
    return (head + "".join(f"\n--X\n{one}\n" for one in inner) + "\n--X--\n").replace("\n", "\r\n").encode()


def test_a_mail_whose_plain_form_is_empty_is_read_from_its_page() -> None:
    page = "Content-Type: text/html; charset=utf-8\n\n<p>본문은 여기에만 있다.</p>"
    assert read(parts("Content-Type: text/plain\n\n \n", page, kind="alternative"), "a.eml").text == "# 견적\n\n본문은 여기에만 있다."


def tnef(*attributes: tuple[int, bytes]) -> str:
    packed = b"".join(struct.pack("<BII", 2, kind, len(data)) + data + struct.pack("<H", sum(data) % 65536) for kind, data in attributes)
    return base64.encodebytes(struct.pack("<IH", 0x223E9F78, 1) + packed).decode()


def test_attachments_that_outlook_packed_are_read() -> None:
    long = "2025년 견적서 최종.txt\0".encode("utf-16-le")
    named = struct.pack("<IHHII", 1, 0x001F, 0x3707, 1, len(long)) + long
    packed = tnef(
        *((0x69002, bytes(14)), (0x18010, "견적.txt\0".encode("cp949")), (0x6800F, "금액은 100만 원".encode("cp949"))),
        *((0x69002, bytes(14)), (0x18010, b"2025~1.TXT\0"), (0x69005, named), (0x6800F, "최종은 90만 원".encode())),
    )
    part = f'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n{packed}'
    mail = parts("Content-Type: text/plain; charset=utf-8\n\n붙임을 보세요.", part)
    assert read(mail, "a.eml").text == (
        "# 견적\n\n붙임을 보세요.\n\n## 견적.txt\n\n금액은 100만 원\n\n## 2025년 견적서 최종.txt\n\n최종은 90만 원"
    )
    for cut in range(0, len(packed), 7):
        parse(parts("Content-Type: text/plain\n\nbody", part[: -cut or None]), filename="a.eml")


TABLE = "| 이름 | 값 | 합 |\n| --- | --- | --- |\n| 가 | 1 | 2 |\n| 나 | 3 | 4 |"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("보고서\n작성일,2025-01-01\n\n이름,값,합\n가,1,2\n나,3,4\n", f"보고서\n작성일 2025-01-01\n\n{TABLE}"),
        ("보고서,,\n작성일,2025-01-01,\n,,\n이름,값,합\n가,1,2\n나,3,4\n", f"보고서\n작성일 2025-01-01\n\n{TABLE}"),
        ("이름,값,합\n가,1,2\n\n나,3,4\n", TABLE),
        ("\n\n이름,값,합\n가,1,2\n나,3,4\n", TABLE),
        ("sep=;\n이름;값;합\n가;1;2\n나;3;4\n", TABLE),
    ],
    ids=["a preamble", "a padded preamble", "a blank line in the table", "blank lines before it", "the separator is told"],
)
def test_tables_in_csv_begin_where_they_begin(text: str, told: str) -> None:
    assert read(text.encode("cp949"), "a.csv").text == told
    assert read(text.replace("\n", "\r\n").encode(), "a.csv").text == told


def printed(*titles: str) -> bytes:
    """Pages of two columns with a running head and a page number, each under a title."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    for number, title in enumerate(titles, 1):
        for size, x, y, text in ((8, 50, 820, "Rules of the house, 2025"), (8, 291, 20, f"- {number} -"), (9, 50, 790, title)):
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        for line in range(12):
            canvas.drawString(50, 760 - line * 14, f"Left words {number}.{line} go on and on and")
            canvas.drawString(310, 760 - line * 14, f"right words {number}.{line} go on and on and")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("title", ["Chapter {} Leave", "Form {}: request", "Appendix {}"])
def test_titles_that_count_with_the_pages_are_no_running_heads(title: str) -> None:
    text = read(printed(*(title.format(number) for number in range(1, 5))), "a.pdf").text
    assert [title.format(number) in text for number in range(1, 5)] == [True] * 4
    assert text.count("Rules of the house, 2025") == 1
    assert "- 1 -" not in text
    assert not [line for line in text.split("\n") if line.strip() == "-"], "nor half a page number"


@pytest.mark.parametrize("head", ["Page {} of 4, confidential", "House rules | {}"])
def test_running_heads_with_the_pages_number_are_told_once_at_most(head: str) -> None:
    text = read(printed(*(head.format(number) for number in range(1, 5))), "a.pdf").text
    assert sum(head.format(number) in text for number in range(1, 5)) <= 1


def workbook(*rows: list[object], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    book.active.title = "매출"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_title_over_all_columns_is_said_once_and_a_merged_heading_over_each_of_its_own() -> None:
    title = read(workbook(["2025년 매출"], ["부서", "1분기", "2분기"], ["영업", 1, 2], merged="A1:C1"), "a.xlsx")
    assert title.text == "# 매출\n\n2025년 매출\n\n| 부서 | 1분기 | 2분기 |\n| --- | --- | --- |\n| 영업 | 1 | 2 |"
    heading = read(workbook(["부서", "분기", None], ["영업", 1, 2], merged="B1:C1"), "a.xlsx")
    assert heading.text == "# 매출\n\n| 부서 | 분기 | 분기 |\n| --- | --- | --- |\n| 영업 | 1 | 2 |"


def test_formulas_without_a_value_are_told() -> None:
    assert [text.partition(".")[0] for text in read(workbook(["합계", "값"], ["가", "=1+1"]), "a.xlsx").warnings] == [
        "Formulas that no program has computed are empty"
    ]
    assert read(workbook(["합계", "값"], ["가", 2]), "a.xlsx").warnings == ()
