"""Structured data on a real PostgreSQL primary with a streaming replica: who sees which rows, what is refused, how failures end."""

import json
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.knowledge import data_routes
from maru.http import HttpServices, create_app
from maru.structured.reader import READ, DataReader
from maru.structured.schema_sql import READER
from maru.structured.views import Views
from tests.door import client, key_for
from tests.engines.erp import VIEWS, Cluster, cluster, reader
from tests.engines.postgres import Postgres

type Get = Callable[..., Any]


def door(services: HttpServices, data: DataReader, **who: Any) -> TestClient:
    app = create_app(title="data", routers=[data_routes.router], services=services, collaborators=[data], ready={})
    return client(app, key_for(services, **who))


@pytest.fixture
def get(services: HttpServices, erp: Cluster) -> Get:
    one = door(services, reader(services, erp.replica))
    return lambda path="orders", **query: one.get(f"/v1/data/{path}", params=query)


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [one["row"]["id"] for one in answer.json()["data"]]


def filters(**body: Any) -> str:
    return json.dumps(body)


def test_rows_of_the_tenant_with_exact_values_and_references(get: Get) -> None:
    answer = get(limit=3).json()
    first, second, _ = answer["data"]
    assert (first["reference"], first["row"]["total"], first["row"]["paid_at"]) == ("orders/1", "10.10", None)
    assert second["row"] == {
        "id": 2,
        "customer": "minji",
        "status": "paid",
        "total": "99999999.99",
        "express": True,
        "ordered_on": "2026-02-05",
        "paid_at": "2026-02-06T00:00:00+00:00",
        "note": "둘째",
    }
    assert (answer["has_more"], answer["replica"]["streaming"], answer["replica"]["lag_seconds"] <= 2) == (True, True, True)
    assert get(fields="status", limit=1).json()["data"][0]["row"] == {"id": 1, "status": "open"}


def test_every_way_to_filter(get: Get) -> None:
    asked = {
        "equal": ({"type": "eq", "key": "status", "value": "paid"}, [2, 3]),
        "unequal, where nothing stands too": ({"type": "ne", "key": "status", "value": "paid"}, [1, 9007199254740993]),
        "numbers": ({"type": "gte", "key": "total", "value": "30"}, [2, 3, 9007199254740993]),
        "an exact large number": ({"type": "eq", "key": "id", "value": "9007199254740993"}, [9007199254740993]),
        "days": ({"type": "lt", "key": "ordered_on", "value": "2026-02-05"}, [1]),
        "moments in any zone": ({"type": "lte", "key": "paid_at", "value": "2026-02-06T09:00:00+09:00"}, [2]),
        "truth": ({"type": "eq", "key": "express", "value": True}, [2, 9007199254740993]),
        "one of several": ({"type": "in", "key": "id", "value": [1, 3, 4]}, [1, 3]),
        "none of several": ({"type": "nin", "key": "id", "value": [1, 3]}, [2, 9007199254740993]),
    }
    assert {name: ids(get(filters=json.dumps(body))) for name, (body, _) in asked.items()} == {
        name: found for name, (_, found) in asked.items()
    }
    either = {"type": "or", "filters": [asked["days"][0], {"type": "and", "filters": [asked["truth"][0], asked["numbers"][0]]}]}
    assert ids(get(filters=json.dumps(either))) == [1, 2, 9007199254740993]


@pytest.mark.parametrize("sort", ["id", "-id", "status", "-status", "-total", "paid_at", "-paid_at"])
def test_pages_in_any_order_are_the_whole_without_a_gap(get: Get, sort: str) -> None:
    whole = ids(get(sort=sort))
    page = get(sort=sort, limit=1)
    seen = ids(page)
    while page.json()["has_more"]:
        page = get(sort=sort, limit=1, after=page.json()["next"])
        seen += ids(page)
    assert len(whole) == 4
    assert seen == whole


