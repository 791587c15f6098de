"""The production streaming path: Runtime API stand-in, the real Lambda Web Adapter, uvicorn, an app that shows what it saw."""

import hashlib
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.lambda_function import ADAPTER_SETTINGS, SERVER_FLAGS, LambdaFunction, lambda_function
from tests.fakes.api_gateway import rest_event
from tests.fakes.lambda_runtime_api import FUNCTION_ARN, TRACE_ID, Invocation, TooLargeError

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def function() -> Iterator[LambdaFunction]:
    with lambda_function("tests.live.probe_app:app") as started:
        yield started


def headers_seen(answer: Invocation, name: str) -> list[str]:
    return [value for key, value in answer.json()["headers"] if key == name]


def open_gate(function: LambdaFunction) -> None:
    """Lets `/v1/gated` make one event, past the adapter."""
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{function.port}/v1/open", method="POST"), timeout=5).close()


def test_the_function_runs_as_the_stack_runs_it() -> None:
    from infra.bundling import _RUN
    from infra.constructs.function import ADAPTER_ENVIRONMENT

    assert ADAPTER_SETTINGS.items() <= ADAPTER_ENVIRONMENT.items()
    unlike = {name for name in ADAPTER_ENVIRONMENT if name.startswith("AWS_LWA_")} - ADAPTER_SETTINGS.keys()
    assert unlike == {"AWS_LWA_PORT"}
    assert " ".join(SERVER_FLAGS) in _RUN


def test_it_answers_as_a_streamed_integration_response(function: LambdaFunction) -> None:
    answer = function.api.invoke(rest_event("POST", "/v1/ticks", query={"count": "2", "gap": "0"}))
    # A misspelt invoke mode means buffered, silently: this header is the one sign.
    assert answer.streaming
    assert answer.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.chunks[1][1] == b"\0" * 8
    assert set(answer.prelude) == {"statusCode", "headers", "cookies"}
    assert answer.status == 200
    assert answer.prelude["headers"]["content-type"].startswith("text/event-stream")
    assert answer.prelude["headers"]["cache-control"] == "no-store"


def test_each_chunk_leaves_before_the_next_is_made(function: LambdaFunction) -> None:
    """Event n is made only after event n-1 was seen at the Runtime API: with any buffer on the way this would never end."""
    call = function.api.send(rest_event("POST", "/v1/gated", query={"count": "10"})).wait_for(b": shut")
    try:
        for number in range(10):
            open_gate(function)
            call.wait_for(b'data: {"number": %d}\n\n' % number)
    finally:
        for _ in range(10):  # lets a stream that stuck end, so that the tests after this one are not held up
            open_gate(function)
    assert len(call.result().body_chunks) == 11


def test_chunks_keep_their_number_and_their_time(function: LambdaFunction) -> None:
    answer = function.api.invoke(rest_event("POST", "/v1/ticks", query={"count": "15", "gap": "0.04"}))
    arrivals = [at for at, _ in answer.body_chunks]
    assert len(arrivals) == 15
    assert arrivals[-1] - arrivals[0] > 0.9 * 14 * 0.04
    assert answer.body.count(b"\n\n") == 15


def test_status_cookies_and_parameters(function: LambdaFunction) -> None:
    answer = function.api.invoke(
        rest_event("POST", "/v1/echo", body={"q": "질문"}, query={"k": ["1", "2 &+é"], "status": "422"}, headers={"Cookie": "s=1; t=2"})
    )
    assert answer.status == 422
    assert [cookie.split(";")[0] for cookie in answer.prelude["cookies"]] == ["a=1", "b=2"]
    assert "set-cookie" not in answer.prelude["headers"]
    seen = answer.json()
    assert seen["cookies"] == {"s": "1", "t": "2"}
    assert [value for name, value in seen["query"] if name == "k"] == ["1", "2 &+é"]
    assert seen["sha256"] == hashlib.sha256('{"q": "질문"}'.encode()).hexdigest()


def test_the_stage_is_not_in_the_path(function: LambdaFunction) -> None:
    seen = function.api.invoke(rest_event("GET", "/v1/echo", stage="prod")).json()
    assert (seen["path"], seen["root_path"]) == ("/v1/echo", "")


