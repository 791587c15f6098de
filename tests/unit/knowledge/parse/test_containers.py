"""Tables as text, records, mails, books and archives: what of them stands in the rendering, and where."""

import zipfile
from io import BytesIO

import pytest

from maru.knowledge.parse import ParseFailed, parse
from tests.documents import make, office, ole, spoiled
from tests.unit.knowledge.parse.offsets import check

TABLE = "| 이름 | 값 |\n| --- | --- |\n| 김, 유신 | 3 |"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_tables_as_text(encoding: str, separator: str) -> None:
    text = f'이름{separator}값\r\n"김, 유신"{separator}3\r\n'
    document = parse(text.encode(encoding), filename="a.csv" if separator != "\t" else "a.tsv")
    assert document.text == TABLE
    assert document.media_type == "text/csv"
    check(document)


def test_a_cell_may_hold_lines_and_bars() -> None:
    document = parse(b'a,b\n"one\ntwo | three",2\n', filename="a.csv")
    assert document.text.endswith("| one two \\| three | 2 |")


def test_a_quote_that_nobody_closes_swallows_no_rows() -> None:
    document = parse(("a,b\n" + '"open,1\n' + "x,2\n" * 400_000).encode(), filename="a.csv")
    assert document.text.count("| x | 2 |") == 400_000


def test_records() -> None:
    articles = '[{"번호": 1, "제목": "목적"}, {"번호": 2, "제목": "범위"}]'
    more = '{"태그": ["가", "나"], "빈": {}}'
    text = f'{{"이름": "규정", "버전": 2, "조항": {articles}, "기타": {more}}}'
    document = parse(text.encode(), filename="a.json")
    assert document.text == (
        "- 이름: 규정\n- 버전: 2\n\n# 조항\n\n| 번호 | 제목 |\n| --- | --- |\n| 1 | 목적 |\n| 2 | 범위 |\n\n# 기타\n\n## 태그\n\n- 가\n- 나"
    )
    check(document)


def test_records_one_a_line() -> None:
    document = parse('{"질문": "몇 일?", "답": "15일"}\n\n{"질문": "왜?", "답": null}\n'.encode("cp949"), filename="a.jsonl")
    assert document.text == "| 질문 | 답 |\n| --- | --- |\n| 몇 일? | 15일 |\n| 왜? |  |"
    cut = parse('{"q": "하나"}\n{"q": broken\n{"q": "둘"}\n\n{"q": "셋"}\n{"q": "네'.encode(), filename="a.jsonl")
    assert cut.text == "- q: 하나\n\n- q: 둘\n\n- q: 셋"
    assert cut.warnings == ("Lines that are not JSON were left out: 2, 6.",)
    with pytest.raises(ParseFailed) as failed:
        parse(b'{"q": 1}\nno json at all\n', filename="a.jsonl")
    assert failed.value.code == "damaged"
    long = parse(f'{{"q": "{"글 " * 300}", "a": 1}}\n{{"q": "b", "a": 2}}'.encode(), filename="a.jsonl")
    assert long.text.endswith("\n\n- q: b\n- a: 2")
    check(long)


@pytest.mark.parametrize("filename", ["a.eml", "mail"])
def test_mail(filename: str) -> None:
    document = parse(spoiled.eml(), filename=filename)
    assert document.text == (
        "# 회의\n\nFrom: 김유신 <kim@example.test>\nTo: team@example.test\n\n본문입니다.\n\n"
        "## a.csv\n\n| 구분 | 일수 |\n| --- | --- |\n| 연차 | 15 |"
    )
    assert document.title == "회의"
    check(document)


def test_mail_of_html_with_a_mail_attached() -> None:
    inner = "From: a@example.test\nSubject: inner\n\ninner text"
    data = (
        "Received: x\nSubject: outer\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; charset=utf-8\n\n"
        f"<p>안녕 <b>하세요</b></p>\n--x\nContent-Type: message/rfc822\n\n{inner}\n--x\nContent-Type: application/zip\n"
        "Content-Disposition: attachment; filename=a.zip\nContent-Transfer-Encoding: base64\n\nUEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==\n--x--\n"
    )
    document = parse(data.encode(), filename="a.eml")
    assert document.text == "# outer\n\n안녕 하세요\n\n## inner\n\nFrom: a@example.test\n\ninner text"
    assert "a.zip" in document.warnings[0]


def test_outlook_mail() -> None:
    document = parse(ole.msg(subject="회의", body="본문", attachments={"표.csv": b"a,b\n1,2"}), filename="a.msg")
    assert document.text == (
        "# 회의\n\nFrom: 김유신 <kim@example.test>\nTo: team@example.test\n\n본문\n\n## 표.csv\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    )
    check(document)
    assert "in HTML" in parse(ole.msg(subject="x", body="", html=b"<p>in <b>HTML</b></p>"), filename="a.msg").text


def test_a_book_in_the_order_of_its_spine() -> None:
    document = parse(
        office.epub("<h1>첫 장</h1><p>하나</p>", "<img src='x'/>", "<h1>둘째 장</h1><table><tr><td>a</td></tr></table>"), filename="a.epub"
    )
    assert document.text == "# 첫 장\n\n하나\n\n# 둘째 장\n\na"
    assert document.title == "책"
    check(document)


def test_an_archive_of_documents() -> None:
    data = office.packed(
        {
            "규정/휴가.md": "## 휴가\n\n| a | b |\n| - | - |\n| 1 | 2 |",
            "a.txt": "텍스트".encode("cp949"),
            "b.docx": make.docx(make.paragraph("문서")),
            "m.eml": spoiled.eml(),
            "z.zip": make.archive(a=b"x"),
            "p.png": make.PNG,
            "__MACOSX/x": "no",
        }
    )
    document = parse(data, filename="a.zip")
    assert [(heading.level, heading.title) for heading in document.headings][-2:] == [(1, "규정/휴가.md"), (3, "휴가")]
    assert "# a.txt\n\n텍스트\n\n# b.docx\n\n문서\n\n# m.eml\n\n# 회의" in document.text
    assert document.warnings == (
        "Files inside it that could not be read were left out: p.png (unsupported), z.zip (a container in a container).",
    )
    check(document)


def test_names_of_an_old_korean_windows() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("AAAA.txt", "text")
    data = out.getvalue().replace(b"AAAA.txt", "휴가".encode("cp949") + b".txt")
    assert parse(data, filename="a.zip").text.startswith("# 휴가.txt")
