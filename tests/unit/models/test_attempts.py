"""Targets in turn: what is repeated, what is not, what falls back before the first token, and what is left alone."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from typing import Any

import pytest

from maru.errors import BadRequest, MaruError, RateLimited, Unavailable, UpstreamFailed
from maru.models import Catalogue, KeyRing, ModelClient, Router
from maru.models.catalogue import Target
from maru.models.rules import Breaker, Retry, Routing
from maru.models.usage import Usage
from tests.fakes.openai_server import OpenAIServer
from tests.patience import PATIENT

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "안녕"}]}


@pytest.fixture
async def first() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["first"]) as one:
        yield one


@pytest.fixture
async def second() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["second"]) as one:
        yield one


def client(
    *servers: OpenAIServer | str, rounds: int = 1, breaker: Breaker | None = None, hasty: float | None = None, **target: Any
) -> ModelClient:
    """A client whose alias `default` has a target on each of these; ``hasty`` is how many seconds it waits for the first one's token."""
    urls = [one if isinstance(one, str) else one.base_url for one in servers]
    targets = [
        {"model": f"m{place}", "base_url": url, **target, "first_token_seconds": None if place else hasty} for place, url in enumerate(urls)
    ]
    entry = {"alias": "default", "kind": "chat", "targets": targets}
    router = Router(Routing(retry=Retry(rounds=rounds, pause_seconds=0.01), breaker=breaker or Breaker()))
    return ModelClient(Catalogue({"models": [entry]}, {}), KeyRing({}), PATIENT, router=router)


async def said(models: ModelClient, body: dict[str, Any] = HELLO, **more: Any) -> tuple[str, list[tuple[str, str]]]:
    """What a stream says, and what was tried in vain."""
    async with await models.stream("default", body, **more) as stream:
        text = "".join([choice["delta"].get("content") or "" async for chunk in stream.chunks() for choice in chunk["choices"]])
    return text, [(target.model, code) for target, code in stream.route.trail]


@pytest.mark.parametrize(("status", "asked"), [(500, 2), (502, 2), (503, 2), (529, 2), (429, 1), (401, 1), (404, 1), (400, 1), (413, 1)])
async def test_only_what_passes_is_tried_again_at_the_same_target(first: OpenAIServer, status: int, asked: int) -> None:
    first.status = status
    with pytest.raises(MaruError):
        await client(first).complete("default", HELLO)
    assert len(first.requests) == asked


async def test_a_failure_in_passing_is_not_seen(first: OpenAIServer) -> None:
    first.fail_first = 1
    assert (await client(first).complete("default", HELLO)).text == "first"
    first.fail_first = 3
    assert await said(client(first)) == ("first", [("m0", "model_unavailable")])


async def test_other_targets_come_before_another_try(first: OpenAIServer, second: OpenAIServer) -> None:
    first.status = 503
    assert await said(client(first, second)) == ("second", [("m0", "model_unavailable")])
    assert len(first.requests) == 1
    second.status = 500
    with pytest.raises(UpstreamFailed):
        await client(first, second).complete("default", HELLO)
    assert (len(first.requests), len(second.requests)) == (3, 3)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_call_that_is_over_is_let_go_at_once(first: OpenAIServer, streamed: bool) -> None:
    """And not when a search for garbage finds it."""
    models, payer = client(first), Payer()
    gc.disable()
    try:
        async with models:
            await (said(models, bearer=payer) if streamed else models.complete("default", HELLO, bearer=payer))
            gone = weakref.ref(payer)
            del payer
            await asyncio.sleep(0)
            assert gone() is None
    finally:
        gc.enable()


async def test_a_wrong_request_is_wrong_everywhere(first: OpenAIServer, second: OpenAIServer) -> None:
    first.status = 400
    with pytest.raises(BadRequest):
        await said(client(first, second))
    assert not second.requests


