"""Every file that cannot be read ends in a stable code and a sentence for a person, and stops nobody else's file."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maru.knowledge.parse import FAILURE_CODES, ParseFailed, parse
from maru.knowledge.parse.limited import Limits, Parser, parse_limited
from tests.documents import make, ole, spoiled

GOOD = b"<html><body><h1>A title</h1><p>A sentence.</p></body></html>"
SECRET = make.SECRET.encode()

CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "pdf with a password": ("a.pdf", lambda: make.pdf("text", password="pw"), "encrypted"),
    "docx with a password": ("a.docx", make.locked_docx, "encrypted"),
    "cut pdf": ("a.pdf", lambda: make.pdf("one", "two")[:-300], "damaged"),
    "pdf of rubbish": ("a.pdf", lambda: b"%PDF-1.7\n" + SECRET * 50 + b"\nstartxref\n0\n%%EOF", "damaged"),
    "text that says it is pdf": ("a.pdf", lambda: SECRET, "damaged"),
    "cut docx": ("a.docx", lambda: make.docx(make.paragraph(make.SECRET))[:200], "damaged"),
    "docx of broken xml": ("a.docx", lambda: make.docx("<w:p>" + make.SECRET), "damaged"),
    "docx without a body": ("a.docx", lambda: make.archive(word__other=SECRET), "damaged"),
    "docx with entities": ("a.docx", make.laughing_docx, "damaged"),
    "docx that peeps": ("a.docx", make.peeping_docx, "damaged"),
    "nothing": ("a.txt", lambda: b"", "empty"),
    "white space": ("a.md", lambda: b" \n\t\r\n", "empty"),
    "zeros": ("a.bin", lambda: b"\x00" * 100, "empty"),
    "blank page": ("a.pdf", lambda: make.pdf(""), "empty"),
    "empty docx": ("a.docx", lambda: make.docx(make.paragraph("")), "empty"),
    "page without words": ("a.html", lambda: b"<html><body><script>x</script></body></html>", "empty"),
    "scan": ("a.pdf", lambda: make.pdf("", "", picture=True), "scanned"),
    "stamped scan": ("a.pdf", lambda: make.pdf("p. 1", "p. 2", picture=True), "scanned"),
    "picture": ("a.png", lambda: make.PNG, "unsupported"),
    "workbook without sheets": ("a.xlsx", lambda: make.archive(xl__workbook=SECRET), "damaged"),
    "slides without a presentation": ("a.pptx", lambda: make.archive(ppt__presentation=SECRET), "damaged"),
    "open document": ("a.odt", lambda: make.archive(mimetype="application/vnd.oasis.opendocument.text", text=SECRET), "unsupported"),
    "old hwp": ("a.hwp", lambda: b"HWP Document File V3.00" + SECRET, "unsupported"),
    "old word": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + SECRET, "unsupported"),
    "program": ("a.bin", lambda: b"\x7fELF" + bytes(range(256)) * 20, "unsupported"),
    "zip bomb": ("a.docx", make.bomb_docx, "too_large"),
    **{f"{kind} with entities": (f"a.{kind}", partial(spoiled.laughing, kind), "damaged") for kind in spoiled.PACKAGES},
    **{f"{kind} that peeps": (f"a.{kind}", partial(spoiled.peeping, kind), "damaged") for kind in spoiled.PACKAGES},
    **{f"{kind} bomb": (f"a.{kind}", partial(spoiled.bomb, kind), "too_large") for kind in spoiled.PACKAGES},
    **{f"cut {name}": (name, partial(spoiled.cut, name), "damaged") for name in spoiled.WHOLE if name not in spoiled.TEXT},
    "hwp with a password": ("a.hwp", lambda: ole.hwp(ole.hwp_paragraph(make.SECRET), flags=3), "encrypted"),
    "hwp for distribution": ("a.hwp", lambda: ole.hwp(ole.hwp_paragraph(make.SECRET), flags=5), "encrypted"),
    "hwp of broken records": ("a.hwp", lambda: ole.hwp(b"\x42\x00\xf0\x7f" + SECRET), "damaged"),
    "hwp that is not packed": (
        "a.hwp",
        lambda: ole.hwp(SECRET * 9, flags=0).replace(b"\x00\x03\x00\x05\x00", b"\x00\x03\x00\x05\x01"),
        "damaged",
    ),
    "hwp bomb": ("a.hwp", spoiled.bomb_hwp, "too_large"),
    "empty hwp": ("a.hwp", lambda: ole.hwp(ole.hwp_paragraph("")), "empty"),
    "hwpx with a password": ("a.hwpx", spoiled.locked_hwpx, "encrypted"),
    "epub under rights management": ("a.epub", spoiled.locked_epub, "encrypted"),
    "broken json": ("a.json", lambda: b'{"a": ' + SECRET, "damaged"),
    "deep json": ("a.json", lambda: b"[" * 100_000 + b"]" * 100_000, "damaged"),
    "empty json": ("a.json", lambda: b"{}", "empty"),
    "archive of pictures": ("a.zip", lambda: make.archive(a=make.PNG, b=make.PNG), "unsupported"),
    "archive with a password": ("a.zip", spoiled.locked_zip, "encrypted"),
    "archive of nothing": ("a.zip", lambda: b"PK\x05\x06" + bytes(18), "empty"),
    "archive that unpacks to too much": ("a.zip", spoiled.ratio_zip, "too_large"),
    "archive of too many": ("a.zip", spoiled.many_zip, "too_large"),
    "archive that lies": ("a.zip", spoiled.lying_zip, "damaged"),
    "archive in an archive": ("a.zip", lambda: make.archive(inner=make.archive(a=b"text")), "unsupported"),
}


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser(Limits(seconds=20)) as shared:
        yield shared


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_fails_with_its_cause(case: str, parser: Parser) -> None:
    filename, build, code = CASES[case]
    with pytest.raises(ParseFailed) as failed:
        parser.parse(build(), filename=filename)
    assert failed.value.code == code
    assert make.SECRET not in failed.value.message + str(failed.value.detail)
    assert failed.value.message.endswith(".")
    assert parser.parse(GOOD, filename="next.html").title == "A title"


def test_every_code_has_a_case() -> None:
    assert {code for _, _, code in CASES.values()} | {"timed_out"} == set(FAILURE_CODES)


def test_an_endless_document_is_stopped_and_the_next_goes_on() -> None:
    with Parser(Limits(seconds=3.0, cpu_seconds=1000.0)) as parser:
        with pytest.raises(ParseFailed, match="longer than 3 seconds") as failed:
            parser.parse(make.endless_pdf(), filename="endless.pdf")
        assert failed.value.code == "timed_out"
        parser._limits = Limits()  # the next one starts a process, which may take longer than that on a busy machine
        assert parser.parse(GOOD, filename="next.html").title == "A title"


def test_the_processor_time_of_one_document_is_limited() -> None:
    with Parser(Limits(seconds=60, cpu_seconds=1.0)) as parser:
        with pytest.raises(ParseFailed) as failed:
            parser.parse(make.endless_pdf(), filename="endless.pdf")
        assert failed.value.code == "timed_out"


def test_memory_is_limited() -> None:
    with Parser(Limits(seconds=60, memory=400_000_000)) as parser:
        with pytest.raises(ParseFailed) as failed:
            parser.parse(make.docx(make.paragraph("word ") * 1_500_000), filename="a.docx")
        assert failed.value.code in {"too_large", "damaged"}
        assert parser.parse(GOOD, filename="next.html").title == "A title"


def test_a_library_that_finds_no_more_memory_is_told_as_that() -> None:
    with Parser(Limits(memory=600_000_000)) as parser:
        with pytest.raises(ParseFailed, match="more than 600 MB of memory") as failed:
            parser.parse(make.endless_pdf(), filename="endless.pdf")
        assert failed.value.code == "too_large"


def test_input_and_output_are_limited(tmp_path: Path) -> None:
    large = tmp_path / "large.html"
    large.write_bytes(GOOD + b"<p>more words</p>" * 1000)
    with Parser(Limits(input_bytes=1000)) as small, pytest.raises(ParseFailed, match="too large"):
        small.parse(large, filename="large.html")
    with Parser(Limits(output_bytes=1000)) as short, pytest.raises(ParseFailed, match="too large"):
        short.parse(large, filename="large.html")
    with Parser() as usual:
        assert "more words" in usual.parse(large, filename="large.html").text


def test_a_killed_reader_is_replaced() -> None:
    with Parser() as parser:
        parser.parse(GOOD, filename="a.html")
        parser._idle[0]._child.kill()
        parser._idle[0]._child.wait()
        assert parser.parse(GOOD, filename="a.html").title == "A title"


def test_the_reader_has_no_secrets_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for readers")
    with Parser() as parser:
        parser.parse(GOOD, filename="a.html")
        assert b"AWS_" not in Path(f"/proc/{parser._idle[0]._child.pid}/environ").read_bytes()


def test_the_shared_parser() -> None:
    assert parse_limited(GOOD, filename="a.html").text == "# A title\n\nA sentence."


DEEP = {"html": b"<div>" * 30_000 + b"deep", "lists": b"<ul><li>" * 20_000 + b"deep", "tables": b"<table><tr><td>" * 5_000 + b"deep"}


@pytest.mark.parametrize("case", DEEP)
def test_deep_nesting_ends(case: str, parser: Parser) -> None:
    assert outcome(parser, DEEP[case], "a.html") in {"read", "empty"}


def outcome(parser: Parser, data: bytes, filename: str) -> str:
    """ "read", or the code of the failure; unforeseen failures of the reader carry a detail and are none of these."""
    try:
        return "read" if parser.parse(data, filename=filename).text.strip() else "nothing"
    except ParseFailed as failed:
        return failed.detail or failed.code


WHOLE = {
    "a.pdf": make.pdf("First page.\nSecond line.", "Second page."),
    "a.docx": make.docx(make.paragraph("A paragraph.") + "<w:tbl><w:tr><w:tc>" + make.paragraph("Cell") + "</w:tc></w:tr></w:tbl>"),
    "a.html": GOOD + b"<table><tr><td colspan=3>x</td></tr></table><ul><li>one</ul>",
    "a.md": "# 제목\n\n| a | b |\n| - | - |\n| 1 | 2 |\n".encode(),
    "a.txt": "제1조(목적) 이 규칙은 다음과 같다.".encode("cp949"),
    **{name: build() for name, build in spoiled.WHOLE.items()},
}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 20_000), st.integers(1, 40), st.binary(max_size=8))
def test_spoiled_files_end_in_a_definite_state(parser: Parser, name: str, at: int, gone: int, put: bytes) -> None:
    whole = WHOLE[name]
    at %= len(whole)
    assert outcome(parser, whole[:at] + put + whole[at + gone :], name) in {"read", *FAILURE_CODES}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(spoiled.WHOLE))
def test_every_cut_and_every_flip_ends_in_a_definite_state(name: str, parser: Parser) -> None:
    whole = spoiled.WHOLE[name]()
    for at in range(1, len(whole), max(1, len(whole) // 500)):
        assert outcome(parser, whole[:at], name) in {"read", *FAILURE_CODES}
        flipped = bytearray(whole)
        flipped[at] ^= 1 + at % 255
        assert outcome(parser, bytes(flipped), name) in {"read", *FAILURE_CODES}


def test_parse_in_process_raises_the_same() -> None:
    with pytest.raises(ParseFailed, match="password"):
        parse(make.pdf("text", password="pw"), filename="a.pdf")


def test_threads_read_at_the_same_time() -> None:
    with Parser() as parser, ThreadPoolExecutor(4) as pool:
        pages = [f"<p>page {number}</p>".encode() for number in range(40)]
        texts = pool.map(lambda page: parser.parse(page, filename="a.html").text, pages)
        assert list(texts) == [f"page {number}" for number in range(40)]
        assert 1 <= len(parser._idle) <= 4
