"""Which format a file has: its content decides, its name and declared type only where the content leaves a choice."""

import io
import re
import zipfile
import zlib
from pathlib import PurePath
from typing import Literal

from maru.knowledge.parse.model import ParseFailed, damaged, empty

Kind = Literal[
    "pdf", "docx", "pptx", "xlsx", "hwpx", "hwp", "epub", "zip", "msg", "html", "markdown", "csv", "json", "jsonl", "eml", "ics", "text"
]
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "hwpx": "application/hwp+zip",
    "hwp": "application/x-hwp",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "msg": "application/vnd.ms-outlook",
    "html": "text/html",
    "markdown": "text/markdown",
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "eml": "message/rfc822",
    "ics": "text/calendar",
    "text": "text/plain",
}
READABLE = "PDF, DOCX, PPTX, XLSX, HWPX, HWP, HTML, Markdown or plain text"
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|title|meta|div|table|p|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    rb"(?:(?:from |[a-z][a-z0-9-]{0,60}:)[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n){0,50}){0,40}?"
    rb"(?:return-path|received|message-id|mime-version|delivered-to|x-mailer):",
    re.IGNORECASE,
)
_ZIP_MAINS: dict[str, Kind] = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
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
    (b"HWP Document File", "an HWP document of version 3 or before"),
    (b"{\\rtf", "an RTF document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES: dict[str, Kind] = {
    **dict.fromkeys((".md", ".markdown", ".mdx"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".txt", ".text", ".log"), "text"),
    **dict.fromkeys((".csv", ".tsv", ".tab"), "csv"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
    ".json": "json",
    ".eml": "eml",
    **dict.fromkeys((".ics", ".ical"), "ics"),
}
_TYPES: dict[str, Kind] = {
    **dict.fromkeys(("text/html", "application/xhtml+xml"), "html"),
    **dict.fromkeys(("text/markdown", "text/x-markdown"), "markdown"),
    **dict.fromkeys(("text/csv", "text/tab-separated-values"), "csv"),
    **dict.fromkeys(("application/jsonl", "application/x-ndjson"), "jsonl"),
    "application/json": "json",
    "message/rfc822": "eml",
    "text/calendar": "ics",
}
# Formats of which a file that only bears the name is broken, not text.
_BINARY = frozenset((".pdf", ".docx", ".pptx", ".xlsx", ".hwpx", ".hwp", ".epub", ".zip", ".msg"))


def detect(data: bytes, *, filename: str, content_type: str | None = None) -> Kind:
    """The format of `data`. Raises ParseFailed: empty, encrypted, damaged or unsupported."""
    if not data.strip(b"\x00\t\n\r "):
        raise empty()
    suffix = PurePath(filename).suffix.lower()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(data, suffix)
    if data.startswith(_OLE):
        return _in_ole(data, suffix)
    if b"%PDF-" in data[:1024] and (suffix != ".eml" or data.startswith(b"%PDF-")):
        return "pdf"
    for magic, name in _FOREIGN:
        if data.startswith(magic):
            raise unsupported(name)
    if suffix in _BINARY:
        raise damaged(suffix[1:].upper())
    return _text_kind(data, suffix, (content_type or "").partition(";")[0].strip().lower())


def _text_kind(data: bytes, suffix: str, content_type: str) -> Kind:
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    head = data[:4096].lstrip(b"\xef\xbb\xbf")
    if _HTML.match(head):
        return "html"
    return _TYPES.get(content_type) or ("eml" if _MAIL.match(head) else "text")


def _in_zip(data: bytes, suffix: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            declared = _mimetype(archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, IndexError) as broken:
        raise damaged(suffix[1:].upper() if suffix in _BINARY else "ZIP archive") from broken
    if declared == MEDIA_TYPES["hwpx"] or "Contents/content.hpf" in names:
        return "hwpx"
    if declared == MEDIA_TYPES["epub"] or (suffix == ".epub" and "META-INF/container.xml" in names):
        return "epub"
    if declared.startswith("application/vnd.oasis"):
        raise unsupported("an OpenDocument file")
    return _office(names, suffix)


def _mimetype(archive: zipfile.ZipFile) -> str:
    """What the container says that it is; "" where it says nothing that can be read."""
    if "mimetype" not in archive.namelist() or archive.getinfo("mimetype").file_size > 200:
        return ""
    try:
        return archive.read("mimetype")[:100].decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        return ""


def _office(names: list[str], suffix: str) -> Kind:
    """A folder called `word` does not yet make a document: its main part, the list of types or the file's own name must say so, too."""
    typed = "[Content_Types].xml" in names
    if typed and "xl/workbook.bin" in names:
        raise unsupported("a binary Excel workbook")
    for main, kind in _ZIP_MAINS.items():
        folder = main.partition("/")[0] + "/"
        if main in names or ((typed or suffix.startswith(f".{kind[:3]}")) and any(name.startswith(folder) for name in names)):
            return kind
    return "zip"


# Streams of OLE containers by which their formats are known, and what a message calls those that are not read.
_STREAMS: tuple[tuple[tuple[str, ...], Kind | str], ...] = (
    (("EncryptedPackage",), "encrypted"),
    (("FileHeader", "BodyText"), "hwp"),
    (("FileHeader", "ViewText"), "hwp"),
    (("__properties_version1.0",), "msg"),
    (("WordDocument",), "a document of an old Word version"),
    (("Workbook",), "a workbook of an old Excel version"),
    (("PowerPoint Document",), "a presentation of an old PowerPoint version"),
)


def _in_ole(data: bytes, suffix: str) -> Kind:
    """Old Office files share one container with mails, HWP documents and password-protected new ones; names are in UTF-16."""
    for streams, kind in _STREAMS:
        if all(name.encode("utf-16-le") in data for name in streams):
            if kind == "encrypted":
                raise encrypted()
            if kind in MEDIA_TYPES:
                return kind
            raise unsupported(kind)
    if suffix in {".hwp", ".msg"}:
        raise damaged(suffix[1:].upper())
    raise unsupported("a file of an old Office version")


def unsupported(name: str) -> ParseFailed:
    """The failure of a readable file in a format that is not read, `name` being what it is."""
    return ParseFailed("unsupported", f"The file is {name}, which cannot be read. Save it as {READABLE}.")


def encrypted() -> ParseFailed:
    """The failure of a file that needs a password."""
    return ParseFailed("encrypted", "The file is protected by a password. Remove the protection, save it and upload it again.")
