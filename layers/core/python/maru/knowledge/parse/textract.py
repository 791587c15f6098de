"""Scanned pages through Amazon Textract: the limited process draws them, this one, which has credentials, has them read.

Textract reads Latin script alone (English, German, French, Italian, Portuguese, Spanish). Of Korean it makes Latin letters that it is
not sure of, or nothing: such a page counts as not read, and Tesseract reads it where it is installed.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from itertools import batched
from pathlib import Path
from statistics import median
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from maru.errors import Unavailable
from maru.knowledge.parse.detect import MEDIA_TYPES
from maru.knowledge.parse.limited import Parser
from maru.knowledge.parse.model import ParsedDocument, ParseFailed
from maru.knowledge.parse.ocr import Ocr, Recognised, Recognition
from maru.knowledge.parse.pdf_columns import in_reading_order
from maru.knowledge.parse.pdf_lines import Cell, Line

type Block = dict[str, Any]

#: Reserves what so many pages may cost while it is entered, and settles to those whose numbers stand in the list that it gives then.
type Pay = Callable[[int], AbstractContextManager[list[int]]]

_BATCH = 8
_WIDTH = 1000.0  # Textract gives shares of the page's width and height
#: Per cent: what is read with less confidence, on the average of a page's words, is another script, or no writing.
_SURE = 60.0
_SCANNED = (
    "The PDF holds only pictures of its pages, and no text was found on them. Amazon Textract reads Latin script and no Korean: "
    "Korean scans need Tesseract."
)
#: What Textract says of a page that it cannot read, whenever it is asked.
_UNREADABLE = {"BadDocumentException", "UnsupportedDocumentException", "DocumentTooLargeException", "InvalidParameterException"}


class Textract:
    """Parses documents as `parser` does, and has pages that are pictures read; `tables` asks for tables, at a higher price.

    Pages that Textract cannot read are read by `otherwise`. Those that nobody reads, also because `seconds` are over or there are more
    than `most`, are left out and named in the document's warnings.
    """

    def __init__(
        self,
        client: Any,
        parser: Parser,
        *,
        tables: bool,
        pay: Pay,
        otherwise: Ocr | None = None,
        seconds: float = 150.0,
        most: int = 500,
        at_once: int = 4,
    ) -> None:
        self._parser, self._pay, self._otherwise = parser, pay, otherwise
        self._seconds, self._most, self._at_once = seconds, most, at_once
        self._ask = partial(client.analyze_document, FeatureTypes=["TABLES"]) if tables else client.detect_document_text

    def __call__(self, source: bytes | Path, *, filename: str, content_type: str | None = None) -> ParsedDocument:
        """The document. Raises ParseFailed, Unavailable where Textract does not answer, throttles, or refuses the role, and what
        `pay` raises."""
        document = self._without_pictures(source, filename, content_type)
        if document and (document.media_type != MEDIA_TYPES["pdf"] or not document.warnings):
            return document
        pages = self._read(source)
        if not pages and not self._otherwise:
            if document is None:
                raise ParseFailed("scanned", _SCANNED)
            return document
        return self._parser.parse(
            source, filename=filename, content_type=content_type, recognised=Recognised(pages), otherwise=self._otherwise
        )

    def _without_pictures(self, source: bytes | Path, filename: str, content_type: str | None) -> ParsedDocument | None:
        """The document without what stands on pictures; None where there is nothing else."""
        try:
            return self._parser.parse(source, filename=filename, content_type=content_type)
        except ParseFailed as failed:
            if failed.code != "scanned":
                raise
            return None

    def _read(self, source: bytes | Path) -> dict[int, list[Recognition]]:
        """What stands on the pages that are pictures; those without text are left out."""
        until, pages = time.monotonic() + self._seconds, dict[int, list[Recognition]]()
        numbers = self._parser.unread(source)[: self._most]
        if not numbers:
            return pages
        with self._pay(len(numbers)) as answered, ThreadPoolExecutor(self._at_once) as several:
            for some in batched(numbers, _BATCH, strict=False):
                if time.monotonic() > until:
                    break
                found = several.map(partial(self._page, answered), some, self._parser.pictures(source, some))
                pages |= {number: blocks for number, blocks in zip(some, found, strict=True) if blocks}
        return pages

    def _page(self, answered: list[int], number: int, png: bytes) -> list[Recognition]:
        try:
            blocks = self._ask(Document={"Bytes": png})["Blocks"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _UNREADABLE:
                return []
            raise _away() from error
        except BotoCoreError as error:
            raise _away() from error
        answered.append(number)
        if not _sure(blocks):
            return []
        width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
        return recognitions(blocks, height / max(width, 1))


def _sure(blocks: Sequence[Block]) -> bool:
    told = [block.get("Confidence", 100.0) for block in blocks if block["BlockType"] == "WORD"]
    return bool(told) and sum(told) / len(told) >= _SURE


def _away() -> Unavailable:
    return Unavailable("Amazon Textract, which reads scanned pages, does not answer at present.", code="text_recognition_unavailable")


def recognitions(blocks: Sequence[Block], aspect: float) -> list[Recognition]:
    """Paragraphs and tables of a page in reading order; `aspect` is the page's height over its width."""
    by_id = {block["Id"]: block for block in blocks}
    tables = [(block, _words(by_id, block)) for block in blocks if block["BlockType"] == "TABLE"]
    taken = {word for _, words in tables for word in words}
    written = [block for block in blocks if block["BlockType"] == "LINE" and not taken.intersection(_children(block))]
    heights = [block["Geometry"]["BoundingBox"]["Height"] * _WIDTH * aspect for block in written]
    usual = median(heights) if heights else 10.0
    lines = [_line(block, aspect, block["Text"], usual) for block in written]
    for block, _ in tables:
        rows = _rows(by_id, block)
        table = _line(block, aspect, " ".join(cell for row in rows for cell in row if cell), usual)
        table.grid = rows
        lines.append(table)
    lines.sort(key=lambda line: (-line.top, line.left))
    return list(_paragraphs(in_reading_order(lines)))


