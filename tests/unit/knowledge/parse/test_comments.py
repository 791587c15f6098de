"""Comments beside the text of office files: read where they belong, told from the document's own word."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment

from maru.knowledge.parse import parse
from tests.documents import make, office
from tests.unit.knowledge.parse.offsets import check

P188 = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"


def test_comments_of_word_follow_what_they_are_about_and_replies_follow_them() -> None:
    def commented(text: str, *ids: int) -> str:
        marks = "".join(f'<w:r><w:commentReference w:id="{one}"/></w:r>' for one in ids)
        return f"<w:p><w:r><w:t>{text}</w:t></w:r>{marks}</w:p>"

    gone = '<w:p><w:r><w:t>본문</w:t></w:r><w:del><w:r><w:commentReference w:id="3"/></w:r></w:del></w:p>'
    cells = "".join(
        f"<w:tr><w:tc>{commented(one, *ids)}</w:tc><w:tc>{commented('1')}</w:tc></w:tr>" for one, ids in (("구분", (2,)), ("합", ()))
    )
    said = {
        0: (
            "김 검토",
            "<w:p><w:r><w:t>금액을</w:t></w:r></w:p><w:p><w:r><w:t>확인</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>숨김</w:t></w:r></w:p>",
        ),
        1: ("", "<w:p><w:r><w:t>확인했음</w:t></w:r></w:p>"),
        2: ("이", "<w:p><w:r><w:t>표 설명</w:t></w:r></w:p>"),
        3: ("이", "<w:p><w:r><w:t>지운 글에 대한 말</w:t></w:r></w:p>"),
        4: ("이", "<w:p><w:r><w:t>아무 데도 없음</w:t></w:r></w:p>"),
    }
    comments = "".join(f'<w:comment w:id="{one}" w:author="{who}">{text}</w:comment>' for one, (who, text) in said.items())
    body = commented("총액은 100원이다.", 0, 1) + f"<w:tbl>{cells}</w:tbl>" + gone
    data = with_parts(
        make.docx(body, comments=comments), {"word/_rels/document.xml.rels": office.relations(c=("comments", "comments.xml"))}, {}
    )
    document = parse(data, filename="a.docx")
    assert document.text == (
        "총액은 100원이다.\n\n[comment] 김 검토: 금액을 확인\n\n[comment] 확인했음\n\n"
        "| 구분 | 1 |\n| --- | --- |\n| 합 | 1 |\n\n[comment] 이: 표 설명\n\n본문"
    )
    check(document)


@pytest.mark.parametrize("whole", [True, False])
def test_threads_of_a_workbook_follow_their_sheet(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "단가"
    for row in (["품번", "금액"], ["A-1", 9], ["숨김", 1]):
        sheet.append(row)
    sheet["A2"].comment = Comment("[Threaded comment] 옛 프로그램을 위한 글", "tc={1}")
    sheet.row_dimensions[3].hidden = True
    told = ("A2", "{p1}", "단종인가?"), ("A2", "{p2}", "9월까지만"), ("D4", "{p9}", "빈 칸"), ("A3", "{p1}", "숨은 줄")
    threads = "".join(f'<threadedComment ref="{place}" personId="{who}"><text>{text}</text></threadedComment>' for place, who, text in told)
    people = "".join(f'<person displayName="{name}" id="{one}"/>' for one, name in (("{p1}", "박"), ("{p2}", "최")))
    data = with_parts(
        office.saved(book),
        {
            "xl/threadedComments/t1.xml": f"<ThreadedComments>{threads}</ThreadedComments>",
            "xl/persons/person.xml": f"<personList>{people}</personList>",
        },
        {"xl/worksheets/_rels/sheet1.xml.rels": ("threadedComment", "/xl/threadedComments/t1.xml")}
        | {"xl/_rels/workbook.xml.rels": ("person", "/xl/persons/person.xml")},
    )
    if not whole:
        monkeypatch.setattr("maru.knowledge.parse.from_xlsx._WHOLE", 0)
    text = parse(data, filename="a.xlsx").text
    place = "A-1" if whole else "A2"
    assert text.partition("\n\n- ")[2].startswith(
        f"{place}: [comment] 박: 단종인가?\n- {place}: [comment] 최: 9월까지만\n- D4: [comment] 빈 칸"
    )
    assert ("숨은 줄" in text) is not whole, "rows of a streamed sheet are read whether they are shown or not"
    assert "옛 프로그램" not in text


def with_parts(data: bytes, parts: dict[str, str], relations: dict[str, tuple[str, str]]) -> bytes:
    """A package with further parts, and relations to them from others."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, (kind, target) in relations.items():
        one = f'<Relationship Id="more" Type="x/{kind}" Target="{target}"/></Relationships>'
        members[name] = members[name].replace(b"</Relationships>", one.encode())
    return office.packed({**members, **parts})


