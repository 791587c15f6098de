"""A whole document page by page, under the rights of whoever reads: for work that is about all of it and not about what a search finds."""

from dataclasses import dataclass

from maru.errors import Conflict
from maru.identity import Caller
from maru.knowledge.files import FileStore
from maru.knowledge.renderings import RenderingStore


@dataclass(frozen=True)
class FilePages:
    """A file's present version: ``pages`` as ``(number, text)`` in order, none where its format has no pages; ``text`` is all of it."""

    file_id: str
    version: int
    filename: str
    data_class: str
    text: str
    pages: tuple[tuple[int, str], ...]


class PageReader:
    """Reads documents from their stored renderings."""

    def __init__(self, files: FileStore, renderings: RenderingStore) -> None:
        self.files, self._renderings = files, renderings

    def read(self, caller: Caller, file_id: str) -> FilePages:
        """The present version. Raises :class:`NotFound` for a file that the caller does not see, :class:`Conflict` for one not read yet."""
        row = self.files.seen(caller, file_id)
        document = self._renderings.load(caller.tenant, file_id, row["version"]) if row["acl"] else None
        if document is None:
            message = f"The file '{file_id}' was not read yet. Put it into a vector store and wait until it is 'completed' there."
            raise Conflict(message, param="file_id", code="file_not_read")
        pages = tuple((one.number, document.text[one.start : one.end]) for one in document.pages)
        return FilePages(file_id, row["version"], row["filename"], row["data_class"], document.text, pages)
