"""Which bytes are text, and in which encoding: no Korean text is refused, no program or picture is read as one."""

import gzip
import random
import struct

import pytest

from maru.knowledge.parse import ParseFailed, parse

KOREAN = (
    "김철수",
    "연차 휴가는 1년에 15일이다.\r\n회의는 매주 월요일 오전에 한다.",
    "이름,값\n가나,1\n다라,2",
    "Report 2025: 연차 휴가, 15 days",
)
ENCODINGS = ("cp949", "euc-kr", "johab", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso2022_kr")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", KOREAN, ids=["a name", "sentences", "rows", "amid English"])
@pytest.mark.parametrize("times", [1, 40])
def test_korean_in_whatever_encoding(text: str, encoding: str, times: int) -> None:
    whole = "\n".join([text] * times)
    assert parse(whole.encode(encoding), filename="a.txt").text == whole.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Über die Größe der Straße — ein Café in Köln"),
        ("latin-1", "déjà vu à Noël"),
        ("cp1251", "Привет, это документ о встрече"),
        ("koi8-r", "Привет, это документ о встрече"),
        ("shift_jis", "これは日本語の文章です。会議は毎週月曜日。"),
        ("euc_jp", "これは日本語の文章です。会議は毎週月曜日。"),
        ("euc_jp", "株主総会のお知らせ\n当社は六月二十八日に定時株主総会を開催いたします。"),
        ("euc_jp", "カレンダー"),
        ("cp949", "ㅋㅋㅋㅋ 그럼 ㅇㅋ"),
        ("gb18030", "这是一份中文文件，会议每周一举行。"),
        ("utf-16-le", "Привет, это документ о встрече"),
        ("cp949", "MZ세대 보고서"),
    ],
)
def test_others(encoding: str, text: str) -> None:
    assert parse(text.encode(encoding), filename="a.txt").text == text


NOISE = random.Random(7)  # noqa: S311 - the same each time
BINARY = {
    "exe": b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8" + bytes(47),
    "four bytes of an exe": b"MZ\x90\x00",
    "two letters and zeros": b"MZ" + bytes(62),
    "ELF": b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQ", 3, 62, 1, 0x1040, 64, 14000),
    "class": b"\xca\xfe\xba\xbe\0\0\0A\0\x1d\n\0\x02\0\x03\x07\0\x04\x0c\0\x05\0\x06\x01\0\x10java/lang/Object\x01\0\x06<init>",
    "SQLite": b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20\0\0\0\x02\0\0\0\x02" + bytes(68),
    "gzip": gzip.compress(b"hello world " * 99, mtime=0),
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0",
    "bitmap": b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0" + bytes(24) + b"\xff" * 12,
    "WAV": b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0" + struct.pack("<300h", *(NOISE.randrange(-300, 300) for _ in range(300))),
    "a script with a program behind it": b"#!/bin/sh\necho installing\n" * 2000 + NOISE.randbytes(40_000),
    **{f"{size} random bytes, {turn}": NOISE.randbytes(size) for size in (24, 40, 100, 3000) for turn in range(20)},
}


@pytest.mark.parametrize("name", BINARY)
def test_what_is_no_text_is_refused_by_its_cause(name: str) -> None:
    with pytest.raises(ParseFailed) as told:
        parse(BINARY[name], filename="a.txt")
    assert told.value.code == "unsupported"


def test_a_log_that_a_power_cut_filled_up_is_read() -> None:
    assert parse("10:00 시작\n10:01 끝\n".encode() * 40 + bytes(300), filename="a.log").text.endswith("10:01 끝")
