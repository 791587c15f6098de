"""Requests and tokens per minute and second, of tenants, users and keys: through the door, on a clock that stands still."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio.to_thread
import boto3
import pytest

from maru.http import HttpServices
from maru.identity import Caller
from maru.identity.caller import ROLES
from maru.ledger.meter import Meter
from maru.ledger.plans import Plan, Plans
from maru.ledger.rates import Counted
from tests.door import client, key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app
from tests.ledger import meter_on

HELLO = {"model": "default", "messages": [{"role": "user", "content": "안녕?"}]}
TEN_PAST = datetime(2030, 1, 1, 9, 0, 10, tzinfo=UTC).timestamp()
SUBJECTS = ("tenant", "user", "key")


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = TEN_PAST

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """Tenants acme and rival under one plan; ``chat`` asks with a key."""

    clock: Clock
    upstream: OpenAIServer
    services: HttpServices
    meter: Meter
    app: Any

    def key(self, tenant: str = "acme", user: str = "minji") -> str:
        return key_for(self.services, tenant=tenant, user=user)

    async def chat(self, key: str, **body: Any) -> Any:
        return await anyio.to_thread.run_sync(lambda: client(self.app, key).post("/v1/chat/completions", json=HELLO | body))

    async def statuses(self, *keys: str) -> list[int]:
        return [(await self.chat(key)).status_code for key in keys]


type Make = Callable[[dict[str, Any]], World]


@pytest.fixture
async def make(services: HttpServices) -> AsyncIterator[Make]:
    """Makes a world whose plan has these limits."""
    async with OpenAIServer() as upstream:
        upstream.usage = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}

        def world(limits: dict[str, Any]) -> World:
            clock, plan = Clock(), {"plan": "limited", "limits": limits}
            meter = meter_on(boto3.client("dynamodb"), tenants=services.tenants, plans=[{"plan": "default"}, plan], clock=clock)
            for tenant in ("acme", "rival"):
                services.tenants.create(tenant)
                services.tenants.set_plan(tenant, "limited")
            return World(clock, upstream, services, meter, chat_app(services, upstream.base_url, meter=meter))

        yield world


@pytest.mark.parametrize("window", ["minute", "second"])
@pytest.mark.parametrize("unit", ["requests", "tokens"])
@pytest.mark.parametrize("subject", SUBJECTS)
async def test_a_limit_refuses_its_own_and_ends_with_its_window(make: Make, subject: str, unit: str, window: str) -> None:
    # Two requests, or the tokens of two and not of a third.
    limit = 2 if unit == "requests" else 2000
    world = make({subject: {f"{unit}_per_{window}": limit}})
    key = world.key()
    first, second, refused = [await world.chat(key) for _ in range(3)]
    assert [one.status_code for one in (first, second, refused)] == [200, 200, 429]
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert f"of this {subject} ({limit} {unit} per {window})" in refused.json()["error"]["message"]
    wait = 50 if window == "minute" else 1
    assert refused.headers["retry-after"] == str(wait)
    for answer in (first, second, refused):
        assert answer.headers[f"x-ratelimit-limit-{unit}"] == str(limit)
        assert answer.headers[f"x-ratelimit-reset-{unit}"] == f"{wait}s"
    left = [int(one.headers[f"x-ratelimit-remaining-{unit}"]) for one in (first, second, refused)]
    if unit == "requests":
        assert left == [1, 0, 0]
    else:
        # A prompt is counted about when it begins, in full when it ends.
        assert 1000 < left[0] < 2000
        assert (0 < left[1] < 1000, left[2]) == (True, 0)
    # Whoever the limit is not of goes on.
    others = {"tenant": world.key(user="other"), "user": world.key(), "key": key}
    assert await world.statuses(*others.values()) == [429 if SUBJECTS.index(subject) <= place else 200 for place in range(3)]
    assert await world.statuses(world.key(tenant="rival")) == [200]
    calls = len(world.upstream.requests)
    world.clock.now += wait
    again = await world.chat(key)
    assert again.status_code == 200
    assert len(world.upstream.requests) == calls + 1
    if unit == "requests":
        assert again.headers["x-ratelimit-remaining-requests"] == "1"


async def test_what_one_limit_refuses_the_others_give_back(make: Make) -> None:
    world = make({"tenant": {"requests_per_minute": 2, "tokens_per_minute": 2000}, "user": {"requests_per_minute": 1}})
    world.meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=10**6)
    greedy, modest = world.key(), world.key(user="modest")
    assert await world.statuses(greedy, greedy, greedy, greedy) == [200, 429, 429, 429]
    (usage,) = world.meter.budgets.usage("acme")
    assert (usage.spent, usage.reserved) == (1000, 0)
    answer = await world.chat(modest)
    assert (answer.status_code, answer.headers["x-ratelimit-remaining-requests"]) == (200, "0")


async def test_what_a_budget_refuses_has_used_no_tokens(make: Make) -> None:
    world = make({"tenant": {"tokens_per_minute": 400}})
    world.upstream.usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    budget = world.meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=1)
    key = world.key()
    for _ in range(8):
        refused = await world.chat(key)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "insufficient_quota")
    world.meter.budgets.delete("acme", budget.id)
    assert await world.statuses(key) == [200]


async def test_a_model_that_fails_has_used_no_tokens(make: Make) -> None:
    world = make({"key": {"tokens_per_minute": 400}})
    key = world.key()
    for _ in range(8):
        assert (await world.chat(key, model="gone")).status_code == 503
    assert await world.statuses(key) == [200]


async def test_what_is_larger_than_a_window_passes_where_it_is_empty(make: Make) -> None:
    world = make({"user": {"tokens_per_minute": 30}})
    key = world.key()
    assert await world.statuses(key, key) == [200, 429]
    world.clock.now += 60
    assert await world.statuses(key) == [200]


async def test_tokens_that_were_not_used_are_given_back_to_the_minute_that_bore_them(make: Make) -> None:
    rates = make({}).meter.rates
    caller = Caller("acme", "minji", (), ROLES["user"], "k1")
    plan: Plan = Plans({"plans": [{"plan": "default", "limits": {"user": {"tokens_per_minute": 100}}}]}).of(None)
    clock: Any = rates._clock

    async def left() -> int:
        headers: dict[str, str] = {}
        await rates.take(caller, plan, 1, headers)
        return int(headers["x-ratelimit-remaining-tokens"]) + 1

    counted = await rates.take(caller, plan, 80, {})
    assert counted == Counted(TEN_PAST, 80)
    clock.now += 60
    await rates.correct(caller, plan, counted, 30)
    assert await left() == 100, "the next minute lends nothing"
    await rates.correct(caller, plan, counted, 90)
    assert await left() == 89
    clock.now -= 60
    assert await left() == 70
