"""Office files for tests: presentations, workbooks, books and HWPX documents from their parts."""

import io
import zipfile
from collections.abc import Mapping

import openpyxl

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
HP = "http://www.hancom.co.kr/hwpml/2011/paragraph"
_SPACES = f'xmlns:a="{A}" xmlns:p="{P}" xmlns:r="{R}"'


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of members by path."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def relations(**targets: tuple[str, str]) -> str:
    """An OPC relations part: id to (last word of the type, target)."""
    listed = "".join(f'<Relationship Id="{name}" Type="x/{kind}" Target="{target}"/>' for name, (kind, target) in targets.items())
    return f'<Relationships xmlns="{RELS}">{listed}</Relationships>'


def shape(*lines: str, kind: str | None = None, y: int = 0) -> str:
    """A shape with lines of text, at `y`; `kind` makes it a placeholder."""
    place = f'<p:ph type="{kind}"/>' if kind else ""
    text = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    where = f'<a:xfrm><a:off x="0" y="{y}"/></a:xfrm>' if y else ""
    return f"<p:sp><p:nvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr>{where}</p:spPr><p:txBody>{text}</p:txBody></p:sp>"


def frame(inner: str, y: int = 1) -> str:
    """A graphic frame, such as a table's, at `y`."""
    graphic = f"<a:graphic><a:graphicData>{inner}</a:graphicData></a:graphic>"
    return f'<p:graphicFrame><p:xfrm><a:off x="0" y="{y}"/></p:xfrm>{graphic}</p:graphicFrame>'


def table(rows: list[list[str]]) -> str:
    """A table of DrawingML."""
    cells = [[f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in row] for row in rows]
    return "<a:tbl>" + "".join(f"<a:tr>{''.join(row)}</a:tr>" for row in cells) + "</a:tbl>"


def slide(shapes: str, root: str = "sld", extra: str = "") -> str:
    """A slide or a page of notes."""
    return f"<p:{root} {_SPACES} {extra}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{root}>"


def pptx(*slides: str, head: str = "", **parts: str) -> bytes:
    """A presentation of slides, with further parts by path (`__` for a slash, `___` for a dot)."""
    entries = "".join(f'<p:sldId id="{number}" r:id="r{number}"/>' for number in range(len(slides)))
    members = {"ppt/presentation.xml": f"{head}<p:presentation {_SPACES}><p:sldIdLst>{entries}</p:sldIdLst></p:presentation>"}
    members["ppt/_rels/presentation.xml.rels"] = relations(**{f"r{at}": ("slide", f"slides/slide{at}.xml") for at in range(len(slides))})
    members |= {f"ppt/slides/slide{number}.xml": text for number, text in enumerate(slides)}
    members |= {name.replace("___", ".").replace("__", "/"): text for name, text in parts.items()}
    return packed(members)


def xlsx(**sheets: list[list[object]]) -> bytes:
    """A workbook of sheets by name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def epub(*chapters: str, **more: str) -> bytes:
    """A book whose chapters are stored in another order than the spine's."""
    items = "".join(f'<item id="c{at}" href="c%20{at}.xhtml" media-type="application/xhtml+xml"/>' for at in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="O/book.opf"/></rootfiles></container>',
        "O/book.opf": f"<package><metadata><title>책</title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
    }
    members |= {f"O/c {at}.xhtml": f"<html><body>{chapters[at]}</body></html>" for at in reversed(range(len(chapters)))}
    return packed(members | {name.replace("___", ".").replace("__", "/"): text for name, text in more.items()})


def hwpx(*sections: str, header: str = "", head: str = "", **more: str) -> bytes:
    """An HWPX document of sections of OWPML (prefix `hp`)."""
    items = "".join(f'<item id="s{at}" href="Contents/section{at}.xml"/>' for at in range(len(sections)))
    spine = "".join(f'<itemref idref="s{at}"/>' for at in range(len(sections)))
    members = {
        "mimetype": "application/hwp+zip",
        "Contents/content.hpf": "<package><metadata><title>문서</title></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        "Contents/header.xml": f"<head>{header}</head>",
    }
    members |= {f"Contents/section{at}.xml": f'{head}<sec xmlns:hp="{HP}">{text}</sec>' for at, text in enumerate(sections)}
    return packed(members | {name.replace("___", ".").replace("__", "/"): text for name, text in more.items()})


def hp(text: str, properties: str = "0", more: str = "") -> str:
    """A paragraph of OWPML; `more` is what is anchored in it."""
    return f'<hp:p paraPrIDRef="{properties}"><hp:run>{more}<hp:t>{text}</hp:t></hp:run></hp:p>'


def hp_table(rows: list[list[str]]) -> str:
    """A table of OWPML."""
    text = ""
    for y, row in enumerate(rows):
        cells = (
            f"<hp:tc><hp:subList>{hp(cell)}</hp:subList>"
            f'<hp:cellAddr colAddr="{x}" rowAddr="{y}"/><hp:cellSpan colSpan="1" rowSpan="1"/></hp:tc>'
            for x, cell in enumerate(row)
        )
        text += f"<hp:tr>{''.join(cells)}</hp:tr>"
    return f"<hp:tbl>{text}</hp:tbl>"
