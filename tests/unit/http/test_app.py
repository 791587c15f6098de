"""The application factory, through the door."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import StreamingResponse

from maru.errors import NotFound, Unavailable
from maru.http import App, HttpServices, create_app, exchange, provided, require
from maru.identity import Caller
from tests.door import client, key_for

router = APIRouter()


class Counter:
    """Counts what was really done."""

    def __init__(self) -> None:
        self.count = 0


class Body(BaseModel):
    """A body with one field that is needed, and one that takes two kinds of values."""

    size: int
    stop: str | Annotated[list[str], Field(min_length=1, max_length=4)] | None = None


Count = Annotated[Counter, Depends(provided(Counter))]
Reader = Annotated[Caller, Depends(require("chat"))]


@router.post("/v1/things")
def create(body: Body, counter: Count, caller: Reader, request: Request) -> dict[str, Any]:
    counter.count += 1
    exchange(request).object_id = f"thing-{counter.count}"
    return {"size": body.size, "count": counter.count, "tenant": caller.tenant}


@router.get("/v1/things/{thing}")
def read(thing: str, caller: Reader, q: str | None = None) -> None:
    if thing == "crash":
        raise RuntimeError("a secret text")
    if thing == "busy":
        raise Unavailable("Busy.", retry_after=7)
    raise NotFound(f"No thing '{thing}'.")


@router.post("/v1/streams")
async def stream(caller: Reader, counter: Count, request: Request, break_at: int = -1) -> StreamingResponse:
    counter.count += 1

    async def events() -> AsyncIterator[bytes]:
        for number in range(3):
            if number == break_at:
                raise RuntimeError("midway")
            yield f"data: {number}\n\n".encode()

    return StreamingResponse(events(), media_type="text/event-stream")


@router.post("/v1/large")
def large(caller: Reader, counter: Count) -> dict[str, str]:
    counter.count += 1
    return {"text": "가" * 200_000}


@router.get("/v1/watch")
async def watch(caller: Reader, counter: Count) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b": waiting\n\n"
                await asyncio.sleep(0.001)
        finally:
            counter.count += 1

    return StreamingResponse(events(), media_type="text/event-stream")


@router.delete("/v1/things/{thing}")
def delete(thing: str, caller: Annotated[Caller, Depends(require("admin"))]) -> None: ...


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def app(services: HttpServices, counter: Counter) -> App:
    return create_app(title="Things", routers=[router], services=services, collaborators=[counter], ready={"table": lambda: None})


def audit_rows(services: HttpServices, tenant: str = "acme") -> list[dict[str, Any]]:
    return list(services.audit.read(tenant))


@pytest.mark.parametrize("header", [None, "mk_nope", "Basic abc", "Bearer", "Bearer mk_0_0", "Bearer a.b.c"])
def test_no_or_a_wrong_key_is_401_in_openais_shape(app: App, services: HttpServices, header: str | None) -> None:
    answer = client(app).get("/v1/things/1", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert answer.headers["x-request-id"].startswith("req_")
    assert audit_rows(services, "-")[0]["status"] == 401


def test_unknown_paths_are_closed_too(app: App) -> None:
    assert client(app).get("/nothing").status_code == 401


def test_expired_and_revoked_keys_are_401(app: App, services: HttpServices) -> None:
    expired = services.keys.create(tenant="acme", user="u", groups=(), scopes=["chat"], expires_at=1)
    revoked = services.keys.create(tenant="acme", user="u", groups=(), scopes=["chat"])
    services.keys.revoke("acme", revoked.id)
    for key in (expired.key, revoked.key):
        assert client(app, key).get("/v1/things/1").status_code == 401


def test_a_key_ends_at_its_time_though_it_was_just_verified(app: App, services: HttpServices, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    key = services.keys.create(tenant="acme", user="u", groups=(), scopes=["chat"], expires_at=int(now) + 1000)
    monkeypatch.setattr(time, "time", lambda: now + 990)
    assert client(app, key.key).get("/v1/things/1").status_code == 404
    monkeypatch.setattr(time, "time", lambda: now + 1001)
    assert client(app, key.key).get("/v1/things/1").status_code == 401


PAGE = "https://console.example"


def test_pages_of_allowed_origins_may_read_every_refusal(services: HttpServices, counter: Counter) -> None:
    app = create_app(title="t", routers=[router], services=services, collaborators=[counter], ready={}, cors_origins=[PAGE])
    web = client(app, key_for(services))
    sent: dict[str, Any] = {"content": b"{}", "headers": {"origin": PAGE, "content-encoding": "gzip"}}
    kept: dict[str, Any] = {"json": {"size": 3}, "headers": {"origin": PAGE, "idempotency-key": "k"}}
    answers = {
        401: client(app).get("/v1/things/1", headers={"origin": PAGE}),
        400: web.post("/v1/things", **sent),
        200: web.post("/v1/things", **kept),
        422: web.post("/v1/things", **kept | {"json": {"size": 4}}),
    }
    for status, answer in answers.items():
        assert (answer.status_code, answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (status, PAGE, "Origin")
    foreign = web.post("/v1/things", **kept | {"headers": {"idempotency-key": "k", "origin": "https://evil.example"}})
    assert "access-control-allow-origin" not in foreign.headers, "an answer that is given again grants nothing anew"
    assert foreign.headers["idempotent-replayed"] == "true"


def test_a_tampered_secret_is_401(app: App, services: HttpServices) -> None:
    key = key_for(services)
    assert client(app, key[:-1] + ("A" if key[-1] != "A" else "B")).get("/v1/things/1").status_code == 401


def test_a_missing_scope_is_403(app: App, services: HttpServices) -> None:
    answer = client(app, key_for(services, role="user")).delete("/v1/things/1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "missing_scope")


def test_validation_names_the_field(app: App, services: HttpServices) -> None:
    web = client(app, key_for(services))
    answer = web.post("/v1/things", json={"size": "many"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "size")
    assert "many" not in answer.text
    assert web.post("/v1/things", content=b"{", headers={"content-type": "application/json"}).json()["error"]["code"] == "invalid_json"


@pytest.mark.parametrize(
    ("stop", "param", "message"),
    [
        (["a"] * 5, "stop", "has more than 4 entries."),
        ([], "stop", "must not be empty."),
        (["a", 2], "stop.1", "must be a string."),
        (5, "stop", "must be a string or a list."),
    ],
)
def test_of_two_kinds_the_one_that_was_sent_is_told(app: App, services: HttpServices, stop: object, param: str, message: str) -> None:
    answer = client(app, key_for(services)).post("/v1/things", json={"size": 1, "stop": stop})
    assert answer.json()["error"] | {"type": "", "code": ""} == {"message": f"'{param}': {message}", "param": param, "type": "", "code": ""}


@pytest.mark.parametrize(
    ("path", "param", "told"),
    [
        ("/v1/things/x?Q=words", "Q", "Known here: q."),
        ("/v1/things/x?q=a&limit=1&before=x", "limit", "Known here: q."),
        ("/v1/things/x?q[]=a", "q[]", "Known here: q."),
        ("/v1/things/x?q", None, ""),
        ("/v1/things/x?page_key=k1", None, ""),
        ("/v1/things/x?", None, ""),
        ("/v1/things/x?%6c%69mit", "limit", "Known here: q."),
    ],
)
def test_a_query_parameter_that_no_route_declares_is_refused(
    app: App, services: HttpServices, path: str, param: str | None, told: str
) -> None:
    answer = client(app, key_for(services)).get(path)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == ((400, param) if param else (404, None))
    assert told in error["message"]


def test_a_query_where_none_is_known_is_refused_before_anything_is_done(app: App, services: HttpServices, counter: Counter) -> None:
    answer = client(app, key_for(services)).post("/v1/things?beta=true", json={"size": 3})
    assert answer.json()["error"]["message"] == "Unknown query parameter: 'beta'. None is known here."
    assert (answer.status_code, counter.count) == (400, 0)
    assert client(app, key_for(services, role="user")).delete("/v1/things/1?beta=true").status_code == 403, "the right comes first"


def test_a_body_in_another_encoding_is_told_which_to_use(app: App, services: HttpServices) -> None:
    body = '{"size": "하나"}'.encode("cp949")
    answer = client(app, key_for(services)).post("/v1/things", content=body, headers={"content-type": "application/json"})
    assert "send it in UTF-8" in answer.json()["error"]["message"]


def test_errors_carry_status_code_and_retry_after(app: App, services: HttpServices) -> None:
    web = client(app, key_for(services))
    assert web.get("/v1/things/x").status_code == 404
    busy = web.get("/v1/things/busy")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "7")
    assert web.get("/v1/none").json()["error"]["code"] == "unknown_url"


def test_another_method_is_told_all_that_the_path_takes(app: App, services: HttpServices) -> None:
    answer = client(app, key_for(services)).put("/v1/things/x")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD")
    assert client(app, key_for(services)).head("/v1/things").headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json", "/v1/things/x", "/v1/none"])
def test_head_is_get_without_its_body(app: App, services: HttpServices, path: str) -> None:
    web = client(app, key_for(services))
    head, got = web.head(path), web.get(path)
    assert (head.status_code, head.headers["content-length"], head.content) == (got.status_code, got.headers["content-length"], b"")
    assert client(app).head("/v1/things/x").status_code == 401


def test_head_of_a_stream_ends_it(app: App, services: HttpServices, counter: Counter) -> None:
    answer = client(app, key_for(services)).head("/v1/watch")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "text/event-stream; charset=utf-8", b"")
    assert counter.count == 1
    assert [row["action"] for row in audit_rows(services)] == ["GET /v1/watch"]


def test_an_escaped_exception_says_nothing_and_is_logged_without_its_text(app: App, services: HttpServices, log_lines: io.StringIO) -> None:
    web = client(app, key_for(services))
    answer = web.get("/v1/things/crash")
    assert answer.status_code == 500
    assert "secret" not in answer.text + log_lines.getvalue()
    assert "RuntimeError" in log_lines.getvalue()
    assert web.get("/v1/things/x").status_code == 404


def test_a_stream_that_breaks_ends_with_a_typed_error(app: App, services: HttpServices) -> None:
    answer = client(app, key_for(services)).post("/v1/streams?break_at=2")
    assert answer.status_code == 200
    assert answer.text.startswith("data: 0\n\ndata: 1\n\nevent: error\ndata: ")
    assert audit_rows(services)[0]["outcome"] == "failed"


def test_every_call_leaves_an_audit_row_without_texts(app: App, services: HttpServices) -> None:
    web = client(app, key_for(services))
    web.post("/v1/things", json={"size": 3})
    web.get("/v1/things/x?q=words")
    newest, first = audit_rows(services)
    assert (first["action"], first["object"], first["status"], first["outcome"]) == ("POST /v1/things", "thing-1", 200, "ok")
    assert (newest["object"], newest["status"]) == ("x", 404)
    assert "words" not in json.dumps([newest, first])


def test_metrics_name_route_status_and_latency(app: App, services: HttpServices, log_lines: io.StringIO) -> None:
    client(app, key_for(services)).get("/v1/things/x")
    line = json.loads(log_lines.getvalue().splitlines()[-1])
    assert (line["route"], line["errors_4xx"], line["errors_5xx"], line["tenant"]) == ("GET /v1/things/{thing}", 1, 0, "acme")
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["route"]]


def test_health_is_open_and_readiness_names_what_is_down(services: HttpServices) -> None:
    def down() -> None:
        raise ConnectionError

    app = create_app(title="t", routers=[], services=services, collaborators=[], ready={"search": down, "table": lambda: None})
    assert client(app).get("/healthz").json() == {"status": "ok"}
    answer = client(app).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["error"]["message"] == "Not ready: search."


def test_a_route_without_a_scope_is_refused(services: HttpServices) -> None:
    loose = APIRouter()
    loose.add_api_route("/v1/loose", lambda: None)
    with pytest.raises(TypeError, match="declares no scope"):
        create_app(title="t", routers=[loose], services=services, collaborators=[], ready={})


def test_openapi_tells_scopes_and_our_error(app: App) -> None:
    document = client(app).get("/openapi.json").json()
    operation = document["paths"]["/v1/things"]["post"]
    assert operation["x-maru-scope"] == "chat"
    assert "422" not in operation["responses"]
    assert document["components"]["schemas"]["Error"]["required"] == ["error"]


def test_bodies_beyond_the_production_path_are_413(app: App, services: HttpServices) -> None:
    web = client(app, key_for(services))
    answer = web.post("/v1/things", files={"file": b"x" * 4_600_000})
    assert (answer.status_code, answer.json()["error"]["param"]) == (413, "part_size")

    def chunks() -> Any:
        for _ in range(7):
            yield b"x" * 1_000_000

    assert web.post("/v1/things", content=chunks()).status_code == 413


class TestIdempotency:
    """The Idempotency-Key header."""

    def test_the_same_request_is_done_once(self, app: App, services: HttpServices, counter: Counter) -> None:
        web = client(app, key_for(services))
        answers = [web.post("/v1/things", json={"size": 3}, headers={"idempotency-key": "k"}) for _ in range(2)]
        assert counter.count == 1
        assert answers[0].json() == answers[1].json()
        assert answers[1].headers["idempotent-replayed"] == "true"

    def test_another_body_is_422(self, app: App, services: HttpServices) -> None:
        web = client(app, key_for(services))
        web.post("/v1/things", json={"size": 3}, headers={"idempotency-key": "k"})
        assert web.post("/v1/things", json={"size": 4}, headers={"idempotency-key": "k"}).status_code == 422

    def test_keys_of_users_do_not_meet(self, app: App, services: HttpServices, counter: Counter) -> None:
        for user in ("a", "b"):
            client(app, key_for(services, user=user)).post("/v1/things", json={"size": 3}, headers={"idempotency-key": "k"})
        assert counter.count == 2

    def test_a_stream_is_given_again_as_a_stream(self, app: App, services: HttpServices, counter: Counter) -> None:
        web = client(app, key_for(services))
        first, second = (web.post("/v1/streams", headers={"idempotency-key": "k"}) for _ in range(2))
        assert (counter.count, second.text) == (1, first.text)
        assert second.headers["content-type"].startswith("text/event-stream")

    @pytest.mark.parametrize("path", ["/v1/streams?break_at=1"])
    def test_a_failure_is_not_kept(self, app: App, services: HttpServices, counter: Counter, path: str) -> None:
        web = client(app, key_for(services))
        for _ in range(2):
            web.post(path, headers={"idempotency-key": "k"})
        assert counter.count == 2

    def test_large_answers_are_kept_in_s3(self, app: App, services: HttpServices, counter: Counter) -> None:
        web = client(app, key_for(services))
        first, second = (web.post("/v1/large", headers={"idempotency-key": "k"}) for _ in range(2))
        assert (counter.count, second.content) == (1, first.content)

    def test_in_progress_is_409(self, app: App, services: HttpServices, counter: Counter) -> None:
        web = client(app, key_for(services))
        web.post("/v1/things", json={"size": 3}, headers={"idempotency-key": "k"})
        table = services.idempotency._table
        row = table.client.scan(TableName=table.name)["Items"][0]
        table.set({"id": row["id"]["S"]}, {"answer": None})
        answer = web.post("/v1/things", json={"size": 3}, headers={"idempotency-key": "k"})
        assert (answer.status_code, answer.headers["retry-after"]) == (409, "2")
        table.set({"id": row["id"]["S"]}, {"locked_until": 1})
        assert web.post("/v1/things", json={"size": 3}, headers={"idempotency-key": "k"}).status_code == 200
