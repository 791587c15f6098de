"""What each format gives: text, offsets, pages, headings, tables; what is invisible stays out."""

import io
import unicodedata

import pytest
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from maru.knowledge.parse import parse
from tests.documents import make
from tests.unit.knowledge.parse.offsets import check

KOREAN = "제1조(목적) 이 규칙은 연차 휴가를 정한다.\n둘째 줄이다. 값은 3.5%이다."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "euc-kr", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_korean_text_in_any_encoding(encoding: str) -> None:
    latin = "Latin words come first so that the bytes show their width. " if encoding in {"utf-16-le", "utf-16-be"} else ""
    document = parse((latin + KOREAN).encode(encoding), filename="a.txt")
    assert document.text == latin + KOREAN
    check(document)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("café à la carte".encode("cp1252"), "café à la carte"),
        ("한글".encode("cp949"), "한글"),
        ("한글 끝".encode("cp949")[:-1], "한글"),
        ("뷁은 완성형에 없다".encode("cp949"), "뷁은 완성형에 없다"),
        ("연차".encode() + b"\xff" + " 휴가는 며칠인가요".encode(), "연차\ufffd 휴가는 며칠인가요"),
        (unicodedata.normalize("NFD", "연차 휴가").encode(), "연차 휴가"),
        ("한글 안내문, mail".encode("iso2022_kr"), "한글 안내문, mail"),
        (b"a\r\nb\rc\x00\x0bd\xc2\xa0e\xef\xbb\xbf", "a\nb\nc\nd e"),
    ],
)
def test_text_is_cleaned(data: bytes, text: str) -> None:
    assert parse(data, filename="a.txt").text.rstrip() == text


def test_combining_marks_do_not_take_quadratic_time() -> None:
    assert len(parse(("a" + "\u0316\u0300" * 200_000).encode(), filename="a.txt").text) < 100


def test_markdown_keeps_its_text() -> None:
    source = "Title\n=====\n\n## A **bold** one ##\n\n```\n# no heading\n| no | table |\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nend"
    document = parse(source.encode(), filename="a.md")
    assert document.text == source
    assert [(heading.level, heading.title) for heading in document.headings] == [(1, "Title"), (2, "A bold one")]
    assert [source[table.start : table.end] for table in document.tables] == ["| a | b |\n|---|---|\n| 1 | 2 |"]
    assert document.title == "Title"
    check(parse("# 가\n\n| a |\n|---|\n| 1 |".encode(), filename="a.md"))


def test_front_matter_of_markdown_is_no_heading() -> None:
    source = '---\ntitle: "배포 절차"\ntags:\n  - ops\ndate: 2026-01-02\n---\n# 배포\n\n본문\n\n둘째\n---\n'
    document = parse(source.encode(), filename="a.md")
    assert [(heading.level, heading.title) for heading in document.headings] == [(1, "배포"), (2, "둘째")]
    assert (document.title, document.text) == ("배포 절차", source.rstrip())
    check(document)
    ruled = parse(b"---\nA text below a rule\n---\n", filename="a.md")
    assert [heading.title for heading in ruled.headings] == ["A text below a rule"]


def test_formulas_of_word_keep_their_shape() -> None:
    half = "<f><num><r><t>a+b</t></r></num><den><r><t>2</t></r></den></f>"
    square = "<sSup><e><r><t>x</t></r></e><sup><r><t>2</t></r></sup></sSup>"
    body = (
        f"<w:p><w:r><w:t>Mean </w:t></w:r><oMath xmlns='m'>{half}</oMath><w:r><w:t> of </w:t></w:r><oMath xmlns='m'>{square}</oMath></w:p>"
    )
    assert parse(make.docx(body), filename="a.docx").text == "Mean (a+b)/2 of x^2"


def test_a_cell_that_spans_more_columns_than_there_are_spans_these() -> None:
    page = "<table><tr><td>a<td>b</tr><tr><td colspan='100'>all</tr></table>"
    assert parse(page.encode(), filename="a.html").text == "| a | b |\n| --- | --- |\n| all | all |"


def test_html_gives_what_is_seen() -> None:
    page = """<!doctype html><html><head><title>제목</title><style>p{}</style></head><body>
      <script>secret()</script><noscript>turn it on</noscript><!-- remark -->
      <p hidden>gone</p><p style="DISPLAY : none">gone</p><div style="visibility:hidden">gone</div>
      <h2>연차 <em>휴가</em></h2><p>일수는<br>15일이다.</p>
      <ul><li>하나<ul><li>안쪽</li></ul></li><li>둘</li></ul><ol start="3"><li>셋</li></ol>
      <table><tr><th>가</th><th>나</th></tr><tr><td rowspan="2">1</td><td>a|b</td></tr><tr><td>c</td></tr></table>
      </body></html><p>after the end</p>"""
    document = parse(page.encode("cp949"), filename="a.html")
    assert document.text == (
        "## 연차 휴가\n\n일수는\n15일이다.\n\n- 하나\n  - 안쪽\n- 둘\n\n3. 셋\n\n"
        "| 가 | 나 |\n| --- | --- |\n| 1 | a\\|b |\n| 1 | c |\n\nafter the end"
    )
    assert document.title == "제목"
    check(document)


