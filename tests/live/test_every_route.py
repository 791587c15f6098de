"""Every route that the API's description lists: closed without a key, refused without its scope, blind to other tenants.

The list comes from the running system's own OpenAPI document, so a new route is tested without being named here; one with a
parameter that nobody makes an object for fails until somebody does.
"""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from maru.identity import SCOPES
from tests.engines.maru import Maru
from tests.routes import Operation, operations

pytestmark = pytest.mark.live

#: Path parameters that name no tenant's object: models are the platform's, months everybody's.
SHARED = {"model", "month", "version", "label", "path"}
#: Fields of bodies that name objects, and the object each names.
NAMING = {
    "file_id": "file_id",
    "file_ids": "file_id",
    "vector_stores": "vector_store_id",
    "session_id": "session_id",
    "message_id": "message_id",
    "vector_store_id": "vector_store_id",
    "policy": "policy",
    "prompt": "name",
    "tools": "tool",
}


@dataclass(frozen=True)
class Tenant:
    """A tenant with an administrator's key and one object of every kind."""

    url: str
    key: str
    objects: dict[str, str]

    def send(self, operation: Operation, values: Mapping[str, str], body: Any = None, key: str | None = None) -> int:
        """The status of one call."""
        return call(
            self.url, operation.method, operation.url(values), self.key if key is None else key, body, multipart=operation.multipart
        )[0]


@pytest.fixture(scope="module")
def every(maru: Maru) -> list[Operation]:
    with urllib.request.urlopen(maru.url + "/openapi.json", timeout=10) as answer:
        found = list(operations(json.load(answer)))
    assert len(found) > 40
    return found


@pytest.fixture(scope="module")
def tenants(maru: Maru) -> tuple[Tenant, Tenant]:
    return make_tenant(maru), make_tenant(maru)


def make_tenant(maru: Maru) -> Tenant:
    """A fresh tenant with an object of every kind, from a file and a store holding it to a run of a chain that waits for a person."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    operator = maru.run["admin_key"]

    def made(path: str, body: Any, key: str, *, multipart: bool = False) -> Any:
        status, answer = call(maru.url, "POST", path, key, body, multipart=multipart)
        assert status in {200, 201, 202}, (path, status, answer)
        return answer

    made("/v1/tenants", {"id": name}, operator)
    key = made("/v1/keys", {"tenant": name, "user": "admin", "role": "admin"}, operator)["key"]
    file = made("/v1/files", {"purpose": "assistants", "file": "x", "acl": '["public"]'}, key, multipart=True)
    store = made("/v1/vector_stores", {"name": "notes"}, key)
    batch = made(f"/v1/vector_stores/{store['id']}/file_batches", {"file_ids": [file["id"]]}, key)
    upload = made("/v1/uploads", {"filename": "a.txt", "purpose": "assistants", "bytes": 3, "mime_type": "text/plain"}, key)
    tool = {"name": name, "description": "d", "target": {"kind": "lambda", "function": "weather"}, "dangerous": True}
    made("/v1/tools", tool, key)
    made("/v1/agents", {"name": name, "model": "scripted", "instructions": "say: hi", "tools": [name]}, key)
    called = made(f"/v1/agents/{name}/chat", {"message": f"call: {name} {{}}\nthen:\nsay: hi"}, key)["tool_calls"]
    chat = made(f"/v1/agents/{name}/chat", {"message": "say: hi"}, key)
    prompt = {"name": name, "messages": [{"role": "user", "content": "say: hi"}], "model": "scripted", "labels": ["live"]}
    made("/v1/prompts", prompt, key)
    asked = {"model": "scripted", "messages": [{"role": "user", "content": "say: hi"}], "store": True}
    made("/v1/chains", {"chain": name, "labels": ["live"], "steps": [_ASKING]}, key)
    run = made(f"/v1/chains/{name}/runs", {"wait_seconds": 0}, key)
    made(f"/v1/vector_stores/{store['id']}/texts", {"id": f"text-{name}", "text": "hi"}, key)
    objects = {
        # Nothing answers at this address: its sync fails, and the source is there.
        "source_id": made("/v1/sources", {"kind": "web", "url": "http://127.0.0.1:9/", "vector_store_id": store["id"]}, key)["id"],
        "text_id": f"text-{name}",
        "import_id": made(f"/v1/vector_stores/{store['id']}/imports", {}, key)["id"],
        "completion_id": made("/v1/chat/completions", asked, key)["id"],
        "file_id": file["id"],
        "vector_store_id": store["id"],
        "batch_id": batch["id"],
        "upload_id": upload["id"],
        "name": name,
        "session_id": chat["session_id"],
        "message_id": chat["message_id"],
        "key_id": made("/v1/keys", {"user": "u", "role": "user"}, key)["id"],
        "budget_id": made("/v1/budgets", {"window": "day", "limit_tokens": 10**9}, key)["id"],
        "tool": name,
        "approval_id": called[0]["approval"]["id"],
        "model": "scripted",
        "incident_id": incident(maru, key, name),
        "month": "2026-01",
        "view": name.replace("-", "_"),
        "policy": made("/v1/guard/policies", {"name": name}, key)["name"],
        "version": "1",
        "label": "live",
        "run_id": run["id"],
        "path": "ask",
        "approval": _waiting(maru.url, key, run["id"]),
    }
    return Tenant(maru.url, key, objects)


#: A step that waits for a person.
_ASKING = {"id": "ask", "type": "approve", "title": "t", "tool": "notify", "arguments": {"channel": "sns", "text": "x"}}


def _waiting(url: str, key: str, run_id: str) -> str:
    """The approval that a run waits for."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        _, answer = call(url, "GET", "/v1/approvals?status=pending", key, None)
        found = [one["id"] for one in answer["data"] if one["run_id"] == run_id]
        if found:
            return str(found[0])
        time.sleep(0.2)
    raise AssertionError("the run asked for no approval")


