"""The real chat function behind the real web adapter, its stores in the embedded AWS, its models on a real model server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.chat.settings import Settings
from infra.discovery import table_specs
from maru.http.audit import AuditStore
from tests.engines.backend import Backend, backend
from tests.engines.lambda_function import LambdaFunction, lambda_function
from tests.engines.model_server import model_server
from tests.fakes.api_gateway import rest_event
from tests.fakes.lambda_runtime_api import Invocation
from tests.processes import free_port

pytestmark = pytest.mark.live
PATH = "/v1/chat/completions"


@pytest.fixture(scope="module")
def aws() -> Iterator[Backend]:
    with backend(*table_specs().values()) as started:
        yield started


@pytest.fixture(scope="module")
def function(aws: Backend) -> Iterator[LambdaFunction]:
    with model_server() as url:
        # `default` is the alias of a server that is down.
        values = {"LOCAL_URL": url, "MODEL_URL": f"http://127.0.0.1:{free_port()}/v1"}
        env = aws.environment(Settings, model_values=values)
        with lambda_function("functions.chat.main:app", env=env) as started:
            yield started


@pytest.fixture(scope="module")
def bearer(aws: Backend) -> dict[str, str]:
    return {"Authorization": f"Bearer {aws.key()}"}


def ask(script: str, bearer: dict[str, str], **more: Any) -> dict[str, Any]:
    """The event of a streamed completion by the model that does what `script` says."""
    body = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": script}]}
    return rest_event("POST", PATH, body=body | more, headers=bearer)


def events_of(answer: Invocation) -> list[Any]:
    """The data of each server-sent event: parsed, or `[DONE]`."""
    lines = [line.removeprefix("data: ") for line in answer.body.decode().splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def text_of(answer: Invocation) -> str:
    chunks = [event for event in events_of(answer) if event != "[DONE]"]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def test_a_completion_streams_in_openais_shape(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("say: 연차 휴가는 15일입니다.", bearer))
    assert answer.streaming
    assert answer.status == 200
    assert answer.prelude["headers"]["content-type"].startswith("text/event-stream")
    assert answer.prelude["headers"]["x-maru-model"] == "scripted"
    *chunks, end = events_of(answer)
    assert end == "[DONE]"
    assert text_of(answer) == "연차 휴가는 15일입니다."
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert {chunk["model"] for chunk in chunks} == {"scripted"}
    assert [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]][-1] == "stop"
    assert b": x-maru-cost-usd:" in answer.body


def test_each_piece_leaves_while_the_model_still_writes(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("slow: 0.04\ntokens: 20", bearer))
    pieces = [at for at, data in answer.body_chunks if b'"content"' in data]
    assert len(pieces) >= 20
    assert pieces[-1] - pieces[0] > 0.9 * 18 * 0.04


def test_what_was_written_arrives_before_a_silence(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("say: first\nstall: 1.5\nsay: last", bearer))
    first, last = (next(at for at, data in answer.body_chunks if word in data) for word in (b"first", b"last"))
    assert last - first > 1


def test_without_a_key_there_is_no_answer(function: LambdaFunction) -> None:
    for headers in ({}, {"Authorization": "Bearer mk_0_0"}, {"Authorization": "Bearer a.b.c"}):
        answer = function.api.invoke(ask("say: x", headers))
        assert (answer.kind, answer.status) == ("response", 401)
        assert answer.json()["error"]["code"] == "invalid_api_key"


def test_a_model_that_is_down_is_503_with_retry_after(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("say: x", bearer, model="default"))
    assert answer.status == 503
    assert int(answer.prelude["headers"]["retry-after"]) > 0
    assert answer.json()["error"]["code"] == "model_unavailable"


def test_a_model_that_refuses_is_an_ordinary_error(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("fail: 503 retry-after=2", bearer))
    assert (answer.status, answer.prelude["headers"]["retry-after"]) == (503, "2")


@pytest.mark.parametrize("death", ["cut:", "error: out of memory"])
def test_a_model_that_dies_midway_ends_the_stream_with_a_typed_event(function: LambdaFunction, bearer: dict[str, str], death: str) -> None:
    for _ in range(10):
        answer = function.api.invoke(ask(f"tokens: 3\nstall: 0.05\n{death}\nsay: never", bearer))
        assert answer.status == 200
        assert b"w3" in answer.body
        assert b"\n\nevent: error\ndata: " in answer.body
        assert events_of(answer)[-1]["error"]["code"] == "model_stream_interrupted"
        assert b"[DONE]" not in answer.body
        assert b"Lambda-Runtime-Function-Error" not in answer.body
        assert function.api.invoke(rest_event("GET", "/v1/models", headers=bearer)).status == 200


def test_the_same_stream_is_given_again(function: LambdaFunction, bearer: dict[str, str]) -> None:
    event = ask("count: streamed\nsay: once", bearer | {"Idempotency-Key": "chat-1"})
    first, again = function.api.invoke(event), function.api.invoke(event)
    assert again.prelude["headers"]["idempotent-replayed"] == "true"
    assert again.streaming
    assert first.body == again.body


def test_a_whole_answer(function: LambdaFunction, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("say: 안녕하세요", bearer, stream=False))
    assert answer.json()["choices"][0]["message"]["content"] == "안녕하세요"
    assert answer.json()["usage"]["total_tokens"] > 0
    assert all(isinstance(value, str) for value in answer.prelude["headers"].values())


def test_alive_and_ready(function: LambdaFunction) -> None:
    assert function.api.invoke(rest_event("GET", "/healthz")).json() == {"status": "ok"}
    assert function.api.invoke(rest_event("GET", "/readyz")).status == 200


def test_the_audit_has_the_call_when_the_answer_ends(function: LambdaFunction, aws: Backend, bearer: dict[str, str]) -> None:
    answer = function.api.invoke(ask("say: x", bearer))
    newest = next(AuditStore(aws.table(AuditStore.SPEC), retention_days=1).read("acme", limit=1))
    assert newest["request_id"] == answer.prelude["headers"]["x-request-id"]
    assert (newest["action"], newest["object"], newest["outcome"]) == (f"POST {PATH}", "scripted", "ok")


def test_no_text_of_the_conversation_is_logged(function: LambdaFunction, bearer: dict[str, str]) -> None:
    function.api.invoke(ask("say: 주민등록번호-비밀", bearer))
    function.api.invoke(ask("tokens: 2\nerror: 주민등록번호-비밀", bearer))
    assert "비밀" not in function.output()
    assert "\\ube44\\ubc00" not in function.output()