def test_a_page_in_a_declared_encoding() -> None:
    page = '<html><head><meta charset="shift_jis"></head><body><p>有給休暇は何日ですか。</p></body></html>'
    assert parse(page.encode("shift_jis"), filename="a.html").text == "有給休暇は何日ですか。"


def test_docx_structure() -> None:
    styles = (
        "<w:style w:type='paragraph' w:styleId='1'><w:name w:val='heading 1'/></w:style>"
        "<w:style w:type='paragraph' w:styleId='mine'><w:name w:val='My'/><w:basedOn w:val='1'/></w:style>"
    )
    level = "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='{}'/><w:lvlText w:val='{}'/></w:lvl>"
    numbering = (
        f"<w:abstractNum w:abstractNumId='0'>{level.format('decimal', '제%1조')}</w:abstractNum>"
        f"<w:abstractNum w:abstractNumId='1'>{level.format('bullet', '·')}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
    )
    article = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr>"
    bullet = article.replace("w:numId w:val='1'", "w:numId w:val='2'")
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    table = (
        f"<w:tbl><w:tr>{cell.format('', make.paragraph('가'))}{cell.format('<w:vMerge w:val="restart"/>', make.paragraph('나'))}</w:tr>"
        f"<w:tr>{cell.format('', make.paragraph('1'))}{cell.format('<w:vMerge/>', make.paragraph(''))}</w:tr></w:tbl>"
    )
    body = (
        make.paragraph("머리", "<w:pStyle w:val='mine'/>")
        + make.paragraph("(목적) 이 규칙은 휴가를 정한다.", article)
        + make.paragraph("(범위) 모든 직원이다.", article)
        + table
        + make.paragraph("점", bullet)
        + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>"
    )
    document = parse(make.docx(body, styles=styles, numbering=numbering), filename="a.docx")
    assert document.text == (
        "# 머리\n\n제1조 (목적) 이 규칙은 휴가를 정한다.\n제2조 (범위) 모든 직원이다.\n\n"
        "| 가 | 나 |\n| --- | --- |\n| 1 | 나 |\n\n- 점\n\ninserted"
    )
    assert [(heading.level, heading.title) for heading in document.headings] == [(1, "머리"), (4, "제1조 (목적)"), (4, "제2조 (범위)")]
    check(document)


@pytest.mark.parametrize(
    ("properties", "around", "read"),
    [
        ("<w:color w:val='ffffff'/>", "{}", "seen"),
        ("<w:sz w:val='2'/>", "{}", "seen"),
        ("<w:color w:val='FFFFFF'/><w:shd w:fill='1F3864'/>", "{}", "seen\n\nwritten"),
        ("<w:color w:val='FFFFFF'/><w:highlight w:val='blue'/>", "{}", "seen\n\nwritten"),
        ("<w:color w:val='FFFFFF'/>", "<w:tbl><w:tr><w:tc>{0}</w:tc><w:tc>{0}</w:tc></w:tr></w:tbl>", "seen\n\nwritten written"),
        ("<w:color w:val='auto'/><w:sz w:val='16'/>", "{}", "seen\n\nwritten"),
    ],
)
def test_white_text_on_the_page_of_a_word_document_is_left_out(properties: str, around: str, read: str) -> None:
    paragraph = f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>written</w:t></w:r></w:p>"
    assert parse(make.docx(make.paragraph("seen") + around.format(paragraph)), filename="a.docx").text == read


def test_pdf_pages() -> None:
    document = parse(make.pdf("The first page.", "The second page.", "The third one."), filename="a.pdf")
    assert [document.text[page.start : page.end].strip() for page in document.pages] == [
        "The first page.",
        "The second page.",
        "The third one.",
    ]
    assert document.page_at(document.text.index("second")) == 2
    check(document)


def test_a_sentence_goes_on_over_the_end_of_a_page() -> None:
    first = "This sentence of the first page is long enough and goes"
    document = parse(make.pdf(first, "on with the second page. Next."), filename="a.pdf")
    assert document.text == f"{first} on with the second page. Next."
    assert document.page_at(document.text.index("Next")) == 2


