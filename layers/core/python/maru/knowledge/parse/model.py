"""What parsing a document gives: its stored rendering with pages, headings and tables, or the reason why there is none."""

from bisect import bisect_right
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

FailureCode = Literal["encrypted", "damaged", "empty", "scanned", "unsupported", "too_large", "timed_out"]
FAILURE_CODES: tuple[str, ...] = get_args(FailureCode)


class PageSpan(NamedTuple):
    """Page `number` (1-based) is `text[start:end]`; the pages of a document touch each other and cover its text."""

    number: int
    start: int
    end: int


class Heading(NamedTuple):
    """A heading of depth `level` (1-6); `text[start:end]` is its line or, for an article of Korean rules, the line's beginning."""

    level: int
    start: int
    end: int
    title: str


class TableSpan(NamedTuple):
    """`text[start:end]` is a Markdown table, one row a line."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One stored rendering. Every offset is a Unicode code point of `text` (which is NFC, with `\\n` line ends), end exclusive.

    `pages` is empty where the format has none. `media_type` is what the content was found to be. `warnings` are sentences for a
    person, such as pages that hold only a picture; they never contain document text.
    """

    text: str
    media_type: str
    title: str | None = None
    pages: tuple[PageSpan, ...] = ()
    headings: tuple[Heading, ...] = ()
    tables: tuple[TableSpan, ...] = ()
    warnings: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The 1-based page that holds the code point at `offset`; None where there are no pages."""
        if not self.pages:
            return None
        place = bisect_right(self.pages, offset, key=lambda page: page.end)
        return self.pages[min(place, len(self.pages) - 1)].number

    def to_json(self) -> dict[str, Any]:
        """Plain values, read back by `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ParsedDocument":
        """The document that `to_json` wrote."""
        kinds: dict[str, Any] = {"pages": PageSpan, "headings": Heading, "tables": TableSpan}
        lists = {name: tuple(kind(*row) for row in values[name]) for name, kind in kinds.items()}
        return cls(**{**values, **lists, "warnings": tuple(values["warnings"])})


class ParseFailed(Exception):
    """A document that cannot be read. `code` is stable; `message` tells a person what to do and holds nothing of the document.

    `detail`, for logs, names the place in the code where an unforeseen failure arose.
    """

    def __init__(self, code: FailureCode, message: str, *, detail: str | None = None) -> None:
        super().__init__(message)
        self.code: FailureCode = code
        self.message = message
        self.detail = detail


def damaged(kind: str) -> ParseFailed:
    """The failure of a file that breaks the rules of its format `kind`."""
    return ParseFailed(
        "damaged", f"The file is not a readable {kind}. It may have been cut off in transfer: open it, save it again and upload it anew."
    )


def empty() -> ParseFailed:
    """The failure of a file without text."""
    return ParseFailed("empty", "The file holds no text. Check that the right file was uploaded.")


def too_large(what: str) -> ParseFailed:
    """The failure of a file that exceeds a limit, `what` naming it."""
    return ParseFailed("too_large", f"The file is too large to be read: {what}. Split it into smaller files and upload those.")


def unreadable_members() -> ParseFailed:
    """The failure of a container none of whose files can be read."""
    return ParseFailed("unsupported", "No file in the archive can be read. Upload the documents in it one by one.")


def timed_out(seconds: float) -> ParseFailed:
    """The failure of a file whose reading did not end within its time."""
    return ParseFailed(
        "timed_out",
        f"Reading the file took longer than {seconds:.0f} seconds. Split it into smaller files, or save it anew, and upload those.",
    )
