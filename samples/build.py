# ruff: noqa: INP001 - a script beside its data, no package
"""Renders the sample documents from their Markdown sources; the results are committed, so that nobody needs this to run Maru.

    python samples/build.py            # all documents of manifest.yaml

Needs reportlab and python-docx. The Korean PDF uses a standard CID font (HYGothic-Medium), so no font file is needed either.
"""

import datetime as dt
import html
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = Path(__file__).resolve().parent
_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass
class Part:
    """A heading, paragraph, list item or table of a source; `level` is a heading's depth, `number` that of an ordered item."""

    kind: str
    text: str = ""
    level: int = 0
    number: int | None = None
    rows: list[list[str]] = field(default_factory=list)


def parts_of(markdown: str) -> Iterator[Part]:
    """The parts of a source, which keeps to headings, paragraphs, flat lists and tables."""
    for node in SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown)).children:
        if node.type == "heading":
            yield Part("heading", _inline(node), level=int(node.tag[1]))
        elif node.type in {"bullet_list", "ordered_list"}:
            for number, item in enumerate(node.children, 1):
                yield Part("item", _inline(item), number=number if node.type == "ordered_list" else None)
        elif node.type == "table":
            lines = [line for section in node.children for line in section.children]
            yield Part("table", rows=[[_inline(cell) for cell in line.children] for line in lines])
        else:
            yield Part("paragraph", _inline(node))


def _inline(node: SyntaxTreeNode) -> str:
    return next((below.content for below in node.walk() if below.type == "inline"), "")


def to_pdf(parts: list[Part], *, page_break: int, korean: bool) -> bytes:
    """A4 with page numbers; a heading of depth `page_break` begins a page (0: none does)."""
    if korean:
        pdfmetrics.registerFont(UnicodeCIDFont("HYGothic-Medium"))
    font = "HYGothic-Medium" if korean else "Helvetica"
    styles = {
        "paragraph": ParagraphStyle("paragraph", fontName=font, fontSize=11, leading=19, spaceAfter=9),
        "item": ParagraphStyle("item", fontName=font, fontSize=11, leading=18, spaceAfter=4, leftIndent=16),
        "cell": ParagraphStyle("cell", fontName=font, fontSize=10, leading=14),
    }
    for level in (1, 2, 3):
        size = 22 - 3 * level
        styles[f"h{level}"] = ParagraphStyle(f"h{level}", fontName=font, fontSize=size, leading=size + 8, spaceBefore=10, spaceAfter=8)
    story: list[Any] = []
    for part in parts:
        if part.kind == "table":
            story += [_pdf_table(part.rows, styles["cell"]), Spacer(1, 12)]
        elif part.kind == "heading":
            story += [PageBreak()] if part.level == page_break else []
            story.append(Paragraph(html.escape(part.text), styles[f"h{part.level}"]))
        else:
            story.append(Paragraph(html.escape(_marked(part)), styles[part.kind]))
    out = BytesIO()
    margins = {"leftMargin": 62, "rightMargin": 62, "topMargin": 64, "bottomMargin": 64}
    document = SimpleDocTemplate(out, pagesize=A4, invariant=1, title=parts[0].text, author="Maru Co.", **margins)

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(font, 9)
        canvas.drawCentredString(A4[0] / 2, 34, f"- {page.page} -")

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _pdf_table(rows: list[list[str]], cell: ParagraphStyle) -> Table:
    longest = [max(len(row[column]) for row in rows) + 4 for column in range(len(rows[0]))]
    widths = [470 * length / sum(longest) for length in longest]
    table = Table([[Paragraph(html.escape(text), cell) for text in row] for row in rows], colWidths=widths)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)]))
    return table


def _marked(part: Part) -> str:
    if part.kind != "item":
        return part.text
    return f"{part.number}. {part.text}" if part.number is not None else f"• {part.text}"


def to_docx(parts: list[Part]) -> bytes:
    """Word's own heading, list and table styles; the same bytes for the same source."""
    document = docx.Document()
    for part in parts:
        if part.kind == "heading":
            document.add_heading(part.text, level=part.level)
        elif part.kind == "table":
            table = document.add_table(rows=len(part.rows), cols=len(part.rows[0]), style="Table Grid")
            for line, row in zip(table.rows, part.rows, strict=True):
                for cell, text in zip(line.cells, row, strict=True):
                    cell.text = text
        else:
            style = "Normal" if part.kind == "paragraph" else "List Bullet" if part.number is None else "List Number"
            document.add_paragraph(part.text, style=style)
    core = document.core_properties
    core.title, core.author, core.created, core.modified = parts[0].text, "Maru Co.", _EPOCH, _EPOCH
    out = BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _undated(data: bytes) -> bytes:
    """The archive with one fixed time for all of its members."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def to_html(markdown: str, *, language: str, title: str) -> bytes:
    """A page with a menu, a style and a script around the content, as pages of an intranet have."""
    body = MarkdownIt("commonmark").enable("table").render(markdown)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        "<style>body { font-family: sans-serif; max-width: 48rem; margin: 2rem auto; } td, th { border: 1px solid #999; }</style>\n"
        "<script>document.documentElement.dataset.ready = 'yes';</script>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    ).encode()


def to_text(parts: list[Part]) -> bytes:
    """Plain text in CP949, as many Korean Windows programs still save it."""
    return "\r\n\r\n".join(_marked(part) for part in parts).encode("cp949") + b"\r\n"


def build(entry: dict[str, Any]) -> bytes:
    """The document that an entry of the manifest describes."""
    markdown = (HERE / entry["source"]).read_text("utf-8")
    parts = list(parts_of(markdown))
    kind = Path(entry["file"]).suffix
    if kind == ".pdf":
        return to_pdf(parts, page_break=entry.get("page_break", 0), korean="ko" in entry["languages"])
    if kind == ".docx":
        return to_docx(parts)
    if kind == ".html":
        return to_html(markdown, language=entry["languages"][0], title=parts[0].text)
    return to_text(parts) if kind == ".txt" else markdown.encode()


def main() -> None:
    """Write every document of the manifest."""
    for entry in yaml.safe_load((HERE / "manifest.yaml").read_text("utf-8"))["documents"]:
        target = HERE / entry["file"]
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(build(entry))
        sys.stdout.write(f"{target.relative_to(HERE)}\n")


if __name__ == "__main__":
    main()
