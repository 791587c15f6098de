"""The admin function, through the door."""

import json
import time
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from functions.admin.app import ROUTERS
from maru.http import App, HttpServices, create_app
from maru.ledger.budgets import BudgetStore
from maru.ledger.plans import Plans
from maru.ledger.statements import Currency
from maru.ledger.usage import UsageStore
from tests.conftest import MakeTable
from tests.door import client, key_for


@pytest.fixture
def app(services: HttpServices, make_table: MakeTable) -> App:
    plans = Plans({"plans": [{"plan": "trial", "budgets": [{"window": "month", "limit_usd": 5}]}]})
    budgets = BudgetStore(make_table(BudgetStore.SPEC), services.tenants, plans)
    usage = UsageStore(make_table(UsageStore.SPEC))
    won = Currency.of("KRW", Decimal("1380.5"))
    shared = [services.keys, services.tenants, services.identities, services.audit, budgets, plans, usage, won]
    return create_app(title="admin", routers=ROUTERS, services=services, collaborators=shared, ready={})


@pytest.fixture
def operator(app: App, services: HttpServices) -> TestClient:
    web = client(app, key_for(services, tenant="platform", user="root", role="operator"))
    for tenant in ("acme", "other"):
        assert web.post("/v1/tenants", json={"id": tenant}).status_code == 200
    return web


@pytest.fixture
def admin(app: App, services: HttpServices, operator: TestClient) -> TestClient:
    return client(app, key_for(services, role="admin"))


def test_a_key_is_shown_once_and_works(app: App, operator: TestClient) -> None:
    made = operator.post("/v1/keys", json={"tenant": "acme", "user": "minji", "groups": ["hr"], "role": "admin"}).json()
    assert made["key"].startswith(f"mk_{made['id']}_")
    listed = client(app, made["key"]).get("/v1/keys").json()["data"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert "key" not in listed[0]
    assert "secret_hash" not in listed[0]


def test_a_revoked_key_opens_nothing(app: App, admin: TestClient) -> None:
    made = admin.post("/v1/keys", json={"user": "u", "role": "admin"}).json()
    assert admin.delete(f"/v1/keys/{made['id']}").json()["deleted"]
    assert client(app, made["key"]).get("/v1/keys").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"role": "user"}, 400, "user"),
        ({"user": "a b", "role": "user"}, 400, "user"),
        ({"user": "u"}, 400, "scopes"),
        ({"user": "u", "role": "user", "expires_at": 5}, 400, "expires_at"),
        ({"user": "u", "role": "user", "surprise": 1}, 400, "surprise"),
        ({"user": "u", "role": "operator"}, 403, "role"),
        ({"user": "u", "scopes": ["operator"]}, 403, "scopes"),
        ({"user": "u", "role": "user", "tenant": "other"}, 403, "tenant"),
    ],
)
def test_wrong_keys_are_refused_by_field(admin: TestClient, body: dict[str, object], status: int, param: str) -> None:
    answer = admin.post("/v1/keys", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)


