"""Search: a question to every engine that its stores lie on, and the best of what they find."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from functools import partial
from typing import Any, Self

import anyio.to_thread

from maru import aws
from maru.dynamo import Item, Table
from maru.errors import BadRequest, NotFound
from maru.identity import Caller
from maru.knowledge.blobs import Blobs
from maru.knowledge.engines import Engines
from maru.knowledge.files import FileStore
from maru.knowledge.library import SearchSettings
from maru.knowledge.memberships import MembershipStore
from maru.knowledge.passages import Passage, Sightings
from maru.knowledge.question import Embedding, Question, groups, languages_of
from maru.knowledge.ranking import Ranking
from maru.knowledge.renderings import RenderingStore
from maru.knowledge.reranking import measure, reranked
from maru.knowledge.search_cache import SearchCache, key_of
from maru.knowledge.stores.filters import Filter
from maru.knowledge.stores.port import SearchScope
from maru.knowledge.vector_stores import VectorStoreStore, expired, rows_places
from maru.ledger.meter import Meter
from maru.models.routing import CALLERS_WORD
from maru.telemetry import Telemetry

#: Characters of a query that are used: more than any embedding model here can hold.
_QUERY_CHARACTERS = 8000


class Retriever:
    """Searches vector stores for a caller."""

    def __init__(
        self,
        *,
        stores: VectorStoreStore,
        files: FileStore,
        members: MembershipStore,
        renderings: RenderingStore,
        engines: Engines,
        models: Embedding,
        meter: Meter | None = None,
        log: Telemetry | None = None,
    ) -> None:
        self.meter, self._log, self._cache = meter, log, SearchCache()
        self._stores, self._files, self._sightings = stores, files, Sightings(files, members, renderings)
        self._engines, self._models = engines, models

    @classmethod
    def connect(cls, settings: SearchSettings, models: Embedding, meter: Meter | None = None, log: Telemetry | None = None) -> Self:
        """On what the settings name; makes no call. ``meter`` bears what models cost, ``log`` is told how near results are."""
        dynamodb = aws.client("dynamodb")
        blobs = Blobs(aws.client("s3"), settings.bucket)
        return cls(
            stores=VectorStoreStore(Table(dynamodb, settings.vector_stores_table, VectorStoreStore.SPEC)),
            files=FileStore(Table(dynamodb, settings.files_table, FileStore.SPEC)),
            members=MembershipStore(Table(dynamodb, settings.vector_store_files_table, MembershipStore.SPEC)),
            renderings=RenderingStore(Table(dynamodb, settings.renderings_table, RenderingStore.SPEC), blobs),
            engines=settings.engines(),
            models=models,
            meter=meter,
            log=log,
        )

    def paid_by(self, meter: Meter) -> Self:
        """The same retriever, whose searches are borne by another meter."""
        narrower = copy(self)
        narrower.meter = meter
        return narrower

    async def search(
        self,
        caller: Caller,
        *,
        store_ids_or_names: Sequence[str],
        query: str,
        k: int,
        cutoff: float | None = None,
        filters: Filter | None = None,
        ranking: Ranking = Ranking(),  # noqa: B008 - frozen
        private: bool = False,
        model_time: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> list[Passage]:
        """The ``k`` best passages, best first, none below ``cutoff``, each text once; ``model_time`` is entered around the model's part.

        Where ``private``, only private targets may see the query, as they alone may where it holds personal data.
        Raises NotFound naming a store that is not there, BadRequest for one whose time is over, and the errors of models.
        """
        if ranking.rerank:
            self._models.catalogue.find(ranking.rerank, "rerank")
        found = await anyio.to_thread.run_sync(self._open_stores, caller, tuple(store_ids_or_names))
        text = query.strip()[:_QUERY_CHARACTERS]
        passages: list[Passage] = []
        for (alias, _), stores in groups(found).items():
            with model_time():
                vector = await self._vector(caller, alias, text, private=private)
            scope = SearchScope(caller.tenant, caller.principals, tuple(rows_places(store)[0][1] for store in stores), filters)
            engine = self._engines.of(stores[0])
            ask = Question(engine, scope, text, vector, languages_of(self._models, alias), self._cache, key_of(scope, stores, text))
            # Where a model ranks, its scores are what a cutoff is about.
            passages += await anyio.to_thread.run_sync(
                self._sightings.passages, caller, ask, k, None if ranking.rerank else cutoff, ranking
            )
        passages = sorted(passages, key=lambda one: -one.score)
        if ranking.rerank:
            with model_time():
                passages = await reranked(self._ranks(caller, private=private), ranking, text, passages[: ranking.depth(k)], log=self._log)
            passages = [one for one in passages if cutoff is None or one.score >= cutoff]
        if self._log is not None:
            measure(self._log, passages[:k])
        return passages[:k]

    async def _vector(self, caller: Caller, alias: str, text: str, *, private: bool) -> list[float]:
        """The query's vector, asked of the model once in a while."""
        if not text:
            return []
        key = (caller.tenant, alias, text)
        kept = self._cache.vectors.get(key)
        if kept is None:
            embed = partial(self.meter.embed, caller, self._models) if self.meter else self._models.embed
            reasons = (CALLERS_WORD,) if private else None
            kept = (await embed(alias, [text], purpose="query", private=reasons)).vectors[0]
            self._cache.vectors.put(key, kept)
        return kept

    def _ranks(self, caller: Caller, *, private: bool) -> Any:
        ask = partial(self.meter.rerank, caller, self._models) if self.meter else self._models.rerank
        return partial(ask, asked=private)

    async def mode(self, caller: Caller, store_ids_or_names: Sequence[str]) -> str:
        """``hybrid``, or ``vector`` where one of the stores lies on an engine that knows no text search. Raises as `search`."""
        stores = await anyio.to_thread.run_sync(self._open_stores, caller, tuple(store_ids_or_names))
        return "hybrid" if all("hybrid" in self._engines.of(store).abilities for store in stores) else "vector"

    def visible(self, caller: Caller, versions: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of the ``(file_id, version)`` that the caller may read now; blocks."""
        return self._files.readable(caller, versions)

    def classes(self, caller: Caller, versions: Iterable[tuple[str, int]]) -> set[str]:
        """The data classes of the files of these versions that the caller sees; blocks."""
        rows = self._files.seen_among(caller, {file_id for file_id, _ in versions})
        return {row["data_class"] for row in rows.values()}

    def _open_stores(self, caller: Caller, references: Sequence[str]) -> list[Item]:
        rows = []
        for reference in references:
            row = self._stores.find(caller.tenant, reference)
            if row is None:
                raise NotFound(f"No vector store '{reference}'.", param="vector_store_id")
            if expired(row):
                raise BadRequest(f"The vector store '{reference}' has expired.", param="vector_store_id", code="vector_store_expired")
            self._stores.touch(row)
            rows.append(row)
        return rows
