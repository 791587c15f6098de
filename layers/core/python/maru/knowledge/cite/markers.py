"""How citation markers are written."""

import re

#: `[1]` or `[1, 2]`, with the blanks before it.
MARKER = re.compile(r"[ \t]*\[[ \t]?\d{1,3}(?:[ \t]?[,;][ \t]?\d{1,3}){0,9}[ \t]?\]")


def without_markers(text: str) -> str:
    """The text without citation markers."""
    return MARKER.sub("", text)
