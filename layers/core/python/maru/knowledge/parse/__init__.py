"""Documents to text: `parse` in this process; `limited.parse_limited` in one that can be stopped."""

from maru.knowledge.parse.detect import Kind, detect
from maru.knowledge.parse.model import FAILURE_CODES, FailureCode, Heading, PageSpan, ParsedDocument, ParseFailed, TableSpan

__all__ = ["FAILURE_CODES", "FailureCode", "Heading", "Kind", "PageSpan", "ParseFailed", "ParsedDocument", "TableSpan", "detect", "parse"]


def parse(data: bytes, *, filename: str, content_type: str | None = None) -> ParsedDocument:
    """Read a document of any supported format (PDF, DOCX, HTML, Markdown, plain text), found by its content.

    Nothing limits time or memory here: use `limited.parse_limited` for what others made. Raises ParseFailed, whose code is one of
    `FAILURE_CODES`; the imports are late because each format has its own heavy library.
    """
    kind = detect(data, filename=filename, content_type=content_type)
    if kind == "pdf":
        from maru.knowledge.parse.from_pdf import parse_pdf

        return parse_pdf(data)
    if kind == "docx":
        from maru.knowledge.parse.from_docx import parse_docx

        return parse_docx(data)
    if kind == "html":
        from maru.knowledge.parse.from_html import parse_html

        return parse_html(data)
    from maru.knowledge.parse.from_text import parse_markdown, parse_text

    return parse_markdown(data) if kind == "markdown" else parse_text(data)
