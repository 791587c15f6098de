"""Scanned pages through Amazon Textract: requests and answers held to botocore's own model, tables and text put back in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from maru.errors import Unavailable
from maru.knowledge.parse import ParseFailed
from maru.knowledge.parse.limited import Parser
from maru.knowledge.parse.ocr import Ocr
from maru.knowledge.parse.textract import Textract, recognitions
from tests.documents import make
from tests.unit.knowledge.parse.offsets import check

type Block = dict[str, Any]

SCAN = make.pdf("", picture=True)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as shared:
        yield shared


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client = boto3.client("textract", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield stubber


@contextmanager
def paid(_most: int) -> Iterator[list[int]]:
    yield []


class Answer:
    """Blocks as Textract numbers and places them; heights and places are shares of the page."""

    def __init__(self, confidence: float = 99.0) -> None:
        self.blocks: list[Block] = []
        self.confidence = confidence

    def add(self, kind: str, box: tuple[float, float, float, float], children: list[str], **more: Any) -> str:
        left, top, width, height = box
        geometry = {"BoundingBox": {"Left": left, "Top": top, "Width": width, "Height": height}}
        block = {"BlockType": kind, "Id": f"b{len(self.blocks)}", "Geometry": geometry, "Confidence": self.confidence, **more}
        if children:
            block.setdefault("Relationships", []).append({"Type": "CHILD", "Ids": children})
        self.blocks.append(block)
        return str(block["Id"])

    def line(self, text: str, left: float, top: float, width: float = 0.4, height: float = 0.012) -> list[str]:
        words = [self.add("WORD", (left, top, 0.1, height), [], Text=word) for word in text.split()]
        self.add("LINE", (left, top, width, height), words, Text=text)
        return words

    def table(self, rows: list[list[str]], top: float, *, merged: tuple[int, ...] = ()) -> None:
        cells = []
        for down, row in enumerate(rows):
            for across, text in enumerate(row):
                box = (0.1 + 0.2 * across, top + 0.03 * down, 0.2, 0.03)
                words = self.line(text, box[0], box[1], 0.1) if text else []
                cells.append(self.add("CELL", box, words, RowIndex=down + 1, ColumnIndex=across + 1, RowSpan=1, ColumnSpan=1))
        more = {}
        if merged:
            covered = self.add("MERGED_CELL", (0.1, top, 0.4, 0.03), [cells[at] for at in merged], RowIndex=1, ColumnIndex=1)
            more = {"Relationships": [{"Type": "MERGED_CELL", "Ids": [covered]}]}
        self.add("TABLE", (0.1, top, 0.6, 0.03 * len(rows)), cells, **more)


def said(answer: Answer) -> dict[str, Any]:
    return {"DocumentMetadata": {"Pages": 1}, "Blocks": answer.blocks}


def page(text: str, **more: Any) -> Answer:
    answer = Answer(**more)
    answer.line(text, 0.1, 0.1)
    return answer


def test_text_and_tables_are_put_where_they_stand(parser: Parser, stub: Stubber) -> None:
    answer = Answer()
    answer.line("Chapter 1 General", 0.1, 0.05, height=0.03)
    answer.line("The first line of a para-", 0.1, 0.1)
    answer.line("graph that goes on.", 0.1, 0.115)
    answer.line("Another one.", 0.1, 0.15)
    answer.table([["Name", "", "Sum"], ["staff", "Seoul", "1,200"]], 0.3, merged=(0, 1))
    answer.line("Behind the table.", 0.1, 0.5)
    stub.add_response("analyze_document", said(answer), {"Document": {"Bytes": ANY}, "FeatureTypes": ["TABLES"]})
    document = Textract(stub.client, parser, pay=paid, tables=True)(SCAN, filename="a.pdf")
    table = "| Name | Name | Sum |\n| --- | --- | --- |\n| staff | Seoul | 1,200 |"
    whole = "The first line of a paragraph that goes on."
    assert document.text == f"Chapter 1 General\n\n{whole}\n\nAnother one.\n\n{table}\n\nBehind the table."
    assert len(document.tables) == 1
    assert "recognised from pictures" in document.warnings[0]
    check(document)


def test_columns_of_a_scan_are_read_one_after_the_other() -> None:
    answer = Answer()
    for at in range(12):
        answer.line(f"left{at:02} with words that fill the column's width", 0.08, 0.1 + 0.015 * at)
        answer.line(f"right{at:02} with words that fill the column's width", 0.54, 0.1 + 0.015 * at)
    text = " ".join(one for one in recognitions(answer.blocks, 1.41) if isinstance(one, str))
    order = [text.index(f"{side}{at:02}") for side in ("left", "right") for at in range(12)]
    assert order == sorted(order)


def test_only_pages_that_are_pictures_are_asked_for_and_each_is_a_png_it_can_take(parser: Parser, stub: Stubber) -> None:
    data = make.pdf("A page with quite a lot of words on it.", "", "", picture=True)
    assert parser.unread(data) == [2, 3]
    assert all(png.startswith(b"\x89PNG") and len(png) < 5_000_000 for png in parser.pictures(data, [2, 3]))
    for text in ("recognised", "recognised"):
        stub.add_response("detect_document_text", said(page(text)), {"Document": {"Bytes": ANY}})
    document = Textract(stub.client, parser, pay=paid, tables=False)(data, filename="a.pdf")
    assert document.text == "A page with quite a lot of words on it.\n\nrecognised\n\nrecognised"
    assert [span.number for span in document.pages] == [1, 2, 3]


def test_documents_without_pictures_cost_nothing(parser: Parser, stub: Stubber) -> None:
    read = Textract(stub.client, parser, pay=paid, tables=True)
    assert read(make.pdf("Only words, no picture."), filename="a.pdf").text == "Only words, no picture."
    assert read(b"# Words", filename="a.md").text == "# Words"


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError", "AccessDeniedException"]
)
def test_what_may_do_better_later_is_tried_later(parser: Parser, stub: Stubber, code: str) -> None:
    stub.add_client_error("analyze_document", code, "secret detail")
    with pytest.raises(Unavailable) as refused:
        Textract(stub.client, parser, pay=paid, tables=True)(SCAN, filename="a.pdf")
    assert (refused.value.code, "secret" in refused.value.message) == ("text_recognition_unavailable", False)


@pytest.mark.parametrize("code", ["BadDocumentException", "UnsupportedDocumentException", "DocumentTooLargeException"])
def test_a_page_that_cannot_be_read_is_a_scan(parser: Parser, stub: Stubber, code: str) -> None:
    stub.add_client_error("analyze_document", code)
    with pytest.raises(ParseFailed) as failed:
        Textract(stub.client, parser, pay=paid, tables=True)(SCAN, filename="a.pdf")
    assert failed.value.code == "scanned"


def test_pages_beyond_the_limits_are_named(parser: Parser, stub: Stubber) -> None:
    stub.add_response("analyze_document", said(page("read")))
    document = Textract(stub.client, parser, pay=paid, tables=True, most=1)(make.pdf("", "", "", picture=True), filename="a.pdf")
    assert document.text == "read"
    assert "left out: 2, 3." in document.warnings[1]
    with pytest.raises(ParseFailed):
        Textract(stub.client, parser, pay=paid, tables=True, seconds=0.0)(SCAN, filename="a.pdf")


def test_korean_is_not_textracts_and_says_whose_it_is(parser: Parser, stub: Stubber) -> None:
    stub.add_response("analyze_document", said(page("CH AH 0] E ==", confidence=31.0)))
    with pytest.raises(ParseFailed) as failed:
        Textract(stub.client, parser, pay=paid, tables=True)(SCAN, filename="a.pdf")
    assert failed.value.code == "scanned"
    assert "no Korean" in failed.value.message


def test_tesseract_reads_what_textract_cannot_where_it_is_installed(parser: Parser, stub: Stubber, tmp_path: Path) -> None:
    tesseract = tmp_path / "tesseract"
    tesseract.write_text("#!/bin/sh\ncat >/dev/null\necho '한글로 쓰인 쪽'\n", encoding="utf-8")
    tesseract.chmod(0o755)
    stub.add_response("analyze_document", said(page("A page in English.")))
    stub.add_response("analyze_document", said(page("CH AH 0] E ==", confidence=31.0)))
    read = Textract(stub.client, parser, pay=paid, tables=True, otherwise=Ocr(str(tesseract), "kor"), at_once=1)
    document = read(make.pdf("", "", picture=True), filename="a.pdf")
    assert document.text == "A page in English.\n\n한글로 쓰인 쪽"
    assert "recognised from pictures" in document.warnings[0]
    check(document)


def test_pages_are_paid_that_textract_answered_and_none_without_asking_first(parser: Parser, stub: Stubber) -> None:
    bills: list[tuple[int, list[int]]] = []

    @contextmanager
    def pay(most: int) -> Iterator[list[int]]:
        bills.append((most, []))
        yield bills[-1][1]

    stub.add_response("detect_document_text", said(page("read")))
    stub.add_client_error("detect_document_text", "BadDocumentException")
    stub.add_response("detect_document_text", said(page("CH AH 0] E ==", confidence=31.0)))
    stub.add_client_error("detect_document_text", "ThrottlingException")
    read = Textract(stub.client, parser, tables=False, pay=pay, at_once=1)
    read(make.pdf("", "", "", picture=True), filename="a.pdf")
    with pytest.raises(Unavailable):
        read(SCAN, filename="a.pdf")
    read(make.pdf("Only words, no picture."), filename="a.pdf")
    assert bills == [(3, [1, 3]), (1, [])]
