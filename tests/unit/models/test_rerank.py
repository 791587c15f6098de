"""Reranking: each protocol as its vendor describes it, and what becomes of servers that fail."""

import math
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import boto3
import pytest

from maru.errors import BadRequest, MaruError, Unavailable, UpstreamFailed
from maru.identity import Caller
from maru.identity.caller import ROLES
from maru.models import ModelClient
from tests.fakes.rerank_server import RerankServer
from tests.ledger import meter_on
from tests.unit.models.conftest import client_of

TEXTS = ["pears are green", "apples are red and apples are round", "red apples"]


@pytest.fixture
async def ranks() -> AsyncIterator[RerankServer]:
    async with RerankServer() as one:
        yield one


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


def ranker(*targets: dict[str, Any]) -> ModelClient:
    return client_of({"alias": "rerank", "kind": "rerank", "targets": list(targets)}, keys={"K": "secret"})


def target(provider: str, url: str) -> dict[str, Any]:
    base = {"cohere": url, "jina": f"{url}/v1", "bedrock-rerank": url}[provider]
    auth = {"auth": "aws", "region": "ap-northeast-1"} if provider.startswith("bedrock") else {"key": "K"}
    return {"provider": provider, "model": "m-1", "base_url": base, "price": {"input": 1}, **auth}


@pytest.mark.parametrize("provider", ["cohere", "jina", "bedrock-rerank"])
async def test_every_protocol_gives_places_by_relevance(ranks: RerankServer, credentials: None, provider: str) -> None:
    found = await ranker(target(provider, ranks.url)).rerank("rerank", "red apples", TEXTS, top_n=2)
    assert [place for place, _ in found.order] == [1, 2]
    assert [score for _, score in found.order] == [1.0, 1.0]
    assert found.cost_usd is not None
    assert found.cost_usd > 0
    assert found.usage.estimated == (provider != "jina")
    if provider == "jina":
        assert (found.usage.prompt_tokens, found.cost_usd) == (42, Decimal("0.000042"))


@pytest.mark.parametrize(
    ("provider", "words", "searches"),
    [("cohere", 1, 1), ("bedrock-rerank", 1, 1), ("bedrock-rerank", 500, 2), ("bedrock-rerank", 1200, 3)],
)
async def test_searches_are_billed_as_told_or_by_hundred_texts_of_512_tokens(
    ranks: RerankServer, credentials: None, provider: str, words: int, searches: int
) -> None:
    priced = target(provider, ranks.url) | {"price": {"input": 0, "search": 0.002}}
    found = await ranker(priced).rerank("rerank", "apples", ["appl " * words] * 90, top_n=3)
    assert (found.usage.searches, found.cost_usd) == (searches, searches * Decimal("0.002"))


async def test_what_a_search_costs_stands_in_the_ledger_and_in_budgets(aws: None, ranks: RerankServer, credentials: None) -> None:
    meter, models = meter_on(boto3.client("dynamodb")), ranker(target("cohere", ranks.url) | {"price": {"input": 0, "search": 0.002}})
    who = Caller("acme", "minji", (), ROLES["user"], "key")
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=3_000_000)
    await meter.rerank(who, models, "rerank", "apples", TEXTS, top_n=2)
    (row,) = [row for _, row in meter.usage.latest("acme", days=2)]
    assert (row["cost"], row["searches"], row["status"]) == (2_000_000, 1, "ok")
    assert meter.budgets.usage("acme")[0].spent == 2_000_000
    with pytest.raises(MaruError) as refused:
        await meter.rerank(who, models, "rerank", "apples", TEXTS, top_n=2)
    assert refused.value.code == "insufficient_quota"


async def test_the_stand_in_for_bedrock_takes_what_aws_own_client_sends(ranks: RerankServer, credentials: None) -> None:
    import anyio.to_thread

    client = boto3.client("bedrock-agent-runtime", region_name="ap-northeast-1", endpoint_url=ranks.url)
    source = {"type": "INLINE", "inlineDocumentSource": {"type": "TEXT", "textDocument": {"text": "red apples"}}}
    configuration = {"modelConfiguration": {"modelArn": "arn:aws:bedrock:ap-northeast-1::foundation-model/m-1"}, "numberOfResults": 1}
    answer = await anyio.to_thread.run_sync(
        lambda: client.rerank(
            queries=[{"type": "TEXT", "textQuery": {"text": "red apples"}}],
            sources=[source],
            rerankingConfiguration={"type": "BEDROCK_RERANKING_MODEL", "bedrockRerankingConfiguration": configuration},
        )
    )
    assert answer["results"] == [{"index": 0, "relevanceScore": 1.0}]
    theirs = ranks.requests[-1]
    await ranker(target("bedrock-rerank", ranks.url)).rerank("rerank", "red apples", ["red apples"], top_n=1)
    assert ranks.requests[-1] == theirs


async def test_targets_are_tried_in_their_order_each_within_its_time(ranks: RerankServer) -> None:
    ranks.pause = 60
    async with RerankServer() as second:
        client = ranker(target("cohere", ranks.url), target("jina", second.url))
        found = await client.rerank("rerank", "red apples", TEXTS, top_n=3, seconds=3)
    assert [place for place, _ in found.order][:2] == [1, 2]
    assert (len(ranks.requests), len(second.requests)) == (1, 1)


@pytest.mark.parametrize(("status", "kind"), [(400, BadRequest), (429, MaruError), (500, MaruError), (503, Unavailable)])
async def test_a_refusal_is_an_error_in_our_terms(ranks: RerankServer, status: int, kind: type[MaruError]) -> None:
    ranks.status = status
    with pytest.raises(kind):
        await ranker(target("cohere", ranks.url)).rerank("rerank", "q", TEXTS, top_n=3)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"results": []},
        {"results": [{"index": 3, "relevance_score": 1}]},
        {"results": [{"index": -1, "relevance_score": 1}]},
        {"results": [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 0.5}]},
        {"results": [{"index": 0, "relevance_score": "much"}]},
        {"results": [{"index": 0, "relevance_score": math.nan}]},
        {"results": [{"index": math.inf, "relevance_score": 1}]},
        [1],
    ],
)
async def test_an_answer_that_is_none_is_not_used(ranks: RerankServer, answer: Any) -> None:
    ranks.answer = answer
    with pytest.raises(UpstreamFailed):
        await ranker(target("cohere", ranks.url)).rerank("rerank", "q", TEXTS, top_n=3)


async def test_a_chat_model_reranks_nothing(ranks: RerankServer) -> None:
    client = client_of({"alias": "rerank", "kind": "chat", "targets": [{"model": "m", "base_url": ranks.url}]})
    with pytest.raises(BadRequest, match="is for chat, not for rerank"):
        await client.rerank("rerank", "q", TEXTS, top_n=3)
