"""What the adapters of engines that know vectors only have in common: batches by tenant and length, and the refusal of text."""

import itertools
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NoReturn

from maru.errors import BadRequest
from maru.knowledge.stores.port import Chunk, Hit, IndexingFailed, SearchScope, check_chunk

#: Rows of one request.
BATCH = 100


class VectorsOnly(ABC):
    """A store without text search; ``pause`` waits so many seconds for a busy engine."""

    pause: Callable[[float], None] = staticmethod(time.sleep)

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Write rows in batches, replacing those of the same tenant and key; what stays unwritten is raised row by row."""
        failures: dict[str, str] = {}
        for batch in itertools.batched(chunks, BATCH, strict=False):
            groups: dict[tuple[str, int], dict[str, Chunk]] = defaultdict(dict)
            for chunk in batch:
                check_chunk(chunk)
                if not chunk.vector:
                    raise BadRequest("This engine holds vectors only: each chunk needs one.", param="vector")
                groups[chunk.tenant, len(chunk.vector)][chunk.key] = chunk
            for (tenant, length), rows in groups.items():
                failures |= self._write(tenant, length, rows)
        if failures:
            raise IndexingFailed(failures)

    def search_text(self, scope: SearchScope, query: str, k: int) -> list[Hit]:
        """Raises BadRequest."""
        del scope, query, k
        _refuse()

    def search_hybrid(
        self, scope: SearchScope, query: str, vector: Sequence[float], k: int, *, languages: Sequence[str] | None = None
    ) -> list[Hit]:
        """Raises BadRequest."""
        del scope, query, vector, k, languages
        _refuse()

    @abstractmethod
    def _write(self, tenant: str, length: int, rows: Mapping[str, Chunk]) -> dict[str, str]:
        """Write rows, by their keys, whose vectors have that length; returns the reasons of those that stay unwritten."""


def _refuse() -> NoReturn:
    raise BadRequest("This engine searches vectors only.", code="no_text_search")