def test_what_is_not_listed_is_refused_by_name(get: Get) -> None:
    for query in ({"fields": "margin"}, {"filters": filters(type="eq", key="tenant", value="other")}, {"sort": "margin"}):
        refused = get(**query)
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, next(iter(query))), query
        assert "It has: id, customer" in refused.json()["error"]["message"]
    unable = get(filters=filters(type="eq", key="note", value="first"))
    assert (unable.status_code, "cannot be filtered" in unable.json()["error"]["message"]) == (400, True)
    assert get(sort="note").json()["error"]["param"] == "sort"
    assert get(limit=101).json()["error"]["param"] == "limit"
    assert get(after="nonsense").json()["error"]["param"] == "after"
    assert (
        get(filters=filters(type="eq", key="id", value="many")).json()["error"]["message"]
        == "'id' is compared with a value of type integer."
    )


def test_no_view_leads_to_another_table(get: Get) -> None:
    for name in ("sales.orders", "orders,pg_user", 'orders" JOIN pg_user u ON true --', "pg_authid", "margins", "ORDERS"):
        answer = get(name)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "view_not_found"), name


def test_what_is_written_into_a_filter_stays_a_value(get: Get) -> None:
    for value in ("' OR 1=1 --", "paid'; DROP TABLE sales.orders; --", "$1", ":v0", "\\'", "paid' UNION SELECT * FROM pg_authid --"):
        assert ids(get(filters=filters(type="eq", key="status", value=value))) == []
    for key in ('status" OR 1=1 --', "status) OR (1=1", "t.status"):
        assert get(filters=filters(type="eq", key=key, value="x")).json()["error"]["param"] == "filters"
    for fields in ("id FROM pg_authid --", "id;DELETE FROM sales.orders", "*"):
        assert get(fields=fields).json()["error"]["param"] == "fields"
    assert len(ids(get())) == 4


def test_tenants_users_and_groups_see_their_own(services: HttpServices, erp: Cluster) -> None:
    data = reader(services, erp.replica)
    minji, other = door(services, data), door(services, data, tenant="other")
    boss = door(services, data, user="boss", groups=("board",))
    assert ids(minji.get("/v1/data/my_orders")) == [1, 2]
    assert ids(boss.get("/v1/data/my_orders")) == [3, 9007199254740993]
    assert ids(other.get("/v1/data/orders")) == [4]
    assert ids(door(services, data, tenant="nobody").get("/v1/data/orders")) == []
    assert [one["id"] for one in minji.get("/v1/data").json()["data"]] == ["calls", "my_orders", "orders"]
    assert [one["row"]["margin"] for one in boss.get("/v1/data/margins").json()["data"]] == ["5.00", "7.00", "9.00", "13.00"]


def test_the_role_itself_can_do_nothing_else(erp: Cluster) -> None:
    def refused(statement: str, server: Postgres) -> str:
        with pytest.raises(subprocess.CalledProcessError) as error:
            server.sql(statement, user=READER)
        return str(error.value.stderr)

    # On the primary, where writes are possible at all.
    for statement in (
        "SELECT * FROM sales.orders",
        "SELECT tenant FROM maru_data.orders",
        "INSERT INTO maru_data.orders (id) VALUES (7)",
        "SET default_transaction_read_only = off; UPDATE maru_data.orders SET note = 'x'",
        "SET default_transaction_read_only = off; CREATE TABLE maru_data.mine (id int)",
        "SET ROLE maru_view_orders",
        "SET row_security = off; SELECT * FROM maru_data.orders",
    ):
        assert any(word in refused(statement, erp.primary) for word in ("denied", "does not exist", "read-only", "row-level")), statement
    assert "denied" in refused("SET default_transaction_read_only = off; DELETE FROM maru_data.orders", erp.replica)
    # Bound to nobody it sees nothing; the company's own work goes on as before.
    assert erp.primary.sql("SELECT count(*) FROM maru_data.orders", user=READER) == "0"
    assert [erp.primary.sql("SELECT count(*) FROM sales.orders", user=one) for one in ("dba", "shop")] == ["5", "5"]
    assert erp.primary.sql("SELECT array_agg(id) FROM sales.calls", user="shop") == "{1,2}", "a table's own policies stay"