def test_contexts_and_deadline_arrive_and_cannot_be_forged(function: LambdaFunction) -> None:
    forged = {"x-amzn-request-context": '{"stage": "forged"}', "x-amzn-lambda-context": '{"deadline": 1}'}
    answer = function.api.invoke(rest_event("GET", "/v1/echo", headers=forged, authorizer={"principalId": "u1"}), seconds=7)
    (gateway,), (context,) = headers_seen(answer, "x-amzn-request-context"), headers_seen(answer, "x-amzn-lambda-context")
    assert json.loads(gateway)["stage"] == "prod"
    assert json.loads(gateway)["requestId"] == "gateway-request-1"
    assert json.loads(gateway)["identity"]["sourceIp"] == "203.0.113.9"
    assert json.loads(gateway)["authorizer"] == {"principalId": "u1"}
    seen = json.loads(context)
    assert seen["deadline"] == answer.deadline_ms
    assert (seen["request_id"], seen["invoked_function_arn"]) == (answer.request_id, FUNCTION_ARN)
    assert headers_seen(answer, "x-amzn-trace-id") == [TRACE_ID]


def test_a_clients_tenant_header_passes_through(function: LambdaFunction) -> None:
    """Why identity never reads `x-amz-tenant-id`: nothing on the way takes a forged one off."""
    answer = function.api.invoke(rest_event("GET", "/v1/echo", headers={"x-amz-tenant-id": "forged"}))
    assert headers_seen(answer, "x-amz-tenant-id") == ["forged"]


def test_base64_bodies_arrive_as_the_bytes_they_were(function: LambdaFunction) -> None:
    for body in (bytes(range(256)) * 40, b"x" * (4_400_000)):
        seen = function.api.invoke(rest_event("POST", "/v1/echo", body=body, headers={"Content-Type": "application/pdf"})).json()
        assert (seen["length"], seen["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())


def test_a_body_beyond_lambdas_limit_never_arrives(function: LambdaFunction) -> None:
    with pytest.raises(TooLargeError):
        function.api.invoke(rest_event("POST", "/v1/echo", body=b"x" * 4_800_000))


def test_binary_answers_are_raw_bytes(function: LambdaFunction) -> None:
    answer = function.api.invoke(rest_event("GET", "/v1/binary", query={"size": "700000"}))
    assert answer.body == (bytes(range(256)) * 2735)[:700_000]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="adapter 1.0.0-rc1: `headers` overwrite `multiValueHeaders`")
def test_repeated_request_headers_all_arrive(function: LambdaFunction) -> None:
    answer = function.api.invoke(rest_event("GET", "/v1/echo", headers={"X-Multi": ["a", "b"]}))
    assert headers_seen(answer, "x-multi") == ["a", "b"]


@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="adapter 1.0.0-rc1 writes arrays where API Gateway takes strings: send each header once"
)
def test_repeated_response_headers_stay_strings(function: LambdaFunction) -> None:
    answer = function.api.invoke(rest_event("GET", "/v1/echo", query={"repeat": "true"}))
    assert all(isinstance(value, str) for value in answer.prelude["headers"].values())


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="adapter 1.0.0-rc1 writes its error trailer into the body, status 200")
def test_a_stream_that_breaks_ends_clean(function: LambdaFunction) -> None:
    answer = function.api.invoke(rest_event("POST", "/v1/crash-midway"))
    assert answer.status == 200
    assert b"Lambda-Runtime-Function-Error" not in answer.body


def failures_after(function: LambdaFunction, crash: dict[str, Any], times: int = 50) -> int:
    """How many of `times` innocent requests, each sent at once after a crash, are not answered with 200."""
    failed = 0
    for _ in range(times):
        function.api.invoke(crash)
        failed += function.api.invoke(rest_event("GET", "/healthz")).status != 200
    return failed


def test_an_unguarded_crash_breaks_the_next_request(function: LambdaFunction) -> None:
    """Why `maru.http` wraps every app: the crash closes a connection that the adapter is about to use again."""
    assert failures_after(function, rest_event("GET", "/v1/crash")) > 0
