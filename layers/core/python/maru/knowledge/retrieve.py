"""Search: passages of live versions that the caller may see at this moment, and nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import anyio.to_thread

from maru import aws
from maru.dynamo import Item, Table
from maru.errors import BadRequest, NotFound
from maru.identity import Caller
from maru.knowledge.acl import permits
from maru.knowledge.blobs import Blobs
from maru.knowledge.engines import Engines
from maru.knowledge.files import FileStore
from maru.knowledge.library import SearchSettings
from maru.knowledge.memberships import MembershipStore
from maru.knowledge.parse.model import PageSpan
from maru.knowledge.question import Embedding, Question, groups, languages_of
from maru.knowledge.ranking import Ranking, distinct, joined
from maru.knowledge.renderings import PageMap, RenderingStore
from maru.knowledge.reranking import measure, reranked
from maru.knowledge.search_cache import SearchCache, key_of
from maru.knowledge.stores.filters import Filter, matches
from maru.knowledge.stores.port import MAX_HITS, Hit, SearchScope
from maru.knowledge.vector_stores import VectorStoreStore, expired, rows_places, store_of
from maru.ledger.meter import Meter
from maru.models.routing import CALLERS_WORD
from maru.telemetry import Telemetry

#: Characters of a query that are used: more than any embedding model here can hold.
_QUERY_CHARACTERS = 8000


@dataclass(frozen=True)
class Passage:
    """A chunk that was found: ``rendering[file_start:file_end] == text``.

    ``page`` (1-based, None without pages) holds its start; ``pages`` are the pages it touches, as spans within ``text``.
    ``score`` lies in [0, 1] for a hybrid search and in [-1, 1] for a vector search, and is ``rerank_score`` where a model ranked.
    The legs' own scores are those of the port's `Hit`; None where that leg did not bring the passage. ``origin`` says where a
    document that was not uploaded comes from.
    """

    file_id: str
    version: int
    chunk_id: str
    vector_store_id: str
    source: str
    page: int | None
    text: str
    file_start: int
    file_end: int
    score: float
    data_class: str
    pages: tuple[PageSpan, ...]
    attributes: Mapping[str, Any]
    heading: str
    vector_score: float | None = None
    text_score: float | None = None
    rerank_score: float | None = None
    origin: Mapping[str, Any] | None = None

    def page_at(self, offset: int) -> int | None:
        """The page that holds ``text[offset]``."""
        return next((page.number for page in self.pages if page.start <= offset < page.end), self.page)


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
        self._stores, self._files, self._members, self._renderings = stores, files, members, renderings
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
            passages += await anyio.to_thread.run_sync(self._passages, caller, ask, k, None if ranking.rerank else cutoff, ranking)
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

    def _passages(self, caller: Caller, ask: "Question", k: int, cutoff: float | None, ranking: Ranking) -> list[Passage]:
        """Ask for more than ``k`` until the check of rights leaves enough, or nothing more is found."""
        wanted = ranking.depth(k)
        size = min(2 * wanted + 10, MAX_HITS)
        while True:
            hits = ask.hits(size)
            checked = self._checked(caller, hits, ask.scope.filters)
            good = [(hit, file, member) for hit, file, member in checked if cutoff is None or hit.score >= cutoff]
            exhausted = len(hits) < size or size == MAX_HITS or len(good) < len(checked)
            if ranking.distinct:
                good = [good[place] for place in distinct([hit.chunk.text for hit, _, _ in good[: 2 * wanted]])]
            if len(good) >= wanted or exhausted:
                return self._shaped(good[:wanted], ranking, caller.tenant)
            size = min(size * 4, MAX_HITS)

    def _checked(self, caller: Caller, hits: Sequence[Hit], filters: Filter | None) -> list[tuple[Hit, Item, Item]]:
        """The hits that the authoritative tables let through, each text once."""
        files = self._files.seen_among(caller, {hit.chunk.file_id for hit in hits})
        members = self._members.among({(store_of(hit.chunk.vector_store_id), hit.chunk.file_id) for hit in hits})
        kept: dict[tuple[str, int, int], tuple[Hit, Item, Item]] = {}
        for hit in hits:
            chunk = hit.chunk
            file, member = files.get(chunk.file_id), members.get((store_of(chunk.vector_store_id), chunk.file_id))
            if file is None or member is None or member.get("live_version") != chunk.version:
                continue
            if permits(file["acl"], caller.principals) and (filters is None or matches(filters, member["attributes"])):
                kept.setdefault((chunk.file_id, chunk.version, chunk.file_start), (hit, file, member))
        return list(kept.values())

    def _shaped(self, found: Sequence[tuple[Hit, Item, Item]], ranking: Ranking, tenant: str) -> list[Passage]:
        rows = {hit.chunk.key: (file, member) for hit, file, member in found}
        hits = [hit for hit, _, _ in found]
        if ranking.joined:
            hits = joined(hits, self._renderings.parts(tenant))
        maps = self._renderings.pages({(hit.chunk.file_id, hit.chunk.version) for hit in hits if hit.chunk.page})
        return [_passage(hit, *rows[hit.chunk.key], maps) for hit in hits]


def _passage(hit: Hit, file: Item, member: Item, maps: Mapping[tuple[str, int], PageMap]) -> Passage:
    chunk = hit.chunk
    pages = maps.get((chunk.file_id, chunk.version), PageMap()).between(chunk.file_start, chunk.file_end)
    return Passage(
        file_id=chunk.file_id,
        version=chunk.version,
        chunk_id=chunk.chunk_id,
        vector_store_id=store_of(chunk.vector_store_id),
        source=file["filename"],
        page=chunk.page,
        text=chunk.text,
        file_start=chunk.file_start,
        file_end=chunk.file_end,
        score=hit.score,
        data_class=file["data_class"],
        pages=tuple(PageSpan(*span) for span in pages),
        attributes=member["attributes"],
        heading=chunk.heading,
        vector_score=hit.vector_score,
        text_score=hit.text_score,
        origin=file.get("origin"),
    )
