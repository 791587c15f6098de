"""Budgets, limits and the ledger's rows, through the chat function's door."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import anyio.to_thread
import boto3
import pytest

from functions.ingest.handler import embedding
from maru.errors import Forbidden
from maru.http import HttpServices
from maru.identity import Caller
from maru.ledger.meter import Meter
from maru.ledger.plans import NANO
from maru.models import Catalogue, KeyRing, ModelClient
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.ledger import meter_on

HELLO: Any = [{"role": "user", "content": "안녕?"}]
PLANS = [
    {"plan": "default", "markup": 0.5},
    {"plan": "slow", "limits": {"user": {"requests_per_minute": 2, "tokens_per_minute": 10000}}},
    {"plan": "small", "models": ["embedding"]},
]


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
def meter(services: HttpServices) -> Meter:
    return meter_on(boto3.client("dynamodb"), tenants=services.tenants, plans=PLANS)


class Door:
    """The function's address, with a key of acme's user minji."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.headers = url, {"authorization": f"Bearer {key}"}

    async def post(self, path: str, body: Any) -> tuple[int, Any, Any]:
        """Status, headers and text of one call."""
        async with aiohttp.ClientSession(headers=self.headers) as session, session.post(self.url + path, json=body) as answer:
            return answer.status, answer.headers, await answer.text()

    async def chat(self, **body: Any) -> tuple[int, Any, Any]:
        """A chat completion."""
        return await self.post("/v1/chat/completions", {"model": "default", "messages": HELLO, **body})


@pytest.fixture
def door(services: HttpServices, upstream: OpenAIServer, meter: Meter) -> Iterator[Door]:
    with served(chat_app(services, upstream.base_url, meter=meter)) as url:
        yield Door(url, key_for(services))


def rows(meter: Meter) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [row for _, row in meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))]


def spent(meter: Meter) -> list[tuple[int, int]]:
    return [(usage.spent, usage.reserved) for usage in meter.budgets.usage("acme")]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_request_leaves_its_cost_in_the_ledger_and_in_the_budget(door: Door, meter: Meter, stream: bool) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=NANO)
    assert (await door.chat(stream=stream))[0] == 200
    (row,) = rows(meter)
    cost = row["input_tokens"] * 2000 + row["output_tokens"] * 10_000 - row["cached_tokens"] * 1500
    assert (row["cost"], row["charge"]) == (cost, cost * 3 // 2)
    assert (row["user"], row["model"], row["target"], row["status"]) == ("minji", "default", "up", "ok")
    assert "estimated" not in row
    assert spent(meter) == [(cost, 0)]


async def test_without_a_budget_nothing_is_reserved_and_nothing_is_bounded(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    assert (await door.chat())[0] == 200
    assert "max_tokens" not in upstream.requests[-1]
    assert len(rows(meter)) == 1


async def test_what_a_budget_bears_bounds_the_answer(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=5000)
    assert (await door.chat())[0] == 200
    assert 16 <= upstream.requests[-1]["max_tokens"] < 5000
    assert (await door.chat(max_completion_tokens=20))[0] == 200
    assert upstream.requests[-1]["max_completion_tokens"] == 20


async def test_over_budget_is_429_with_the_time_it_resets(door: Door, meter: Meter) -> None:
    meter.budgets.create(tenant="acme", window="month", unit="tokens", limit=10)
    status, headers, text = await door.chat()
    assert status == 429
    assert '"insufficient_quota"' in text
    assert "resets at" in text
    assert int(headers["retry-after"]) > 0
    assert (headers.get("x-should-retry") == "false") == (int(headers["retry-after"]) > 60)
    assert rows(meter) == []


async def test_a_refusal_says_what_is_needed_and_of_whose_budget_what_remains(door: Door, services: HttpServices, meter: Meter) -> None:
    async def told(**who: Any) -> str:
        text = str(json.loads((await Door(door.url, key_for(services, **who)).chat())[2])["error"]["message"])
        return re.sub(r"needs [\d.]+ (USD|tokens)", r"needs N \1", text).partition(" It resets at ")[0]

    own = meter.budgets.create(tenant="acme", window="month", unit="tokens", limit=10, user="minji")
    needs = (
        "The month's budget of this user cannot bear the request, which needs N tokens with the shortest answer, where 10 tokens are left."
    )
    assert await told(user="minji") == needs
    meter.budgets.delete("acme", own.id)
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=1_500)
    needs = "The day's budget of this tenant cannot bear the request, which needs N USD with the shortest answer, "
    assert await told(user="minji") == needs + "more than is left."
    assert await told(user="boss", role="admin") == needs + "where 0.0000015 USD are left."


async def test_a_model_without_a_price_is_refused_under_a_budget_in_usd(door: Door, meter: Meter) -> None:
    assert (await door.chat(model="unpriced"))[0] == 200
    assert "cost" not in rows(meter)[0]
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=NANO)
    await asyncio.to_thread(meter.budgets.read, "acme")
    status, _, text = await door.chat(model="unpriced")
    assert status == 400
    assert "model_without_price" in text


async def test_a_model_that_is_down_costs_nothing(door: Door, meter: Meter) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=10**6)
    assert (await door.chat(model="gone"))[0] == 503
    assert (await door.chat(model="gone", stream=True))[0] == 503
    assert [(row["status"], row["cost"]) for row in rows(meter)] == [("failed", 0), ("failed", 0)]
    assert spent(meter) == [(0, 0)]


