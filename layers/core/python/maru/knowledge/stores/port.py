"""The vector-store port: what every engine is given, what it must answer, and what it must refuse.

Calls block; callers on an event loop use threads. Every call names the tenant, alone or in a scope, and no call can
read or touch a row of another one, whatever ids it is given.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from maru.errors import BadRequest, UpstreamFailed
from maru.knowledge.stores.filters import AttributeValue, Filter

Ability = Literal["text", "hybrid", "refresh"]
#: How many hits one call may ask for; Lucene and the page sizes of the API both live well below it.
MAX_HITS = 1000
#: Lengths of vectors whose squares neither vanish nor overflow in 32 bits.
SHORTEST, LONGEST = 1e-15, 1e15


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One passage of one file version, as indexed.

    ``vector`` may be empty: such a row is found by text only. ``page`` is 1-based. ``file_start`` and ``file_end`` are
    code points in the stored rendering, end exclusive. ``context`` is searched with the text
    and not kept. A result's ``vector`` is always empty: vectors do not come back.
    """

    vector_store_id: str
    file_id: str
    version: int
    chunk_index: int
    total_chunks: int
    text: str
    tenant: str
    acl: tuple[str, ...]
    vector: Sequence[float] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    page: int | None = None
    file_start: int = 0
    file_end: int = 0
    source: str = ""
    heading: str = ""
    context: str = ""

    @property
    def searched(self) -> str:
        """What the text leg reads: the text behind the context that it lacks."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def chunk_id(self) -> str:
        """The id that callers see: ``{file_id}_chunk_{i}``."""
        return f"{self.file_id}_chunk_{self.chunk_index}"

    @property
    def key(self) -> str:
        """The row's key, unique within its tenant: ``{vector_store_id}/{version}/{chunk_id}``."""
        return f"{self.vector_store_id}/{self.version}/{self.chunk_id}"


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Who asks, and where: only rows of the tenant, in these stores, whose ACL names one of the principals, pass.

    No principals means nobody and no stores means nowhere: both find nothing.
    """

    tenant: str
    principals: tuple[str, ...]
    vector_store_ids: tuple[str, ...]
    filters: Filter | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing can be found under this scope, so that no engine need be asked."""
        return not (self.tenant and self.principals and self.vector_store_ids)


@dataclass(frozen=True, slots=True)
class Hit:
    """A found row; ``score`` orders the hits of one answer.

    In a vector search ``score`` is ``vector_score``, a cosine in [-1, 1] on every engine; in a text search it is
    ``text_score``, a BM25 sum without an upper bound but on one scale (k1 = 1.2 with the factor k1 + 1); in a hybrid
    search it lies in [0, 1] and the legs keep theirs, None where that leg did not bring the row.
    """

    chunk: Chunk
    score: float
    vector_score: float | None = None
    text_score: float | None = None


class IndexingFailed(UpstreamFailed):
    """Some rows of an upsert stayed unwritten after retries; ``failures`` maps each row's key to the engine's reason."""

    def __init__(self, failures: Mapping[str, str]) -> None:
        super().__init__(f"{len(failures)} chunks could not be indexed; the upload can be retried.")
        self.failures = dict(failures)


class VectorStore(Protocol):
    """What every engine offers. ``text`` or ``hybrid`` searches raise BadRequest where ``abilities`` lacks them."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """``text``, ``hybrid``; ``refresh``: what a write returned for is visible to the very next search."""
        ...

    def ensure_index(self, dimensions: int) -> None:
        """Make the engine ready for vectors of that length; idempotent, and stores of other lengths keep working."""
        ...

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Write rows, replacing those of the same tenant and key. Raises BadRequest or IndexingFailed."""
        ...

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows: all, only those of ``version``, or all but those of ``keep_version``."""
        ...

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove every row of a store."""
        ...

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Give every row of a file, in all its versions, this ACL."""
        ...

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """The ``k`` rows nearest by cosine among those that the scope lets through and whose vectors have this length."""
        ...

    def search_text(self, scope: SearchScope, query: str, k: int) -> list[Hit]:
        """The ``k`` rows best by BM25; a query without a single word finds nothing."""
        ...

    def search_hybrid(
        self, scope: SearchScope, query: str, vector: Sequence[float], k: int, *, languages: Sequence[str] | None = None
    ) -> list[Hit]:
        """Both legs under the same scope, fused (`maru.knowledge.fusion`). An empty vector leaves the text leg alone.

        ``languages`` are those the embedding model declares (``en``, ``ko``); None means that it declares none.
        """
        ...

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows by ``chunk_index``, beginning behind ``after``."""
        ...

    def ready(self) -> bool:
        """Whether the engine answers."""
        ...


def check_chunk(chunk: Chunk) -> None:
    """Refuse what some engine could not hold: raises BadRequest naming the field."""
    if not (chunk.tenant and chunk.vector_store_id and chunk.file_id):
        raise BadRequest("A chunk needs a tenant, a vector store and a file.", param="chunk")
    if chunk.vector:
        check_vector(chunk.vector)


def check_vector(vector: Sequence[float]) -> None:
    """A vector has a direction, also in engines' 32-bit arithmetic. Raises BadRequest."""
    if not SHORTEST <= math.hypot(*vector) <= LONGEST:
        raise BadRequest("An embedding must consist of finite numbers of common size that are not all zero.", param="vector")


def check_k(k: int) -> None:
    """Raises BadRequest unless 1 <= k <= MAX_HITS."""
    if not 1 <= k <= MAX_HITS:
        raise BadRequest(f"The number of results must be between 1 and {MAX_HITS}.", param="max_num_results")
