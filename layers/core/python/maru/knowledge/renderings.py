"""Renderings: the extracted text of each file version, in NFC, and where its pages begin."""

import json
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from maru.dynamo import Item, Table, TableSpec
from maru.errors import NotFound
from maru.knowledge.blobs import Blobs, ObjectGone

if TYPE_CHECKING:
    from maru.knowledge.parse.model import ParsedDocument


@dataclass(frozen=True)
class PageMap:
    """Where the pages of a rendering begin, as ``(number, start)`` in order; empty where the format has none."""

    starts: tuple[tuple[int, int], ...] = ()

    def between(self, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
        """The pages that ``rendering[start:end]`` touches, as ``(number, start, end)`` within that passage."""
        found = []
        for place, (number, begin) in enumerate(self.starts):
            stop = self.starts[place + 1][1] if place + 1 < len(self.starts) else end
            if begin < end and stop > start:
                found.append((number, max(begin, start) - start, min(stop, end) - start))
        return tuple(found)


class RenderingStore:
    """The table of renderings, whose texts lie in S3. A row is written last: where it stands, the rendering is whole."""

    SPEC = TableSpec("renderings", key="file_id", sort="version")

    def __init__(self, table: Table, blobs: Blobs) -> None:
        self._table, self._blobs = table, blobs

    def save(self, tenant: str, file_id: str, version: int, document: "ParsedDocument") -> None:
        """Keep what was read from a file version."""
        body = json.dumps(document.to_json(), ensure_ascii=False).encode()
        self._blobs.put(self._blobs.rendering(tenant, file_id, version), zlib.compress(body), media_type="application/zlib")
        starts = json.dumps([[page.number, page.start] for page in document.pages])
        row: Item = {
            **_key(file_id, version),
            "tenant": tenant,
            "length": len(document.text),
            "media_type": document.media_type,
            "pages": zlib.compress(starts.encode()),
            "created_at": int(time.time()),
        }
        self._table.put(row)

    def load(self, tenant: str, file_id: str, version: int) -> "ParsedDocument | None":
        """The rendering, or None where there is none (yet)."""
        from maru.knowledge.parse.model import ParsedDocument

        if self._table.get(_key(file_id, version)) is None:
            return None
        try:
            body = self._blobs.get(self._blobs.rendering(tenant, file_id, version))
        except ObjectGone:
            return None
        return ParsedDocument.from_json(json.loads(zlib.decompress(body)))

    def get(self, tenant: str, file_id: str, version: int) -> "ParsedDocument":
        """As `load`. Raises NotFound."""
        found = self.load(tenant, file_id, version)
        if found is None:
            raise NotFound(f"There is no rendering of version {version} of '{file_id}'.", param="version")
        return found

    def pages(self, versions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], PageMap]:
        """The page maps of file versions."""
        rows = self._table.batch_get(_key(*version) for version in versions)
        return {(row["file_id"], int(row["version"])): PageMap(_starts(row["pages"])) for row in rows}

    def parts(self, tenant: str) -> Callable[[str, int, int, int], str | None]:
        """Gives ``rendering[start:end]`` of file versions, each of which is read once; None where there is no rendering."""

        @cache
        def text(file_id: str, version: int) -> str | None:
            document = self.load(tenant, file_id, version)
            return document.text if document else None

        def part(file_id: str, version: int, start: int, end: int) -> str | None:
            whole = text(file_id, version)
            return None if whole is None else whole[start:end]

        return part

    def delete(self, tenant: str, file_id: str) -> None:
        """Remove a file's renderings, of all versions."""
        self._blobs.delete_under(f"renderings/{tenant}/{file_id}/")
        for row in self._table.query("file_id = :file", {":file": file_id}):
            self._table.delete(_key(file_id, int(row["version"])))

    def delete_before(self, tenant: str, file_id: str, version: int) -> None:
        """Remove a file's renderings of the versions before this one."""
        for row in self._table.query("file_id = :file AND version < :version", {":file": file_id, ":version": f"{version:010d}"}):
            self._blobs.delete(self._blobs.rendering(tenant, file_id, int(row["version"])))
            self._table.delete(_key(file_id, int(row["version"])))


def _key(file_id: str, version: int) -> Item:
    return {"file_id": file_id, "version": f"{version:010d}"}


def _starts(packed: bytes) -> tuple[tuple[int, int], ...]:
    return tuple((number, start) for number, start in json.loads(zlib.decompress(packed)))
