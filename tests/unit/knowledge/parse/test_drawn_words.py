"""Words of office files that stand beside their text: heads and feet of pages, charts, boxes on sheets, descriptions of pictures."""

import io
import zipfile

import openpyxl

from maru.knowledge.parse import parse
from tests.documents.make import W, docx, paragraph
from tests.documents.office import A, R, hp, hwpx, packed, pptx, relations, shape, slide
from tests.unit.knowledge.parse.offsets import check

CHART = (
    '<c:chartSpace xmlns:c="c"><c:chart><c:plotArea><c:ser><c:tx><c:v/><c:pt idx="0"><c:v>매출</c:v></c:pt></c:tx>'
    '<c:cat><c:pt idx="0"><c:v>1분기</c:v></c:pt><c:pt idx="1"><c:v>2분기</c:v></c:pt></c:cat>'
    '<c:val><c:pt idx="0"><c:v>10</c:v></c:pt><c:pt idx="1"><c:v>20</c:v></c:pt></c:val></c:ser></c:plotArea></c:chart></c:chartSpace>'
)


def told(data: bytes, filename: str) -> str:
    document = parse(data, filename=filename)
    check(document)
    return document.text


def margin(kind: str, text: str) -> str:
    return f'<w:{kind} xmlns:w="{W}">{paragraph(text)}</w:{kind}>'


def test_a_word_document_with_heads_a_chart_and_a_described_picture() -> None:
    picture = '<w:r><w:drawing><wp:docPr xmlns:wp="wp" descr="{}"/></w:drawing></w:r>'
    chart = '<w:p><w:r><w:drawing><c:chart xmlns:c="c" r:id="c1"/></w:drawing></w:r></w:p>'
    described = f"<w:p><w:r><w:t>그림: </w:t></w:r>{picture.format('조직도: 대표 아래 세 부서')}{picture.format('image1.png')}</w:p>"
    made = f"<w:p>{picture.format('A picture containing text&#10;&#10;Description automatically generated')}</w:p>"
    named = "".join(
        f'<w:{kind}Reference r:id="{one}"/>' for one, kind in {"h1": "header", "h2": "header", "f1": "footer", "f2": "footer"}.items()
    )
    body = f"{paragraph('본문이다.')}{described}{made}{chart}<w:sectPr>{named}</w:sectPr>"
    files = {
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(
            **{
                name: (kind, f"{name}.xml")
                for name, kind in {"h1": "header", "h2": "header", "f1": "footer", "f2": "footer", "c1": "chart"}.items()
            }
        ),
        "word/h1.xml": margin("hdr", "문서번호 A-12, 대외비"),
        "word/h2.xml": margin("hdr", "문서번호 A-12, 대외비"),
        "word/f1.xml": margin("ftr", "마루상사"),
        "word/f2.xml": margin("ftr", "- 1 -"),
        "word/c1.xml": CHART,
    }
    assert told(packed(files), "a.docx") == (
        "문서번호 A-12, 대외비\n\n본문이다.\n\n그림:  조직도: 대표 아래 세 부서\n\nA picture containing text\n\n"
        "|  | 매출 |\n| --- | --- |\n| 1분기 | 10 |\n| 2분기 | 20 |\n\n마루상사"
    )


def field(inner: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{inner}</w:ffData></w:fldChar></w:r>'


def test_what_was_filled_into_forms() -> None:
    entries = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="서울"/><w:listEntry w:val="부산"/></w:ddList>'
    ticks = field('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'), field('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    word = "<w:r><w:ruby><w:rt><w:r><w:t>한</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    for_it, against = ("<w:r><w:t>찬성 </w:t></w:r>", "<w:r><w:t>반대</w:t></w:r>")
    body = f"<w:p>{field(entries)}<w:r><w:t> 지사, </w:t></w:r>{ticks[0]}{for_it}{ticks[1]}{against}</w:p><w:p>{word}</w:p>"
    assert told(docx(body), "a.docx") == "부산 지사, ☒찬성 ☐반대\n\n漢(한)"
    controls = (
        '<hp:edit><hp:text>김철수</hp:text></hp:edit><hp:checkBtn caption="동의함" value="CHECKED"/>'
        '<hp:radioBtn caption="거절" value="UNCHECKED"/><hp:comboBox selectedValue="서울"/>'
    )
    assert told(hwpx(hp("", more=controls)), "a.hwpx").split() == ["김철수", "☒", "동의함", "☐", "거절", "서울"]


def test_a_box_upon_a_sheet() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "신청서"
    book.active.append(["이름", "부서"])
    book.active.append(["김철수", "영업"])
    book.create_sheet("둘째").append(["끝"])
    out = io.BytesIO()
    book.save(out)
    box = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in ("유의 사항", "도장을 찍어 낸다."))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", relations(d1=("drawing", "../drawings/drawing1.xml")))
        archive.writestr("xl/drawings/drawing1.xml", f'<x:wsDr xmlns:x="x" xmlns:a="{A}"><x:sp><x:txBody>{box}</x:txBody></x:sp></x:wsDr>')
    table = "| 이름 | 부서 |\n| --- | --- |\n| 김철수 | 영업 |"
    assert told(out.getvalue(), "a.xlsx") == f"# 신청서\n\n{table}\n\n유의 사항\n도장을 찍어 낸다.\n\n# 둘째\n\n끝"


def test_a_described_picture_on_a_slide() -> None:
    picture = '<p:pic><p:nvPicPr><p:cNvPr descr="{}"/></p:nvPicPr><p:spPr><a:xfrm><a:off x="0" y="{}"/></a:xfrm></p:spPr></p:pic>'
    slides = slide(shape("제목", kind="title") + picture.format("성장 곡선", 500_000) + picture.format("", 1) + shape("글", y=1_000_000))
    assert told(pptx(slides), "a.pptx") == "# 제목\n\n성장 곡선\n\n글"
