"""Maru's HTTP layers behind the real web adapter: failures stay inside the request that has them."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from maru.cache.idempotent import IdempotencyStore
from maru.http.audit import AuditStore
from maru.http.services import HttpSettings
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from tests.engines.backend import Backend, backend
from tests.engines.lambda_function import LambdaFunction, lambda_function
from tests.fakes.api_gateway import rest_event

pytestmark = pytest.mark.live
CRASHES = 50


@pytest.fixture(scope="module")
def aws() -> Iterator[Backend]:
    with backend(KeyStore.SPEC, TenantStore.SPEC, IdentityStore.SPEC, AuditStore.SPEC, IdempotencyStore.SPEC) as started:
        yield started


@pytest.fixture(scope="module")
def function(aws: Backend) -> Iterator[LambdaFunction]:
    with lambda_function("tests.live.guarded_probe:app", env=aws.environment(HttpSettings)) as started:
        yield started


@pytest.fixture(scope="module")
def bearer(aws: Backend) -> dict[str, str]:
    return {"Authorization": f"Bearer {aws.key()}"}


def crash_then_innocent(function: LambdaFunction, crash: dict[str, Any], bearer: dict[str, str]) -> int:
    """How many innocent requests, each sent at once after a crash, fail."""
    failed = 0
    for _ in range(CRASHES):
        function.api.invoke(crash)
        failed += function.api.invoke(rest_event("GET", "/v1/whoami", headers=bearer)).status != 200
    return failed


def test_a_crash_breaks_no_other_request(function: LambdaFunction, bearer: dict[str, str]) -> None:
    assert crash_then_innocent(function, rest_event("GET", "/v1/crash", headers=bearer), bearer) == 0


def test_a_stream_that_crashes_breaks_no_other_request(function: LambdaFunction, bearer: dict[str, str]) -> None:
    assert crash_then_innocent(function, rest_event("POST", "/v1/stream", query={"break_at": "2"}, headers=bearer), bearer) == 0


def test_an_unforeseen_error_before_the_first_byte(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(rest_event("GET", "/v1/crash", headers=bearer))
    assert answer.status == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert b"secret" not in answer.body
    assert answer.prelude["headers"]["x-request-id"].startswith("req_")


def test_an_unforeseen_error_after_the_first_byte_is_a_typed_event_and_an_end(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(rest_event("POST", "/v1/stream", query={"break_at": "2"}, headers=bearer))
    assert answer.status == 200
    assert answer.body.startswith(b"data: 0\n\ndata: 1\n\n")
    assert b"event: error\ndata: " in answer.body
    assert b"internal_error" in answer.body
    assert b"secret" not in answer.body
    # The body ends as ours: nothing of the adapter's own error trailer, which would follow a connection that broke.
    assert answer.body.endswith(b"\n\n")
    assert b"Lambda-Runtime-Function-Error" not in answer.body


def test_a_foreseen_error_keeps_its_status_and_retry_after(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(rest_event("GET", "/v1/refuse", headers=bearer))
    assert (answer.kind, answer.status) == ("response", 503)
    assert answer.prelude["headers"]["retry-after"] == "7"
    assert answer.json()["error"]["code"] == "service_unavailable"


def test_each_response_header_is_sent_once(function: LambdaFunction, bearer: dict[str, str]) -> None:
    """A repeated one becomes an array in the prelude, where API Gateway documents strings."""
    for path in ("/v1/whoami", "/v1/refuse", "/v1/crash", "/healthz", "/openapi.json"):
        headers = function.api.invoke(rest_event("GET", path, headers=bearer)).prelude["headers"]
        assert all(isinstance(value, str) for value in headers.values()), path


def test_only_the_key_says_who_calls(function: LambdaFunction, bearer: dict[str, str]) -> None:
    forged = {"x-amz-tenant-id": "globex", "x-amzn-request-context": '{"authorizer": {"tenant": "globex"}}'}
    assert function.api.invoke(rest_event("GET", "/v1/whoami", headers=forged)).status == 401
    answer = function.api.invoke(rest_event("GET", "/v1/whoami", headers=forged | bearer, authorizer={"tenant": "globex"}))
    assert answer.json() == {"tenant": "acme", "user": "minji"}


def test_a_stream_is_given_again_as_a_stream(function: LambdaFunction, bearer: dict[str, str]) -> None:
    event = rest_event("POST", "/v1/stream", headers=bearer | {"Idempotency-Key": "once"})
    first, again = function.api.invoke(event), function.api.invoke(event)
    assert first.body == again.body
    assert again.streaming
    assert again.prelude["headers"]["idempotent-replayed"] == "true"
    assert again.prelude["headers"]["content-type"] == first.prelude["headers"]["content-type"]


def test_a_failed_stream_is_not_kept(function: LambdaFunction, bearer: dict[str, str]) -> None:
    event = rest_event("POST", "/v1/stream", query={"break_at": "1"}, headers=bearer | {"Idempotency-Key": "broken"})
    function.api.invoke(event)
    assert "idempotent-replayed" not in function.api.invoke(event).prelude["headers"]


def test_the_audit_row_is_written_before_the_answer_ends(function: LambdaFunction, aws: Backend, bearer: dict[str, str]) -> None:
    """Lambda freezes the environment once the answer has ended: nothing may be left to do."""
    answer = function.api.invoke(rest_event("GET", "/v1/refuse", headers=bearer))
    newest = next(AuditStore(aws.table(AuditStore.SPEC), retention_days=1).read("acme", limit=1))
    assert newest["request_id"] == answer.prelude["headers"]["x-request-id"]
    assert newest["status"] == 503


def test_a_thawed_environment_answers(function: LambdaFunction, bearer: dict[str, str]) -> None:
    """Frozen for longer than the adapter's pool holds a connection (4 s), which uvicorn leaves to it."""
    function.api.invoke(rest_event("GET", "/v1/whoami", headers=bearer))
    with function.frozen():
        time.sleep(5.5)
    assert function.api.invoke(rest_event("GET", "/v1/whoami", headers=bearer)).status == 200


def test_nothing_secret_is_logged(function: LambdaFunction, bearer: dict[str, str]) -> None:
    log = function.output()
    assert "guarded_probe.py" in log  # the traceback is there, the exception's own words are not
    assert "a secret detail" not in log
    assert bearer["Authorization"].removeprefix("Bearer ") not in log
