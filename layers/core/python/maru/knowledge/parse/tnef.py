"""TNEF (MS-OXTNEF): the `winmail.dat` in which Outlook packs the attachments of a mail."""

import struct
from collections.abc import Iterator

from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.model import ParseFailed

_SIGNATURE = struct.pack("<I", 0x223E9F78)
#: Attributes of an attachment: it begins, its short name, its bytes, its further properties (MAPI).
_BEGINS, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
#: Of these the long name, as UTF-16 text with its length before it.
_LONG_NAME = struct.pack("<HHI", 0x001F, 0x3707, 1)
_HEAD = 6  # bytes of the signature and of a key


def is_tnef(data: bytes) -> bool:
    """Whether an attachment is a container of further ones."""
    return data.startswith(_SIGNATURE)


def attached(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the attachments; what is cut off is left out."""
    name, body = "", b""
    for kind, value in _attributes(data):
        if kind == _BEGINS and body:
            yield name or "attachment", body
        if kind == _BEGINS:
            name, body = "", b""
        elif kind == _TITLE:
            name = name or _text(value)
        elif kind == _PROPERTIES:
            name = _long_name(value) or name
        elif kind == _DATA:
            body = value
    if body:
        yield name or "attachment", body


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each a level, a number, a length, so many bytes and a checksum."""
    at = _HEAD
    while at + 9 <= len(data):
        _, kind, length = struct.unpack_from("<BII", data, at)
        if at + 9 + length > len(data):
            return
        yield kind & 0xFFFF, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _long_name(properties: bytes) -> str:
    at = properties.find(_LONG_NAME)
    if at < 0 or at + 12 > len(properties):
        return ""
    (length,) = struct.unpack_from("<I", properties, at + 8)
    return properties[at + 12 : at + 12 + min(length, 1000)].decode("utf-16-le", "ignore").rstrip("\x00")


def _text(value: bytes) -> str:
    try:
        return decode(value.rstrip(b"\x00"))
    except ParseFailed:
        return ""
