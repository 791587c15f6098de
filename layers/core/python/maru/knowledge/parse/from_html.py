"""HTML: what a reader of the page sees, as Markdown, in reading order."""

import re
from typing import Any

import lxml.etree
import lxml.html

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.encodings import decode
from maru.knowledge.parse.html_elements import grid, visible, words_of
from maru.knowledge.parse.model import ParsedDocument, damaged, empty

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "main", "nav", "p"),
        *("section", "summary"),
    )
)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})"
    rb"|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9_.-]{2,40})",
    re.IGNORECASE,
)
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_MAX_DEPTH = 150  # of nested elements; what lies deeper is taken as mere text


def parse_html(data: bytes) -> ParsedDocument:
    """The visible text, and the words that stand for pictures; scripts, styles, comments, and what is hidden inline or by attribute go."""
    declared = _CHARSET.search(data[:4096])
    name = next((group for group in declared.groups() if group), b"").decode() if declared else None
    text = decode(data, declared=name)
    if not text.strip():
        raise empty()
    # The parser goes by the encoding given here, whatever the page says; it fetches nothing and knows no entities of the page's own.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    text = _END.sub("", text)  # browsers show what follows these, the parser would drop it
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as broken:
        raise damaged("HTML page") from broken
    page = _Page()
    page.element(root, 0)
    page.flush()
    return page.rendering.document("text/html", title=root.findtext(".//title"))


class _Page:
    """Collects inline text and writes it out as a block whenever an element of the page breaks the line."""

    def __init__(self) -> None:
        self.rendering = Rendering()
        self._inline: list[str] = []
        self._prefix = ""
        self._glue = "\n\n"

    def flush(self) -> None:
        text = tidy("".join(self._inline))
        self._inline.clear()
        if not text:
            return
        self.rendering.block(self._prefix + text, glue=self._glue)
        self._prefix = " " * (len(self._prefix) - len(self._prefix.lstrip())) + ("  " if self._prefix.strip() else "")
        self._glue = "\n" if self._prefix else "\n\n"

    def element(self, element: Any, depth: int) -> None:
        words = words_of(element)
        if words is not None or not visible(element):
            self._inline.append(f" {words} " if words else "")
            return
        tag = element.tag
        if depth > _MAX_DEPTH:
            self._inline.extend(element.itertext())
        elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.flush()
            self.rendering.heading(int(tag[1]), tidy(inline_text(element)))
        elif tag == "table":
            self.flush()
            self._table(element, depth)
        elif tag in {"ul", "ol", "menu"}:
            self._list(element, depth)
        elif tag == "pre":
            self.flush()
            self.rendering.block("```\n" + inline_text(element).strip("\n") + "\n```")
        elif tag == "br":
            self._inline.append("\n")
        else:
            self._container(element, depth, block=tag in _BLOCKS)

    def _container(self, element: Any, depth: int, *, block: bool) -> None:
        if block:
            self.flush()
        self._children(element, depth)
        if block:
            self.flush()

    def _children(self, element: Any, depth: int) -> None:
        self._inline.append(_spaces(element.text))
        for child in element:
            self.element(child, depth + 1)
            self._inline.append(_spaces(child.tail))

    def _list(self, element: Any, depth: int) -> None:
        self.flush()
        outer, outer_glue = self._prefix, self._glue
        indent = outer if not outer.strip() else " " * len(outer)
        number = _start(element)
        glue = "\n" if outer else "\n\n"
        for child in element:
            if isinstance(child.tag, str) and child.tag == "li" and visible(child):
                self._prefix = f"{indent}{number}. " if element.tag == "ol" else f"{indent}- "
                number += 1
                self._glue = glue
                self._children(child, depth + 1)
                self.flush()
                glue = "\n"
            else:
                self._prefix, self._glue = indent, glue
                self.element(child, depth + 1)
        self._prefix, self._glue = outer, outer_glue

    def _table(self, table: Any, depth: int) -> None:
        rows = grid(table)
        width = max((len(row) for row in rows), default=0)
        caption = table.find("caption")
        if caption is not None:
            self.rendering.block(tidy(inline_text(caption)))
        if width > 1 and len(rows) > 1:
            self.rendering.grid([[tidy(inline_text(cell)) if cell is not None else "" for cell in row] for row in rows])
            return
        for row in rows:  # a table of one row or column only lays out the page
            for cell in row:
                if cell is not None:
                    self._container(cell, depth + 1, block=True)


def inline_text(element: Any) -> str:
    """The visible text of an element, its blocks separated by line breaks, its list items marked."""
    parts: list[str] = []
    _gather(element, parts, 0)
    return "".join(parts)


def _gather(element: Any, parts: list[str], depth: int) -> None:
    words = words_of(element)
    if words is not None or not visible(element):
        parts.append(f" {words} " if words else "")
        return
    tag = element.tag
    if depth > _MAX_DEPTH:
        parts.extend(element.itertext())
        return
    breaks = tag in _BLOCKS or tag in {"br", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
    parts.append("\n" if breaks else " " if tag in {"td", "th"} else "")
    parts.append(element.text or "")
    for child in element:
        _gather(child, parts, depth + 1)
        parts.append(child.tail or "")
    parts.append("\n" if breaks and tag != "br" else "")


def tidy(text: str) -> str:
    """Runs of spaces become one, lines are trimmed, empty ones go."""
    return "\n".join(line for line in (" ".join(part.split()) for part in text.split("\n")) if line)


def _spaces(text: str | None) -> str:
    """Line breaks of the source are mere spaces; those of `<br>` are added as such."""
    return (text or "").replace("\n", " ").replace("\r", " ")


def _start(element: Any) -> int:
    value = element.get("start", "")
    return int(value) if value.isdecimal() and len(value) < 6 else 1
