"""The sample events of the HTTP functions, each through the real web adapter and the function's real application."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from infra.discovery import functions, table_specs
from tests.engines.backend import Backend, backend
from tests.engines.lambda_function import LambdaFunction, lambda_function
from tests.fakes.lambda_runtime_api import Invocation
from tests.samples import names, sample

pytestmark = pytest.mark.live

type Expectation = Callable[[Invocation], object]

EXPECTED: dict[str, tuple[int, Expectation]] = {
    "admin/description_read": (200, lambda answer: "/v1/keys" in answer.json()["paths"]),
    "admin/foreign_tenant": (403, lambda answer: answer.json()["error"]["param"] == "tenant"),
    "admin/key_created": (200, lambda answer: answer.json()["key"].startswith("mk_") and answer.json()["groups"] == ["hr"]),
    "admin/keys_listed": (200, lambda answer: answer.json()["object"] == "list"),
    "admin/preflight": (200, lambda answer: answer.prelude["headers"]["access-control-allow-origin"] == "https://console.example.com"),
    "admin/without_key": (401, lambda answer: answer.json()["error"]["code"] == "invalid_api_key"),
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

        @cache
        def start(name: str) -> LambdaFunction:
            env = aws.environment(HTTP_FUNCTIONS[name], function=name, cors_origins=["https://console.example.com"])
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
