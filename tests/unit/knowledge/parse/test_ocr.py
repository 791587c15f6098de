"""Pages that are pictures are read where Tesseract is installed, within their time; without it they fail as scanned."""

import io
import stat
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from maru.knowledge.parse import ParseFailed, ocr, parse
from maru.knowledge.parse.limited import Parser
from tests.data import public_data
from tests.documents import make
from tests.tools import unavailable
from tests.unit.knowledge.parse.offsets import check


def fake(folder: Path, script: str) -> ocr.Ocr:
    """A stand-in for Tesseract."""
    binary = folder / "tesseract"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    return ocr.Ocr(str(binary), "kor+eng", page_seconds=5, seconds=10)


def test_recognised_pages_keep_their_place(tmp_path: Path) -> None:
    reader = fake(tmp_path, "cat >/dev/null; printf '제1조(목적) 첫 줄\\n이어진다.\\n\\n둘째 문단\\n\\f'")
    document = parse(make.pdf("", "", picture=True), filename="a.pdf", ocr=reader)
    assert document.text == "제1조(목적) 첫 줄 이어진다.\n\n둘째 문단\n\n제1조(목적) 첫 줄 이어진다.\n\n둘째 문단"
    assert document.page_at(document.text.rindex("둘째")) == 2
    assert document.headings[0].title == "제1조(목적)"
    assert "1, 2" in document.warnings[0]
    check(document)


def test_the_picture_is_grey_and_the_page_large_enough(tmp_path: Path) -> None:
    reader = fake(tmp_path, f"head -c 15 > {tmp_path}/head; cat >/dev/null; echo $OMP_THREAD_LIMIT $* >> {tmp_path}/told; echo text")
    parse(make.pdf("", picture=True), filename="a.pdf", ocr=reader)
    assert (tmp_path / "head").read_bytes().split()[2] == b"3508"
    told = [line.split() for line in (tmp_path / "told").read_text().splitlines()]
    assert told == [["1", "stdin", "stdout", "-l", "kor+eng", "--dpi", "300", *more] for more in ([], ["--psm", "4"])]


@pytest.mark.parametrize(
    ("whole", "column", "read"),
    [
        ("Half a line", "Half a line and the rest of it", "Half a line and the rest of it"),
        ("Left column. Right column.", "Left Right column. column. a", "Left column. Right column."),
        ("word " * 200, "word " * 300, " ".join(["word"] * 200)),
    ],
    ids=["sparse", "no more found", "full page"],
)
def test_a_sparse_page_is_read_as_one_column_where_that_finds_more(tmp_path: Path, whole: str, column: str, read: str) -> None:
    reader = fake(tmp_path, f"cat >/dev/null; case \"$*\" in *psm*) echo '{column}';; *) echo '{whole}';; esac")
    assert parse(make.pdf("", picture=True), filename="a.pdf", ocr=reader).text == read


@pytest.mark.parametrize("script", ["cat >/dev/null; exit 1", "sleep 60", "cat >/dev/null; echo", "exec /nowhere"])
def test_what_cannot_be_recognised_is_a_scan(tmp_path: Path, script: str) -> None:
    reader = replace(fake(tmp_path, script), page_seconds=0.5, seconds=0.8)
    with pytest.raises(ParseFailed) as failed:
        parse(make.pdf("", "", "", picture=True), filename="a.pdf", ocr=reader)
    assert failed.value.code == "scanned"


def test_pages_of_text_are_not_recognised(tmp_path: Path) -> None:
    reader = fake(tmp_path, "cat >/dev/null; echo recognised")
    document = parse(make.pdf("A page with quite a lot of words on it.", "", picture=True), filename="a.pdf", ocr=reader)
    assert document.text == "A page with quite a lot of words on it.\n\nrecognised"
    assert parse(make.pdf("Only words, no picture."), filename="a.pdf", ocr=reader).warnings == ()


def photographed(path: Path, page: int) -> bytes:
    """A PDF that holds only the picture of a page."""
    with pypdfium2.PdfDocument(path) as source:
        picture = source[page].render(scale=2.5).to_pil()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    canvas.save()
    return out.getvalue()


def test_a_korean_page_is_read_in_the_limited_process() -> None:
    found = ocr.find()
    if found is None or "kor" not in found.languages:
        unavailable("tesseract", "it, or its Korean data, is not here (Debian: tesseract-ocr, tesseract-ocr-kor)")
    path = public_data("docs_ko_pdf") / "korean_texts_two_page.pdf"
    with Parser(ocr=found) as parser:
        text = parser.parse(photographed(path, 0), filename="a.pdf").text
    words = set(parse(path.read_bytes(), filename="a.pdf").text.split("제4조")[0].split())
    assert len(words & set(text.split())) > 0.6 * len(words)


def test_tesseract_is_told_where_its_layer_lies_and_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"LD_LIBRARY_PATH": "/opt/lib", "TESSDATA_PREFIX": "/opt/share/tessdata", "AWS_SECRET_ACCESS_KEY": "secret"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with Parser(ocr=fake(tmp_path, f"cat >/dev/null; env > {tmp_path}/env; echo text")) as parser:
        assert parser.parse(make.pdf("", picture=True), filename="a.pdf").text == "text"
    told = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    assert {name: told.get(name) for name in given} == given | {"AWS_SECRET_ACCESS_KEY": None}
