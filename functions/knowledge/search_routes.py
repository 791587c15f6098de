"""Search in a vector store."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from functions.knowledge.common import Body, Reader, Searching
from maru.errors import BadRequest
from maru.http import exchange
from maru.knowledge.retrieve import Passage
from maru.knowledge.stores.filters import parse_filter

router = APIRouter(tags=["vector stores"])

_MAX_QUERIES = 10


class RankingOptions(Body):
    """How hits are ranked; there is one ranker."""

    ranker: Literal["none", "auto", "default-2024-11-15"] = "auto"
    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0


class SearchRequest(Body):
    """A search; ``rewrite_query`` is taken and changes nothing."""

    query: str | list[str]
    max_num_results: int = Field(default=10, ge=1, le=50)
    filters: dict[str, Any] | None = None
    ranking_options: RankingOptions | None = None
    rewrite_query: bool | None = False

    def queries(self) -> list[str]:
        """The texts to search for. Raises BadRequest."""
        texts = [self.query] if isinstance(self.query, str) else self.query
        if not texts or len(texts) > _MAX_QUERIES or not all(text.strip() for text in texts):
            raise BadRequest(f"'query' is a text, or a list of 1 to {_MAX_QUERIES} texts, none of them empty.", param="query")
        return texts


@router.post("/v1/vector_stores/{vector_store_id}/search")
async def search(vector_store_id: str, body: SearchRequest, caller: Reader, retriever: Searching, request: Request) -> dict[str, Any]:
    """The passages nearest to the query that the caller may see."""
    filters = parse_filter(body.filters) if body.filters is not None else None
    cutoff = (body.ranking_options.score_threshold or None) if body.ranking_options else None
    queries = body.queries()
    best: dict[tuple[str, int, int], Passage] = {}
    for query in queries:
        found = await retriever.search(
            caller,
            store_ids_or_names=[vector_store_id],
            query=query,
            k=body.max_num_results,
            cutoff=cutoff,
            filters=filters,
            model_time=exchange(request).model_time,
        )
        for passage in found:
            place = (passage.file_id, passage.version, passage.file_start)
            if place not in best or passage.score > best[place].score:
                best[place] = passage
    ranked = sorted(best.values(), key=lambda one: -one.score)[: body.max_num_results]
    return {
        "object": "vector_store.search_results.page",
        "search_query": queries,
        "data": [_hit(passage) for passage in ranked],
        "has_more": False,
        "next_page": None,
        "search": await retriever.mode(caller, [vector_store_id]),
    }


def _hit(passage: Passage) -> dict[str, Any]:
    return {
        "file_id": passage.file_id,
        "filename": passage.source,
        "score": max(0.0, passage.score),
        "attributes": dict(passage.attributes),
        "content": [{"type": "text", "text": passage.text}],
        "vector_store_id": passage.vector_store_id,
        "version": passage.version,
        "chunk_id": passage.chunk_id,
        "page": passage.page,
        "file_start": passage.file_start,
        "file_end": passage.file_end,
        "data_class": passage.data_class,
    }
