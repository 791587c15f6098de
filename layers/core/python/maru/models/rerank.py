"""Reranking: a query and texts in, the texts' places by relevance out, in each provider's own words."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from maru.models import failures, sizes
from maru.models.catalogue import Alias, Target
from maru.models.transport import PLAIN, Manners, Transport
from maru.models.usage import Usage, cost


@dataclass(frozen=True)
class Ranking:
    """``order`` are ``(index of the text, relevance)``, best first; ``cost_usd`` None means unknown."""

    order: tuple[tuple[int, float], ...]
    usage: Usage
    cost_usd: Decimal | None
    target: Target


#: What reading an answer raises that is none: infinity as a place overflows, nested without end it recurses.
_RUBBISH = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class _Wire:
    ask: Callable[[Target, str, Sequence[str], int], tuple[str, dict[str, Any]]]
    read: Callable[[Mapping[str, Any]], tuple[list[tuple[int, float]], int | None]]
    #: What the answer says was billed, where this provider bills searches and says so.
    searches: Callable[[Mapping[str, Any]], int | None] = lambda _: None
    manners: Manners = PLAIN


async def rerank(
    transport: Transport, alias: Alias, target: Target, query: str, texts: Sequence[str], *, top_n: int, seconds: float
) -> Ranking:
    """Ask one target once; ``seconds`` is its longest silence. Raises :class:`~maru.errors.MaruError`."""
    wire = WIRES[target.provider]
    path, body = wire.ask(target, query, texts, top_n)
    reply = await transport.post(
        alias.alias, target, path, json.dumps(body, ensure_ascii=False).encode(), wait=seconds, manners=wire.manners
    )
    try:
        answer = json.loads(await reply.read())
        found, tokens = wire.read(answer)
        billed = wire.searches(answer)
        order = _checked(found, len(texts), top_n)
    except _RUBBISH as error:
        raise failures.unusable(alias.alias) from error
    finally:
        await reply.close(finished=True)
    tokens_each = [sizes.tokens(query) + sizes.tokens(text) for text in texts]
    usage = Usage(
        prompt_tokens=sum(tokens_each) if tokens is None else tokens,
        estimated=tokens is None,
        searches=sizes.searches(tokens_each) if billed is None else billed,
    )
    return Ranking(order, usage, cost(usage, target.price), target)


def _checked(found: Sequence[tuple[int, float]], count: int, top_n: int) -> tuple[tuple[int, float], ...]:
    """Best first, each place at most once. Raises ValueError for places that no text has and for scores that are no numbers."""
    indexes = [index for index, _ in found]
    if len(set(indexes)) != len(indexes) or not all(0 <= index < count for index in indexes) or not found:
        raise ValueError("a reranker's answer names texts that it was not given")
    if not all(math.isfinite(score) for _, score in found):
        raise ValueError("a reranker's score is no number")
    return tuple(sorted(found, key=lambda one: -one[1])[:top_n])


def _ask_cohere(target: Target, query: str, texts: Sequence[str], top_n: int) -> tuple[str, dict[str, Any]]:
    # Source: https://docs.cohere.com/reference/rerank (v2; the base URL ends before the version)
    return "/v2/rerank", {"model": target.model, "query": query, "documents": list(texts), "top_n": top_n}


def _ask_jina(target: Target, query: str, texts: Sequence[str], top_n: int) -> tuple[str, dict[str, Any]]:
    # Source: https://api.jina.ai/docs; vLLM, Infinity, llama.cpp and others answer the same request below their /v1
    return "/rerank", {"model": target.model, "query": query, "documents": list(texts), "top_n": top_n, "return_documents": False}


def _ask_bedrock(target: Target, query: str, texts: Sequence[str], top_n: int) -> tuple[str, dict[str, Any]]:
    # Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html
    arn = target.model if target.model.startswith("arn:") else f"arn:aws:bedrock:{target.region}::foundation-model/{target.model}"
    configuration = {"modelConfiguration": {"modelArn": arn}, "numberOfResults": top_n}
    return "/rerank", {
        "queries": [{"type": "TEXT", "textQuery": {"text": query}}],
        "sources": [{"type": "INLINE", "inlineDocumentSource": {"type": "TEXT", "textDocument": {"text": text}}} for text in texts],
        "rerankingConfiguration": {"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": configuration},
    }


def _read_results(answer: Mapping[str, Any]) -> tuple[list[tuple[int, float]], int | None]:
    tokens = (answer.get("usage") or {}).get("total_tokens")
    return [(int(one["index"]), float(one["relevance_score"])) for one in answer["results"]], tokens


def _billed(answer: Mapping[str, Any]) -> int | None:
    units = (answer.get("meta") or {}).get("billed_units") or {}
    return int(units["search_units"]) if units.get("search_units") is not None else None


def _read_bedrock(answer: Mapping[str, Any]) -> tuple[list[tuple[int, float]], int | None]:
    return [(int(one["index"]), float(one["relevanceScore"])) for one in answer["results"]], None


WIRES: Mapping[str, _Wire] = {
    "cohere": _Wire(_ask_cohere, _read_results, _billed),
    "jina": _Wire(_ask_jina, _read_results),
    "bedrock-rerank": _Wire(_ask_bedrock, _read_bedrock),
}