def incident(maru: Maru, key: str, name: str) -> str:
    """The id of an incident: a message that the tenant's own policy refuses."""
    policy = {"name": f"{name}-no", "checks": {"secrets": {"input": "block"}}}
    for path, body in (("policies", policy), ("agents", {"name": f"{name}-no", "model": "scripted", "policy": policy["name"]})):
        assert call(maru.url, "POST", f"/v1/{'guard/' * (path == 'policies')}{path}", key, body)[0] == 200
    call(maru.url, "POST", f"/v1/agents/{name}-no/chat", key, {"message": "password: hunter2secret9"})
    _, listed = call(maru.url, "GET", "/v1/guard/incidents", key, None)
    return str(listed["data"][0]["id"])


def call(url: str, method: str, path: str, key: str, body: Any, *, multipart: bool = False) -> tuple[int, Any]:
    """Status and JSON of one call; an empty key sends none."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    data = None
    if body is not None:
        data, headers["content-type"] = _form(body) if multipart else (json.dumps(body).encode(), "application/json")
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, _json(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _json(error.read())


def test_without_a_key_every_route_is_closed(every: list[Operation], tenants: tuple[Tenant, Tenant]) -> None:
    mine = tenants[0]
    statuses = {operation.name: mine.send(operation, mine.objects, operation.body, key="") for operation in every}
    assert {name: status for name, status in statuses.items() if status != 401} == {}


def test_without_its_scope_every_route_is_refused(every: list[Operation], tenants: tuple[Tenant, Tenant], maru: Maru) -> None:
    mine = tenants[0]
    tenant = mine.objects["name"]
    statuses = {}
    assert [operation.name for operation in every if operation.scope == "any"] == ["GET /v1/me"], "a key without any scope opens this alone"
    for scope in sorted({operation.scope for operation in every} & SCOPES.keys()):
        rest = sorted(SCOPES.keys() - {scope})
        body = {"tenant": tenant, "user": "admin", "scopes": rest}
        _, made = call(maru.url, "POST", "/v1/keys", maru.run["admin_key"], body)
        for operation in every:
            if operation.scope == scope:
                statuses[operation.name] = mine.send(operation, mine.objects, operation.body, key=made["key"])
    assert {name: status for name, status in statuses.items() if status != 403} == {}


def test_another_tenants_objects_are_not_there(every: list[Operation], tenants: tuple[Tenant, Tenant]) -> None:
    mine, theirs = tenants
    statuses = {}
    for operation in _deletions_last(every):
        if set(operation.parameters) - SHARED:
            statuses[operation.name] = mine.send(operation, theirs.objects, _naming(operation, theirs))
    assert {name: status for name, status in statuses.items() if status != 404} == {}


def test_another_tenants_objects_cannot_be_named_in_a_body(every: list[Operation], tenants: tuple[Tenant, Tenant]) -> None:
    mine, theirs = tenants
    statuses = {}
    for operation in every:
        named = _naming(operation, theirs)
        if named != operation.body:
            statuses[operation.name] = mine.send(operation, mine.objects, named)
    assert statuses
    assert {name: status for name, status in statuses.items() if status not in {400, 404}} == {}


def test_a_colleagues_run_and_approval_are_not_there(every: list[Operation], tenants: tuple[Tenant, Tenant], maru: Maru) -> None:
    """What a colleague with every scope but those that open the runs of others finds at the routes of one's runs."""
    theirs = tenants[1]
    scopes = sorted(SCOPES.keys() - {"admin", "runs:read_all", "operator", "approve"})
    body = {"tenant": theirs.objects["name"], "user": "colleague", "scopes": scopes}
    _, made = call(maru.url, "POST", "/v1/keys", maru.run["admin_key"], body)
    of_runs = [operation for operation in every if "run_id" in operation.parameters]
    assert len(of_runs) >= 6
    statuses = {operation.name: theirs.send(operation, theirs.objects, operation.body, key=made["key"]) for operation in of_runs}
    assert {name: status for name, status in statuses.items() if status != 404} == {}
    assert call(maru.url, "GET", "/v1/runs", made["key"], None)[1]["data"] == []


