"""Traces through the chat function's door: a span for the request and one for each call of a model, in the trace of the invocation."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import boto3
import pytest

from maru import tracing
from maru.http import HttpServices
from maru.ledger.meter import Meter
from maru.ledger.plans import NANO
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.xray_daemon import SAMPLED, SEGMENT, TRACE, XrayDaemon
from tests.functions.chat_app import chat_app, served
from tests.ledger import meter_on

SECRET = "my number is 010-1234-5678"


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
def meter(services: HttpServices) -> Meter:
    return meter_on(boto3.client("dynamodb"), tenants=services.tenants)


@pytest.fixture
def url(services: HttpServices, upstream: OpenAIServer, meter: Meter) -> Iterator[str]:
    with served(chat_app(services, upstream.base_url, meter=meter)) as one:
        yield one


async def ask(url: str, key: str, *, trace: str | None = SAMPLED, **body: Any) -> int:
    """The status of a completion within an invocation whose trace is ``trace``."""
    headers = {"authorization": f"Bearer {key}"}
    if trace:
        headers["x-amzn-lambda-context"] = json.dumps({"request_id": "r", "xray_trace_id": trace})
    asked = {"model": "default", "messages": [{"role": "user", "content": SECRET}], **body}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(f"{url}/v1/chat/completions", json=asked) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_call_has_tenant_tokens_cost_and_route(url: str, services: HttpServices, daemon: XrayDaemon, stream: bool) -> None:
    assert await ask(url, key_for(services), stream=stream) == 200
    model, request = daemon.spans()
    assert (request["trace_id"], request["parent_id"]) == (TRACE, SEGMENT)
    assert (model["trace_id"], model["parent_id"]) == (TRACE, request["id"])
    assert (request["http"]["response"]["status"], request["annotations"]["route"]) == (200, "POST /v1/chat/completions")
    noted = model["annotations"]
    assert (model["name"], model["namespace"]) == ("model default", "remote")
    assert (noted["tenant"], noted["target"], noted["status"]) == ("acme", "up", "ok")
    assert noted["route"].startswith("default; ")
    spent = noted["input_tokens"] * 2000 + noted["output_tokens"] * 10_000 - noted["cached_tokens"] * 1500
    assert round(noted["cost_usd"] * NANO) == spent > 0
    assert SECRET not in json.dumps([model, request])


async def test_failures_are_told_by_whose_fault(url: str, services: HttpServices, daemon: XrayDaemon) -> None:
    assert await ask(url, key_for(services), model="gone") == 503
    model, request = daemon.spans()
    assert (model["fault"], request["fault"]) == (True, True)
    assert await ask(url, key_for(services), model="nobody") == 404
    (request,) = daemon.spans()
    assert (request["error"], request["fault"], request["throttle"]) == (True, False, False)
    assert await ask(url, "mk_wrong") == 401
    (request,) = daemon.spans()
    assert "tenant" not in request["annotations"]


@pytest.mark.parametrize(
    "trace", [None, f"Root={TRACE};Parent={SEGMENT};Sampled=0", f"Root={TRACE}", "Root=1-x;Parent=y;Sampled=1", "nonsense"]
)
async def test_outside_of_a_sampled_trace_nothing_is_sent(url: str, services: HttpServices, daemon: XrayDaemon, trace: str | None) -> None:
    assert await ask(url, key_for(services), trace=trace) == 200
    assert daemon.spans() == []


async def test_the_route_stands_in_the_ledger_too(url: str, services: HttpServices, meter: Meter) -> None:
    assert await ask(url, key_for(services), trace=None) == 200
    rows = boto3.client("dynamodb").scan(TableName=meter.usage.SPEC.name)["Items"]
    assert [row["route"]["S"] for row in rows] == ["default; target=openai/up"]


def test_a_worker_takes_the_trace_of_its_invocation(daemon: XrayDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    with tracing.invocation(), tracing.Span("step {a}[0]").around() as outer:
        outer.note(run="run_1", nothing=None)
        with pytest.raises(ZeroDivisionError), tracing.Span("inner").around():
            raise ZeroDivisionError(SECRET)
    inner, step = daemon.spans()
    assert (step["name"], step["annotations"], step["parent_id"]) == ("step a0", {"run": "run_1"}, SEGMENT)
    assert (inner["parent_id"], inner["fault"]) == (step["id"], True)
    tracing.Span("after").end()
    assert daemon.spans() == []
