"""Bodies of mails that are no plain text: pages, and RTF as Outlook packs it."""

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.from_html import parse_html
from maru.knowledge.parse.model import ParseFailed
from maru.knowledge.parse.rtf import read_rtf, unpacked


def add_page(rendering: Rendering, page: bytes, *, below: int) -> None:
    """Add a body in HTML, its headings ``below`` levels deeper; an empty one adds nothing."""
    try:
        rendering.include(parse_html(page), below=below)
    except ParseFailed as failed:
        if failed.code != "empty":
            raise


def add_rtf(rendering: Rendering, packed: bytes, *, below: int) -> None:
    """Add a body in compressed RTF, as the page that it was made of where it holds one; what is none adds nothing."""
    try:
        text, page = read_rtf(unpacked(packed))
    except ParseFailed as failed:
        if failed.code != "damaged":
            raise
        return
    if page:
        add_page(rendering, text.encode(), below=below)
    else:
        rendering.block("\n".join(line.strip() for line in text.split("\n")))
