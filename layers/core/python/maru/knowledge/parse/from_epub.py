"""EPUB: the chapters in the order of the book's spine, each read as a page of HTML.

The container is read directly: the usual library, EbookLib, is under the AGPL.
"""

from typing import Any
from urllib.parse import unquote

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import MEDIA_TYPES, encrypted
from maru.knowledge.parse.from_html import parse_html
from maru.knowledge.parse.model import ParsedDocument, ParseFailed, damaged
from maru.knowledge.parse.package import Package, child, local, resolve, value

_PAGES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document"))


def parse_epub(data: bytes) -> ParsedDocument:
    """Raises ParseFailed: damaged, encrypted (chapters under digital rights management), empty, too_large."""
    package = Package(data, "EPUB")
    place = _book(package)
    book = package.part(place)
    if book is None:
        raise damaged("EPUB")
    folder = place.rpartition("/")[0]
    locked = _locked(package)
    rendering = Rendering()
    for target in _chapters(book, folder):
        if target in locked:
            raise encrypted()
        page = package.read(target)
        if page is not None:
            _include(rendering, page)
    return rendering.document(MEDIA_TYPES["epub"], title=_title(book))


def _book(package: Package) -> str:
    container = package.part("META-INF/container.xml")
    for element in container.iter() if container is not None else ():
        if local(element) == "rootfile":
            return value(element, "full-path") or ""
    raise damaged("EPUB")


def _chapters(book: Any, folder: str) -> list[str]:
    """The members of the spine in order, tables of contents left out."""
    manifest = child(book, "manifest")
    items = {value(item, "id"): item for item in (manifest if manifest is not None else ())}
    spine = child(book, "spine")
    chapters = []
    for reference in spine if spine is not None else ():
        item = items.get(value(reference, "idref"))
        if item is not None and value(item, "media-type") in _PAGES and "nav" not in (value(item, "properties") or "").split():
            chapters.append(resolve(folder, unquote(value(item, "href") or "").partition("#")[0]))
    return list(dict.fromkeys(chapters))


def _locked(package: Package) -> set[str]:
    """Members that are encrypted; obfuscated fonts are listed in the same place."""
    listed = package.part("META-INF/encryption.xml")
    found = listed.iter() if listed is not None else ()
    return {resolve("", unquote(value(element, "URI") or "")) for element in found if local(element) == "CipherReference"}


def _include(rendering: Rendering, page: bytes) -> None:
    try:
        rendering.include(parse_html(page))
    except ParseFailed as failed:
        if failed.code != "empty":  # a cover, a picture: nothing to read
            raise


def _title(book: Any) -> str | None:
    return next((element.text for element in book.iter() if local(element) == "title"), None)
