"""The outermost layer, asked as a server asks it."""

import io
import json
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from maru.http.boundary import Boundary
from maru.telemetry import Telemetry

WHOLE = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
STREAM = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
BODY = {"type": "http.response.body", "body": b"{}"}


async def served(app: Any) -> list[dict[str, Any]]:
    """The messages that leave."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [], "query_string": b"", "sent": sent}
    await Boundary(app, Telemetry("test", stream=io.StringIO()))(scope, receive, send)
    return sent


@pytest.mark.parametrize(("start", "before"), [(WHOLE, 0), (STREAM, 1)], ids=["whole", "stream"])
async def test_a_whole_answers_head_leaves_with_its_body_and_a_streams_at_once(start: Any, before: int) -> None:
    async def app(scope: Scope, _: Receive, send: Send) -> None:
        await send(start)
        assert len(scope["sent"]) == before
        await send(BODY)

    sent = await served(app)
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert {b"x-request-id", b"x-maru-overhead-ms"} <= dict(sent[0]["headers"]).keys()


async def test_what_breaks_between_head_and_body_is_answered_as_an_error() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send(WHOLE)
        raise RuntimeError

    start, body = await served(app)
    assert start["status"] == 500
    assert json.loads(body["body"])["error"]["code"] == "internal_error"
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