def test_a_table_with_policies_of_its_own_and_values_of_another_type(services: HttpServices, erp: Cluster) -> None:
    one = door(services, reader(services, erp.replica))
    assert one.get("/v1/data/calls?fields=score").json()["data"] == [
        {"object": "data.row", "reference": "calls/1", "row": {"id": 1, "score": None}},
        {"object": "data.row", "reference": "calls/3", "row": {"id": 3, "score": 0.1}},
    ]
    wrong = one.get("/v1/data/calls")
    assert (wrong.status_code, "an operator says 'cast' there" in wrong.json()["error"]["message"]) == (502, True)
    assert "many" not in wrong.text


def test_a_replica_that_is_behind_says_so_until_it_has_caught_up(get: Get, erp: Cluster) -> None:
    erp.primary.sql("UPDATE sales.orders SET note = note WHERE id = 1")
    erp.caught_up()  # now it has replayed a commit, and knows how old it is
    erp.replica.sql("SELECT pg_wal_replay_pause()")
    try:
        erp.primary.sql("INSERT INTO sales.orders (id, tenant, status) VALUES (100, 'acme', 'late')")
        answer = until(get, lambda answer: answer.status_code != 200 or 100 in ids(answer))
        assert (answer.status_code, answer.json()["error"]["code"], answer.headers["retry-after"]) == (503, "replica_behind", "5")
        assert get("my_orders").json()["replica"]["lag_seconds"] > 2, "a view that allows a minute is still read"
    finally:
        erp.replica.sql("SELECT pg_wal_replay_resume()")
        erp.caught_up()
        found = ids(get())
        erp.primary.sql("DELETE FROM sales.orders WHERE id = 100")
        erp.caught_up()
    assert 100 in found


def test_each_reading_is_audited_without_a_value(services: HttpServices, erp: Cluster) -> None:
    one = door(services, reader(services, erp.replica), tenant="audited")
    mine = door(services, reader(services, erp.replica), user="boss")
    one.get("/v1/data/orders")
    mine.get("/v1/data/orders?limit=2")
    graphql(mine, "{ my_orders { rows { id } } calls(limit: 1) { rows { id } } }")
    told = [{name: row.get(name) for name in ("user", "action", "object", "rows", "outcome")} for row in services.audit.read("acme")]
    read = [row for row in told if row["user"] == "boss" and row["action"] == READ]
    assert [(row["object"], row["rows"]) for row in reversed(read)] == [("orders", 2), ("my_orders", 2), ("calls", 1)]
    assert "paid" not in json.dumps(told)
    assert [row["rows"] for row in services.audit.read("audited") if row["action"] == READ] == [0]


def test_only_a_replica_is_read_unless_the_catalogue_says_otherwise(services: HttpServices, erp: Cluster) -> None:
    refused = door(services, reader(services, erp.primary)).get("/v1/data/orders")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_replica")
    preferred = door(services, reader(services, erp.primary, VIEWS.model_copy(update={"replica": "preferred"})))
    assert len(ids(preferred.get("/v1/data/orders"))) == 4


def test_without_a_database_or_with_a_superuser_it_says_so(services: HttpServices, erp: Cluster) -> None:
    none = door(services, DataReader(VIEWS, None, trail=services.audit, log=services.log))
    off = none.get("/v1/data/orders")
    assert (off.status_code, off.json()["error"]["code"], "MARU_DATA_URL" in off.json()["error"]["message"]) == (400, "no_database", True)
    empty = door(services, DataReader(Views(), None, trail=services.audit, log=services.log)).get("/v1/data/orders")
    assert (empty.status_code, "catalogue/data.yaml" in empty.json()["error"]["message"]) == (404, True)
    mighty = reader(services, erp.replica, user="postgres")
    assert "row-level security does not bind" in door(services, mighty).get("/v1/data/orders").json()["error"]["message"]