def test_page_numbers_and_running_heads_are_left_out() -> None:
    pages = [f"Annual Report 2026\n\n\nText of page {'abcde'[number]} stands here.\nMore of it.\n\n- {number} -" for number in range(5)]
    text = parse(make.pdf(*pages), filename="a.pdf").text
    assert text.count("Annual Report") == 1
    assert "- 3 -" not in text
    assert "Text of page d" in text


def test_rows_of_a_table_at_the_edges_of_pages_are_no_running_heads() -> None:
    rows = [f"Index {number:>3}          {3 * number}.5          {2 * number}" for number in range(1, 41)]
    pages = ["\n".join(["Name          Then          Now", *rows[at : at + 10]]) for at in range(0, 40, 10)]
    document = parse(make.pdf(*pages), filename="a.pdf")
    assert [number for number in range(1, 41) if f"{3 * number}.5 | {2 * number} |" not in document.text] == []
    assert document.text.count("| Name | Then | Now |") == 4, "the heading belongs to the rows of each page"
    numbered = parse(
        make.pdf(*(f"Step {9 * number} of all\nText {number}.\nMore.\nThe end of {number * number}" for number in range(6))),
        filename="a.pdf",
    )
    assert all(f"Step {9 * number} of all" in numbered.text for number in range(6)), "numbers that do not go with the pages"


def test_what_was_filled_into_a_form_stands_behind_its_label() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 760, "Name of the applicant:")
    canvas.drawString(72, 720, "Days of leave:")
    canvas.acroForm.textfield(name="name", value="Kim Minji", x=220, y=752, width=200, height=20)
    canvas.acroForm.textfield(name="days", value="15", x=220, y=712, width=200, height=20)
    canvas.save()
    text = " ".join(parse(out.getvalue(), filename="a.pdf").text.split())
    assert text == "Name of the applicant: Kim Minji Days of leave: 15"


def test_lines_of_a_narrow_column_below_a_wide_one_are_one_paragraph() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setFont("Helvetica", 10)
    words = "The narrow column goes on for some lines and each of them ends where the column does, which is not where others end."
    column = simpleSplit(f"{words} {words}", "Helvetica", 10, 200)
    for at, line in enumerate(simpleSplit(f"{words} {words} {words}", "Helvetica", 10, 450)):
        canvas.drawString(72, 760 - 12 * at, line)
    for at, line in enumerate(column):
        canvas.drawString(72, 680 - 12 * at, line)
    canvas.save()
    assert parse(out.getvalue(), filename="a.pdf").text == f"{words} {words} {words}\n\n{words} {words}"


def test_pages_of_pictures_beside_text_are_said() -> None:
    mixed = parse(make.pdf("A page with quite a lot of words on it.", "", picture=True), filename="a.pdf")
    assert "2" in mixed.warnings[0]


@pytest.mark.parametrize(
    ("filename", "content_type", "data", "media_type"),
    [
        ("a.txt", "text/plain", make.pdf("A page."), "application/pdf"),
        ("a.pdf", None, make.docx(make.paragraph("a")), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a", None, b"<!doctype html><p>a</p>", "text/html"),
        ("a", "text/html; charset=utf-8", b"a <b>c</b>", "text/html"),
        ("a", "text/markdown", b"# a", "text/markdown"),
        ("README.md", None, b"<div>a</div>", "text/markdown"),
        ("a.csv", None, b"a,b", "text/csv"),
        ("noname", None, b"a", "text/plain"),
    ],
)
def test_the_content_decides(filename: str, content_type: str | None, data: bytes, media_type: str) -> None:
    assert parse(data, filename=filename, content_type=content_type).media_type == media_type


def test_what_fields_of_a_form_hold_is_read_as_far_as_it_is_seen() -> None:
    page = (
        '<form><input type="checkbox" role="button" id="menu"><label for="menu">차림표</label><br>'
        '<label>성명 <input value="김 유신"></label><br>동의 <input type="checkbox" checked> 거절 <input type="checkbox"><br>'
        "부서 <select><option>선택하세요</option><option selected>영업<option>인사</select><br><textarea>남긴 말</textarea>"
        '<input type="hidden" value="secret1"><input type="password" value="secret2"><input value="secret3" style="display:none">'
        '<select hidden><option selected>secret4</option></select><input type="submit" value="보내기"></form>'
        "<table><tr><td>수량</td><td>단가</td></tr><tr><td><input value='3'></td><td>9</td></tr></table>"
    )
    document = parse(page.encode(), filename="a.html")
    table = "| 수량 | 단가 |\n| --- | --- |\n| 3 | 9 |"
    assert document.text == f"차림표\n성명 김 유신\n동의 ☒ 거절 ☐\n부서 영업\n남긴 말\n\n{table}"
    check(document)
