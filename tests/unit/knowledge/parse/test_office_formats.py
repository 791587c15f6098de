"""Presentations, workbooks, HWPX and HWP documents: what of them stands in the rendering, and where."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from maru.knowledge.parse import parse
from maru.knowledge.parse.build import headed
from maru.knowledge.parse.from_xlsx import shown
from tests.data import public_data
from tests.documents import office, ole
from tests.unit.knowledge.parse.offsets import check


def test_slides_are_pages_with_their_tables_and_notes() -> None:
    chart = (
        f'<c:chartSpace xmlns:c="c" xmlns:a="{office.A}"><c:chart><c:title><a:t>매출</a:t></c:title>'
        '<c:ser><c:tx><c:pt idx="0"><c:v>2026</c:v></c:pt>'
        '</c:tx><c:cat><c:pt idx="0"><c:v>1월</c:v></c:pt></c:cat>'
        '<c:val><c:pt idx="0"><c:v>7</c:v></c:pt></c:val></c:ser></c:chart></c:chartSpace>'
    )
    first = (
        office.shape("아래", y=9_000_000)
        + office.shape("휴가 안내", kind="title")
        + office.shape("위", y=1_000_000)
        + office.shape("7", kind="sldNum")
        + office.frame(office.table([["구분", "일수"], ["연차", "15"]]), 2_000_000)
        + office.frame('<c:chart xmlns:c="c" r:id="c1"/>', 3_000_000)
    )
    data = office.pptx(
        office.slide(first),
        office.slide(office.shape("숨은 쪽"), extra='show="0"'),
        office.slide(office.shape("둘째 쪽")),
        **{
            "ppt/slides/_rels/slide0.xml.rels": office.relations(n=("notesSlide", "../notes/n.xml"), c1=("chart", "/ppt/charts/c.xml")),
            "ppt/notes/n.xml": office.slide(office.shape("발표자 메모", kind="body"), "notes"),
            "ppt/charts/c.xml": chart,
        },
    )
    document = parse(data, filename="a.pptx")
    assert document.text == (
        "# 휴가 안내\n\n위\n\n| 구분 | 일수 |\n| --- | --- |\n| 연차 | 15 |\n\n| 매출 | 2026 |\n| --- | --- |\n| 1월 | 7 |\n\n"
        "아래\n\n발표자 메모\n\n둘째 쪽"
    )
    assert document.page_at(document.text.index("둘째")) == 2
    check(document)


def test_sheets_are_pages_and_cells_read_as_they_are_shown() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "급여"
    sheet.append(["직급", "적용일", "인상률", "금액", "비고"])
    sheet.append(["과장", dt.date(2026, 3, 1), 0.153, 4200000, True])
    sheet["C2"].number_format, sheet["D2"].number_format = "0.0%", "#,##0"
    sheet.append([])
    sheet.append([None, "둘째 표", "값"])
    sheet.append([None, "합", 1.5])
    sheet.merge_cells("B6:C6")
    sheet["B6"] = "병합"
    sheet.append([None, "숨은 줄", 1])
    sheet.row_dimensions[7].hidden = True
    book.create_sheet("숨김").append(["비밀"])
    book["숨김"].sheet_state = "hidden"
    book.create_sheet("메모").append(["한 줄", "뿐"])
    document = parse(office.saved(book), filename="a.xlsx")
    assert document.text == (
        "# 급여\n\n| 직급 | 적용일 | 인상률 | 금액 | 비고 |\n| --- | --- | --- | --- | --- |\n"
        "| 과장 | 2026-03-01 | 15.3% | 4,200,000 | TRUE |\n\n"
        "| 둘째 표 | 값 |\n| --- | --- |\n| 합 | 1.5 |\n| 병합 |  |\n\n# 메모\n\n한 줄 뿐"
    )
    assert [heading.title for heading in document.headings] == ["급여", "메모"]
    assert document.page_at(document.text.index("한 줄")) == 2
    check(document)


def test_a_title_over_a_table_is_text_and_a_heading_of_two_rows_is_one() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "단가"
    for row in (
        ["상반기 단가", None, None, None],
        ["품번", "단가(원)", None, "납기"],
        [None, "1~99개", "100개 이상", None],
        ["A-1", 9, 8, "재고"],
    ):
        sheet.append(row)
    for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(cells)
    table = "| 품번 | 단가(원) 1~99개 | 단가(원) 100개 이상 | 납기 |\n| --- | --- | --- | --- |\n| A-1 | 9 | 8 | 재고 |"
    document = parse(office.saved(book), filename="a.xlsx")
    assert document.text == f"# 단가\n\n상반기 단가\n\n{table}"
    assert [document.text[span.start : span.end] for span in document.tables] == [table]
    check(document)


def test_a_table_without_titles_stays_as_it_is() -> None:
    rows = [["구분", "부서", "부서"], ["구분", "영업", "영업"], ["합", "1", "1"]]
    assert headed(rows) == ([], rows), "nothing is named below what spans"
    assert headed([["합", "합", "합"], ["1", "2", "3"]]) == ([], [["합", "합", "합"], ["1", "2", "3"]]), "a heading must be left"
    assert headed([["메모", ""], ["가", "나"], ["다", "라"]])[0] == []


def test_notes_of_cells_follow_their_sheet() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "단가"
    for row in (["품번", "금액"], ["A-1", 9], ["B-2", None], ["숨김", 1]):
        sheet.append(row)
    notes = {
        "A2": ("9월\n단종", "구매팀"),
        "B3": ("협의 중", "구매팀"),
        "A4": ("숨은 메모", "구매팀"),
        "B2": ("[Threaded comment] 왜?", "tc={1}"),
    }
    for place, (text, author) in notes.items():
        sheet[place].comment = Comment(text, author)
    sheet.row_dimensions[4].hidden = True
    text = parse(office.saved(book), filename="a.xlsx").text
    assert text == "# 단가\n\n| 품번 | 금액 |\n| --- | --- |\n| A-1 | 9 |\n| B-2 |  |\n\n- A-1: [comment] 9월 단종\n- B3: [comment] 협의 중"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1234.5, '"₩"#,##0', "₩1,234.5"),
        (-1200, "[$€-407]#,##0", "-€1,200"),
        (4.5, "_($* #,##0.00_);_($* (#,##0.00)", "$4.50"),
        (1200000, '#,##0"원"', "1,200,000원"),
        (72, '0.0" kg"', "72 kg"),
        (123, "00000", "00123"),
        (1234567, '#,##0,"천원"', "1,234,567"),
        (821012345678, "00-00-0000-0000", "821012345678"),
        (0.153, "0.0%", "15.3%"),
        (7, "General", "7"),
        (dt.timedelta(hours=36, minutes=5), "[h]:mm", "36:05:00"),
    ],
)
def test_units_currencies_and_leading_zeros_are_read_as_the_sheet_shows_them(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_large_workbook_is_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maru.knowledge.parse.from_xlsx._WHOLE", 0)
    document = parse(office.xlsx(a=[["n", "v"], *([n, f"값 {n}"] for n in range(500))]), filename="a.xlsx")
    assert document.text.endswith("| 499 | 값 499 |")
    check(document)


HEADS = (
    '<numbering id="3"><paraHead level="1" numFormat="DIGIT" start="1">제^1조</paraHead>'
    '<paraHead level="2" numFormat="HANGUL_SYLLABLE" start="1">^2.</paraHead></numbering>'
    '<paraPr id="1"><heading type="OUTLINE" level="0"/></paraPr><paraPr id="2"><heading type="NUMBER" idRef="3" level="1"/></paraPr>'
    '<paraPr id="3"><heading type="BULLET" level="0"/></paraPr>'
)


def test_hwpx_structure() -> None:
    head = f"<hp:ctrl><hp:header><hp:subList>{office.hp('머리말')}</hp:subList></hp:header></hp:ctrl>"
    note = f"<hp:ctrl><hp:footNote><hp:subList>{office.hp('각주')}</hp:subList></hp:footNote></hp:ctrl>"
    comment = f"<hp:ctrl><hp:hiddenComment><hp:subList>{office.hp('숨은 설명')}</hp:subList></hp:hiddenComment></hp:ctrl>"
    box = f"<hp:rect><hp:drawText><hp:subList>{office.hp('글상자')}</hp:subList></hp:drawText></hp:rect>"
    frame = office.hp_table([["테두리 글"]])
    section = (
        office.hp("목적", "1", f'<hp:secPr outlineShapeIDRef="3"/>{head}')
        + office.hp("가<hp:tab/>나<hp:lineBreak/>다<hp:deleteBegin/>지움<hp:deleteEnd/>라", more=note + comment + box)
        + office.hp("항목", "2")
        + office.hp("항목", "2")
        + office.hp("점", "3")
        + office.hp("", more=office.hp_table([["구분", "일수"], ["연차", "15"]]))
        + office.hp("", more=frame)
    )
    document = parse(office.hwpx(section, office.hp("둘째 구역", "1", head), header=HEADS), filename="a.hwpx")
    assert document.text == (
        "# 제1조 목적\n\n머리말\n\n가 나\n다라\n\n각주\n\n글상자\n\n  가. 항목\n  나. 항목\n- 점\n\n"
        "| 구분 | 일수 |\n| --- | --- |\n| 연차 | 15 |\n\n테두리 글\n\n# 제2조 둘째 구역"
    )
    assert document.title == "문서"
    check(document)


def test_hwp_structure() -> None:
    info = ole.hwp_info((0, 0, 0), (1, 0, 0), (2, 1, 1), (3, 1, 0), pattern="^2)", form=8)
    note = ole.hwp_control("fn  ", ole.record(72, 2, bytes(16)) + ole.hwp_paragraph("각주", level=2))
    comment = ole.hwp_control("tcmt", ole.record(72, 2, bytes(16)) + ole.hwp_paragraph("숨은 설명", level=2))
    box = ole.hwp_control("gso ", ole.record(76, 2, bytes(8)) + ole.record(72, 3, bytes(16)) + ole.hwp_paragraph("글상자", level=3))
    inline = "\x0b" + "abcdefg"  # a control of eight units in the text
    section = (
        ole.hwp_paragraph("목적", shape=1)
        + ole.hwp_paragraph(f"가{inline}나\n다 𠮷", controls=note + comment + box)
        + ole.hwp_paragraph("항목", shape=2)
        + ole.hwp_paragraph("항목", shape=2)
        + ole.hwp_paragraph("점", shape=3)
        + ole.hwp_paragraph("", controls=ole.hwp_table([["구분", "일수"], ["연차", "15"]]))
    )
    expected = (
        "# 목적\n\n가나\n다 𠮷\n\n각주\n\n글상자\n\n  가) 항목\n  나) 항목\n- 점\n\n"
        "| 구분 | 일수 |\n| --- | --- |\n| 연차 | 15 |\n\n둘째 구역"
    )
    for flags in (0, 1):
        document = parse(ole.hwp(section, ole.hwp_paragraph("둘째 구역"), flags=flags, info=info), filename="a.hwp")
        assert document.text == expected
        check(document)


def test_a_long_paragraph_of_hwp() -> None:
    text = "긴 문단입니다. " * 1000
    assert parse(ole.hwp(ole.hwp_paragraph(text)), filename="a.hwp").text == text.strip()


@pytest.mark.parametrize("name", ["hwp/merging-cell.hwp", "hwpx/SimpleTable.hwpx", "hwpx/no_manifest.hwpx"])
def test_korean_office_samples(name: str) -> None:
    path: Path = public_data("docs_ko_hwp") / name
    document = parse(path.read_bytes(), filename=path.name)
    wanted = {
        "hwp/merging-cell.hwp": "| 5,0 | 5,1 | 5,2 |",
        "hwpx/SimpleTable.hwpx": "| 1 | 1 | 2 |\n| --- | --- | --- |\n| 1 | 1 | 3 |\n| 5 | 4 | 4 |",
        "hwpx/no_manifest.hwpx": "| 제1절 재산분 | 제1절 사업소분 |",
    }
    assert wanted[name] in document.text
    check(document)