@pytest.mark.parametrize(
    "trouble",
    [
        {"cut_after": 0},
        {"cut_after": 1},
        {"error_after": 1},
        {"stall_after": 0},
        {"stall_after": 1},
        {"stall_after": 1, "alive": True},
        {"status": 500},
    ],
)
async def test_whatever_happens_before_the_first_token_is_not_seen(
    first: OpenAIServer, second: OpenAIServer, trouble: dict[str, Any]
) -> None:
    """The role alone is no token, and a line kept alive by comments is silent."""
    for name, value in trouble.items():
        setattr(first, name, value)
    text, trail = await said(client(first, second, hasty=1 if "stall_after" in trouble else None))
    assert (text, [model for model, _ in trail]) == ("second", ["m0"])


async def test_a_server_that_keeps_silent_is_not_asked_twice(first: OpenAIServer) -> None:
    first.stall_after = 0
    with pytest.raises(Unavailable) as failed:
        await client(first, hasty=0.4).stream("default", HELLO)
    assert failed.value.code == "model_timeout"
    assert len(first.requests) == 1


async def test_a_targets_own_times_hold(first: OpenAIServer, second: OpenAIServer) -> None:
    first.stall_after = 0
    assert (await said(client(first, second, hasty=0.1)))[0] == "second"
    first.stall_after, first.alive = 2, True
    with pytest.raises(UpstreamFailed, match="silent"):
        await said(client(first, between_tokens_seconds=0.1))


class Payer:
    """Bears attempts, and remembers them; ``broke`` bears no more."""

    def __init__(self, *, broke: bool = False) -> None:
        self.lost: list[tuple[str, Usage | None]] = []
        self.broke = broke

    async def again(self, target: Target, usage: Usage | None, body: dict[str, Any]) -> dict[str, Any]:
        self.lost.append((target.model, usage))
        if self.broke:
            raise RateLimited("over budget", code="insufficient_quota")
        return body | {"max_tokens": 7}


async def test_an_attempt_that_may_have_cost_is_borne_before_the_next(first: OpenAIServer, second: OpenAIServer) -> None:
    first.stall_after = 0
    payer = Payer()
    assert (await said(client(first, second, hasty=1), bearer=payer))[0] == "second"
    assert payer.lost == [("m0", None)]
    assert second.requests[0]["max_tokens"] == 7
    with pytest.raises(RateLimited) as refused:
        await said(client(first, second, hasty=1), bearer=Payer(broke=True))
    assert refused.value.code == "insufficient_quota"
    first.stall_after, first.status, payer = None, 503, Payer()
    await said(client(first, second), bearer=payer)
    assert not payer.lost, "a refusal costs nothing"


async def test_a_target_that_named_its_time_is_left_alone_until_then(first: OpenAIServer, second: OpenAIServer) -> None:
    first.status, first.headers = 429, {"Retry-After": "60"}
    models = client(first, second)
    for _ in range(3):
        assert (await said(models))[0] == "second"
    assert len(first.requests) == 1
    alone = client(first)
    for _ in range(3):
        with pytest.raises(RateLimited) as limited:
            await said(alone)
        assert 50 < (limited.value.retry_after or 0) <= 60
    assert len(first.requests) == 2


async def test_a_failing_target_rests_and_comes_back(first: OpenAIServer, second: OpenAIServer) -> None:
    first.status = 503
    models = client(first, second, breaker=Breaker(failures=2, cooldown_seconds=0.2))
    for _ in range(5):
        assert (await said(models))[0] == "second"
    assert len(first.requests) == 2
    first.status = 200
    await asyncio.sleep(0.25)
    assert (await said(models))[0] == "first"


async def test_with_all_targets_resting_the_answer_says_when_to_come_back(first: OpenAIServer) -> None:
    first.status = 503
    models = client(first, rounds=0, breaker=Breaker(failures=1, cooldown_seconds=30))
    with pytest.raises(Unavailable):
        await said(models)
    with pytest.raises(Unavailable) as resting:
        await said(models)
    assert 25 < (resting.value.retry_after or 0) <= 30
    assert len(first.requests) == 1


async def test_answers_that_break_off_count_too(first: OpenAIServer) -> None:
    first.words, first.cut_after = ["a", "b", "c"], 3
    models = client(first, breaker=Breaker(failures=2, cooldown_seconds=30))
    for _ in range(2):
        with pytest.raises(UpstreamFailed):
            await said(models)
    with pytest.raises(Unavailable):
        await said(models)
    assert len(first.requests) == 2
