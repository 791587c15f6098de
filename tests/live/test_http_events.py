"""The sample events of the HTTP functions, each through the real web adapter and the function's real application."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from infra.discovery import functions, table_specs
from tests.engines.backend import Backend, backend
from tests.engines.lambda_function import LambdaFunction, lambda_function
from tests.engines.model_server import model_server
from tests.fakes.api_gateway import rest_event
from tests.fakes.lambda_runtime_api import Invocation
from tests.samples import names, sample

pytestmark = pytest.mark.live

type Expectation = Callable[[Invocation], object]


def code(expected: str) -> Expectation:
    """The error's code."""
    return lambda answer: answer.json()["error"]["code"] == expected


EXPECTED: dict[str, tuple[int, Expectation]] = {
    "admin/description_read": (200, lambda answer: "/v1/keys" in answer.json()["paths"]),
    "admin/foreign_tenant": (403, lambda answer: answer.json()["error"]["param"] == "tenant"),
    "admin/key_created": (200, lambda answer: answer.json()["key"].startswith("mk_") and answer.json()["groups"] == ["hr"]),
    "admin/keys_listed": (200, lambda answer: answer.json()["object"] == "list"),
    "admin/preflight": (200, lambda answer: answer.prelude["headers"]["access-control-allow-origin"] == "https://console.example.com"),
    "admin/without_key": (401, code("invalid_api_key")),
    "chains/prompt_published": (200, lambda answer: (answer.json()["version"], answer.json()["labels"]) == (1, ["live"])),
    "chains/prompt_tested": (200, lambda answer: answer.json()["output"] == "반갑습니다"),
    "chains/prompts_listed": (200, lambda answer: "answer-ko" in {one["name"] for one in answer.json()["data"]}),
    "chains/without_key": (401, code("invalid_api_key")),
    "chat/completion_of_an_unknown_model": (404, code("model_not_found")),
    "chat/completion_streamed": (200, lambda answer: answer.body.endswith(b"data: [DONE]\n\n") and answer.body.startswith(b"data: {")),
    "chat/completion_with_a_broken_body": (400, code("invalid_json")),
    "chat/embedding_created": (200, lambda answer: [len(one["embedding"]) for one in answer.json()["data"]] == [384, 384]),
    "chat/models_listed": (200, lambda answer: "scripted" in {one["id"] for one in answer.json()["data"]}),
    "chat/without_key": (401, code("invalid_api_key")),
    "knowledge/file_not_found": (404, code("not_found")),
    "knowledge/file_uploaded": (
        200,
        lambda answer: answer.json()["filename"] == "보고서 1+2%.md" and answer.json()["acl"] == ["group:인사"],
    ),
    "knowledge/files_listed": (200, lambda answer: answer.json()["object"] == "list"),
    "knowledge/vector_store_created": (200, lambda answer: answer.json()["name"] == "사내 규정"),
    "knowledge/without_key": (401, code("invalid_api_key")),
}
HTTP_FUNCTIONS = {function.name: function.settings for function in functions() if function.http}


@pytest.fixture(scope="module")
def aws() -> Iterator[Backend]:
    with backend(*table_specs().values()) as started:
        yield started


@pytest.fixture(scope="module")
def started(aws: Backend) -> Iterator[Callable[[str], LambdaFunction]]:
    """Starts a function at its first event."""
    with ExitStack() as stack:
        models = stack.enter_context(model_server())

        @cache
        def start(name: str) -> LambdaFunction:
            env = aws.environment(
                HTTP_FUNCTIONS[name], function=name, cors_origins=["https://console.example.com"], model_values={"LOCAL_URL": models}
            )
            return stack.enter_context(lambda_function(f"functions.{name}.main:app", env=env))

        yield start


@pytest.mark.parametrize("name", [name for function in HTTP_FUNCTIONS for name in names(function)])
def test_sample_event(name: str, started: Callable[[str], LambdaFunction], aws: Backend) -> None:
    assert name in EXPECTED, f"say in EXPECTED what the answer to events/{name}.json must be"
    status, holds = EXPECTED[name]
    event: Any = sample(name, KEY=aws.key(role="admin"))
    answer = started(name.partition("/")[0]).api.invoke(event)
    assert (answer.kind, answer.status) == ("response", status), answer.body
    assert answer.streaming
    assert holds(answer), answer.body


def test_every_expectation_has_its_event() -> None:
    assert EXPECTED.keys() <= set(names())


def test_an_uploads_bytes_are_the_files(started: Callable[[str], LambdaFunction], aws: Backend) -> None:
    """API Gateway hands a form over in base64; what lies in S3 in the end are the client's own bytes."""
    event = sample("knowledge/file_uploaded", KEY=aws.key(role="admin", groups=("인사",)))
    uploaded = started("knowledge").api.invoke(event).json()
    read = rest_event("GET", f"/v1/files/{uploaded['id']}/content", headers=event["headers"])
    assert started("knowledge").api.invoke(read).body == "# 휴가 규정\n\n연차 휴가는 15일입니다.\n".encode() + bytes([0, 255, 254])
