"""Pages of a PDF as pictures, for services that read text on pictures."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from maru.knowledge.parse.from_pdf import opened, page_of, unread
from maru.knowledge.parse.ocr import grey

_DPI = 200.0
_LARGEST = 5_000_000  # bytes of one picture: what Amazon Textract takes in a call


def unread_of(data: bytes) -> list[int]:
    """Numbers of the pages that want text recognition. Raises ParseFailed."""
    with opened(data) as document:
        return unread(document)


def pictures_of(data: bytes, numbers: Sequence[int]) -> Iterator[bytes]:
    """PNG pictures of these pages. Raises ParseFailed."""
    with opened(data) as document:
        for number in numbers:
            with page_of(document, number - 1) as page:
                yield _small_enough(page)


def _small_enough(page: Any) -> bytes:
    dpi = _DPI
    while len(picture := _png(*grey(page, dpi=dpi))) > _LARGEST and dpi > 50:
        dpi *= 0.75
    return picture


def _png(width: int, rows: list[bytes]) -> bytes:
    """A grey picture, one byte a point (PNG specification, colour type 0; no filter)."""
    head = width.to_bytes(4, "big") + len(rows).to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    body = zlib.compress(b"".join(b"\x00" + row for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", head) + _part(b"IDAT", body) + _part(b"IEND", b"")


def _part(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
