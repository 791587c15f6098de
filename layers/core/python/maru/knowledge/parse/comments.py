"""Comments beside the text of office files: who said what about a place, replies among them, written as text that says that it is one."""

from collections.abc import Iterator
from typing import Any

from maru.knowledge.parse.drawings import text_of
from maru.knowledge.parse.package import Package, child, local, value

_MARK = "[comment]"


def comment_line(author: str, text: str) -> str:
    """A comment on one line, whatever its format; "" of one that says nothing.

    The mark keeps a reader, a model and the guard's check of passages from taking it for the document's own word.
    """
    text = " ".join(text.split())
    author = " ".join(author.split())
    return " ".join(filter(None, (_MARK, f"{author}:" if author else "", text))) if text else ""


class SheetComments:
    """The threads of comments on a workbook's sheets; workbooks keep a thread's text beside the cell's note that stands for it."""

    def __init__(self, package: Package, workbook: str) -> None:
        self._package = package
        self._names = _names(package, package.relations(workbook), "person", "displayName")

    def of(self, sheet: str) -> dict[str, list[str]]:
        """The lines of the threads of a sheet's part, by the cell that they are about."""
        found: dict[str, list[str]] = {}
        for part in _parts(self._package, sheet, "threadedComment"):
            for one in part if local(part) == "ThreadedComments" else ():
                words = child(one, "text")
                line = comment_line(self._names.get(value(one, "personId") or "", ""), "" if words is None else words.text or "")
                if line:
                    found.setdefault(value(one, "ref") or "", []).append(line)
        return found


class SlideComments:
    """The comments on slides, in the form that PowerPoint had first and in the one with threads."""

    def __init__(self, package: Package, presentation: str) -> None:
        self._package = package
        relations = package.relations(presentation)
        self._names = _names(package, relations, "commentAuthors", "name") | _names(package, relations, "authors", "name")

    def of(self, slide: str) -> Iterator[str]:
        """The lines of a slide's comments, each before its replies."""
        for part in _parts(self._package, slide, "comments"):
            for element in part.iter():
                if local(element) in {"cm", "reply"}:
                    line = comment_line(self._names.get(value(element, "authorId") or "", ""), _said(element))
                    if line:
                        yield line


def _said(comment: Any) -> str:
    plain = child(comment, "text")
    body = child(comment, "txBody")
    lines = [text_of(paragraph) for paragraph in body if local(paragraph) == "p"] if body is not None else []
    return "\n".join([plain.text or "" if plain is not None else "", *lines])


def _parts(package: Package, of: str, kind: str) -> Iterator[Any]:
    for found, target in package.relations(of).values():
        part = package.part(target) if found == kind else None
        if part is not None:
            yield part


def _names(package: Package, relations: dict[str, tuple[str, str]], kind: str, attribute: str) -> dict[str, str]:
    """Who an author's id stands for."""
    lists = (package.part(target) for found, target in relations.values() if found == kind)
    return {value(one, "id") or "": value(one, attribute) or "" for root in lists if root is not None for one in root}
