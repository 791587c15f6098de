"""What callers of the API do when they search: one question or several, as they stand or put into better words first."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from maru.identity import Caller
from maru.knowledge.passages import Passage
from maru.knowledge.ranking import Ranking
from maru.knowledge.retrieve import Retriever
from maru.knowledge.rewriting import Rewriting, rewritten
from maru.knowledge.stores.filters import Filter
from maru.ledger.meter import Meter


class Searcher:
    """Searches one store. ``alias`` is the chat model that puts queries into other words."""

    def __init__(
        self, retriever: Retriever, *, models: Any, rewriting: Rewriting, alias: str = "small", meter: Meter | None = None
    ) -> None:
        self._retriever, self._models, self._rewriting, self._alias, self._meter = retriever, models, rewriting, alias, meter

    async def rewritten(self, caller: Caller, queries: Sequence[str], *, private: bool = False) -> list[str]:
        """The queries as a model would search for them; as they are where none is there that composes, or it fails."""
        alias = self._models.catalogue.get(self._alias)
        if alias is None:
            return list(queries)
        how: dict[str, Any] = {"alias": alias, "models": self._models, "meter": self._meter, "private": private}
        return list(await asyncio.gather(*(rewritten(self._rewriting, caller, one, **how) for one in queries)))

    async def search(
        self,
        caller: Caller,
        store_id: str,
        queries: Sequence[str],
        *,
        k: int,
        cutoff: float | None,
        filters: Filter | None,
        ranking: Ranking,
        private: bool,
        model_time: Callable[[], AbstractContextManager[None]],
    ) -> list[Passage]:
        """The ``k`` best passages of all queries together, each once with its best score. Raises what `Retriever.search` does."""
        if ranking.rerank:
            self._models.catalogue.find(ranking.rerank, "rerank", param="ranking_options.rerank")
        best: dict[tuple[str, int, int], Passage] = {}
        for query in queries:
            found = await self._retriever.search(
                caller,
                store_ids_or_names=[store_id],
                query=query,
                k=k,
                cutoff=cutoff,
                filters=filters,
                ranking=ranking,
                private=private,
                model_time=model_time,
            )
            for passage in found:
                place = (passage.file_id, passage.version, passage.file_start)
                if place not in best or passage.score > best[place].score:
                    best[place] = passage
        return sorted(best.values(), key=lambda one: -one.score)[:k]
