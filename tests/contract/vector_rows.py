"""Rows and questions of the vector-store contract."""

from collections.abc import Sequence
from typing import Any

from maru.knowledge.stores.filters import parse_filter
from maru.knowledge.stores.port import Chunk, Hit, SearchScope, VectorStore

EAST, NORTH, UP = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)
PUBLIC = ("public",)


def chunk(file_id: str, text: str = "plain words", index: int = 0, **fields: Any) -> Chunk:
    given: dict[str, Any] = {
        "vector_store_id": "vs_1",
        "version": 1,
        "total_chunks": 1,
        "tenant": "acme",
        "acl": PUBLIC,
        "vector": EAST,
        "source": f"{file_id}.txt",
    }
    return Chunk(file_id=file_id, text=text, chunk_index=index, **given | fields)


def scope(*principals: str, tenant: str = "acme", stores: Sequence[str] = ("vs_1",), where: Any = None) -> SearchScope:
    return SearchScope(tenant, principals or PUBLIC, tuple(stores), parse_filter(where) if where else None)


def files(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.file_id for hit in hits]


def legs(store: VectorStore, where: SearchScope, query: str = "plain words") -> set[str]:
    """The files that every way of searching which the engine knows finds, asking for far more than there is: each the same."""
    found = [set(files(store.search_vector(where, EAST, 50)))]
    if "text" in store.abilities:
        found.append(set(files(store.search_text(where, query, 50))))
    if "hybrid" in store.abilities:
        found.append(set(files(store.search_hybrid(where, query, EAST, 50))))
    assert all(one == found[0] for one in found), found
    return found[0]