def test_a_foreign_tenant_in_a_body_is_refused(every: list[Operation], tenants: tuple[Tenant, Tenant]) -> None:
    mine, theirs = tenants
    bodies = {
        operation.name: mine.send(operation, mine.objects, operation.body | {"tenant": theirs.objects["name"]})
        for operation in every
        if operation.scope == "admin" and operation.method == "POST" and isinstance(operation.body, dict)
    }
    assert bodies
    assert {name: status for name, status in bodies.items() if status != 403} == {}


def test_nothing_of_one_tenant_is_in_anothers_lists(every: list[Operation], maru: Maru) -> None:
    mine, theirs = make_tenant(maru), make_tenant(maru)  # whose audit names nothing that was tried on the other
    foreign = {value for name, value in theirs.objects.items() if name not in SHARED}
    for operation in every:
        if operation.method == "GET" and not operation.parameters and operation.scope != "operator":
            status, answer = call(mine.url, "GET", operation.path, mine.key, None)
            text = json.dumps(answer)
            assert status in {200, 400}, (operation.name, status)
            assert not [value for value in foreign if value in text], operation.name


def test_the_other_tenant_still_has_everything(tenants: tuple[Tenant, Tenant]) -> None:
    theirs = tenants[1]
    paths = ["/v1/files/{file_id}", "/v1/vector_stores/{vector_store_id}", "/v1/agents/{name}", "/v1/sessions/{session_id}"]
    for path in [*paths, "/v1/prompts/{name}"]:
        assert call(theirs.url, "GET", path.format(**theirs.objects), theirs.key, None)[0] == 200, path


def _deletions_last(every: list[Operation]) -> Iterator[Operation]:
    yield from sorted(every, key=lambda operation: operation.method == "DELETE")


def _naming(operation: Operation, tenant: Tenant) -> Any:
    """The operation's body with every object it may name being one of the tenant's."""
    if not isinstance(operation.body, dict):
        return operation.body
    named = {
        field: tenant.objects[kind]
        for field, kind in NAMING.items()
        # A whole object in the place of a name (a policy not published yet) names nothing.
        if field in operation.fields and operation.fields[field].get("type") != "object"
    }
    return operation.body | {field: [value] if field.endswith("s") else value for field, value in named.items()}


def _form(fields: Mapping[str, Any]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        file = '; filename="note.txt"\r\nContent-Type: text/plain' if name in {"file", "data"} else ""
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}\r\n')
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
