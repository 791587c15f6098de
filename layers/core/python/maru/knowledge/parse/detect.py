"""Which format a file has: its content decides, its name and declared type only where the content leaves a choice."""

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal

from maru.knowledge.parse.model import ParseFailed, damaged, empty

Kind = Literal["pdf", "docx", "html", "markdown", "text"]
MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "markdown": "text/markdown",
    "text": "text/plain",
}
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|title|meta|div|table|p|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_ZIP_KINDS = {"word/": "docx", "xl/": "an Excel workbook", "ppt/": "a PowerPoint file", "Contents/": "an HWPX document"}
# Binary formats that people upload, by their first bytes, as a message names them.
_FOREIGN = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"HWP Document File", "an HWP document"),
    (b"{\\rtf", "an RTF document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def detect(data: bytes, *, filename: str, content_type: str | None = None) -> Kind:
    """The format of `data`. Raises ParseFailed: empty, encrypted, damaged or unsupported."""
    if not data.strip(b"\x00\t\n\r "):
        raise empty()
    suffix = PurePath(filename).suffix.lower()
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(data)
    if data.startswith(_OLE):
        raise _ole(data)
    for magic, name in _FOREIGN:
        if data.startswith(magic):
            raise unsupported(name)
    if suffix in {".pdf", ".docx"}:
        raise damaged(suffix[1:].upper())
    return _text_kind(data, suffix, (content_type or "").partition(";")[0].strip().lower())


def _text_kind(data: bytes, suffix: str, content_type: str) -> Kind:
    if suffix in {".md", ".markdown", ".mdx"}:
        return "markdown"
    if suffix in {".html", ".htm", ".xhtml"}:
        return "html"
    if suffix in {".txt", ".text", ".log", ".csv", ".json", ".jsonl"}:
        return "text"
    if content_type in {"text/html", "application/xhtml+xml"} or _HTML.match(data[:4096].lstrip(b"\xef\xbb\xbf")):
        return "html"
    return "markdown" if content_type in {"text/markdown", "text/x-markdown"} else "text"


def _in_zip(data: bytes) -> Kind:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise damaged("DOCX") from broken
    for prefix, kind in _ZIP_KINDS.items():
        if any(name.startswith(prefix) for name in names):
            if kind == "docx":
                return "docx"
            raise unsupported(kind)
    if "mimetype" in names:
        raise unsupported("an e-book or OpenDocument file")
    raise unsupported("an archive")


def _ole(data: bytes) -> ParseFailed:
    """Old Office files share one container with password-protected new ones, whose streams are named so in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return encrypted()
    if "FileHeader".encode("utf-16-le") in data and "BodyText".encode("utf-16-le") in data:
        return unsupported("an HWP document")
    return unsupported("a file of an old Office version or a mail")


def unsupported(name: str) -> ParseFailed:
    """The failure of a readable file in a format that is not read, `name` being what it is."""
    return ParseFailed("unsupported", f"The file is {name}, which cannot be read. Save it as PDF, DOCX, HTML, Markdown or plain text.")


def encrypted() -> ParseFailed:
    """The failure of a file that needs a password."""
    return ParseFailed("encrypted", "The file is protected by a password. Remove the protection, save it and upload it again.")