async def test_a_client_that_leaves_is_charged_the_estimate(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=NANO)
    upstream.stall_after = 2
    async with aiohttp.ClientSession(headers=door.headers) as session:
        answer = await session.post(door.url + "/v1/chat/completions", json={"model": "default", "messages": HELLO, "stream": True})
        await answer.content.readuntil(b"\n\n")
        answer.close()
    for _ in range(1200):
        if rows(meter):
            break
        await asyncio.sleep(0.05)
    (row,) = rows(meter)
    assert (row["status"], row["estimated"]) == ("cancelled", True)
    assert spent(meter) == [(row["cost"], 0)]
    assert row["cost"] > 0


async def test_embeddings_are_metered(door: Door, meter: Meter) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=NANO)
    assert (await door.post("/v1/embeddings", {"model": "embedding", "input": ["하나", "둘"]}))[0] == 200
    (row,) = rows(meter)
    assert (row["model"], row["cost"]) == ("embedding", row["input_tokens"] * 1000)
    assert spent(meter) == [(row["cost"], 0)]


async def test_a_plans_rate_limit(door: Door, meter: Meter, services: HttpServices) -> None:
    services.tenants.create("acme")
    services.tenants.set_plan("acme", "slow")
    statuses = []
    for _ in range(3):
        status, headers, text = await door.chat()
        statuses.append((status, headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]))
        assert headers["x-ratelimit-limit-tokens"] == "10000"
    assert [status for status, *_ in statuses] in ([200, 200, 429], [200, 200, 200]), "a minute may end between two of them"
    if statuses[-1][0] == 429:
        assert [remaining for *_, remaining in statuses] == ["1", "0", "0"]
        assert '"rate_limit_exceeded"' in text
        assert 1 <= int(headers["retry-after"]) <= 60


async def test_a_model_outside_the_plan_is_refused(door: Door, services: HttpServices) -> None:
    services.tenants.create("acme")
    services.tenants.set_plan("acme", "small")
    status, _, text = await door.chat()
    assert status == 403
    assert "model_not_in_plan" in text
    assert "is not in your plan. It opens: " in text
    assert (await door.post("/v1/embeddings", {"model": "embedding", "input": "x"}))[0] == 200


async def test_the_rows_of_one_request_are_written_together(door: Door, meter: Meter, services: HttpServices) -> None:
    calls: list[str] = []
    inner = meter.dynamo

    class Counting:
        async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
            calls.append(operation)
            return await inner.call(operation, request)

    meter.dynamo = meter.reservations._lanes._dynamo = Counting()
    await door.chat()
    assert calls == ["BatchWriteItem"]
    meter.budgets.create(tenant="acme", window="day", unit="usd", limit=NANO)
    await asyncio.to_thread(meter.budgets.read, "acme")
    await door.chat()
    assert calls[1:] == ["TransactWriteItems", "TransactWriteItems"]
    assert len(list(services.audit.read("acme"))) == 2
    assert Decimal(sum(row["cost"] for row in rows(meter))) > 0


async def test_what_is_embedded_on_the_way_to_something_else_is_metered(meter: Meter, upstream: OpenAIServer) -> None:
    target = {"model": "up", "base_url": upstream.base_url, "price": {"input": 1}}
    models = ModelClient(Catalogue({"models": [{"alias": "embedding", "kind": "embeddings", "targets": [target]}]}, {}), KeyRing({}))
    caller = Caller("acme", "minji", (), frozenset(), "key-1")
    found = await meter.embed(caller, models, "embedding", ["질문"], purpose="query")
    assert len(found.vectors) == 1
    (row,) = rows(meter)
    assert (row["user"], row["model"], row["cost"]) == ("minji", "embedding", row["input_tokens"] * 1000)


async def test_what_ingestion_embeds_is_in_the_ledger_and_in_the_budget(upstream: OpenAIServer, meter: Meter) -> None:
    """On the account of who uploaded it; a class that must stay inside does not go to a target outside."""
    target = {"model": "up", "base_url": upstream.base_url, "price": {"input": 1000}}
    entries = [{"alias": name, "kind": "embeddings", "targets": [target | {"private": name == "inside"}]} for name in ("inside", "outside")]
    embed = embedding(ModelClient(Catalogue({"models": entries}, {}), KeyRing({})), meter)
    meter.budgets.create(tenant="acme", window="month", unit="usd", limit=NANO)
    file = {"tenant": "acme", "uploaded_by": "minji", "data_class": "customer"}
    vectors = await anyio.to_thread.run_sync(embed, "inside", ["가", "나"], file)
    assert len(vectors) == 2
    with pytest.raises(Forbidden) as refused:
        await anyio.to_thread.run_sync(embed, "outside", ["가"], file)
    assert "class customer" in refused.value.message
    assert len(await anyio.to_thread.run_sync(embed, "outside", ["가"], file | {"data_class": "internal", "uploaded_by": ""})) == 1
    now = datetime.now(UTC)
    rows = [row for _, row in meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))]
    told = [(row["model"], row["user"], row["key_id"], row["status"], row.get("input_tokens")) for row in rows]
    assert told == [
        ("inside", "minji", "ingest", "ok", 2),
        ("outside", "minji", "ingest", "failed", 0),
        ("outside", "ingest", "ingest", "ok", 1),
    ]
    (usage,) = meter.budgets.usage("acme")
    assert (usage.spent, usage.reserved) == (3 * 1_000_000, 0)
