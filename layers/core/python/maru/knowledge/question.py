"""One question to an engine: what is asked, under whose rights, and what is remembered of the answer."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from maru.dynamo import Item
from maru.knowledge.search_cache import SearchCache
from maru.knowledge.stores.port import Hit, SearchScope, VectorStore


class Embedding(Protocol):
    """What searching asks of the models' room."""

    @property
    def catalogue(self) -> Any:
        """The aliases, whose ``languages`` the fusion wants to know."""
        ...

    async def embed(
        self,
        alias: str,
        texts: Sequence[str],
        *,
        purpose: Any = ...,
        dimensions: int | None = ...,
        attempts: int = ...,
        private: tuple[str, ...] | None = ...,
    ) -> Any:
        """Vectors of texts, by private targets alone where the texts, or reasons given, ask for it."""
        ...

    async def rerank(
        self,
        alias: str,
        query: str,
        texts: Sequence[str],
        *,
        top_n: int,
        seconds: float = ...,
        classes: Iterable[str] = ...,
        asked: bool = ...,
    ) -> Any:
        """Places of texts by relevance."""
        ...


@dataclass(frozen=True)
class Question:
    """A text to look for under a scope; ``key`` is what decides over its hits (`search_cache.key_of`)."""

    index: VectorStore
    scope: SearchScope
    text: str
    vector: Sequence[float]
    languages: Sequence[str] | None
    cache: SearchCache
    key: Hashable

    def hits(self, size: int) -> list[Hit]:
        """What the engine finds, or found when nothing that decides over it was otherwise."""
        kept = self.cache.hits.get((self.key, size))
        if kept is None:
            kept = self._found(size)
            self.cache.keep((self.key, size), kept)
        return kept

    def _found(self, size: int) -> list[Hit]:
        if not self.text:
            return []
        if "hybrid" in self.index.abilities:
            return self.index.search_hybrid(self.scope, self.text, self.vector, size, languages=self.languages)
        return self.index.search_vector(self.scope, self.vector, size)


def groups(stores: Sequence[Item]) -> dict[tuple[str, str], list[Item]]:
    """The stores, each once, by embedding alias and engine: what one question of one engine can reach."""
    found: dict[tuple[str, str], list[Item]] = {}
    for store in {store["id"]: store for store in stores}.values():
        found.setdefault((store["embedding"], store["engine"]), []).append(store)
    return found


def languages_of(models: Embedding, alias: str) -> Sequence[str] | None:
    """The languages that an alias declares, None where it declares none."""
    found = models.catalogue.get(alias)
    return (found.languages or None) if found else None
