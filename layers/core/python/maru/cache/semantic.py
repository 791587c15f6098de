"""Questions by their vectors, in the deployment's vector store: which of those that were answered may ask the same."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio.to_thread

from maru.cache.likeness import language_of
from maru.cache.question import Question, rows_of_questions
from maru.cache.rules import Semantic
from maru.knowledge.engines import Engines
from maru.knowledge.stores.port import Chunk, SearchScope, VectorStore
from maru.ledger.meter import Meter
from maru.models.client import ModelClient


class SemanticIndex:
    """Vectors of questions, each under its place and its rights; no text lies here. ``models`` is asked for vectors, ``meter`` bears
    their cost."""

    def __init__(self, rules: Semantic, engines: Engines, models: ModelClient, meter: Meter) -> None:
        self._rules, self._engines, self._models, self._meter = rules, engines, models, meter
        self._ready: set[int] = set()

    @property
    def _index(self) -> VectorStore:
        found = self._engines.find(self._engines.choose(None))
        assert found is not None  # noqa: S101 - what is chosen is there
        return found

    def reads(self, question: Question) -> bool:
        """Whether questions like this can be compared: in a language that the embedding alias declares and that we can read."""
        alias = self._models.catalogue.get(self._rules.embedding) if self._engines.default else None
        if question.text is None or alias is None or language_of(question.text) not in alias.languages:
            return False
        # What only private targets may see is embedded by private ones alone.
        return not all(one.private for one in question.alias.targets) or all(one.private for one in alias.targets)

    async def vector(self, question: Question) -> Sequence[float]:
        """The question's vector. Raises as models and budgets do."""
        found = await self._meter.embed(
            question.caller, self._models, self._rules.embedding, [question.text or ""], purpose="query", attempts=1
        )
        vector: list[float] = found.vectors[0]
        return vector

    async def near(self, question: Question, vector: Sequence[float]) -> list[str]:
        """Keys of the entries nearest to the question, none below the threshold, the nearest first."""
        scope = SearchScope(question.caller.tenant, (question.rights,), (rows_of_questions(question.place),))
        await self._prepare(len(vector))
        hits = await anyio.to_thread.run_sync(self._index.search_vector, scope, vector, self._rules.candidates)
        return [hit.chunk.file_id for hit in hits if hit.score >= self._rules.threshold]

    async def add(self, question: Question, vector: Sequence[float]) -> None:
        """Put the question's entry where :meth:`near` looks."""
        chunk: Any = partial(Chunk, version=1, chunk_index=0, total_chunks=1, text="")
        row = chunk(
            vector_store_id=rows_of_questions(question.place),
            file_id=question.key,
            tenant=question.caller.tenant,
            acl=(question.rights,),
            vector=vector,
        )
        await self._prepare(len(vector))
        await anyio.to_thread.run_sync(self._index.upsert, [row])

    async def remove(self, tenant: str, place: str, key: str) -> None:
        """Take out an entry that is gone."""
        await anyio.to_thread.run_sync(self._index.delete, tenant, rows_of_questions(place), key)

    async def _prepare(self, dimensions: int) -> None:
        if dimensions not in self._ready:
            await anyio.to_thread.run_sync(self._index.ensure_index, dimensions)
            self._ready.add(dimensions)
