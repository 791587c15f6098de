"""What holds of every rendering, whatever the format."""

import unicodedata

from maru.knowledge.parse import ParsedDocument


def check(document: ParsedDocument) -> None:
    """Offsets fit the text."""
    text = document.text
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text
    for heading in document.headings:
        line = text[heading.start : heading.end]
        assert "\n" not in line.strip("\n") or line.rstrip().endswith(("=", "-"))
        assert heading.title in " ".join(line.split())
    for table in document.tables:
        assert text[table.start : table.end].startswith("|")
        assert text[table.start : table.end].endswith("|")
    if document.pages:
        assert document.pages[0].start == 0
        assert document.pages[-1].end == len(text)
        assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
    assert ParsedDocument.from_json(document.to_json()) == document
