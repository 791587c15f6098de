"""Routes that read their request themselves answer as FastAPI's own do."""

import json
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maru.http import App, DirectRoute, HttpServices, create_app, exchange, provided, require
from maru.identity import Caller
from tests.door import client, key_for, left_midway

DIRECT, USUAL = "/v1/direct", "/v1/usual"
PLAIN = {"content-type": "application/json"}


class Counter:
    """A collaborator."""


class Body(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid")

    size: int
    names: list[str] = []


async def create(  # noqa: PLR0917 - FastAPI gives them by their names
    body: Body,
    request: Request,
    caller: Annotated[Caller, Depends(require("chat"))],
    counter: Annotated[Counter, Depends(provided(Counter))],
    private: Annotated[bool | None, Header(alias="x-private")] = None,
    mode: Annotated[str | None, Header()] = "usual",
) -> Response:
    exchange(request).object_id = "thing"
    said = body.model_dump() | {"tenant": caller.tenant, "counter": type(counter).__name__, "private": private, "mode": mode}
    return JSONResponse(said)


def router(path: str, kind: Any = None) -> APIRouter:
    made = APIRouter(route_class=kind) if kind else APIRouter()
    made.add_api_route(path, create, methods=["POST"], response_model=None)
    return made


@pytest.fixture
def app(services: HttpServices) -> App:
    routers = [router(DIRECT, DirectRoute), router(USUAL)]
    return create_app(title="Things", routers=routers, services=services, collaborators=[Counter()], ready={})


REQUESTS: dict[str, tuple[bytes, dict[str, str]]] = {
    "right": (b'{"size": 1, "names": ["a"]}', PLAIN),
    "headers": (b'{"size": 1}', PLAIN | {"x-private": "true", "mode": "other"}),
    "a byte order mark": (b'\xef\xbb\xbf{"size": 1}', PLAIN),
    "its charset told": (b'{"size": 1}', {"content-type": "Application/JSON; charset=utf-8"}),
    "a kind of JSON": (b'{"size": 1}', {"content-type": "application/vnd.maru+json"}),
    "a wrong field": (b'{"size": "many"}', PLAIN),
    "an unknown field": (b'{"size": 1, "more": 2}', PLAIN),
    "several wrong fields": (b'{"names": [1]}', PLAIN),
    "a wrong header": (b'{"size": 1}', PLAIN | {"x-private": "perhaps"}),
    "a wrong header and field": (b"{}", PLAIN | {"x-private": "perhaps"}),
    "no object": (b"[1]", PLAIN),
    "null": (b"null", PLAIN),
    "no body": (b"", PLAIN),
    "no JSON": (b'{"size": 1', PLAIN),
    "no UTF-8": (b'{"size": 1, "names": ["\xff"]}', PLAIN),
    "a text": (b'{"size": 1}', {"content-type": "text/plain"}),
    "no kind": (b'{"size": 1}', {}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_it_answers_as_the_usual_route_does(app: App, services: HttpServices, name: str) -> None:
    web, (body, headers) = client(app, key_for(services)), REQUESTS[name]
    direct, usual = (web.post(path, content=body, headers=headers) for path in (DIRECT, USUAL))
    assert direct.status_code == usual.status_code
    if name == "no UTF-8":  # FastAPI has no word for it
        assert direct.json()["error"]["code"] == "invalid_json"
    else:
        assert direct.json() == usual.json()


def test_half_a_character_is_no_json(app: App, services: HttpServices) -> None:
    # Clients that cut texts by UTF-16's units send it; no model could be sent it.
    answer = client(app, key_for(services)).post(DIRECT, content=b'{"size": 1, "names": ["\\ud83d"]}', headers=PLAIN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize("path", [DIRECT, USUAL])
async def test_a_client_that_leaves_before_its_body_came_is_no_failure_of_ours(app: App, services: HttpServices, path: str) -> None:
    sent = await left_midway(app, key_for(services), path)
    assert sent[0]["status"] == 499


def test_who_may_not_call_it_learns_nothing_about_the_body(app: App, services: HttpServices) -> None:
    key = services.keys.create(tenant="acme", user="u", groups=(), scopes=["approve"]).key
    assert client(app, key).post(DIRECT, content=b"{", headers=PLAIN).status_code == 403
    assert client(app).post(DIRECT, content=b"{", headers=PLAIN).status_code == 401


def test_both_are_described_alike(app: App) -> None:
    paths = app.api.openapi()["paths"]
    direct, usual = (json.loads(json.dumps(paths[path]["post"])) for path in (DIRECT, USUAL))
    assert direct.pop("operationId") != usual.pop("operationId")
    assert direct == usual


def test_a_signature_that_asks_for_more_is_refused() -> None:
    made = APIRouter(route_class=DirectRoute)
    with pytest.raises(TypeError, match="/v1/things/"):

        @made.get("/v1/things/{thing}")
        async def read(thing: str) -> None: ...


@pytest.mark.parametrize("path", [DIRECT, USUAL])
def test_queries_are_refused_by_name(app: App, services: HttpServices, path: str) -> None:
    answer = client(app, key_for(services)).post(path + "?api-version=1", json={"size": 1})
    assert (answer.status_code, answer.json()["error"]["param"], answer.json()["error"]["code"]) == (
        400,
        "api-version",
        "unknown_parameter",
    )
