"""Search in a vector store."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Reader, Searching
from maru.errors import BadRequest
from maru.guard.journal import Journal
from maru.guard.plain import SEARCH, Doors, Shown
from maru.http import exchange, provided
from maru.knowledge.ranking import Ranking
from maru.knowledge.searching import Searcher
from maru.knowledge.stores.filters import parse_filter

router = APIRouter(tags=["vector stores"])

type Private = Annotated[bool | None, Header(alias="x-maru-private", description="true: private targets only may see the queries")]

_MAX_QUERIES = 10


class RankingOptions(Body):
    """How hits are ranked.

    ``rerank`` names a reranking model, which has ``rerank_time_limit_ms`` before the order of the hybrid search stands; ``ranker``
    `none` switches it off. ``distinct`` leaves out passages that repeat a better one, ``join_neighbours`` makes one of those that touch.
    """

    ranker: Literal["none", "auto", "default-2024-11-15"] = "auto"
    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0
    rerank: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    rerank_time_limit_ms: Annotated[int, Field(ge=50, le=30_000)] = 2000
    distinct: bool = True
    join_neighbours: bool = False

    def ranking(self) -> Ranking:
        """As the search takes it."""
        return Ranking(
            rerank=None if self.ranker == "none" else self.rerank,
            rerank_seconds=self.rerank_time_limit_ms / 1000,
            distinct=self.distinct,
            joined=self.join_neighbours,
        )


class SearchRequest(Body):
    """A search; ``rewrite_query`` has a model put the query into words that are searched for, where one is there that composes.

    ``include_scores`` gives each result the scores of the legs that brought it.
    """

    query: str | list[str]
    max_num_results: int = Field(default=10, ge=1, le=50)
    filters: dict[str, Any] | None = None
    ranking_options: RankingOptions | None = None
    rewrite_query: bool | None = False
    include_scores: bool = False

    def queries(self) -> list[str]:
        """The texts to search for. Raises BadRequest."""
        texts = [self.query] if isinstance(self.query, str) else self.query
        if not texts or len(texts) > _MAX_QUERIES or not all(text.strip() for text in texts):
            raise BadRequest(f"'query' is a text, or a list of 1 to {_MAX_QUERIES} texts, none of them empty.", param="query")
        return texts


@router.post("/v1/vector_stores/{vector_store_id}/search")
async def search(
    vector_store_id: str,
    body: SearchRequest,
    caller: Reader,
    retriever: Searching,
    searcher: Annotated[Searcher, Depends(provided(Searcher))],
    doors: Annotated[Doors, Depends(provided(Doors))],
    journal: Annotated[Journal, Depends(provided(Journal))],
    request: Request,
    private: Private = None,
) -> dict[str, Any]:
    """The passages nearest to the query that the caller may see, under the tenant's policy ``search``."""
    exchange(request).anew = True
    journal.noting(exchange(request), caller)
    door = await doors.open(caller.tenant, SEARCH)
    filters = parse_filter(body.filters) if body.filters is not None else None
    options = body.ranking_options or RankingOptions()
    queries = [str(one) for one in await door.inputs(body.queries(), param="query")]
    mode = await retriever.mode(caller, [vector_store_id])
    if body.rewrite_query:
        with exchange(request).model_time():
            queries = await searcher.rewritten(caller, queries, private=bool(private))
    ranked = await searcher.search(
        caller,
        vector_store_id,
        queries,
        k=body.max_num_results,
        cutoff=options.score_threshold or None,
        filters=filters,
        ranking=replace(options.ranking(), reads=door.readable if door.hides else None),
        private=bool(private),
        model_time=exchange(request).model_time,
    )
    return {
        "object": "vector_store.search_results.page",
        "search_query": queries,
        "data": [_hit(one, scores=body.include_scores) for one in await door.passages(ranked)],
        "has_more": False,
        "next_page": None,
        "search": mode,
        **door.told(),
    }


def _hit(shown: Shown, *, scores: bool) -> dict[str, Any]:
    passage = shown.passage
    legs = {"vector": passage.vector_score, "text": passage.text_score, "rerank": passage.rerank_score}
    return {
        "file_id": passage.file_id,
        "filename": passage.source,
        "score": min(1.0, max(0.0, passage.score)),
        "attributes": dict(passage.attributes),
        "content": [{"type": "text", "text": passage.text}],
        "vector_store_id": passage.vector_store_id,
        "version": passage.version,
        "chunk_id": passage.chunk_id,
        "page": passage.page,
        "file_start": passage.file_start,
        "file_end": passage.file_end,
        "data_class": passage.data_class,
        "origin": dict(passage.origin) if passage.origin else None,
        **({"scores": legs} if scores else {}),
        **({"masked": True} if shown.masked else {}),
    }
