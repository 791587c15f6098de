"""Reads the one kind of Parquet file that the public sets have: flat columns of text or integers, Snappy, dictionary or plain."""

import struct
from pathlib import Path
from typing import Any

_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(13)


class _Thrift:
    """Thrift's compact protocol, structs as dictionaries by field id."""

    def __init__(self, body: bytes, at: int = 0) -> None:
        self.body, self.at = body, at

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.body[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def struct(self) -> dict[int, Any]:
        found: dict[int, Any] = {}
        field = 0
        while kind := self.body[self.at]:
            self.at += 1
            field = field + (kind >> 4) if kind >> 4 else self.zigzag()
            found[field] = self.value(kind & 15)
        self.at += 1
        return found

    def value(self, kind: int) -> Any:
        if kind in {_TRUE, _FALSE}:
            return kind == _TRUE
        if kind == _BINARY:
            size = self.varint()
            self.at += size
            return self.body[self.at - size : self.at]
        if kind in {_BYTE, _DOUBLE}:
            self.at += 1 if kind == _BYTE else 8
            return None
        if kind == _LIST:
            head = self.body[self.at]
            self.at += 1
            size = head >> 4 if head >> 4 < 15 else self.varint()
            return [self.value(head & 15) for _ in range(size)]
        return self.struct() if kind == _STRUCT else self.zigzag()


def read(path: Path) -> list[dict[str, Any]]:
    """All rows; raises ValueError for a file of another kind."""
    body = path.read_bytes()
    size = struct.unpack("<I", body[-8:-4])[0]
    footer = _Thrift(body[-8 - size : -8]).struct()
    columns: dict[str, list[Any]] = {}
    for group in footer[4]:
        for chunk in group[1]:
            meta = chunk[3]
            columns.setdefault(meta[3][0].decode(), []).extend(_column(body, meta))
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _column(body: bytes, meta: dict[int, Any]) -> list[Any]:
    at = meta.get(11) or meta[9]
    values: list[Any] = []
    words: list[Any] = []
    while len(values) < meta[5]:
        reader = _Thrift(body, at)
        head = reader.struct()
        page = body[reader.at : reader.at + head[3]]
        at = reader.at + head[3]
        plain = _unsnapped(page) if meta[4] == 1 else page
        if head[1] == 2:
            words = _plain(plain, meta[1], head[7][1])
        elif head[1] == 0:
            # Definition levels of a column without empty values: their length and then nothing of interest.
            plain = plain[4 + struct.unpack("<I", plain[:4])[0] :]
            count = head[5][1]
            values += _plain(plain, meta[1], count) if head[5][2] == 0 else [words[n] for n in _indexes(plain, count)]
        else:
            raise ValueError(f"page of type {head[1]}")
    return values


def _plain(page: bytes, kind: int, count: int) -> list[Any]:
    if kind == 2:
        return list(struct.unpack(f"<{count}q", page[: 8 * count]))
    found, at = [], 0
    for _ in range(count):
        size = struct.unpack_from("<I", page, at)[0]
        found.append(page[at + 4 : at + 4 + size].decode())
        at += 4 + size
    return found


def _indexes(page: bytes, count: int) -> list[int]:
    """Run lengths and packed bits, mixed."""
    width, reader = page[0], _Thrift(page, 1)
    found: list[int] = []
    while len(found) < count:
        head = reader.varint()
        if head & 1:
            size = (head >> 1) * width
            packed = int.from_bytes(page[reader.at : reader.at + size], "little")
            found += [(packed >> (width * n)) & ((1 << width) - 1) for n in range(8 * (head >> 1))]
        else:
            size = (width + 7) // 8
            found += [int.from_bytes(page[reader.at : reader.at + size], "little")] * (head >> 1)
        reader.at += size
    return found[:count]


def _unsnapped(page: bytes) -> bytes:
    reader = _Thrift(page)
    size = reader.varint()
    out, at = bytearray(), reader.at
    while len(out) < size:
        tag = page[at]
        at += 1
        if tag & 3 == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(page[at : at + extra], "little")
                at += extra
            out += page[at : at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, back = 4 + (tag >> 2 & 7), (tag >> 5) << 8 | page[at]
            at += 1
        else:
            extra = 2 if tag & 3 == 2 else 4
            length, back = 1 + (tag >> 2), int.from_bytes(page[at : at + extra], "little")
            at += extra
        for _ in range(length):
            out.append(out[-back])
    return bytes(out)
