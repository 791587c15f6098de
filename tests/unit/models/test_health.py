"""Circuit breakers: what trips them, who learns of it, and who tries whether a target is back."""

import asyncio
import random
from typing import Any

import boto3
import pytest

from maru.errors import RateLimited, Unavailable
from maru.lean import Dynamo, ThreadedDynamo
from maru.models import Catalogue, failures
from maru.models.catalogue import Target
from maru.models.health import FRESH_SECONDS, Health
from maru.models.rules import Breaker
from tests.conftest import MakeTable

BREAKER = Breaker(failures=3, within_seconds=30, cooldown_seconds=10, longest_seconds=40)
ENTRY = {
    "alias": "a",
    "kind": "chat",
    "targets": [{"model": "m", "base_url": "http://x.test"}, {"model": "n", "base_url": "http://x.test"}],
}
TARGET, OTHER = Catalogue({"models": [ENTRY]}, {}).demand("a").targets
DOWN = Unavailable("down", code="model_unavailable")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Counting:
    """DynamoDB, its calls counted; ``down`` answers nothing."""

    def __init__(self, inner: Dynamo) -> None:
        self.inner, self.calls, self.down = inner, 0, False

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        if self.down:
            raise Unavailable("The database does not answer.")
        return await self.inner.call(operation, request)


@pytest.fixture
def dynamo(make_table: MakeTable) -> Counting:
    make_table(Health.SPEC)
    return Counting(ThreadedDynamo(boto3.client("dynamodb")))


def instance(clock: Clock, dynamo: Dynamo | None = None) -> Health:
    return Health(BREAKER, dynamo, Health.SPEC.name, clock=clock)


async def fail(health: Health, times: int, target: Target = TARGET) -> None:
    for _ in range(times):
        await health.failed(target, DOWN)


async def test_some_failures_within_some_time_trip_it(clock: Clock) -> None:
    health = instance(clock)
    await fail(health, 2)
    clock.now += 31
    await fail(health, 2)
    assert await health.admits(TARGET)
    await health.answered(TARGET)
    await fail(health, 2)
    assert await health.admits(TARGET)
    await fail(health, 1)
    assert not await health.admits(TARGET)
    assert await health.admits(OTHER)
    assert health.out(TARGET) == (10, "model_unavailable")


async def test_one_asker_tries_it_and_each_failure_doubles_the_pause(clock: Clock) -> None:
    health = instance(clock)
    await fail(health, 3)
    for pause in (10, 20, 40, 40):
        clock.now += pause - 1
        assert not await health.admits(TARGET)
        clock.now += 1
        assert [await health.admits(TARGET) for _ in range(3)] == [True, False, False]
        await fail(health, 1)
    clock.now += 40
    assert await health.admits(TARGET)
    await health.answered(TARGET)
    assert [await health.admits(TARGET) for _ in range(3)] == [True] * 3
    await fail(health, 2)
    assert await health.admits(TARGET), "it is as good as new"


async def test_an_asker_that_went_away_does_not_keep_it_out(clock: Clock) -> None:
    health = instance(clock)
    await fail(health, 3)
    clock.now += 10
    assert await health.admits(TARGET)
    clock.now += 11
    assert await health.admits(TARGET)


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (failures.LimitedUntil("wait", retry_after=7), 7),
        (failures.LimitedUntil("wait", retry_after=500), 40),
        (failures.waking("a", 30), 30),
        (failures.Misconfigured("key"), 40),
        (RateLimited("perhaps", retry_after=5), 0),
        (DOWN, 0),
    ],
)
async def test_what_tells_its_own_time_rests_until_then(clock: Clock, error: Any, pause: float) -> None:
    health = instance(clock)
    await health.failed(TARGET, error)
    assert health.out(TARGET)[0] == pause


async def test_all_instances_learn_of_it_within_some_seconds(clock: Clock, dynamo: Counting) -> None:
    one, two = instance(clock, dynamo), instance(clock, dynamo)
    await two.refresh()
    await fail(one, 3)
    await two.refresh()
    assert await two.admits(TARGET), "not asked again yet"
    clock.now += FRESH_SECONDS
    await two.refresh()
    assert not await two.admits(TARGET)
    clock.now += 10
    assert sorted([await one.admits(TARGET), await two.admits(TARGET)]) == [False, True], "one of all instances tries"
    await one.answered(TARGET)
    clock.now += FRESH_SECONDS
    await two.refresh()
    assert await two.admits(TARGET)


async def test_no_request_reads_the_table_and_healthy_targets_write_nothing(clock: Clock, dynamo: Counting) -> None:
    health = instance(clock, dynamo)
    for _ in range(100):
        await health.refresh()
        assert await health.admits(TARGET)
        await health.answered(TARGET)
        clock.now += 0.01
    assert dynamo.calls == 1


async def test_without_the_table_it_goes_by_what_it_saw(clock: Clock, dynamo: Counting) -> None:
    health = instance(clock, dynamo)
    dynamo.down = True
    await health.refresh()
    await fail(health, 3)
    assert not await health.admits(TARGET)
    dynamo.down = False
    clock.now += FRESH_SECONDS
    await health.refresh()
    assert not await health.admits(TARGET), "the table's silence is no news: it never took the failure in"
    clock.now += 10
    assert await health.admits(TARGET)


async def test_whatever_order_things_happen_in_nobody_asks_a_resting_target_and_none_rests_for_ever(clock: Clock, dynamo: Counting) -> None:
    """Three instances, random failures, answers and pauses: at most one is let through while the shared row says that it rests."""
    chance = random.Random(11)  # noqa: S311 - to be repeatable
    instances = [instance(clock, dynamo) for _ in range(3)]
    for _ in range(150):
        clock.now += FRESH_SECONDS + chance.choice([0, 1, 10])
        await asyncio.gather(*(one.refresh() for one in instances))
        admitted = [one for one in instances if await one.admits(TARGET)]
        resting = (await dynamo.inner.call("Query", _all()))["Items"]
        assert len(admitted) <= 1 or not resting
        for one in admitted:
            await (one.answered(TARGET) if chance.random() < 0.3 else one.failed(TARGET, DOWN))
    clock.now += 60
    for one in instances:
        await one.refresh()
    back = [one for one in instances if await one.admits(TARGET)]
    assert back
    await back[0].answered(TARGET)
    clock.now += FRESH_SECONDS
    for one in instances:
        await one.refresh()
        assert await one.admits(TARGET)


def _all() -> dict[str, Any]:
    return {
        "TableName": Health.SPEC.name,
        "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "scope"},
        "ExpressionAttributeValues": {":s": {"S": "targets"}},
    }
