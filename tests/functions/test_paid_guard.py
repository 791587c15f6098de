"""Models that the guard asks are in the ledger like every other: reserved, settled, and refused over budget, then failing closed."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import boto3
import pytest

from functions.moderation.check_routes import router as check_router
from functions.moderation.moderations_routes import router as moderations_router
from maru.guard.engine import Guard
from maru.guard.moderation.images import ImageModeration
from maru.guard.policies import PolicyStore
from maru.guard.policy import load, parsed
from maru.guard.providers import backends
from maru.guard.providers.paid import PaidModels
from maru.http import HttpServices, create_app
from maru.ledger.meter import Meter
from maru.models import Catalogue, KeyRing, ModelClient
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import served
from tests.ledger import meter_on
from tests.patience import PATIENT

JUDGED: dict[str, Any] = {
    "checks": {"moderation": {"default": "block", "local": False, "providers": [{"kind": "alias", "model": "judge"}]}}
}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
SEEN = (
    '{"scores": {"self-harm": 0, "self-harm/intent": 0, "self-harm/instructions": 0, "sexual": 0, "violence": 0.9, "violence/graphic": 0}}'
)


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["safe"]) as server:
        yield server


@pytest.fixture
def meter(services: HttpServices) -> Meter:
    return meter_on(boto3.client("dynamodb"), tenants=services.tenants)


@pytest.fixture
def paid(services: HttpServices, upstream: OpenAIServer, meter: Meter) -> PaidModels:
    target = {"model": "up", "base_url": upstream.base_url, "price": {"input": 2, "output": 10}}
    entries = [{"alias": name, "kind": "chat", "abilities": ["vision"], "targets": [target]} for name in ("judge", "image-moderation")]
    models = ModelClient(Catalogue({"models": entries}, {}), KeyRing({}), PATIENT)
    return PaidModels(models, meter, services.log)


class Door:
    """The function's address, with a key of acme's user minji."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._headers = url, {"authorization": f"Bearer {key}"}

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        async with aiohttp.ClientSession(headers=self._headers) as session, session.post(self._url + path, json=body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
def door(services: HttpServices, make_table: MakeTable, paid: PaidModels) -> Iterator[Door]:
    store = PolicyStore(make_table(PolicyStore.SPEC), load("catalogue"))
    collaborators = [Guard(backends=backends(paid, _no_key)), store, ImageModeration(paid)]
    routers = [check_router, moderations_router]
    with served(create_app(title="paid", routers=routers, services=services, collaborators=collaborators, ready={})) as url:
        yield Door(url, key_for(services))


async def _no_key(_: str) -> str | None:
    return None


def rows(meter: Meter) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [row for _, row in meter.usage.between("acme", now - timedelta(hours=1), now + timedelta(hours=1))]


async def test_a_judging_model_is_paid_by_whoever_is_served(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=10**6)
    status, answer = await door.post("/v1/guard/check", {"input": "hello", "policy": JUDGED})
    assert (status, answer["action"]) == (200, "allow")
    (row,) = rows(meter)
    assert (row["user"], row["agent"], row["model"], row["target"], row["status"]) == ("minji", "guard", "judge", "up", "ok")
    assert row["cost"] == 1000 * 2000 + 100 * 10_000
    assert [(one.spent, one.reserved) for one in meter.budgets.usage("acme")] == [(1100, 0)]
    assert len(upstream.requests) == 1


async def test_over_budget_the_judge_is_not_asked_and_the_check_fails_closed(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=10)
    status, answer = await door.post("/v1/guard/check", {"input": "hello", "policy": JUDGED})
    assert (status, answer["action"], answer["failed"]) == (200, "block", ["moderation:alias"])
    assert upstream.requests == []
    assert rows(meter) == []


async def test_a_judge_that_hangs_is_late_and_charged_what_it_may_have_used(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=10**6)
    upstream.stall_after = 0
    hasty = {"checks": {"moderation": {**JUDGED["checks"]["moderation"], "deadline_ms": 1500}}}
    status, answer = await door.post("/v1/guard/check", {"input": "hello", "policy": hasty})
    assert (status, answer["action"], answer["failed"]) == (200, "block", ["moderation:alias"])
    (row,) = rows(meter)
    assert (row["status"], row["estimated"]) == ("cancelled", True)
    (budget,) = meter.budgets.usage("acme")
    assert budget.spent > 0
    assert budget.reserved == 0


async def test_looking_at_images_is_paid_too(door: Door, meter: Meter, upstream: OpenAIServer) -> None:
    upstream.words = [SEEN]
    status, answer = await door.post("/v1/moderations", {"input": [IMAGE]})
    assert (status, answer["results"][0]["categories"]["violence"]) == (200, True)
    assert [(row["user"], row["agent"], row["model"], row["status"]) for row in rows(meter)] == [
        ("minji", "guard", "image-moderation", "ok")
    ]
    meter.budgets.create(tenant="acme", window="day", unit="tokens", limit=10)
    meter.budgets.read("acme")
    status, answer = await door.post("/v1/moderations", {"input": [IMAGE]})
    assert (status, answer["error"]["code"]) == (429, "insufficient_quota")
    assert len(upstream.requests) == 1


async def test_where_nobody_is_served_nobody_is_asked(paid: PaidModels, upstream: OpenAIServer) -> None:
    decision = await Guard(backends=backends(paid, _no_key)).check("hello", "input", parsed({"name": "judged", **JUDGED}))
    assert (decision.blocked, decision.failed) == (True, ("moderation:alias",))
    assert upstream.requests == []
