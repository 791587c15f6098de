"""Columns and tables of PDFs: how much of the words' order, and of the cells of tables without rules, is read as it was set.

Run `python -m bench.pdf_order`. Pages are set here from public texts, so that the right order is known: two and three columns, headings
over them, footnotes; each written into the file column by column, line by line across the columns, or in no order. Rules were chosen on
the passages and rows with even numbers (`--split train`); those with odd ones are reported. Beside ours stands pdfium in its own order.
"""

import io
import random
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import pypdfium2
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from bench import corpora
from bench.report import report
from maru.knowledge.parse import parse

WIDTH, HEIGHT, MARGIN = 595, 842, 56
ORDERS = ("columns", "lines", "none")
PAGES = 12
KOREAN = "HYSMyeongJo-Medium"


@dataclass
class Drawing:
    """What is drawn on a page, in reading order: place, type and text of each line; `column` for the file's own order."""

    drawn: list[tuple[int, float, float, float, str]] = field(default_factory=list)
    font: str = "Helvetica"

    def put(self, column: int, x: float, y: float, size: float, text: str) -> None:
        """One line of text."""
        self.drawn.append((column, x, y, size, text))

    @property
    def text(self) -> str:
        """The whole in reading order."""
        return " ".join(line[4] for line in self.drawn)

    def pdf(self, order: str, chance: random.Random) -> bytes:
        """The page as a file whose content is in this order."""
        lines = list(self.drawn)
        if order == "lines":
            lines.sort(key=lambda line: (-line[2], line[1]))
        elif order == "none":
            chance.shuffle(lines)
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
        for _, x, y, size, text in lines:
            canvas.setFont(self.font, size)
            canvas.drawString(x, y, text)
        canvas.save()
        return out.getvalue()


def main() -> None:
    """Print both tables for one half of the texts."""
    pdfmetrics.registerFont(UnicodeCIDFont(KOREAN))
    split = sys.argv[sys.argv.index("--split") + 1] if "--split" in sys.argv else "test"
    rows = []
    for name, font, texts in _texts(split):
        for columns in (1, 2, 3):
            pages = [page_of(texts[at::PAGES], columns, font, random.Random(at)) for at in range(PAGES)]
            rows += [[name, columns, order, PAGES, *_similar(pages, order)] for order in ORDERS]
    report("pdf_order", ["text", "columns", "file's order", "pages", "pdfium's own", "ours"], rows)
    cells = [[order, *_cells(split, order)] for order in ORDERS]
    report("pdf_tables", ["table without rules, file's order", "cells", "found in their row of a Markdown table"], cells)


def _texts(split: str) -> Iterator[tuple[str, str, list[str]]]:
    for corpus, font in ((corpora.xquad(), "Helvetica"), (corpora.korquad(), KOREAN)):
        if corpus:
            half = [text for at, text in enumerate(corpus.passages) if at % 2 == (split == "test")]
            yield corpus.name, font, half


def page_of(texts: Sequence[str], columns: int, font: str, chance: random.Random) -> Drawing:
    """A page with a title over all columns, text in the columns with a heading over them midway, and a footnote in the first."""
    page, texts = Drawing(font=font), list(texts)
    gutter = chance.choice((14, 20, 28)) if columns > 1 else 0
    width = (WIDTH - 2 * MARGIN - gutter * (columns - 1)) / columns
    page.put(0, MARGIN, HEIGHT - MARGIN, 20, _title(texts[0]))
    top = HEIGHT - MARGIN - 34
    middle = HEIGHT / 2 + chance.randint(-60, 60)
    _fill(page, texts, columns, (width, gutter), (top, middle))
    page.put(columns, MARGIN, middle - 22, 14, _title(texts[-1]))
    note = "1 " + " ".join(texts[-1].split()[-12:])
    lines = simpleSplit(note, font, 7, width)
    _fill(page, texts, columns, (width, gutter), (middle - 44, MARGIN + 10 * len(lines) + 8))
    for at, line in enumerate(lines):
        page.put(2 * columns, MARGIN, MARGIN - 10 * at, 7, line)
    return page


