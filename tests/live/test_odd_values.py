"""Every route with values that nobody should send: refused as a caller's mistake in OpenAI's shape, and nothing breaks by them.

The routes and their fields come from the running system's own OpenAPI document, so a new one is tried without being named here.
"""

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engines.maru import Maru
from tests.live.test_every_route import Tenant, call, make_tenant
from tests.routes import Operation, operations

pytestmark = pytest.mark.live

LONG = "x" * 3000
#: In the place of a field's value; of these the numbers are such as JSON has and no table holds.
ODD: list[Any] = [None, " ", LONG, 10**47, -0.0, {"a": {}}]
#: A run's events go on for as long as it waits for a person.
WATCHED = "/v1/runs/{run_id}/events"
#: It would take the tenant away in the midst of the test.
LEFT_OUT = {"POST /v1/retention/erasure"}


@pytest.fixture(scope="module")
def tenant(maru: Maru) -> Tenant:
    return make_tenant(maru)


@pytest.fixture(scope="module")
def every(maru: Maru) -> list[tuple[Operation, list[str]]]:
    """The operations with the names of their query's parameters."""
    with urllib.request.urlopen(maru.url + "/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    found = []
    for operation in operations(document):
        told = document["paths"][operation.path][operation.method.lower()].get("parameters", [])
        if operation.name not in LEFT_OUT:
            found.append((operation, [part["name"] for part in told if part["in"] == "query"]))
    return found


def test_no_place_or_question_breaks_a_route(every: list[tuple[Operation, list[str]]], tenant: Tenant) -> None:
    wrong = []
    for operation, questions in every:
        paths = [operation.url(tenant.objects | {name: LONG}) for name in operation.parameters]
        if operation.method == "GET" and operation.path != WATCHED:
            plain = operation.url(tenant.objects).partition("?")[0]
            # A parameter that must be there comes with it.
            others = {name: dict(operation.query) for name in questions}
            for name in questions:
                others[name].pop(name, None)
                paths += [f"{plain}?{urllib.parse.urlencode(others[name] | {name: odd})}" for odd in (LONG, "-1")]
        for path in paths:
            wrong += refused_wrongly(tenant, operation, path, operation.body)
    assert wrong == []


def test_a_wrong_question_is_told_in_plain_words(maru: Maru, tenant: Tenant) -> None:
    with urllib.request.urlopen(maru.url + "/openapi.json", timeout=10) as answer:
        document = json.load(answer)
    wrong = []
    for operation in operations(document):
        asked = document["paths"][operation.path][operation.method.lower()].get("parameters", [])
        plain = operation.url(tenant.objects).partition("?")[0]
        for part in (part for part in asked if part["in"] == "query" and operation.name not in LEFT_OUT):
            others = {one["name"]: "x" for one in asked if one.get("required") and one["in"] == "query"}
            name = part["name"] + ("[key]" if part.get("style") == "deepObject" else "")
            query = urllib.parse.urlencode(others | {name: "2026년 어제"})
            key = maru.run["admin_key"] if operation.scope == "operator" else tenant.key
            status, answer = call(tenant.url, operation.method, f"{plain}?{query}", key, None)
            if (status == 400 and not _plain(part, answer["error"])) or (status != 400 and _choosy(part)):
                wrong.append((operation.name, part["name"], status, answer))
    assert wrong == []


#: Of patterns, of pydantic and of Python.
JARGON = re.compile(r"\\|\^|\[[^\]]*\]|\{\d|[*+$]|Input|String|List|Dict|parse|NoneType|\b(?:str|int|dict|tuple|type)\b")


def _plain(part: Any, error: Any) -> bool:
    """Whether an error names the parameter in plain words; of a number also one that is right."""
    named = error["param"] == part["name"] and f"'{part['name']}'" in error["message"] and not JARGON.search(error["message"])
    return named and ("such as" in error["message"] or '"integer"' not in json.dumps(part["schema"]))


def _choosy(part: Any) -> bool:
    """Whether a parameter says itself that it does not take every text."""
    declared = json.dumps(part["schema"])
    return any(f'"{word}"' in declared for word in ("integer", "enum", "pattern")) or part["name"] in {"since", "until", "page"}


def test_no_value_in_a_body_breaks_a_route(every: list[tuple[Operation, list[str]]], tenant: Tenant) -> None:
    wrong = []
    for operation, _ in every:
        for body in odd_bodies(operation):
            wrong += refused_wrongly(tenant, operation, operation.url(tenant.objects), body)
        remove_budgets(tenant, operation)
    assert wrong == []


def test_what_lies_there_is_still_read(every: list[tuple[Operation, list[str]]], tenant: Tenant) -> None:
    for operation, _ in every:
        if operation.method == "GET" and not operation.parameters and operation.scope != "operator":
            status, _ = call(tenant.url, "GET", operation.url({}), tenant.key, None)
            assert status == 200, operation.name


def odd_bodies(operation: Operation) -> Iterator[Any]:
    """The operation's own body with each of its fields changed into every odd value."""
    if isinstance(operation.body, dict) and not operation.multipart:
        # Whoever starts a run does not wait for its person either.
        plain = operation.body | ({"wait_seconds": 0} if "wait_seconds" in operation.fields else {})
        for field in operation.fields:
            yield from (plain | {field: odd} for odd in ODD)


def refused_wrongly(tenant: Tenant, operation: Operation, path: str, body: Any) -> list[tuple[str, int, str]]:
    """Nothing where the call was answered as it should be: with success, or with an error in OpenAI's shape that is no 500.

    A 503 is none either: it says that something was too busy to answer in its time, which a loaded machine may be.
    """
    status, answer = call(tenant.url, operation.method, path, tenant.key, body, multipart=operation.multipart)
    if status < 400:
        return []
    error = (answer or {}).get("error") or {}
    shaped = set(error) == {"message", "type", "param", "code"} and bool(error["message"]) and bool(error["code"])
    named = status != 400 or bool(error.get("param"))
    return (
        []
        if status in {*range(400, 500), 502, 503, 504} and shaped and named
        else [(operation.name, status, f"{path[-80:]} {json.dumps(body)[-200:]} -> {answer}")]
    )


def remove_budgets(tenant: Tenant, operation: Operation) -> None:
    """A budget that an odd value made would refuse what comes after it."""
    if operation.path == "/v1/budgets":
        for budget in call(tenant.url, "GET", "/v1/budgets", tenant.key, None)[1]["data"]:
            call(tenant.url, "DELETE", f"/v1/budgets/{budget['id']}", tenant.key, None)
