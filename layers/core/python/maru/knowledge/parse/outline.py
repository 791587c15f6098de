"""Headings that are only visible in how a line reads: chapters and articles of Korean rules, numbered sections."""

import re
from typing import NamedTuple

from maru.knowledge.parse.build import Rendering

#: A page's number as its head or foot has it, and a dash of one that stands between two columns, and is read as a part of each.
PAGE_NUMBER = re.compile(r"(?:page\s*|p\.\s*)?[-–—\s]*\d{1,4}(?:\s*(?:/|of|-)\s*\d{1,4})?\s*(?:쪽|페이지)?[-–—\s]*|[-–—]", re.IGNORECASE)

_DIVISION = re.compile(r"[ \t]*(?:제\s?\d{1,3}\s?(?P<unit>편|장|절|관)|(?P<annex>부\s{0,3}칙|별표\s?\d{0,2}))(?=[\s(.<\[]|$)")
_ARTICLE = re.compile(r"[ \t]*제\s?\d{1,3}\s?조(?:의\s?\d{1,2})?\s?[(\[【][^()\[\]【】\n]{1,60}[)\]】]")
_LEVELS = {"편": 1, "장": 2, "절": 3, "관": 3}
ARTICLE_LEVEL = 4
_LONGEST = 60  # characters of a line that can still be the title of a chapter


class Found(NamedTuple):
    """A heading in a line: the first `length` code points of it."""

    level: int
    length: int
    title: str


def heading_of(line: str) -> Found | None:
    """The heading that `line` is (제2장 휴가) or begins with (제15조(연차 유급휴가) 회사는 …)."""
    if "제" not in line[:12] and "부" not in line[:4] and "별" not in line[:4]:
        return None
    article = _ARTICLE.match(line)
    if article:
        return Found(ARTICLE_LEVEL, article.end(), article.group().strip())
    division = _DIVISION.match(line)
    if division and len(line) <= _LONGEST and not line.rstrip().endswith((".", "다", ",")):
        return Found(_LEVELS.get(division["unit"] or "", 2), len(line), " ".join(line.split()))
    return None


def note_headings(rendering: Rendering, text: str, start: int) -> None:
    """Record the headings of the lines of `text`, which stands at `start` of the rendering."""
    at = start
    for line in text.split("\n"):
        found = heading_of(line)
        if found:
            rendering.note_heading(found.level, at, at + found.length, found.title)
        at += len(line) + 1
