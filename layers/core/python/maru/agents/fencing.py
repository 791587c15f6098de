"""Passages rendered as data between lines that their own text cannot forge, and read back by whoever must quote them."""

import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_BOUNDARY = re.compile(r"[0-9a-zA-Z]{8,64}")
# The closing line must repeat number and boundary of its opening line, so a fence written inside a passage stays text.
_FENCE = re.compile(
    r'^<<<PASSAGE (?P<number>\d+) (?P<boundary>[0-9a-zA-Z]{8,64}) source=(?P<source>"(?:[^"\\\n]|\\.)*")(?: page=(?P<page>\d+))?>>>\n'
    r"(?P<text>.*?)\n<<<END (?P=number) (?P=boundary)>>>$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class FencedPassage:
    """One numbered passage of a prompt; `page` is 1-based, None where the document has no pages."""

    number: int
    source: str
    page: int | None
    text: str


def fence(passages: Iterable[FencedPassage], *, boundary: str) -> str:
    """Render `passages` one after the other, each text verbatim between lines that carry `boundary`.

    `boundary` is 8 to 64 letters or digits, random for every request (`secrets.token_hex(8)`).
    Raises ValueError where it has another shape or stands in a passage already.
    """
    if not _BOUNDARY.fullmatch(boundary):
        raise ValueError("a boundary is 8 to 64 ASCII letters or digits")
    return "\n".join(_render(passage, boundary) for passage in passages)


def fenced(passages: Sequence[FencedPassage]) -> str:
    """The same with a boundary drawn for them alone."""
    while True:
        try:
            return fence(passages, boundary=secrets.token_hex(8))
        except ValueError:  # the boundary stands in a passage: one draw in 2^64
            continue


def read_fenced(text: str) -> list[FencedPassage]:
    """Give the passages that `fence` put into `text`, in order, texts and sources exactly as they were.

    Only fences that carry the boundary of the first one count: what a later message imitates is no passage.
    """
    found = list(_FENCE.finditer(text))
    return [_passage(match) for match in found if match["boundary"] == found[0]["boundary"]]


def _render(passage: FencedPassage, boundary: str) -> str:
    if boundary in passage.text or boundary in passage.source:
        raise ValueError("the boundary stands in a passage; draw another")
    source = json.dumps(passage.source, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    page = "" if passage.page is None else f" page={passage.page}"
    head = f"<<<PASSAGE {passage.number} {boundary} source={source}{page}>>>"
    return f"{head}\n{passage.text}\n<<<END {passage.number} {boundary}>>>"


def _passage(match: re.Match[str]) -> FencedPassage:
    page = int(match["page"]) if match["page"] else None
    return FencedPassage(number=int(match["number"]), source=json.loads(match["source"]), page=page, text=match["text"])
