"""Documents inside documents: members of archives and attachments of mails, one level deep, each under a heading with its name."""

from pathlib import PurePosixPath

from maru.knowledge.parse.build import Rendering
from maru.knowledge.parse.detect import detect
from maru.knowledge.parse.model import ParsedDocument, ParseFailed, unreadable_members

ARCHIVES = frozenset(("zip",))
MAILS = frozenset(("eml", "msg"))


class Members:
    """Adds documents to `rendering` one by one, their names as headings of `level`, and keeps why some could not be.

    `refused` are the kinds that would lead another level deeper.
    """

    def __init__(self, rendering: Rendering, *, level: int, refused: frozenset[str]) -> None:
        self._rendering = rendering
        self._refused = refused
        self._level = level
        self._failures: list[ParseFailed] = []
        self._left_out: list[str] = []
        self.read = 0

    def add(self, name: str, data: bytes, *, content_type: str | None = None) -> None:
        """Add the document `data` under a heading; what is refused, and what cannot be read, are left out and noted."""
        from maru.knowledge.parse import parse

        try:
            kind = detect(data, filename=name, content_type=content_type)
            document = None if kind in self._refused else parse(data, filename=name, content_type=content_type)
        except ParseFailed as failed:
            self.leave_out(name, failed)
            return
        if document is None:
            self._left_out.append(f"{_short(name)} (a container in a container)")
            return
        self._include(name, document)

    def leave_out(self, name: str, failed: ParseFailed) -> None:
        """Note a member that cannot be read."""
        self._failures.append(failed)
        self._left_out.append(f"{_short(name)} ({failed.code})")

    def warnings(self) -> tuple[str, ...]:
        """What was left out, for a person; nothing where all was read."""
        if not self._left_out:
            return ()
        listed = ", ".join(self._left_out[:20]) + (", …" if len(self._left_out) > 20 else "")
        return (f"Files inside it that could not be read were left out: {listed}.",)

    def failure(self) -> ParseFailed:
        """Why nothing at all could be read: the one cause that all members share, or that there is nothing to read."""
        codes = {failed.code for failed in self._failures}
        return self._failures[0] if len(codes) == 1 else unreadable_members()

    def _include(self, name: str, document: ParsedDocument) -> None:
        self.read += 1
        self._rendering.heading(self._level, name)
        self._rendering.include(document, below=self._level)


def _short(name: str) -> str:
    return PurePosixPath(" ".join(name.split())).name[:80]
