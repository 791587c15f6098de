"""What is sensitive meets private targets only, whatever a model is asked for and whoever asks; where there is none, nothing is sent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from maru.errors import Forbidden
from maru.guard.check import Subject
from maru.guard.pii import CHECK
from maru.models import Catalogue, KeyRing, ModelClient, Router
from maru.models.rules import Retry, Routing
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.rerank_server import RerankServer

PHONE = "민지 씨 전화번호는 010-1234-5678 입니다"
PLAIN = "연차는 며칠인가요?"
ROUTING = Routing.load("catalogue").model_copy(update={"retry": Retry(rounds=0)})


class World:
    """Two servers, of which one is outside, and a client of aliases that lead to both or outside alone."""

    def __init__(self, outside: OpenAIServer, inside: OpenAIServer, ranks: RerankServer) -> None:
        self.outside, self.inside, self.ranks = outside, inside, ranks

    def client(self, routing: Routing = ROUTING) -> ModelClient:
        out = {"model": "out", "base_url": self.outside.base_url, "private": False}
        own = {"model": "own", "base_url": self.inside.base_url, "private": True}
        rank = {"provider": "cohere", "model": "r", "base_url": self.ranks.url, "key": "K", "private": False}
        entries: list[dict[str, Any]] = [
            {"alias": "both", "kind": "chat", "targets": [out, own]},
            {"alias": "out", "kind": "chat", "targets": [out]},
            {"alias": "embed-both", "kind": "embeddings", "dimensions": 4, "targets": [out, own]},
            {"alias": "embed-out", "kind": "embeddings", "dimensions": 4, "targets": [out]},
            {"alias": "rank-out", "kind": "rerank", "targets": [rank]},
        ]
        return ModelClient(Catalogue({"models": entries}, {}, frozenset("K")), KeyRing({"K": "k"}), router=Router(routing))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with OpenAIServer() as outside, OpenAIServer() as inside, RerankServer() as ranks:
        yield World(outside, inside, ranks)


def body(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


async def test_a_request_by_an_aliass_name_is_looked_at(world: World) -> None:
    """As chains, prompts and guards make them: nobody decided a route before."""
    client = world.client()
    await client.complete("both", body(PHONE))
    async with await client.stream("both", body(PHONE)) as stream:
        _ = [block async for block in stream.blocks()]
    assert (len(world.outside.requests), len(world.inside.requests)) == (0, 2)
    await client.complete("both", body(PLAIN))
    assert len(world.outside.requests) == 1
    for ask in (client.complete, client.stream):
        with pytest.raises(Forbidden, match=r"personal data PHONE.*GET /v1/models shows as private.*mask") as refused:
            await ask("out", body(PHONE))
        assert (refused.value.code, refused.value.param) == ("private_model_required", "model")
    assert len(world.outside.requests) == 1


async def test_texts_to_be_embedded_are_looked_at(world: World) -> None:
    client = world.client()
    await client.embed("embed-both", [PLAIN, PHONE], purpose="query")
    assert (len(world.outside.requests), len(world.inside.requests)) == (0, 1)
    with pytest.raises(Forbidden, match="personal data PHONE"):
        await client.embed("embed-out", [PHONE], purpose="query")
    assert not world.outside.requests
    await client.embed("embed-out", [PLAIN])
    assert len(world.outside.requests) == 1


async def test_tokens_cannot_be_looked_at_and_a_class_decides_for_a_document(world: World) -> None:
    client = world.client()
    with pytest.raises(Forbidden, match="tokens"):
        await client.embed("embed-out", [[1, 2, 3]])
    with pytest.raises(Forbidden, match="class customer"):
        await client.embed("embed-out", [PLAIN], private=("class customer",))
    assert not world.outside.requests
    await client.embed("embed-out", [PHONE], private=())
    assert len(world.outside.requests) == 1, "the worker looks at the class of a document, not into it"


@pytest.mark.parametrize(
    ("query", "how"),
    [(PHONE, {}), (PLAIN, {"classes": ["customer"]}), (PLAIN, {"classes": ["restricted", "public"]}), (PLAIN, {"asked": True})],
    ids=["personal", "customer", "restricted", "asked"],
)
async def test_what_is_to_be_ranked_is_looked_at(world: World, query: str, how: dict[str, Any]) -> None:
    client = world.client()
    with pytest.raises(Forbidden, match="private targets only"):
        await client.rerank("rank-out", query, ["a", "b"], top_n=2, **how)
    await client.rerank("rank-out", PLAIN, ["a", "b"], top_n=2, classes=["public", "internal"])


async def test_an_operator_may_count_nothing_as_personal(world: World) -> None:
    client = world.client(ROUTING.model_copy(update={"sensitive": ROUTING.sensitive.model_copy(update={"personal_data": frozenset()})}))
    await client.complete("out", body(PHONE))
    await client.embed("embed-out", [[1, 2, 3]])
    assert len(world.outside.requests) == 2


async def test_what_cannot_be_checked_counts_as_personal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(subject: Subject) -> Any:
        raise RuntimeError

    monkeypatch.setattr(CHECK, "find", broken)
    with pytest.raises(Forbidden, match="not checked for personal data"):
        await world.client().complete("out", body(PLAIN))
    assert not world.outside.requests
