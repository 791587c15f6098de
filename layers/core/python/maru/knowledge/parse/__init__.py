"""Documents to text: `parse` in this process; `limited.parse_limited` in one that can be stopped."""

from importlib import import_module

from maru.knowledge.parse.detect import Kind, detect
from maru.knowledge.parse.model import FAILURE_CODES, FailureCode, Heading, PageSpan, ParsedDocument, ParseFailed, TableSpan
from maru.knowledge.parse.ocr import Ocr, Recognised

__all__ = ["FAILURE_CODES", "FailureCode", "Heading", "Kind", "PageSpan", "ParseFailed", "ParsedDocument", "TableSpan", "detect", "parse"]

# The module and function that read a format; imported when one comes, because each has its own heavy library.
_READERS: dict[Kind, tuple[str, str]] = {
    "pdf": ("from_pdf", "parse_pdf"),
    "docx": ("from_docx", "parse_docx"),
    "pptx": ("from_pptx", "parse_pptx"),
    "xlsx": ("from_xlsx", "parse_xlsx"),
    "hwpx": ("from_hwpx", "parse_hwpx"),
    "hwp": ("from_hwp", "parse_hwp"),
    "epub": ("from_epub", "parse_epub"),
    "zip": ("from_zip", "parse_zip"),
    "msg": ("from_msg", "parse_msg"),
    "eml": ("from_eml", "parse_eml"),
    "html": ("from_html", "parse_html"),
    "ics": ("from_ics", "parse_ics"),
    "csv": ("from_csv", "parse_csv"),
    "json": ("from_json", "parse_json"),
    "jsonl": ("from_json", "parse_jsonl"),
    "markdown": ("from_text", "parse_markdown"),
    "text": ("from_text", "parse_text"),
}


def parse(data: bytes, *, filename: str, content_type: str | None = None, ocr: Ocr | Recognised | None = None) -> ParsedDocument:
    """Read a document of any format of `detect.Kind`, found by its content.

    Nothing limits time or memory here: use `limited.parse_limited` for what others made. Raises ParseFailed, whose code is one of
    `FAILURE_CODES`. With `ocr`, pages of a PDF that are pictures are read by it; without, a PDF of such pages fails as scanned.
    """
    kind = detect(data, filename=filename, content_type=content_type)
    module, function = _READERS[kind]
    read = getattr(import_module(f"maru.knowledge.parse.{module}"), function)
    document: ParsedDocument = read(data, ocr) if kind == "pdf" else read(data)
    return document
