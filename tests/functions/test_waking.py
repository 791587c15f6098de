"""Endpoints that sleep behind the chat function's door: who waits, who is answered by another target, who is told when to come back."""

import asyncio
import json
from collections.abc import Callable

import pytest

from maru.ledger.plans import NANO
from maru.models.rules import Breaker
from tests.fakes.chat_server import SleepingEndpoint
from tests.functions.routed import PHONE, PRICE, Servers, alias, said

GPU = {"provider": "sagemaker", "endpoint": "gpu", "component": "gpu"}


def words(text: str, *, stream: bool) -> str:
    """What an answer says, in either form."""
    return said(text) if stream else str(json.loads(text)["choices"][0]["message"]["content"])


@pytest.mark.parametrize("stream", [False, True])
async def test_an_endpoint_that_wakes_gives_one_answer_or_says_when_to_come_back(
    door: Callable[..., Servers], servers: Servers, stream: bool
) -> None:
    """Asleep, no capacity, waking, ready: each time one answer, or 503 with Retry-After; nothing stays reserved, only the answer costs."""
    async with SleepingEndpoint() as endpoint:
        # Of its 30 seconds our memory keeps a moment, so that the same function meets every state.
        door(alias("gpu", ("own", endpoint), **GPU), breaker=Breaker(longest_seconds=0.05))
        servers.meter.budgets.create(tenant="acme", window="month", unit="usd", limit=NANO)
        refusals = 0
        async with asyncio.timeout(60):
            while True:
                status, headers, text = await servers.ask("gpu", "안녕", stream=stream)
                if status == 200:
                    break
                assert (status, json.loads(text)["error"]["code"]) == (503, "model_starting")
                assert 1 <= int(headers["retry-after"]) <= 30
                assert servers.budget() == (0, 0)
                refusals += 1
                await asyncio.sleep(0.01)
        assert words(text, stream=stream) == endpoint.play.text
        assert [*dict.fromkeys(endpoint.met)] == ["asleep", "no capacity", "waking", "ready"]
        assert endpoint.met.count("ready") == 1
        rows = servers.rows()
        assert [(row["status"], row["cost"]) for row in rows[:-1]] == [("failed", 0)] * refusals
        assert rows[-1]["status"] == "ok"
        assert servers.budget() == (rows[-1]["cost"], 0)


@pytest.mark.parametrize("stream", [False, True])
async def test_while_an_endpoint_wakes_another_answers_where_one_may(door: Callable[..., Servers], servers: Servers, stream: bool) -> None:
    async with SleepingEndpoint() as endpoint:
        helped = alias("helped", ("own", endpoint), **GPU)
        helped["targets"].append({"model": "public", "base_url": servers.outside.base_url, "private": False, "price": PRICE})
        door(helped, breaker=Breaker(longest_seconds=0.05))
        answers = []
        async with asyncio.timeout(60):
            while "ready" not in endpoint.met:
                # What only private targets may see waits for the endpoint, however long it takes.
                status, headers, text = await servers.ask("helped", PHONE, stream=stream)
                assert (status == 200) == ("ready" in endpoint.met)
                assert status == 200 or (status, "retry-after" in headers) == (503, True)
                status, headers, text = await servers.ask("helped", "안녕", stream=stream)
                assert status == 200
                answers.append(words(text, stream=stream))
                await asyncio.sleep(0.01)
        assert {*answers[:-1]} == {"outside"}
        assert [*dict.fromkeys(endpoint.met)] == ["asleep", "no capacity", "waking", "ready"]
        assert "010" not in str(servers.outside.requests)
        served_by = [row["target"] for row in servers.rows() if row["status"] == "ok"]
        assert served_by.count("own") == endpoint.met.count("ready")


async def test_an_endpoint_that_sleeps_is_not_asked_again_before_its_time(door: Callable[..., Servers], servers: Servers) -> None:
    async with SleepingEndpoint() as endpoint:
        door(alias("gpu", ("own", endpoint), **GPU))
        for number in range(3):
            status, headers, text = await servers.ask("gpu", "안녕", stream=bool(number % 2))
            assert (status, json.loads(text)["error"]["code"]) == (503, "model_starting")
            assert 1 <= int(headers["retry-after"]) <= 30
        assert endpoint.met == ["asleep"]
