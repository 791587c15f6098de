"""OLE containers for tests: HWP 5 documents and Outlook mails, laid down as their formats say."""

import zlib

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_LEAST = 4096  # shorter streams would live in another table: they are filled up with zeros


def container(streams: dict[str, bytes]) -> bytes:
    """A compound file with streams by path (`Storage/Stream`)."""
    names = sorted({"/".join(path.split("/")[:depth]) for path in streams for depth in range(1, path.count("/") + 2)})
    chains: list[list[int]] = []
    sectors: list[bytes] = []

    def lay(data: bytes) -> int:
        data = data.ljust(max(_LEAST, -(-len(data) // SECTOR) * SECTOR), b"\x00")
        first = len(sectors)
        sectors.extend(data[at : at + SECTOR] for at in range(0, len(data), SECTOR))
        chains.append(list(range(first, len(sectors))))
        return first

    entries = [_entry("Root Entry", 5, child=_first(names, "", names), start=_END)]
    for name in names:
        data = streams.get(name)
        kind, start, size = (1, _END, 0) if data is None else (2, lay(data), max(len(data), _LEAST))
        entries.append(
            _entry(name.rpartition("/")[2], kind, right=_next(names, name), child=_first(names, name, names), start=start, size=size)
        )
    directory = lay(b"".join(entries))
    table_size = next(size for size in range(1, 1000) if size * (SECTOR // 4) >= len(sectors) + size)
    fat = [_FREE] * (table_size * (SECTOR // 4))
    for chain in chains:
        for at, following in zip(chain, [*chain[1:], _END], strict=True):
            fat[at] = following
    places = list(range(len(sectors), len(sectors) + table_size))
    for place in places:
        fat[place] = _FAT
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + _numbers(2, 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += _numbers(4, 0, table_size, directory, 0, _LEAST, _END, 0, _END, 0, *places).ljust(SECTOR - len(head), b"\xff")
    return head + b"".join(sectors) + _numbers(4, *fat)


def _numbers(size: int, *values: int) -> bytes:
    return b"".join(value.to_bytes(size, "little") for value in values)


def _siblings(names: list[str], parent: str) -> list[str]:
    return [name for name in names if name.rpartition("/")[0] == parent]


def _first(names: list[str], parent: str, order: list[str]) -> int:
    below = _siblings(names, parent)
    return order.index(below[0]) + 1 if below else _FREE


def _next(names: list[str], name: str) -> int:
    beside = _siblings(names, name.rpartition("/")[0])
    at = beside.index(name) + 1
    return names.index(beside[at]) + 1 if at < len(beside) else _FREE


def _entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int, size: int = 0) -> bytes:
    wide = name.encode("utf-16-le")
    head = wide.ljust(64, b"\x00") + _numbers(2, len(wide) + 2) + bytes((kind, 1)) + _numbers(4, _FREE, right, child)
    return (head + bytes(36) + _numbers(4, start, size)).ljust(128, b"\x00")


def record(tag: int, level: int, data: bytes = b"") -> bytes:
    """A record of an HWP 5 stream."""
    size = len(data)
    head = _numbers(4, tag | level << 10 | min(size, 0xFFF) << 20)
    return head + (_numbers(4, size) if size >= 0xFFF else b"") + data


def hwp_paragraph(text: str, *, level: int = 0, shape: int = 0, controls: bytes = b"") -> bytes:
    """A paragraph: header and text (any UTF-16 units), and the records of what is anchored in it."""
    header = record(66, level, _numbers(4, len(text) + 1, 0) + _numbers(2, shape) + bytes(14))
    return header + record(67, level + 1, text.encode("utf-16-le") + b"\r\x00") + controls


def hwp_control(name: str, below: bytes, *, level: int = 1) -> bytes:
    """A control such as "tbl " with the records below it."""
    return record(71, level, name.encode()[::-1] + bytes(40)) + below


def hwp_table(rows: list[list[str]], *, level: int = 1) -> bytes:
    """A table whose cells hold a paragraph each."""
    below = record(77, level + 1, bytes(30))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            below += record(72, level + 1, bytes(8) + _numbers(2, x, y, 1, 1) + bytes(20)) + hwp_paragraph(text, level=level + 1)
    return hwp_control("tbl ", below, level=level)


def hwp(*sections: bytes, flags: int = 1, info: bytes = b"") -> bytes:
    """An HWP 5 document of sections of records; `flags` as in its header (1 packed, 2 password, 4 distribution)."""

    def packed(data: bytes) -> bytes:
        engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        return engine.compress(data) + engine.flush() if flags & 1 else data

    head = b"HWP Document File".ljust(32, b"\x00") + _numbers(4, 0x05000300, flags)
    bodies = {f"BodyText/Section{number}": packed(section) for number, section in enumerate(sections)}
    return container({"FileHeader": head, "DocInfo": packed(info), **bodies})


def hwp_info(*shapes: tuple[int, int, int], pattern: str = "^1.", form: int = 0) -> bytes:
    """Paragraph shapes as (kind of head, number of the list, level), and one numbering whose levels look alike."""
    text = pattern.encode("utf-16-le")
    numbering = (_numbers(4, form << 5) + bytes(8) + _numbers(2, len(pattern)) + text) * 7
    flags = (kind << 23 | level << 25 for kind, _, level in shapes)
    return record(23, 1, numbering) + b"".join(
        record(25, 1, _numbers(4, flag) + bytes(26) + _numbers(2, name) + bytes(10))
        for flag, (_, name, _) in zip(flags, shapes, strict=True)
    )


def msg(
    *, subject: str, body: str, attachments: dict[str, bytes] | None = None, html: bytes | None = None, rtf: bytes | None = None
) -> bytes:
    """An Outlook mail from 김유신 to team@example.test."""

    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    streams = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001F": wide(subject),
        "__substg1.0_0C1A001F": wide("김유신"),
        "__substg1.0_5D01001F": wide("kim@example.test"),
        "__substg1.0_0E04001F": wide("team@example.test"),
    }
    streams |= {"__substg1.0_1000001F": wide(body)} if body else {}
    streams |= {"__substg1.0_10130102": html.ljust(_LEAST)} if html else {}
    streams |= {"__substg1.0_10090102": rtf.ljust(_LEAST, b"\0")} if rtf else {}
    for number, (name, data) in enumerate((attachments or {}).items()):
        folder = f"__attach_version1.0_#{number:08X}"
        streams |= {f"{folder}/__substg1.0_37010102": data.ljust(_LEAST, b"\n"), f"{folder}/__substg1.0_3707001F": wide(name)}
    return container(streams)
