"""Page numbers, running heads and feet of PDF pages, which stand amid sentences that go on over the page's end."""

import re
from collections import Counter
from itertools import product

from maru.knowledge.parse.outline import PAGE_NUMBER
from maru.knowledge.parse.pdf_layout import table_ends
from maru.knowledge.parse.pdf_lines import Line

_NUMBER = re.compile(r"(?:page\s*|p\.\s*)?[-–—\s]*\d{1,4}(?:\s*(?:/|of|-)\s*\d{1,4})?\s*(?:쪽|페이지)?[-–—\s]*|[-–—]", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}")
#: Titles that count with the pages where each begins one: chapters, articles, forms and the like.
_COUNTED = re.compile(
    r"제\s?\d|(?:별표|별지|부록|붙임|서식|첨부)\s*\d|\b(?:chapter|section|part|article|appendix|annex|exhibit|form|table|figure)\s+\d",
    re.IGNORECASE,
)
#: Numbers of a running head, at most: page, chapter and the like.
_NUMBERS = 3
#: Lines of a table at least, whose first and last are no furniture: its heading is repeated on every page.
_ROWS = 4


def without_furniture(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without page numbers and without running heads and feet; what the first page has of these stays there."""
    if len(pages) < 2:
        return pages
    margins = [_margins(lines) for lines in pages]
    repeated = Counter(key for page, lines in enumerate(margins) for key in {key for line in lines for key in _keys(line, page)})
    often = {key for key, count in repeated.items() if count >= max(3, 0.6 * len(pages))}
    cleaned = []
    for page, lines in enumerate(pages):
        numbers = {id(line) for line in margins[page] if PAGE_NUMBER.fullmatch(line.text)}
        heads = {id(line) for line in margins[page] if page and not often.isdisjoint(_keys(line, page))} - numbers
        # Pages that are alike, as filled forms and slides are, have more in common than their margins.
        dropped = numbers if 2 * len(heads) > len(lines) else numbers | heads
        cleaned.append([line for line in lines if id(line) not in dropped])
    return cleaned


def _margins(lines: list[Line]) -> list[Line]:
    """The two highest and the two lowest lines that stand in no table, and those that run aslant; none of a page with little else."""
    if len(lines) < 3:
        return []
    inside = {id(line) for start, end in table_ends(lines).items() if end - start >= _ROWS for line in lines[start:end]}
    ordered = sorted((line for line in lines if not line.turned), key=lambda line: line.top)
    turned = [line for line in lines if line.turned]
    return [line for line in ordered[:2] + ordered[-2:] + turned if id(line) not in inside]


def _keys(line: Line, page: int) -> set[str]:
    """What may be the same on other pages: the text, and unless it is a title's each of its numbers as it is or as its distance from
    the page's."""
    numbers = _NUMBER.findall(line.text)
    if not 0 < len(numbers) <= _NUMBERS or _COUNTED.search(line.text):
        return {line.text}
    words = _NUMBER.sub("#", line.text)
    return {f"{words} {told}" for told in product(*((number, f"+{int(number) - page}") for number in numbers))}
