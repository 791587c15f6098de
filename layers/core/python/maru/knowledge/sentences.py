"""Where sentences begin and end in Korean and English text, as code-point offsets."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]`, in Unicode code points, end exclusive."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without overlap, without surrounding white space.

    Headings, list items and table rows are sentences of their own; the marks of headings and bullets (`#`, `-`, `•`) stay outside
    the span, numbers of list items inside. A line break inside running text that was only wrapped is no border. Rules of tables
    (`|---|`) and lines without a letter or digit belong to no sentence. Runs in time linear in the length of the text.
    """
    return [span for start, end in _blocks(text) for span in _block_sentences(text, start, end)]


_LINE = re.compile(r"[^\n\v\f\r\x85\u2028\u2029]+")
_BULLET = re.compile(r"[ \t\u3000>]*(?:#{1,6}[ \t]+|(?:[-*+•·▪◦■□○●▶※–—ㅇ]|[o](?=[ \t]{2}))[ \t]+)*")
# What opens a line that does not continue the one before it: marks, numbers of items, articles of Korean rules, table rows.
_OPENS = re.compile(
    r"[ \t\u3000]*(?:[#>|•·▪◦■□○●▶※\u2460-\u24ff\u2776-\u2793]|[-*+–—][ \t]|```"
    r"|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4}|[가-하])[.)](?=[ \t])|\(\d{1,3}\)|제\s?\d+\s?[조장절항편]|\d+(?:\.\d+)+[ \t])"
)
_SINGLE = re.compile(r"[ \t\u3000]*(?:#{1,6}[ \t]|\|)")  # headings and table rows never continue on the next line
_WORD = re.compile(r"\w")
_ENDED = re.compile(r"(?:[.!?。！？:;]|[니이한했된됐있없]다|[어아해세네에]요)['\"”’)\]」』》】]*\s*$")
_LOWER_START = re.compile(r"[ \t]*[a-z]")
_WRAP_WIDTH = 50  # columns: a line at least this wide that does not end a sentence was wrapped, a shorter one is a title or an entry


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches in which only punctuation can end a sentence: one line, or the lines of one wrapped paragraph."""
    start, line = -1, ""
    end = -1
    for match in _LINE.finditer(text):
        following = match.group()
        if start >= 0 and not _continues(text, line, following, (end, match.start())):
            yield start, end
            start = -1
        if start < 0:
            start = match.start()
        line, end = following, match.end()
    if start >= 0:
        yield start, end


def _continues(text: str, line: str, following: str, gap: tuple[int, int]) -> bool:
    """Whether the break in `gap` between two lines is a mere wrap."""
    between = text[gap[0] : gap[1]]
    if between not in {"\n", "\r\n"} or not line.strip() or not following.strip():
        return False
    if _SINGLE.match(line) or _OPENS.match(following) or _ENDED.search(line[-12:]):
        return False
    return _width(line) >= _WRAP_WIDTH or (_LOWER_START.match(following) is not None and len(line) > 20)


def opens_item(line: str) -> bool:
    """Whether `line` begins something new (a list item, an article, a heading, a table row) whatever stands above it."""
    return _OPENS.match(line) is not None


def _width(line: str) -> int:
    """Columns, Hangul and ideographs counting two."""
    return len(line) + sum(1 for char in line if char >= "\u1100" and unicodedata.east_asian_width(char) in "WF")


_QUOTED = re.compile(
    r"\"[^\"]{1,200}\"|“[^“”]{1,200}”|‘[^‘’]{1,200}’|「[^「」]{1,200}」|『[^『』]{1,200}』|《[^《》]{1,200}》"
    r"|\([^()]{1,200}\)|\[[^\[\]]{1,200}\]"
)
_TERMINATOR = re.compile(
    r"(?:[.!?…。！？]+['\"”’)\]」』》】*_]*(?=\s|$|\[\d)"  # a mark, what it closes, then space, the end or a citation
    r"|(?<=[다요죠까음함됨임])[.!?]+(?=[가-힣A-Z])"  # Korean without a space after the stop
    r"|[。！？]+[”’」』》】)]*)"
)


def _block_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    if text[start:end].lstrip().startswith("|"):
        yield from _trimmed(text, start, end)
        return
    bullet = _BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    protected = [match.span() for match in _QUOTED.finditer(text, start, end)]
    begins = [span[0] for span in protected]
    at = start
    for match in _TERMINATOR.finditer(text, start, end):
        place = bisect_right(begins, match.start()) - 1
        if place >= 0 and match.end() < protected[place][1]:
            continue
        if _is_border(text, at, match, end):
            yield from _trimmed(text, at, match.end())
            at = match.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if _WORD.search(piece):
        left = len(piece) - len(piece.lstrip())
        yield Span(start + left, end - (len(piece) - len(piece.rstrip())))


_BEFORE = re.compile(r"[^\s(\[\"'“‘]+$")
_NEXT = re.compile(r"\s*[\"'“‘(\[「『]*(\w+)?")
_NUMBER_BEFORE = re.compile(r"^\d{1,4}$")
_ITEM = re.compile(r"^\s*\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4}|[가-하])$")
_ITEM_LETTER = re.compile(r"[가나라마바사아자차카타파하]")  # 가. 나. (다. ends a sentence more often than it numbers one)
_DATE = re.compile(r"\d{4}\s?\.\s?\d{1,2}(?:\s?\.\s?\d{1,2})?$|(?<!\d)\d{1,2}\.\s\d{1,2}$")
# Never the end of a sentence.
_TITLE = re.compile(
    r"mrs?|ms|dr|prof|rev|gen|col|lt|sgt|capt|hon|nos?|figs?|eq|sec|ch|art|vol|pp|cf|vs|viz|eds?|approx|dept|tel",
    re.IGNORECASE,
)
# The end of one only when a word follows that commonly begins a sentence.
_SHORT = re.compile(
    r"inc|ltd|co|corp|etc|jr|sr|st|ave|al|est|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|e\.g|i\.e|[ap]\.m|u\.[sk]|ph\.d|(?-i:[A-Z])",
    re.IGNORECASE,
)
_STARTER = re.compile(
    r"the|an?|in|it|he|she|they|we|you|i|this|that|these|those|there|if|when|however|but|and|for|as|at|on|by|our|your|all|no|each|its|his"
    r"|her|after|before|since|while|what|who|how|employees|please|see",
    re.IGNORECASE,
)


def _is_border(text: str, start: int, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    following = _NEXT.match(text, match.end(), end)
    word = (following.group(1) or "") if following else ""
    if mark[0] in ".…" and word[:1].islower() and word[:1].isascii():
        return False
    if mark[0] in "!?" and mark[-1] not in "!?" and word[:1].islower() and word[:1].isascii():
        return False  # "Go home!" he said.
    if mark.startswith(("...", "…")):
        return not word or word[:1].isupper() or text[match.start() - 1 : match.start()] in "다요죠까"
    if mark[0] != ".":
        return True
    return _stop_ends(text[max(start, match.start() - 24) : match.start()], word, at_start=match.start() - start <= 6)


def _stop_ends(before: str, word: str, *, at_start: bool) -> bool:
    """Whether a full stop after `before` ends a sentence when `word` follows."""
    token_match = _BEFORE.search(before)
    token = token_match.group() if token_match else ""
    if not token and before[-1:].isspace():  # tokenised text: "word . Next"
        return bool(before.strip()) and (not word or word[0].isupper() or "가" <= word[0] <= "힣")
    if not token or (at_start and _ITEM.match(before)) or _ITEM_LETTER.fullmatch(token):
        return False
    if _NUMBER_BEFORE.match(token) and (word[:1].isdigit() or _DATE.search(before)):
        return not word
    if _TITLE.fullmatch(token):
        return not word or word[0].islower()
    if _SHORT.fullmatch(token):
        return not word or _STARTER.fullmatch(word) is not None or "가" <= word[0] <= "힣"
    return True