def _fill(page: Drawing, texts: list[str], columns: int, across: tuple[float, float], down: tuple[float, float]) -> None:
    width, gutter = across
    top, bottom = down
    for column in range(columns):
        y = top
        while texts and y > bottom:
            lines = simpleSplit(texts[0], page.font, 9.5, width)
            room = max(1, int((y - bottom) / 12) + 1)
            for line in lines[:room]:
                page.put(column, MARGIN + column * (width + gutter), y, 9.5, line)
                y -= 12
            texts[0] = " ".join(lines[room:])
            if not texts[0]:
                texts.pop(0)
            y -= 6


def _title(text: str) -> str:
    return " ".join(text.split()[:4])


def _similar(pages: Sequence[Drawing], order: str) -> tuple[float, float]:
    own = ours = 0.0
    for number, page in enumerate(pages):
        data = page.pdf(order, random.Random(number))
        wanted = words(page.text)
        own += likeness(wanted, words(_pdfium(data)))
        ours += likeness(wanted, words(parse(data, filename="a.pdf").text))
    return own / len(pages), ours / len(pages)


def _pdfium(data: bytes) -> str:
    with closing(pypdfium2.PdfDocument(data)) as document:
        text: str = document[0].get_textpage().get_text_range()
    return text


def words(text: str) -> list[str]:
    """Words in their order."""
    return re.findall(r"[^\W_]+", text.lower())


def likeness(wanted: Sequence[str], found: Sequence[str]) -> float:
    """Twice the words in common runs over the words of both (Ratcliff and Obershelp): 1 where the order is the same."""
    return SequenceMatcher(None, wanted, found, autojunk=False).ratio()


def _cells(split: str, order: str) -> tuple[int, float]:
    found = wanted = 0
    for number in range(split == "test", 2 * PAGES, 2):
        chance = random.Random(1000 + number)
        rows = table_of(chance)
        page = Drawing()
        page.put(0, MARGIN, HEIGHT - MARGIN, 11, "Some words that stand before the table and say what is in it.")
        width = (WIDTH - 2 * MARGIN) / len(rows[0])
        right = [False, *(row.replace(".", "").isdigit() and chance.random() < 0.7 for row in rows[1][1:])]
        for at in range(len(rows[0])):
            for down, row in enumerate(rows):
                x = MARGIN + at * width
                if right[at]:
                    x += width - 20 - pdfmetrics.stringWidth(row[at], "Helvetica", 10)
                page.put(at, x, HEIGHT - MARGIN - 40 - 16 * down, 10, row[at])
        lines = parse(page.pdf(order, chance), filename="a.pdf").text.splitlines()
        read = {tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")}
        wanted += sum(map(len, rows))
        found += sum(len(row) for row in rows if tuple(row) in read)
    return wanted, found / wanted


WORDS = (
    "Seoul", "Busan", "Daegu", "Incheon", "Ulsan", "north", "south", "model", "report", "total",
    "plan", "budget", "staff", "branch", "office", "sales", "stock", "unit", "price", "tax",
)  # fmt: skip


def table_of(chance: random.Random) -> list[list[str]]:
    """A table of words and numbers with a heading row."""
    columns, rows = chance.randint(3, 6), chance.randint(4, 20)
    numeric = [False, *(chance.random() < 0.6 for _ in range(columns - 1))]
    numeric[-1] = True
    body = [[_value(chance, number=number) for number in numeric] for _ in range(rows)]
    return [chance.sample(WORDS, columns), *body]


def _value(chance: random.Random, *, number: bool) -> str:
    if number:
        return f"{chance.random() * 10 ** chance.randint(1, 5):.{chance.randint(0, 2)}f}"
    return " ".join(chance.sample(WORDS, chance.randint(1, 2)))


if __name__ == "__main__":
    main()
