"""Documents for the tests, made when they are needed: whole ones, and ones that no reader can or should read."""

import io
import zipfile
import zlib
from typing import Any

from reportlab.lib import pdfencrypt
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

SECRET = "비밀문구4711"  # stands in every failing document, and must stand in no message
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: str, password: str | None = None, picture: bool = False) -> bytes:
    """A PDF with one line of Latin text a page; `picture` draws one on every page."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, encrypt=pdfencrypt.StandardEncryption(password) if password else None)
    for text in pages:
        if picture:
            canvas.drawImage(ImageReader(io.BytesIO(PNG)), 0, 0, 500, 700)
        for number, line in enumerate(text.split("\n")):
            canvas.drawString(72, 760 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _png() -> bytes:
    """The smallest picture: one grey pixel."""

    def part(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\x00\x80")) + part(b"IEND", b"")


PNG = _png()


def raw_pdf(content: bytes) -> bytes:
    """A page whose compressed content stream is `content`."""
    stream = zlib.compress(content, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


def endless_pdf() -> bytes:
    """A few hundred kilobytes that unpack to millions of drawing operations."""
    return raw_pdf(b"BT /F1 12 Tf (a) Tj ET\n" * 6_000_000)


def docx(body: str, *, head: str = "", **parts: str) -> bytes:
    """A DOCX with `body` (WordprocessingML, prefix `w`) and further parts by name, `head` standing before the document's root."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{text}</w:{name}>')
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of WordprocessingML."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def laughing_docx() -> bytes:
    """Entities that unfold to gigabytes."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return docx(paragraph("&e11;" + SECRET), head=f'<!DOCTYPE w:document [<!ENTITY e0 "ha">{entities}]>')


def peeping_docx() -> bytes:
    """An entity that refers to a file of the machine."""
    return docx(paragraph("&peep;"), head='<!DOCTYPE w:document [<!ENTITY peep SYSTEM "file:///etc/passwd">]>')


def bomb_docx() -> bytes:
    """A few hundred kilobytes that unpack to 150 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", SECRET + " " * 150_000_000)
    return out.getvalue()


def locked_docx() -> bytes:
    """What Word writes for a document with a password: an OLE container with these streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1016 + "EncryptionInfo EncryptedPackage".encode("utf-16-le")


def archive(**members: Any) -> bytes:
    """A ZIP with members by path, `__` standing for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in members.items():
            target.writestr(name.replace("__", "/"), data)
    return out.getvalue()