def test_only_known_tenants_get_keys(operator: TestClient) -> None:
    answer = operator.post("/v1/keys", json={"tenant": "nowhere", "user": "u", "role": "user"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "tenant")


LISTS = ["/v1/keys", "/v1/budgets", "/v1/identities", "/v1/audit", "/v1/usage", "/v1/usage/latencies", "/v1/usage/requests"]


@pytest.mark.parametrize("path", [*LISTS, "/v1/statements/2026-11"])
def test_an_unknown_tenant_has_no_empty_list(operator: TestClient, path: str) -> None:
    answer = operator.get(path, params={"tenant": "nowhere"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "tenant")
    assert operator.get(path, params={"tenant": "acme"}).status_code == 200
    assert operator.get(path).status_code == 200


def test_an_erased_tenants_ledger_is_told_still(operator: TestClient, app: App) -> None:
    ledger = app.api.state.collaborators[UsageStore]
    ledger._table.client.put_item(**ledger.entry({"tenant": "erased", "model": "default", "status": "ok", "cost": 1})["Put"])
    lists = ("/v1/usage", "/v1/usage/latencies", "/v1/usage/requests")
    assert [operator.get(path, params={"tenant": "erased"}).status_code for path in lists] == [200, 200, 200]
    assert operator.get("/v1/keys", params={"tenant": "erased"}).status_code == 400


@pytest.mark.parametrize("path", [*LISTS, "/v1/statements/2026-11", "/v1/tenants", "/v1/me"])
def test_an_unknown_query_is_named(operator: TestClient, path: str) -> None:
    answer = operator.get(path, params={"surprise": "1"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "surprise")


def test_a_budget_is_of_a_key_that_is_there(admin: TestClient, operator: TestClient) -> None:
    foreign = operator.post("/v1/keys", json={"tenant": "other", "user": "x", "role": "user"}).json()["id"]
    own = admin.post("/v1/keys", json={"user": "x", "role": "user"}).json()["id"]
    budget = {"window": "day", "limit_tokens": 5}
    for key_id, status in (("nokey", 400), (foreign, 400), (own, 200), ("jwt:robot", 200)):
        answer = admin.post("/v1/budgets", json=budget | {"key_id": key_id})
        assert (answer.status_code, answer.json().get("error", {}).get("param")) == (status, None if status == 200 else "key_id")


def test_a_wrong_time_is_told_a_right_one(admin: TestClient) -> None:
    answer = admin.post("/v1/keys", json={"user": "u", "role": "user", "expires_at": "tomorrow"})
    told = "'expires_at': must be a whole number, such as 1924992000. Seconds since the epoch."
    assert answer.json()["error"]["message"] == told


def test_an_admin_sees_and_changes_its_own_tenant_alone(app: App, admin: TestClient, operator: TestClient) -> None:
    foreign = operator.post("/v1/keys", json={"tenant": "other", "user": "x", "role": "user"}).json()
    assert admin.delete(f"/v1/keys/{foreign['id']}").status_code == 404
    assert admin.get("/v1/keys?tenant=other").status_code == 403
    assert admin.get("/v1/audit?tenant=other").status_code == 403
    assert admin.post("/v1/tenants", json={"id": "mine"}).status_code == 403
    assert admin.get("/v1/tenants").status_code == 403
    assert foreign["id"] in [row["id"] for row in operator.get("/v1/keys?tenant=other").json()["data"]]
    assert operator.delete(f"/v1/keys/{foreign['id']}?tenant=other").status_code == 200


def test_identities_are_mapped_listed_and_removed(admin: TestClient) -> None:
    body = {"issuer": "https://i.test", "subject": "robot", "user": "robot", "role": "user"}
    assert admin.post("/v1/identities", json=body).json()["tenant"] == "acme"
    assert [row["subject"] for row in admin.get("/v1/identities").json()["data"]] == ["robot"]
    assert admin.delete("/v1/identities", params={"issuer": "https://i.test", "subject": "robot"}).status_code == 200
    assert admin.delete("/v1/identities", params={"issuer": "https://i.test", "subject": "robot"}).status_code == 404


def test_audit_is_read_newest_first_and_exported(admin: TestClient) -> None:
    admin.get("/v1/keys")
    admin.delete("/v1/keys/none")
    rows = admin.get("/v1/audit").json()["data"]
    assert [(row["action"], row["outcome"]) for row in rows] == [("DELETE /v1/keys/{key_id}", "failed"), ("GET /v1/keys", "ok")]
    assert rows[0]["object"] == "none"
    exported = [json.loads(line) for line in admin.get("/v1/audit?format=jsonl").text.splitlines()]
    assert exported[1:] == rows
    year = time.strftime("%Y", time.gmtime())
    assert admin.get("/v1/audit", params={"since": year, "limit": 1}).json()["data"][0]["action"] == "GET /v1/audit"
    assert admin.get("/v1/audit", params={"until": year}).json()["data"] == []
    for wrong in ("yesterday", "2026-13", "2026-11-31", "2026-11-28T25:00Z", "어제"):
        refused = admin.get("/v1/audit", params={"since": wrong}).json()["error"]
        assert (refused["param"], "such as 2026-11, 2026-11-28 or 2026-11-28T09:00:00Z" in refused["message"]) == ("since", True)
    for right in ("2026-11-28T09:00:00%2B09:00", "2026-11-28T09:00:00+09:00", "2026-11-28T00:00:00Z"):
        assert admin.get(f"/v1/audit?since={right}").status_code == 200, right


def test_the_description_and_its_page_are_open_and_load_nothing(app: App) -> None:
    document = client(app).get("/openapi.json").json()
    assert document["paths"]["/v1/keys"]["post"]["x-maru-scope"] == "admin"
    page = client(app).get("/docs")
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_budgets_read_back_with_what_is_spent(admin: TestClient, operator: TestClient) -> None:
    made = admin.post("/v1/budgets", json={"window": "month", "limit_usd": 12.5, "user": "minji"}).json()
    assert (made["limit_usd"], made["spent"], made["reserved"], made["remaining"]) == (12.5, 0, 0, 12.5)
    assert [row["id"] for row in operator.get("/v1/budgets?tenant=acme").json()["data"]] == [made["id"]]
    assert admin.get("/v1/budgets?tenant=other").status_code == 403
    assert operator.delete(f"/v1/budgets/{made['id']}").status_code == 404, "the operator's own tenant has no such budget"
    assert admin.delete(f"/v1/budgets/{made['id']}").status_code == 200
    assert admin.post("/v1/budgets", json={"window": "month"}).status_code == 400
    assert admin.post("/v1/budgets", json={"window": "week", "limit_tokens": 5}).json()["error"]["param"] == "window"
    for wrong in (-1, 1e-12, "0.0000000009"):
        assert admin.post("/v1/budgets", json={"window": "day", "limit_usd": wrong}).json()["error"]["param"] == "limit_usd"
    assert admin.post("/v1/budgets", json={"window": "day", "limit_usd": 1e-9}).json()["remaining"] == 1e-9
    for wrong in (-1, True, "5"):
        assert admin.post("/v1/budgets", json={"window": "day", "limit_tokens": wrong}).json()["error"]["param"] == "limit_tokens"
