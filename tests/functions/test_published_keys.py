"""Keys that stand in web pages: from their origins alone, one agent alone, so fast and no faster; nothing else is opened or answered."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import boto3
import pytest
from starlette.testclient import TestClient

from functions.admin import keys_routes
from maru.http import HttpServices, create_app
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.passages import Passages
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served
from tests.ledger import meter_on

SHOP = "https://shop.example"
CHAT = "/v1/agents/hr/chat"


@pytest.fixture
def admin(services: HttpServices) -> TestClient:
    app = create_app(
        title="keys", routers=[keys_routes.router], services=services, collaborators=[services.keys, services.tenants], ready={}
    )
    services.tenants.create("acme")
    return client(app, key_for(services, role="admin"))


def published(admin: TestClient, **more: Any) -> dict[str, Any]:
    """A new key for the pages of a shop."""
    answer = admin.post("/v1/keys", json={"user": "web", "allowed_origins": [SHOP], "agent": "hr", **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def url(services: HttpServices, make_table: MakeTable) -> AsyncIterator[str]:
    async with OpenAIServer(words=["fine"]) as model:
        meter = meter_on(boto3.client("dynamodb"), tenants=services.tenants)
        with served(agents_app(services, make_table, Passages([]), model.base_url, meter=meter)) as one:
            async with AgentClient(one, key_for(services)) as builder:
                for name in ("hr", "other"):
                    await builder.call("POST", "/v1/agents", {"name": name})
            yield one


@pytest.fixture
def visitor(admin: TestClient) -> dict[str, str]:
    """The headers of a request that a page of the shop makes."""
    return {"authorization": f"Bearer {published(admin)['key']}", "origin": SHOP}


async def called(url: str, path: str, headers: dict[str, str], body: Any = None, method: str = "POST") -> tuple[int, Any, Any]:
    """Status, the error's code (None where there is none), headers."""
    async with aiohttp.ClientSession() as session, session.request(method, url + path, json=body, headers=headers) as answer:
        told = await answer.json()
        return answer.status, told.get("error", {}).get("code"), answer.headers


async def test_a_page_of_the_origin_chats_and_rates(url: str, visitor: dict[str, str]) -> None:
    key_id = visitor["authorization"].split("_")[1]
    async with (
        aiohttp.ClientSession(headers=visitor) as session,
        session.post(f"{url}{CHAT}?page_key={key_id}", json={"message": "hi"}) as answer,
    ):
        assert answer.status == 200
        assert (answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (SHOP, "Origin")
        message = (await answer.json())["message_id"]
    status, _, _ = await called(url, "/v1/feedback", visitor, {"message_id": message, "rating": "like"})
    assert status == 200


REFUSED: list[tuple[dict[str, str], str, Any, str | None]] = [
    ({"origin": "https://evil.example"}, CHAT, {"message": "hi"}, "origin_not_allowed"),
    ({"origin": "http://shop.example"}, CHAT, {"message": "hi"}, "origin_not_allowed"),
    ({"origin": f"{SHOP}.evil.example"}, CHAT, {"message": "hi"}, "origin_not_allowed"),
    ({"origin": "null"}, CHAT, {"message": "hi"}, "origin_not_allowed"),
    ({"origin": ""}, CHAT, {"message": "hi"}, "origin_not_allowed"),
    ({}, "/v1/agents/other/chat", {"message": "hi"}, "key_is_published"),
    ({}, "/v1/agents/hr", {"instructions": "x"}, "key_is_published"),
    ({}, CHAT, {"message": "hi", "model": "default"}, "key_is_published"),
    ({}, CHAT, {"message": "hi", "vector_stores": ["hr"]}, "key_is_published"),
]


@pytest.mark.parametrize("refused", REFUSED)
async def test_everything_else_is_refused(url: str, visitor: dict[str, str], refused: tuple[dict[str, str], str, Any, str]) -> None:
    headers, path, body, code = refused
    assert (await called(url, path, visitor | headers, body))[:2] == (403, code)


async def test_without_an_origin_and_on_other_routes_it_opens_nothing(url: str, visitor: dict[str, str]) -> None:
    bearer = {"authorization": visitor["authorization"]}
    assert (await called(url, CHAT, bearer, {"message": "hi"}))[:2] == (403, "origin_required")
    for path in ("/v1/sessions", "/v1/agents", "/v1/agents/hr", "/v1/me"):
        assert (await called(url, path, visitor, method="GET"))[:2] == (403, "key_is_published"), path


async def test_cors_answers_the_origins_of_the_key_alone(url: str, visitor: dict[str, str], admin: TestClient) -> None:
    key_id = visitor["authorization"].split("_")[1]
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}

    async def preflight(origin: str, named: str) -> tuple[int, str | None]:
        async with (
            aiohttp.ClientSession() as session,
            session.options(f"{url}{CHAT}?page_key={named}", headers=asked | {"origin": origin}) as answer,
        ):
            return answer.status, answer.headers.get("access-control-allow-origin")

    assert await preflight(SHOP, key_id) == (204, SHOP)
    assert await preflight("https://evil.example", key_id) == (403, None)
    assert await preflight(SHOP, "0123456789abcdef") == (403, None)
    gone = published(admin, allowed_origins=["https://gone.example"])
    admin.delete(f"/v1/keys/{gone['id']}")
    assert await preflight("https://gone.example", gone["id"]) == (403, None)
    secret = admin.post("/v1/keys", json={"user": "u", "role": "user"}).json()
    assert await preflight(SHOP, secret["id"]) == (403, None)
    _, _, refused = await called(url, f"{CHAT}?page_key={key_id}", visitor | {"origin": "https://evil.example"}, {"message": "hi"})
    assert "access-control-allow-origin" not in refused


async def test_such_a_key_is_slow(url: str, admin: TestClient) -> None:
    key = published(admin, requests_per_minute=2)["key"]
    headers = {"authorization": f"Bearer {key}", "origin": SHOP}
    found = [(await called(url, CHAT, headers, {"message": f"hi {number}"}))[0] for number in range(5)]
    # A new minute may begin in between.
    assert found[:2] == [200, 200]
    assert 429 in found


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"allowed_origins": ["https://*.example"]}, "allowed_origins"),
        ({"allowed_origins": ["*"]}, "allowed_origins"),
        ({"allowed_origins": ["null"]}, "allowed_origins"),
        ({"allowed_origins": ["https://shop.example/"]}, "allowed_origins"),
        ({"allowed_origins": ["https://shop.example:443"]}, "allowed_origins"),
        ({"allowed_origins": ["shop.example"]}, "allowed_origins"),
        ({"allowed_origins": []}, "allowed_origins"),
        ({"role": "user"}, "role"),
        ({"scopes": ["chat", "knowledge:read"]}, "scopes"),
        ({"agent": None}, "agent"),
        ({"allowed_origins": None}, "agent"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
    ],
)
def test_what_makes_no_such_key_is_refused_by_name(admin: TestClient, body: dict[str, Any], param: str) -> None:
    answer = admin.post("/v1/keys", json={"user": "web", "allowed_origins": [SHOP], "agent": "hr", **body})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_its_bounds_are_listed(admin: TestClient) -> None:
    made = published(admin, allowed_origins=[SHOP, "http://localhost:3000"], scopes=["chat"])
    (listed,) = [one for one in admin.get("/v1/keys").json()["data"] if one["id"] == made["id"]]
    assert listed["allowed_origins"] == ["http://localhost:3000", SHOP]
    assert (listed["agent"], listed["scopes"], listed["requests_per_minute"]) == ("hr", ["chat"], 30)
