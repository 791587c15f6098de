"""A vector store in a dictionary, held to the same contract as the engines, for tests of what stands above the port."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from maru.knowledge.fusion import fuse, leg_depth
from maru.knowledge.stores.filters import matches
from maru.knowledge.stores.port import Ability, Chunk, Hit, SearchScope, check_chunk, check_k, check_vector
from maru.knowledge.stores.tokens import mix_tokens


class MemoryVectorStore:
    """Everything by brute force over ``rows``, keyed by tenant and chunk key."""

    abilities: frozenset[Ability] = frozenset({"text", "hybrid", "refresh"})

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Chunk] = {}

    def ensure_index(self, dimensions: int) -> None:
        """Nothing to prepare."""

    def upsert(self, chunks: Iterable[Chunk]) -> None:
        """Write rows."""
        for chunk in chunks:
            check_chunk(chunk)
            self.rows[chunk.tenant, chunk.key] = chunk

    def delete(
        self, tenant: str, vector_store_id: str, file_id: str, *, version: int | None = None, keep_version: int | None = None
    ) -> None:
        """Remove a file's rows."""
        for place, row in list(self.rows.items()):
            mine = (row.tenant, row.vector_store_id, row.file_id) == (tenant, vector_store_id, file_id)
            if mine and version in (None, row.version) and keep_version != row.version:
                del self.rows[place]

    def delete_store(self, tenant: str, vector_store_id: str) -> None:
        """Remove a store's rows."""
        self.rows = {place: row for place, row in self.rows.items() if (row.tenant, row.vector_store_id) != (tenant, vector_store_id)}

    def set_acl(self, tenant: str, vector_store_id: str, file_id: str, acl: Sequence[str]) -> None:
        """Change a file's rows."""
        for place, row in self.rows.items():
            if (row.tenant, row.vector_store_id, row.file_id) == (tenant, vector_store_id, file_id):
                self.rows[place] = replace(row, acl=tuple(acl))

    def search_vector(self, scope: SearchScope, vector: Sequence[float], k: int) -> list[Hit]:
        """Cosine."""
        check_k(k)
        check_vector(vector)
        near = [(row, _cosine(row.vector, vector)) for row in self._allowed(scope) if len(row.vector) == len(vector)]
        near.sort(key=lambda pair: -pair[1])
        return [Hit(_bare(row), cosine, vector_score=cosine) for row, cosine in near[:k]]

    def search_text(self, scope: SearchScope, query: str, k: int) -> list[Hit]:
        """Shared tokens, rare ones counting more."""
        check_k(k)
        rows = [(row, Counter(_stems(row.text))) for row in self._allowed(scope)]
        known = Counter(token for _, tokens in rows for token in tokens)
        weights = {token: math.log(1 + len(rows) / known[token]) for token in set(_stems(query)) if token in known}
        scores = [(row, sum(weights[token] for token in weights.keys() & tokens.keys())) for row, tokens in rows]
        found = sorted((pair for pair in scores if pair[1] > 0), key=lambda pair: -pair[1])
        return [Hit(_bare(row), score, text_score=score) for row, score in found[:k]]

    def search_hybrid(
        self, scope: SearchScope, query: str, vector: Sequence[float], k: int, *, languages: Sequence[str] | None = None
    ) -> list[Hit]:
        """Both, fused as everywhere."""
        check_k(k)
        near = self.search_vector(scope, vector, leg_depth(k)) if vector else []
        return fuse(query, near, self.search_text(scope, query, leg_depth(k)), k, languages=languages)

    def chunks(self, tenant: str, vector_store_id: str, file_id: str, version: int, *, after: int = -1, limit: int = 100) -> list[Chunk]:
        """A page of a file version's rows."""
        check_k(limit)
        wanted = (tenant, vector_store_id, file_id, version)
        rows = [row for row in self.rows.values() if (row.tenant, row.vector_store_id, row.file_id, row.version) == wanted]
        behind = sorted((row for row in rows if row.chunk_index > after), key=lambda row: row.chunk_index)
        return [_bare(row) for row in behind[:limit]]

    def ready(self) -> bool:
        """Always."""
        return True

    def _allowed(self, scope: SearchScope) -> list[Chunk]:
        return [
            row
            for row in self.rows.values()
            if row.tenant == scope.tenant
            and row.vector_store_id in scope.vector_store_ids
            and set(row.acl) & set(scope.principals)
            and (scope.filters is None or matches(scope.filters, row.attributes))
        ]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    cosine = math.sumprod(one, other) / math.hypot(*one) / math.hypot(*other)
    return max(-1.0, min(1.0, cosine))


def _stems(text: str) -> list[str]:
    """Tokens without the endings of English; the engines do it by Porter's rules."""
    return [re.sub("(?<=[a-z]{3})(?:s|ed|ing)$", "", token) for token in mix_tokens(text)]


def _bare(chunk: Chunk) -> Chunk:
    return replace(chunk, vector=())