def _children(block: Block, kind: str = "CHILD") -> list[str]:
    return [one for relation in block.get("Relationships", ()) if relation["Type"] == kind for one in relation["Ids"]]


def _words(by_id: dict[str, Block], block: Block) -> set[str]:
    """The ids of all words in a table."""
    return {word for cell in _children(block) for word in _children(by_id[cell])}


def _rows(by_id: dict[str, Block], table: Block) -> list[list[str]]:
    cells = [by_id[one] for one in _children(table) if by_id[one]["BlockType"] == "CELL"]
    height, width = (max((cell[index] for cell in cells), default=0) for index in ("RowIndex", "ColumnIndex"))
    rows = [[""] * width for _ in range(height)]
    texts = {cell["Id"]: _text(by_id, cell) for cell in cells}
    for merged in _children(table, "MERGED_CELL"):
        parts = _children(by_id[merged])
        texts |= dict.fromkeys(parts, " ".join(text for part in parts if (text := texts.get(part))))
    for cell in cells:
        rows[cell["RowIndex"] - 1][cell["ColumnIndex"] - 1] = texts[cell["Id"]]
    return rows


def _text(by_id: dict[str, Block], cell: Block) -> str:
    parts = (by_id[one] for one in _children(cell))
    return " ".join(part.get("Text") or ("[x]" if part.get("SelectionStatus") == "SELECTED" else "") for part in parts).strip()


def _line(block: Block, aspect: float, text: str, usual: float) -> Line:
    """The block as a line of a page that is 1,000 wide; heights of lines differ with their letters, so only large ones count."""
    box, high = block["Geometry"]["BoundingBox"], _WIDTH * aspect
    left, top = box["Left"] * _WIDTH, high * (1 - box["Top"])
    right, bottom = left + box["Width"] * _WIDTH, top - box["Height"] * high
    size = top - bottom if 1.4 * usual < top - bottom and block["BlockType"] == "LINE" else usual
    line = Line(text, left=left, right=right, top=top, bottom=bottom, baseline=bottom, size=size)
    line.cells = line.pieces = [Cell(left, right, text)]
    return line


def _paragraphs(lines: Iterable[Line]) -> Iterable[Recognition]:
    """Lines of one type that follow one another closely, as one."""
    text, before = "", None
    for line in lines:
        close = before is not None and not line.grid and -0.5 * line.size < before.bottom - line.top < 0.8 * line.size
        if close and before and before.size == line.size:
            text = text[:-1] + line.text if text.endswith("-") and line.text[:1].islower() else f"{text} {line.text}"
        else:
            if text:
                yield text
            text = "" if line.grid else line.text
        if line.grid:
            yield line.grid
        before = None if line.grid else line
    if text:
        yield text