def test_comments_on_slides_old_and_threaded_follow_their_notes() -> None:
    old = f'<p:cmLst xmlns:p="{office.P}"><p:cm authorId="0" idx="1"><p:text>글자가 작음</p:text></p:cm></p:cmLst>'

    def said(*lines: str) -> str:
        return "<c:txBody>" + "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines) + "</c:txBody>"

    replies = f'<c:replyLst><c:reply authorId="{{B}}">{said("바꿈")}</c:reply></c:replyLst>'
    body = said("그림을", "바꿀 것")
    new = f'<c:cmLst xmlns:c="{P188}" xmlns:a="{office.A}"><c:cm authorId="{{A}}">{replies}{body}</c:cm></c:cmLst>'
    data = office.pptx(
        office.slide(office.shape("첫 쪽")),
        office.slide(office.shape("둘째 쪽")),
        **{
            "ppt/slides/_rels/slide0.xml.rels": office.relations(c=("comments", "../comments/comment1.xml")),
            "ppt/slides/_rels/slide1.xml.rels": office.relations(c=("comments", "../comments/modernComment_1.xml")),
            "ppt/comments/comment1.xml": old,
            "ppt/comments/modernComment_1.xml": new,
            "ppt/commentAuthors.xml": f'<p:cmAuthorLst xmlns:p="{office.P}"><p:cmAuthor id="0" name="정"/></p:cmAuthorLst>',
            "ppt/authors.xml": f'<c:authorLst xmlns:c="{P188}"><c:author id="{{A}}" name="한"/></c:authorLst>',
            "ppt/_rels/presentation.xml.rels": office.relations(
                r0=("slide", "slides/slide0.xml"),
                r1=("slide", "slides/slide1.xml"),
                a=("commentAuthors", "commentAuthors.xml"),
                b=("authors", "authors.xml"),
            ),
        },
    )
    document = parse(data, filename="a.pptx")
    assert document.text == "첫 쪽\n\n[comment] 정: 글자가 작음\n\n둘째 쪽\n\n[comment] 한: 그림을 바꿀 것\n[comment] 바꿈"
    assert document.page_at(document.text.index("정:")) == 1
    check(document)


def test_memos_of_hwpx_follow_their_paragraph() -> None:
    parameters = (
        '<hp:parameters><hp:stringParam name="ID">memo1</hp:stringParam><hp:stringParam name="Author">윤</hp:stringParam></hp:parameters>'
    )
    said = f"<hp:subList>{office.hp('수치를')}{office.hp('고칠 것')}</hp:subList>"
    memo = f'<hp:ctrl><hp:fieldBegin type="MEMO">{parameters}{said}</hp:fieldBegin></hp:ctrl>'
    link = f'<hp:ctrl><hp:fieldBegin type="HYPERLINK"><hp:subList>{office.hp("주소")}</hp:subList></hp:fieldBegin></hp:ctrl>'
    document = parse(office.hwpx(office.hp("매출은 7억이다.", more=memo + link) + office.hp("다음")), filename="a.hwpx")
    assert document.text == "매출은 7억이다.\n\n[comment] 윤: 수치를 고칠 것\n\n다음"
    check(document)
