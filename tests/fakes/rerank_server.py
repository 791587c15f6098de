"""A reranking server that speaks Cohere's, Jina's and Bedrock's protocols, written from their public descriptions.

It ranks by the words that a text shares with the query, refuses requests that its protocol would refuse, and fails as told:
``status`` for a refusal, ``pause`` seconds of silence, ``answer`` in the place of a result.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from aiohttp import web


@dataclass
class RerankServer:
    """``async with RerankServer() as server``; ``url`` is its root."""

    status: int = 200
    pause: float = 0.0
    answer: Any = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    seen_headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v2/rerank", self._cohere)
        app.router.add_post("/v1/rerank", self._jina)
        app.router.add_post("/rerank", self._bedrock)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _cohere(self, request: web.Request) -> web.Response:
        return await self._answered(request, {"model", "query", "documents", "top_n", "max_tokens_per_doc", "priority"}, _cohere_answer)

    async def _jina(self, request: web.Request) -> web.Response:
        return await self._answered(request, {"model", "query", "documents", "top_n", "return_documents"}, _jina_answer)

    async def _bedrock(self, request: web.Request) -> web.Response:
        if "AWS4-HMAC-SHA256" not in request.headers.get("authorization", ""):
            return web.json_response({"message": "Missing Authentication Token"}, status=403)
        return await self._answered(request, {"queries", "sources", "rerankingConfiguration", "nextToken"}, _bedrock_answer)

    async def _answered(self, request: web.Request, known: set[str], shape: Any) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        self.seen_headers.append(dict(request.headers))
        await asyncio.sleep(self.pause)
        if self.status != 200:
            return web.json_response({"message": "no"}, status=self.status)
        if unknown := body.keys() - known:
            return web.json_response({"message": f"unknown field {sorted(unknown)}"}, status=400)
        return web.json_response(shape(body) if self.answer is None else self.answer)


def _ranked(query: str, texts: Sequence[str], top_n: int) -> list[tuple[int, float]]:
    words = set(query.lower().split())
    scores = [(place, len(words & set(text.lower().split())) / (len(words) or 1)) for place, text in enumerate(texts)]
    return sorted(scores, key=lambda one: -one[1])[:top_n]


def _cohere_answer(body: dict[str, Any]) -> dict[str, Any]:
    found = _ranked(body["query"], body["documents"], body["top_n"])
    results = [{"index": place, "relevance_score": score} for place, score in found]
    return {"id": "r", "results": results, "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}}}


def _jina_answer(body: dict[str, Any]) -> dict[str, Any]:
    found = _ranked(body["query"], body["documents"], body["top_n"])
    results = [{"index": place, "relevance_score": score} for place, score in found]
    return {"model": body["model"], "object": "list", "usage": {"total_tokens": 42}, "results": results}


def _bedrock_answer(body: dict[str, Any]) -> dict[str, Any]:
    from botocore.validate import validate_parameters

    validate_parameters(body, _bedrock_model().input_shape)
    texts = [source["inlineDocumentSource"]["textDocument"]["text"] for source in body["sources"]]
    top_n = body["rerankingConfiguration"]["bedrockRerankingConfiguration"]["numberOfResults"]
    found = _ranked(body["queries"][0]["textQuery"]["text"], texts, top_n)
    return {"results": [{"index": place, "relevanceScore": score} for place, score in found]}


@cache
def _bedrock_model() -> Any:
    """AWS's own description of the call, as botocore carries it."""
    import botocore.session

    return botocore.session.get_session().get_service_model("bedrock-agent-runtime").operation_model("Rerank")
