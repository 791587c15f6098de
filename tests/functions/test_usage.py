"""Usage and statements, through the door, on rows that the ledger's own store wrote."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.admin import directory_routes, usage_routes
from maru.dynamo import Table
from maru.http import App, HttpServices, create_app
from maru.ledger.plans import Plans
from maru.ledger.statements import Currency, exact
from maru.ledger.usage import UsageStore
from tests.door import client, key_for

NOON = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


class Ledger:
    """Writes rows at moments that a test chooses."""

    def __init__(self, table: Table) -> None:
        self._table, self.now = table, NOON.timestamp()
        self.store = UsageStore(table, clock=lambda: self.now)

    def add(self, at: datetime, **row: Any) -> None:
        """One row; tokens and cost have simple values."""
        self.now = at.timestamp()
        known: dict[str, Any] = {"tenant": "acme", "user": "minji", "key_id": "k1", "model": "default", "input_tokens": 10}
        known |= {"output_tokens": 5, "cached_tokens": 2, "status": "ok", "cost": 1_000_001, "charge": 1_200_001}
        write = self.store.entry({**known, **row})["Put"]
        self._table.client.put_item(**write)


@pytest.fixture
def ledger(make_table: Any) -> Ledger:
    return Ledger(make_table(UsageStore.SPEC))


@pytest.fixture
def app(services: HttpServices, ledger: Ledger) -> App:
    won = Currency.of("KRW", Decimal("1380.5"))
    plans = Plans({"plans": [{"plan": "trial"}]})
    shared = [services.keys, services.tenants, services.identities, services.audit, plans, ledger.store, won]
    return create_app(
        title="admin", routers=[usage_routes.router, directory_routes.router], services=services, collaborators=shared, ready={}
    )


@pytest.fixture
def admin(app: App, services: HttpServices) -> TestClient:
    return client(app, key_for(services, role="admin"))


def span(start: datetime, end: datetime) -> dict[str, Any]:
    return {"start_time": int(start.timestamp()), "end_time": int(end.timestamp())}


def test_usage_in_hours_by_user_and_model(admin: TestClient, ledger: Ledger) -> None:
    ledger.add(NOON)
    ledger.add(NOON + timedelta(minutes=10), user="alex")
    ledger.add(NOON + timedelta(minutes=40), model="small", cost=None, charge=None)
    ledger.add(NOON, tenant="other")
    hour = NOON.replace(minute=0)
    asked = {**span(hour, hour + timedelta(hours=3)), "bucket_width": "1h", "group_by": ["user_id", "model"]}
    page = admin.get("/v1/usage", params=asked).json()
    assert (page["object"], page["has_more"], page["next_page"]) == ("page", False, None)
    assert [bucket["start_time"] - int(hour.timestamp()) for bucket in page["data"]] == [0, 3600, 7200]
    first, second, third = (bucket["results"] for bucket in page["data"])
    assert [(one["user_id"], one["model"], one["num_model_requests"]) for one in first] == [("alex", "default", 1), ("minji", "default", 1)]
    assert first[0]["cost"] == {"value": 0.001000001, "currency": "usd"}
    assert (first[0]["input_tokens"], first[0]["output_tokens"], first[0]["input_cached_tokens"]) == (10, 5, 2)
    assert (second[0]["model"], second[0]["num_unknown_costs"], second[0]["cost"]["value"]) == ("small", 1, 0)
    assert third == []


def test_latencies_are_percentiles_of_whole_answers_and_first_tokens(admin: TestClient, ledger: Ledger) -> None:
    for number in range(1, 101):
        ledger.add(NOON, duration_ms=number * 10, first_token_ms=number)
    ledger.add(NOON, model="small", duration_ms=7)
    ledger.add(NOON, model="small", duration_ms=90_000, status="failed")
    ledger.add(NOON, model="small", duration_ms=90_000, status="cancelled")
    ledger.add(NOON, model="small", cache="exact")
    ledger.add(NOON, tenant="other", duration_ms=1)
    asked = {**span(NOON - timedelta(hours=1), NOON + timedelta(hours=1)), "group_by[]": ["model"]}
    large, small = admin.get("/v1/usage/latencies", params=asked).json()["data"]
    assert large["duration_ms"] == {"count": 100, "p50": 500, "p95": 950, "p99": 990}
    assert large["first_token_ms"] == {"count": 100, "p50": 50, "p95": 95, "p99": 99}
    assert (small["model"], small["num_model_requests"], small["num_failed"]) == ("small", 3, 1)
    assert small["duration_ms"] == {"count": 1, "p50": 7, "p95": 7, "p99": 7}
    assert small["first_token_ms"] == {"count": 0, "p50": None, "p95": None, "p99": None}
    ungrouped = admin.get("/v1/usage/latencies", params=span(NOON - timedelta(hours=1), NOON + timedelta(hours=1))).json()["data"]
    assert [one["num_model_requests"] for one in ungrouped] == [103]
    for wrong in (span(NOON - timedelta(days=40), NOON), span(NOON, NOON)):
        assert admin.get("/v1/usage/latencies", params=wrong).json()["error"]["param"] == "start_time"
    assert admin.get("/v1/usage/latencies", params={"tenant": "other"}).status_code == 403


def test_latest_requests_are_listed_newest_first_page_after_page(admin: TestClient, ledger: Ledger) -> None:
    for hours in range(60):
        ledger.add(NOON - timedelta(hours=hours), model="small" if hours % 2 else "default", route=f"default; why={hours}")
    ledger.add(NOON - timedelta(days=8), route="too long ago")
    ledger.add(NOON, tenant="other")
    ledger.now = NOON.timestamp() + 1
    whys, after = [], None
    while True:
        page = admin.get("/v1/usage/requests", params={"limit": 25, **({"after": after} if after else {})}).json()
        whys += [one["route"] for one in page["data"]]
        after = page["last_id"]
        if not page["has_more"]:
            break
    assert whys == [f"default; why={hours}" for hours in range(60)]
    (first,) = admin.get("/v1/usage/requests", params={"model": "small", "limit": 1}).json()["data"]
    assert (first["created_at"], first["model"], first["user_id"]) == (int((NOON - timedelta(hours=1)).timestamp()), "small", "minji")
    assert first["cost"] == {"value": 0.001000001, "currency": "usd"}
    for wrong in ("x", "2026-13-01#1", "9999-12-31#1"):
        assert admin.get("/v1/usage/requests", params={"after": wrong}).json()["error"]["param"] == "after"


@pytest.mark.parametrize(("width", "buckets"), [("1d", 3), ("1mo", 2)])
def test_usage_in_days_and_months(admin: TestClient, ledger: Ledger, width: str, buckets: int) -> None:
    start = datetime(2026, 11, 29, tzinfo=UTC)
    for days in range(3):
        ledger.add(start + timedelta(days=days, hours=23, minutes=59, seconds=59))
    page = admin.get("/v1/usage", params={**span(start, start + timedelta(days=3)), "bucket_width": width}).json()
    assert len(page["data"]) == buckets
    assert sum(one["num_model_requests"] for bucket in page["data"] for one in bucket["results"]) == 3


def test_pages_follow_each_other(admin: TestClient, ledger: Ledger) -> None:
    for days in range(4):
        ledger.add(NOON + timedelta(days=days))
    asked: dict[str, Any] = {**span(NOON - timedelta(hours=1), NOON + timedelta(days=3, hours=1)), "limit": 3}
    first = admin.get("/v1/usage", params=asked).json()
    rest = admin.get("/v1/usage", params={**asked, "page": first["next_page"]}).json()
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert sum(one["num_model_requests"] for page in (first, rest) for bucket in page["data"] for one in bucket["results"]) == 4
    for wrong in ("x", "-1", "9" * 40):
        assert admin.get("/v1/usage", params={**asked, "page": wrong}).json()["error"]["param"] == "page"


def test_a_statement_equals_the_ledger_to_the_cent(admin: TestClient, ledger: Ledger) -> None:
    for number in range(25):
        moment = datetime(2026, 11, 1 + number, tzinfo=UTC)
        ledger.add(moment, model=f"m{number % 3}", cost=333_333_333, charge=400_000_000 + number)
    ledger.add(datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC))
    ledger.add(datetime(2026, 12, 1, tzinfo=UTC))
    charged = sum(400_000_000 + number for number in range(25))
    found = admin.get("/v1/statements/2026-11").json()
    assert found["total"]["usd"] == str(Decimal(charged).scaleb(-9))
    assert (found["total"]["amount_usd"], found["total"]["requests"]) == ("10.00", 25)
    assert sum(Decimal(line["usd"]) for line in found["lines"]) == Decimal(found["total"]["usd"])
    assert (found["total"]["currency"], found["total"]["amount"]) == ("KRW", "13805")
    rows = list(csv.reader(io.StringIO(admin.get("/v1/statements/2026-11", params={"format": "csv"}).text)))
    assert [row[0] for row in rows] == ["model", "m0", "m1", "m2", "total"]
    assert (rows[-1][-2], rows[-1][-1]) == (found["total"]["usd"], "13805")
    assert admin.get("/v1/statements/november").status_code == 400
    assert admin.get("/v1/statements/2025-01").json()["total"]["usd"] == "0.000000000"
    assert [exact(3), exact(1_234_567_890)] == ["0.000000003", "1.234567890"]


def test_a_foreign_tenants_usage_stays_closed(admin: TestClient) -> None:
    for path in ("/v1/usage", "/v1/statements/2026-11"):
        assert admin.get(path, params={"tenant": "other"}).status_code == 403


def test_plans_are_the_operators_to_give(app: App, services: HttpServices, admin: TestClient) -> None:
    operator = client(app, key_for(services, tenant="platform", user="root", role="operator"))
    assert operator.post("/v1/tenants", json={"id": "acme", "plan": "trial"}).json()["plan"] == "trial"
    assert operator.patch("/v1/tenants", json={"id": "acme", "plan": "gold"}).json()["error"]["param"] == "plan"
    assert operator.patch("/v1/tenants", json={"id": "nobody", "plan": "trial"}).status_code == 404
    assert "plan" not in operator.patch("/v1/tenants", json={"id": "acme", "plan": None}).json()
    assert services.tenants.plan("acme") is None
    assert admin.patch("/v1/tenants", json={"id": "acme", "plan": "trial"}).status_code == 403


def test_a_currency_has_a_rate() -> None:
    with pytest.raises(ValueError, match="belong together"):
        Currency.of("KRW", None)
    assert Currency.of("EUR", Decimal("0.9")).amount(Decimal("1.115")) == Decimal("1.00")


def test_a_wrong_group_is_named_as_it_was_sent(admin: TestClient) -> None:
    answer = admin.get("/v1/usage", params={"group_by": ["model", "moon"]})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "group_by")
    # As OpenAI's own clients write a list.
    bracketed = admin.get("/v1/usage", params={"group_by[]": ["model", "moon"]})
    assert (bracketed.status_code, "'api_key_id'" in bracketed.json()["error"]["message"]) == (400, True)


def test_a_span_of_decades_costs_no_more_than_the_page_that_is_shown(
    admin: TestClient, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[datetime] = []
    read = UsageStore._day

    def counted(store: UsageStore, tenant: str, day: datetime, start: datetime, end: datetime) -> Any:
        days.append(day)
        return read(store, tenant, day, start, end)

    monkeypatch.setattr(UsageStore, "_day", counted)
    page = admin.get("/v1/usage", params={"page": "0", "end_time": 2_000_000_000, "limit": 2}).json()
    assert (len(page["data"]), page["has_more"], page["next_page"]) == (2, True, str(2 * 86_400))
    assert len(days) <= 3
