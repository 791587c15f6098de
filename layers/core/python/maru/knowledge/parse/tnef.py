"""TNEF (MS-OXTNEF): the `winmail.dat` in which Outlook packs the attachments of a mail, and its body as it formatted it."""

import struct
from collections.abc import Iterator

from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.model import ParseFailed

_SIGNATURE = struct.pack("<I", 0x223E9F78)
#: Attributes of an attachment: it begins, its short name, its bytes, its further properties (MAPI).
_BEGINS, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
#: Attributes of the message: its properties.
_MESSAGE = 0x9003
#: Properties: the long name of an attachment, and the body as plain text, in HTML and in RTF.
_LONG_NAME, PLAIN, PAGE, RTF = 0x3707, 0x1000, 0x1013, 0x1009
#: Bytes of a value by its type, as it is padded; the others say how long they are.
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_SIZED = frozenset((0x0D, 0x1E, 0x1F, 0x102))
_SEVERAL, _WIDE, _NAMED = 0x1000, 0x1F, 0x8000
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
            name = _texts(value).get(_LONG_NAME, b"").decode().rstrip("\x00") or name
        elif kind == _DATA:
            body = value
    if body:
        yield name or "attachment", body


def body(data: bytes) -> dict[int, bytes]:
    """The body of the message, as ``PLAIN``, ``PAGE`` or ``RTF``; text in Unicode comes as UTF-8."""
    return next((_texts(value) for kind, value in _attributes(data) if kind == _MESSAGE), {})


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each a level, a number, a length, so many bytes and a checksum."""
    at = _HEAD
    while at + 9 <= len(data):
        _, kind, length = struct.unpack_from("<BII", data, at)
        if at + 9 + length > len(data):
            return
        yield kind & 0xFFFF, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _texts(properties: bytes) -> dict[int, bytes]:
    """The values of properties (2.1.3.4) that are texts or bytes, by their numbers; those behind one that is cut off are left out."""
    found: dict[int, bytes] = {}
    at = 4  # behind their number
    try:
        while at < len(properties):
            kind, number, at = *struct.unpack_from("<HH", properties, at), at + 4
            at = _behind_name(properties, at) if number >= _NAMED else at
            count = 1
            if kind & _SEVERAL or kind in _SIZED:
                (count,) = struct.unpack_from("<I", properties, at)
                at += 4
            for _ in range(count):
                value, at = _value(properties, at, kind & ~_SEVERAL)
                if kind in _SIZED:
                    found.setdefault(number, _unicode(value) if kind == _WIDE else value)
    except (struct.error, KeyError):
        pass
    return found


def _behind_name(properties: bytes, at: int) -> int:
    """Properties of a name of their own have a set, and a number or a text there."""
    kind, size = struct.unpack_from("<II", properties, at + 16)
    return at + 24 + (_padded(size) if kind else 0)


def _value(properties: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind not in _SIZED:
        size = _FIXED[kind]
        if at + size > len(properties):
            raise struct.error
        return properties[at : at + size], at + size
    (size,) = struct.unpack_from("<I", properties, at)
    if at + 4 + size > len(properties):
        raise struct.error
    return properties[at + 4 : at + 4 + size], at + 4 + _padded(size)


def _padded(size: int) -> int:
    return size + -size % 4


def _unicode(value: bytes) -> bytes:
    return value.decode("utf-16-le", "ignore").rstrip("\x00").encode()


def _text(value: bytes) -> str:
    try:
        return decode(value.rstrip(b"\x00"))
    except ParseFailed:
        return ""