def test_a_replica_from_its_first_moment_to_its_end(services: HttpServices) -> None:
    """One that has replayed no commit yet does not know how old it is: with nothing pending it is as its primary is."""
    with ExitStack() as stack:
        both, primary = cluster(stack)
        one = door(services, reader(services, both.replica))
        assert both.replica.sql("SELECT pg_last_xact_replay_timestamp() IS NULL") == "t"
        assert one.get("/v1/data/orders").json()["replica"] == {"lag_seconds": 0.0, "streaming": True}
        both.replica.sql("SELECT pg_wal_replay_pause()")
        both.primary.sql("INSERT INTO sales.orders (id, tenant) VALUES (100, 'acme')", user="dba")
        behind = until(lambda: one.get("/v1/data/my_orders"), lambda answer: answer.status_code != 200)
        assert (behind.status_code, behind.json()["error"]["code"]) == (503, "replica_behind")
        both.replica.sql("SELECT pg_wal_replay_resume()")
        both.caught_up()
        assert 100 in ids(one.get("/v1/data/orders"))
        primary.close()
        answer = until(lambda: one.get("/v1/data/orders").json(), lambda answer: not answer["replica"]["streaming"])
        assert (len(answer["data"]), answer["replica"]) == (5, {"lag_seconds": None, "streaming": False})
        stack.close()
        gone = one.get("/v1/data/orders")
    assert (gone.status_code, gone.json()["error"]["message"]) == (503, "The database does not answer.")


def until[T](ask: Callable[[], T], right: Callable[[T], bool]) -> T:
    """The first answer that is right; one comes within half a minute."""
    end = time.monotonic() + 30
    while not right(answer := ask()):
        assert time.monotonic() < end, answer
        time.sleep(0.05)
    return answer


def graphql(one: TestClient, query: str, **variables: Any) -> Any:
    return one.post("/v1/data/graphql", json={"query": query, "variables": variables}).json()


def test_graphql_answers_from_the_same_rows_under_the_same_rights(services: HttpServices, erp: Cluster) -> None:
    data = reader(services, erp.replica)
    minji, boss = door(services, data), door(services, data, user="boss", groups=("board",))
    query = """query ($status: String!) { orders(filter: {_or: [{status: {eq: $status}}, {id: {in: ["1"]}}]}, sort: "-total", limit: 2) {
      rows { id total _reference } next streaming } my_orders { rows { id } } }"""
    answer = graphql(minji, query, status="paid")
    assert answer["data"]["orders"]["rows"] == [
        {"id": "2", "total": "99999999.99", "_reference": "orders/2"},
        {"id": "3", "total": "30.00", "_reference": "orders/3"},
    ]
    again = "query ($after: String, $status: String!) " + query[query.index("{ orders") : query.index(", limit")] + ", after: $after) "
    behind = graphql(minji, again + "{ rows { id } next } }", status="paid", after=answer["data"]["orders"]["next"])
    assert behind["data"]["orders"] == {"rows": [{"id": "1"}], "next": None}
    assert answer["data"]["my_orders"]["rows"] == [{"id": "1"}, {"id": "2"}]
    shown = "{ __schema { queryType { fields { name } } } }"
    assert [one["name"] for one in graphql(minji, shown)["data"]["__schema"]["queryType"]["fields"]] == ["calls", "my_orders", "orders"]
    assert graphql(boss, "{ margins { rows { margin } } }")["data"]["margins"]["rows"][0] == {"margin": "5.00"}


def test_graphql_refuses_what_the_allow_list_lacks(services: HttpServices, erp: Cluster) -> None:
    one = door(services, reader(services, erp.replica))
    for query in (
        "{ margins { rows { id } } }",
        "{ orders { rows { margin } } }",
        '{ orders(filter: {note: {eq: "x"}}) { rows { id } } }',
        "{",
    ):
        refused = one.post("/v1/data/graphql", json={"query": query})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_graphql"), query
    many = "{" + " ".join(f"a{number}: orders {{ rows {{ id }} }}" for number in range(6)) + "}"
    assert one.post("/v1/data/graphql", json={"query": many}).json()["error"]["code"] == "query_too_large"
    wrong = graphql(one, '{ orders(sort: "note") { rows { id } } }')
    assert (wrong["data"], wrong["errors"][0]["extensions"]["code"]) == (None, "invalid_request")
