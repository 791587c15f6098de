"""JSON bodies through the door: what is none is refused on every route alike, with its place or its reason."""

import io
import json
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, Request
from starlette.testclient import TestClient

from maru.http import HttpServices, create_app, require
from maru.identity import Caller
from tests.door import client, key_for, left_midway

router = APIRouter()
Reader = Annotated[Caller, Depends(require("chat"))]


@router.post("/v1/anything")
def take(body: dict[str, Any], caller: Reader) -> dict[str, Any]:
    return {"taken": body}


@router.post("/v1/raw")
async def read(request: Request, caller: Reader) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@pytest.fixture
def web(services: HttpServices) -> TestClient:
    app = create_app(title="Bodies", routers=[router], services=services, collaborators=[], ready={})
    return client(app, key_for(services))


def send(web: TestClient, body: bytes, *, path: str = "/v1/anything", kind: str = "application/json") -> Any:
    return web.post(path, content=body, headers={"content-type": kind})


NONE = {
    b"{": "line 1 column 1",
    b'{"a": 1,\n "b" 2}': "line 2 column 6",
    b'{"a": NaN}': "line 1 column 7",
    b'{"a": [-Infinity]}': "invalid number",
    b'{"a": ' + b"1" * 5000 + b"}": "number out of range",
    b'{"a": "\\ud800"}': "half of a surrogate pair",
    b'{"a": "\\udc00\\ud800"}': "half of a surrogate pair",
    b'{"\\uD83D": 1}': "half of a surrogate pair",
    b'{"a": ' + b"[" * 201 + b"]" * 201 + b"}": "recursion limit",
    b'{"a": ' + b'{"a":' * 5000: "recursion limit",
    b'{"a": "\xff"}': "invalid unicode",
    b"  ": "while parsing",
}


@pytest.mark.parametrize("body", NONE, ids=[str(place) for place in range(len(NONE))])
@pytest.mark.parametrize(("path", "kind"), [("/v1/anything", "application/json"), ("/v1/raw", "Application/Problem+JSON; charset=utf-8")])
def test_what_is_no_json_is_refused_with_its_reason(web: TestClient, body: bytes, path: str, kind: str) -> None:
    answer = send(web, body, path=path, kind=kind)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"], error["type"]) == (400, "body", "invalid_json", "invalid_request_error")
    assert NONE[body] in error["message"]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "\\ud83d\\ude00 \\uD83D\\uDE00 \\u0041"}',
        '{"a": "a path: \\\\ud800, and a quote: \\\\\\"[[["}',
        '{"a": [' + ",".join(["[1.5e30]"] * 300) + "]}",
        '{"a": "' + "[{" * 300 + '"}',
        '{"a": ' + "[" * 98 + "]" * 98 + "}",
        '{"a": 12345678901234567890123456789012345678901234567890, "b": -0.0, "c": 1e-400}',
    ],
    ids=["pairs", "backslashes", "wide", "text", "deep", "numbers"],
)
def test_what_is_json_is_taken(web: TestClient, text: str) -> None:
    answer = send(web, text.encode())
    assert (answer.status_code, answer.json()) == (200, {"taken": json.loads(text)})


def test_a_body_in_many_parts_is_read_as_one(web: TestClient) -> None:
    def parts(body: bytes) -> Any:
        return (body[at : at + 1] for at in range(len(body)))

    headers = {"content-type": "application/json"}
    assert web.post("/v1/anything", content=parts('{"a": "가\\ud83d\\ude00"}'.encode()), headers=headers).json() == {"taken": {"a": "가😀"}}
    assert web.post("/v1/anything", content=parts(b'{"a": "\\ud83d"}'), headers=headers).status_code == 400


def test_other_kinds_of_bodies_are_not_read_as_json(web: TestClient) -> None:
    assert send(web, b"{\\ud800 NaN", path="/v1/raw", kind="application/yaml").json() == {"bytes": 11}


def test_a_method_that_a_path_does_not_take_is_told_with_those_that_it_does(web: TestClient) -> None:
    answer = web.put("/v1/anything")
    assert (answer.status_code, answer.headers["allow"], answer.json()["error"]["code"]) == (405, "POST", "method_not_allowed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_json_that_is_not_sent_as_such_is_told_how(web: TestClient, kind: str | None) -> None:
    answer = web.post("/v1/anything", content=b'{"a": 1}', headers={"content-type": kind} if kind else {})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, "Content-Type")
    assert "application/json" in error["message"]


def test_a_body_that_is_encoded_is_told_how(web: TestClient) -> None:
    answer = web.post("/v1/anything", content=b"\x1f\x8b", headers={"content-type": "application/json", "content-encoding": "gzip"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "Content-Encoding")
    assert web.post("/v1/anything", json={"a": 1}, headers={"content-encoding": "Identity"}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/anything", "/v1/raw"])
async def test_a_client_that_leaves_before_its_body_ends_is_no_failure_of_ours(
    services: HttpServices, log_lines: io.StringIO, path: str
) -> None:
    app = create_app(title="Bodies", routers=[router], services=services, collaborators=[], ready={})
    sent = await left_midway(app, key_for(services), path)
    assert sent[0]["status"] == 499
    assert "unhandled" not in log_lines.getvalue()


def test_a_slash_too_many_is_another_path_and_moves_nobody(web: TestClient) -> None:
    answer = web.post("/v1/anything/", json={"a": 1}, follow_redirects=False)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_url")
