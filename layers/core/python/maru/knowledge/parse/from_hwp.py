"""HWP 5: text, tables, notes, page heads, text boxes, equations and outline numbers, read through olefile (BSD) and a reader of records.

Limits: documents with a password and distribution documents end as encrypted; HWP 3 is not read; text that tracked changes deleted is
still there; there are no page numbers, because only Hangul itself lays the pages out. pyhwp, the usual library, is under the AGPL.
The layout of records is that of Hancom's "Hangul Document File Format 5.0", revision 1.3; in the order of its chapters.
"""

import io
import re
import zlib
from typing import Any

from maru.knowledge.parse.detect import MEDIA_TYPES, encrypted
from maru.knowledge.parse.hangul import Writer
from maru.knowledge.parse.hwp_records import DocInfo, Section
from maru.knowledge.parse.model import ParsedDocument, ParseFailed, damaged, too_large
from maru.knowledge.parse.package import MAX_PART, MAX_TOTAL, reading

_SIGNATURE = b"HWP Document File"
_PACKED, _PASSWORD, _DISTRIBUTION = 1, 2, 4


def parse_hwp(data: bytes) -> ParsedDocument:
    """Raises ParseFailed: damaged, encrypted, empty, too_large."""
    with reading("HWP"):
        import olefile

        with olefile.OleFileIO(io.BytesIO(data)) as container:
            packed = _packed(container)
            streams = _Streams(container, packed)
            info = DocInfo(streams.read("DocInfo"))
            writer = Writer(info.numberings)
            for name in _sections(container):
                writer.paragraphs(Section(streams.read(name), info, writer).paragraphs())
    return writer.rendering.document(MEDIA_TYPES["hwp"])


def _packed(container: Any) -> bool:
    header = container.openstream("FileHeader").read(256)
    if not header.startswith(_SIGNATURE) or len(header) < 40:
        raise damaged("HWP")
    flags = int.from_bytes(header[36:40], "little")
    if flags & _PASSWORD:
        raise encrypted()
    if flags & _DISTRIBUTION:
        raise ParseFailed(
            "encrypted", "The file is a distribution document, whose text is locked. Ask its author for the editable document or for a PDF."
        )
    return bool(flags & _PACKED)


def _sections(container: Any) -> list[str]:
    names = ["/".join(entry) for entry in container.listdir()]
    found = [name for name in names if re.fullmatch(r"BodyText/Section\d{1,6}", name)]
    if not found:
        raise damaged("HWP")
    return sorted(found, key=lambda name: int(name.removeprefix("BodyText/Section")))


class _Streams:
    """The streams of a document, unpacked within limits."""

    def __init__(self, container: Any, packed: bool) -> None:
        self._container = container
        self._packed = packed
        self._left = MAX_TOTAL

    def read(self, name: str) -> bytes:
        data: bytes = self._container.openstream(name).read()
        if self._packed:
            engine = zlib.decompressobj(-zlib.MAX_WBITS)
            data = engine.decompress(data, MAX_PART + 1)
            if not engine.eof and len(data) <= MAX_PART:
                raise damaged("HWP")
        self._left -= len(data)
        if len(data) > MAX_PART or self._left < 0:
            raise too_large(f"it unpacks to more than {(MAX_PART if self._left >= 0 else MAX_TOTAL) // 1_000_000} MB")
        return data
