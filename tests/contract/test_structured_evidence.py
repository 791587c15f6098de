"""Agents answer from rows of a real PostgreSQL replica: who may ask for what, and each citation checked against its row."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from starlette.testclient import TestClient

from functions.knowledge import data_routes, lineage_routes
from maru.agents.evidence import Evidence
from maru.agents.tools.carrying_out import CarryingOut
from maru.agents.tools.tool import Offering
from maru.dynamo import Table, TableSpec
from maru.guard.policy import parsed
from maru.http import App, HttpServices, create_app
from maru.identity import Caller
from maru.knowledge.lineage import LineageStore
from maru.knowledge.questions import QuestionStore
from maru.structured.reader import READ, DataReader
from tests.conftest import BUCKET, MakeTable
from tests.door import client, key_for
from tests.engines.erp import VIEWS, Cluster, reader
from tests.engines.scripted_server import scripted_server
from tests.fakes.documents import document_side
from tests.fakes.passages import Passages, passage
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import served
from tests.guarding import policies_on

pytestmark = pytest.mark.live

COLUMNS = ("id", "status", "total_gte", "express", "limit")
TOOL = {
    "name": "find_orders",
    "description": "Finds orders",
    "parameters": {"type": "object", "properties": {name: {} for name in COLUMNS}, "additionalProperties": False},
    "target": {"kind": "data", "view": "orders", "sort": "id"},
}
MINE = {**TOOL, "name": "my_orders", "parameters": {"type": "object", "properties": {"customer": {"type": "string"}}}}


@pytest.fixture
def model_url() -> Iterator[str]:
    with scripted_server("up") as server:
        yield server.base_url


@pytest.fixture
def data(services: HttpServices, erp: Cluster) -> DataReader:
    return reader(services, erp.replica)


def app_on(services: HttpServices, make_table: MakeTable, model_url: str, data: DataReader) -> App:
    async def none(_: str) -> str | None:
        return None

    carrying_out = CarryingOut(Offering(), {}, data=data, key=none)
    search = Evidence(Passages([passage("주문은 사흘 안에 발송합니다.")]), data)
    return agents_app(services, make_table, search, model_url, carrying_out=carrying_out)


@pytest.fixture
def url(services: HttpServices, make_table: MakeTable, model_url: str, data: DataReader) -> Iterator[str]:
    with served(app_on(services, make_table, model_url, data)) as one:
        yield one


@pytest.fixture
async def minji(url: str, services: HttpServices) -> AsyncIterator[AgentClient]:
    async with AgentClient(url, key_for(services)) as one:
        for tool in (TOOL, MINE):
            assert (await one.call("POST", "/v1/tools", tool))[0] == 200
        yield one


@pytest.fixture
def rows(services: HttpServices, data: DataReader) -> TestClient:
    app = create_app(title="data", routers=[data_routes.router], services=services, collaborators=[data], ready={})
    return client(app, key_for(services))


async def chat(who: AgentClient, script: str, **agent: Any) -> tuple[list[Any], dict[str, Any]]:
    """The events and the completed object (or the error) of one message to the agent, which is made where it is not there."""
    # A policy without a canary, at which a request that is echoed would end.
    body = {"name": "shop", "tools": ["find_orders"], "policy": "completions", **agent}
    status, made = await who.call("POST", "/v1/agents", body)
    assert status in {200, 409}, made
    events, _ = await who.stream(f"/v1/agents/{body['name']}/chat", {"message": script})
    return events, events[-1].data


async def test_sentences_are_cited_with_the_row_that_supports_them_and_no_other(minji: AgentClient, rows: TestClient) -> None:
    said = (
        "Order 2 is paid. [1] 주문 3의 총액은 30.00입니다. [2] The total of order 2 is 99,999,999.98. [1] Order 3 is open. [2] "
        "Order 3 was ordered on 5 March 2026. [2] Order 3 is shipped express. [2] Order 3 has no note. [2] Order 7 is sent. [9]"
    )
    events, done = await chat(minji, f'call: find_orders {{"status": ["paid", "open"], "total_gte": 30}}\nthen:\nsay: {said}')
    assert done["response"] == (
        "Order 2 is paid. [1] 주문 3의 총액은 30.00입니다. [2] The total of order 2 is 99,999,999.98. Order 3 is open. "
        "Order 3 was ordered on 5 March 2026. [2] Order 3 is shipped express. Order 3 has no note. [2] Order 7 is sent."
    )
    first, second = done["references"]
    assert (first["index"], first["file_id"], first["source"]) == (1, "data:orders/2", "orders/2")
    assert second["quote"] == (
        "orders: id: 3; customer: boss; status: paid; total: 30.00; not express (특급 아님); ordered_on: 2026-03-05; "
        "paid_at: 2026-03-06T00:00:00+00:00; no note"
    )
    for one in (first, second):
        assert one["content"][one["start"] : one["end"]] == one["quote"]
        view, key = one["source"].split("/")
        opened = rows.get(f"/v1/data/{view}/row", params={"key": key}).json()
        assert opened["text"][one["file_start"] : one["file_end"]] == one["quote"]
        assert (opened["version"], opened["reference"]) == (one["version"], one["source"])
    result = next(one.data for one in events if one.name == "tool_result")
    assert json.loads(result["result"].partition("\n")[0]) == {"view": "orders", "rows": 2, "has_more": False}


async def test_rows_are_numbered_behind_passages_and_both_are_cited(minji: AgentClient) -> None:
    said = "주문은 사흘 안에 발송합니다. [1] Order 1 is open. [2] Order 1 is paid. [2]"
    _, done = await chat(minji, f'call: find_orders {{"id": 1}}\nthen:\nsay: {said}', vector_stores=["hr"])
    assert [(one["index"], one["file_id"]) for one in done["references"]] == [(1, "file-a"), (2, "data:orders/1")]
    assert done["response"] == "주문은 사흘 안에 발송합니다. [1] Order 1 is open. [2] Order 1 is paid."


async def test_numbers_of_rows_that_were_never_read_go(minji: AgentClient) -> None:
    _, done = await chat(minji, "say: Order 1 is open. [1]")
    assert (done["response"], done["references"]) == ("Order 1 is open.", [])
    _, done = await chat(minji, 'call: find_orders {"id": 77}\nthen:\nsay: {results} [1]')
    assert json.loads(done["response"]) == {"view": "orders", "rows": 0, "has_more": False}


async def test_arguments_are_comparisons_under_the_agents_rules(minji: AgentClient) -> None:
    async def found(arguments: str, **agent: Any) -> str:
        _, done = await chat(minji, f"call: find_orders {arguments}\nthen:\nsay: {{results}}", **agent)
        return str(done["response"])

    assert '"rows": 1, "has_more": true' in await found('{"limit": 1}')
    assert "orders: id: 9007199254740993;" in await found('{"id": 9007199254740993}')
    assert "compared with a value of type integer" in await found('{"id": "x"}')
    assert "do not fit the tool's schema" in await found('{"margin": 5}')
    narrow = {"name": "find_orders", "arguments": {"status": {"one_of": ["open"]}}}
    assert "none of the allowed values" in await found('{"status": "paid"}', name="narrow", tools=[narrow])
    own = {"name": "my_orders", "arguments": {"customer": {"equals": ":user"}}}
    _, done = await chat(minji, 'call: my_orders {"customer": "boss"}\nthen:\nsay: {results}', name="own", tools=[own])
    assert "not the caller's own" in done["response"]
    _, done = await chat(minji, "call: my_orders {}\nthen:\nsay: {results}", name="own")
    assert '"rows": 2' in done["response"]
    assert "boss" not in done["response"]


async def test_a_tool_reads_what_its_caller_may_and_is_registered_by_who_may(minji: AgentClient, url: str, services: HttpServices) -> None:
    margins = {"name": "margins", "description": "Margins", "target": {"kind": "data", "view": "margins"}}
    status, answer = await minji.call("POST", "/v1/tools", margins)
    assert (status, answer["error"]["param"]) == (400, "target.view")
    async with AgentClient(url, key_for(services, user="boss", groups=("board",))) as boss:
        assert (await boss.call("POST", "/v1/tools", margins))[0] == 200
        _, done = await chat(boss, "call: margins {}\nthen:\nsay: The margin of order 1 is 5.00. [1]", name="board", tools=["margins"])
        assert done["references"][0]["file_id"] == "data:margins/1"
    _, done = await chat(minji, "call: margins {}\nthen:\nsay: {results}", name="board")
    assert "There is no view 'margins'" in done["response"]
    async with AgentClient(url, key_for(services, tenant="other")) as other:
        assert (await other.call("POST", "/v1/tools", TOOL))[0] == 200
        _, done = await chat(other, "call: find_orders {}\nthen:\nsay: {results}")
        assert ("id: 4;" in done["response"], '"rows": 1' in done["response"]) == (True, True)
    for change, param in (
        ({"view": "nothing"}, "target.view"),
        ({"view": "orders", "fields": ["margin"]}, "target.fields"),
        ({"view": "orders", "sort": "note"}, "target.sort"),
    ):
        status, answer = await minji.call("POST", "/v1/tools", {**TOOL, "name": "wrong", "target": {"kind": "data", **change}})
        assert (status, answer["error"]["param"]) == (400, param)
    wrong = {**TOOL, "name": "wrong", "parameters": {"type": "object", "properties": {"note": {}}}}
    status, answer = await minji.call("POST", "/v1/tools", wrong)
    assert (status, answer["error"]["param"], "id, customer, status" in answer["error"]["message"]) == (400, "parameters", True)


async def test_a_row_that_is_seen_no_more_is_withheld_and_forgotten(minji: AgentClient, erp: Cluster) -> None:
    erp.primary.sql("INSERT INTO sales.orders (id, tenant, status) VALUES (500, 'acme', 'sent')")
    erp.caught_up()
    _, done = await chat(minji, 'call: find_orders {"id": 500}\nthen:\nsay: Order 500 is sent. [1]')
    session = f"/v1/sessions/{done['session_id']}/messages"
    (kept,) = (await minji.call("GET", session))[1]["data"][1]["references"]
    assert kept == done["references"][0]
    erp.primary.sql("DELETE FROM sales.orders WHERE id = 500")
    erp.caught_up()
    _, messages = await minji.call("GET", session)
    assert messages["data"][1]["references"] == [{"index": 1, "withheld": True}]
    _, later = await minji.call("POST", "/v1/agents/shop/chat", {"message": "echo: request", "session_id": done["session_id"]})
    assert "find_orders" in later["response"], "the whole request is there"
    assert "Order 500 is sent" not in later["response"]


async def test_what_was_read_is_in_the_audit_and_in_the_lineage(
    minji: AgentClient, services: HttpServices, make_table: MakeTable, s3: Any, data: DataReader
) -> None:
    _, done = await chat(minji, 'call: find_orders {"status": "paid"}\nthen:\nsay: Order 2 is paid. [1]')
    read = [row for row in services.audit.read("acme") if row["action"] == READ]
    assert [(row["object"], row["rows"], row["user"]) for row in read] == [("orders", 2, "minji")]
    dynamodb = boto3.client("dynamodb")

    def there(spec: TableSpec) -> Table:
        return Table(dynamodb, spec.name, spec) if spec.name in dynamodb.list_tables()["TableNames"] else make_table(spec)

    library = document_side(there, s3, BUCKET).library
    held = [library, data, LineageStore(there(LineageStore.SPEC)), QuestionStore(there(QuestionStore.SPEC))]
    app = create_app(title="k", routers=[lineage_routes.router], services=services, collaborators=held, ready={})
    told = client(app, key_for(services)).get(f"/v1/lineage/{done['message_id']}").json()
    assert [(one["file_id"], one["filename"], one["cited"], one["source"]) for one in told["made_of"]] == [
        ("data:orders/2", "orders/2", True, {"kind": "data", "view": "orders"}),
        ("data:orders/3", "orders/3", False, {"kind": "data", "view": "orders"}),
    ]
    assert told["withheld"] == 0


async def test_rows_are_guarded_and_citations_are_held_to_the_row_as_it_is(minji: AgentClient, erp: Cluster) -> None:
    erp.primary.sql("INSERT INTO sales.orders (id, tenant, status, note) VALUES (600, 'acme', 'sent', 'Call 010-1234-5678')")
    erp.caught_up()
    policies = policies_on(boto3.client("dynamodb"))
    for action in ("mask", "block"):
        policies.publish("acme", parsed({"name": action, "checks": {"pii": {"tool_result": action}}}), user="minji")
    script = 'call: find_orders {"id": 600}\nthen:\nsay: Call 010-1234-5678. [1] {results}'
    _, done = await chat(minji, script, name="masked", policy="mask")
    assert "Call 010-1234-5678. [1]" in done["response"]
    assert "note: Call 010-1234-5678" in done["response"], "the caller gets back what the model was not shown"
    assert done["references"][0]["file_id"] == "data:orders/600"
    _, done = await chat(minji, script, name="withheld", policy="block")
    assert "withholds the tool's answer" in done["response"]
    assert done["references"] == []
    erp.primary.sql("DELETE FROM sales.orders WHERE id = 600")
    erp.caught_up()


async def test_the_key_that_names_a_row_is_guarded_as_the_row_is(minji: AgentClient, erp: Cluster) -> None:
    number = "9001011234568"
    erp.primary.sql("INSERT INTO sales.orders (id, tenant, status) VALUES (9001011234568, 'acme', 'sent')")
    erp.caught_up()
    hides = parsed({"name": "hides", "checks": {"pii": {"tool_result": "replace"}}})
    policies_on(boto3.client("dynamodb")).publish("acme", hides, user="minji")
    script = f'call: find_orders {{"id": {number}}}\nthen:\nsay: {{results}}'
    _, done = await chat(minji, script, name="keyed", policy="hides")
    erp.primary.sql("DELETE FROM sales.orders WHERE id = 9001011234568")
    erp.caught_up()
    assert '"rows": 1' in done["response"]
    assert number not in done["response"]


async def test_rows_of_a_guarded_class_go_to_private_models_alone(
    services: HttpServices, make_table: MakeTable, model_url: str, erp: Cluster
) -> None:
    views = VIEWS.model_copy(update={"views": tuple(one.model_copy(update={"data_class": "customer"}) for one in VIEWS.views)})
    with served(app_on(services, make_table, model_url, reader(services, erp.replica, views))) as url:
        async with AgentClient(url, key_for(services)) as minji:
            assert (await minji.call("POST", "/v1/tools", TOOL))[0] == 200
            events, failed = await chat(minji, 'call: find_orders {"id": 1}\nthen:\nsay: {results}', model="outside")
    assert (events[-1].name, failed["error"]["code"]) == ("error", "private_model_required")


def test_keys_name_rows_whatever_they_hold(services: HttpServices, erp: Cluster, rows: TestClient) -> None:
    for key in ("1", quote("1", safe="")):
        assert rows.get("/v1/data/orders/row", params={"key": key}).json()["row"]["id"] == 1
    for key in ("4", "x", "1,1", "99", "1' OR '1'='1"):
        missing = rows.get("/v1/data/orders/row", params={"key": key})
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "row_not_found"), key
    assert rows.get("/v1/data/margins/row", params={"key": "1"}).status_code == 404


def test_rows_are_seen_again_by_whoever_may_and_by_nobody_while_the_database_is_away(services: HttpServices, data: DataReader) -> None:
    minji = Caller("acme", "minji", (), frozenset({"chat"}), "key_1")
    ids = ["data:orders/1", "data:orders/4", "data:orders/x", "data:gone/1", "data:margins/1", "data:my_orders/3"]
    assert data.visible(minji, ids) == {"data:orders/1"}
    assert DataReader(VIEWS, None, trail=services.audit, log=services.log).visible(minji, ids) == set()
    evidence = Evidence(Passages([]), data)
    assert evidence.classes(minji, [("data:orders/1", 1)]) == {"internal"}
    assert evidence.classes(minji, [("data:gone/1", 1)]) == {"restricted"}, "a view that is gone may have held anything"
