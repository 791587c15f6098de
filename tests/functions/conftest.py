"""The chat function as a client meets it: served, with a stand-in for its model server; and the knowledge function on a document side."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import openai
import pytest
from starlette.testclient import TestClient

from functions.chat.screening import Screening
from maru.guard.engine import Guard
from maru.guard.policy import parsed
from maru.http import App, HttpServices
from maru.models.rules import Breaker
from tests.conftest import BUCKET, MakeTable
from tests.door import client, key_for
from tests.fakes.documents import DocumentSide, document_side
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.functions.documents_app import documents_app
from tests.functions.routed import ROUTING, Servers
from tests.guarding import policies_on
from tests.ledger import meter_on


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    """The model server behind the chat function."""
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
def url(services: HttpServices, upstream: OpenAIServer) -> Iterator[str]:
    """The chat function, served."""
    with served(chat_app(services, upstream.base_url)) as one:
        yield one + "/v1"


@pytest.fixture
async def ai(url: str, services: HttpServices) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's own client with a key of its own."""
    async with openai.AsyncOpenAI(base_url=url, api_key=key_for(services), max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def side(make_table: MakeTable, s3: Any, services: HttpServices) -> DocumentSide:
    """The document side that shares its tenants with the doors."""
    return document_side(lambda spec: services.tenants._table if spec.name == "tenants" else make_table(spec), s3, BUCKET)


@pytest.fixture
def app(side: DocumentSide, services: HttpServices) -> App:
    """The knowledge function's application on it."""
    return documents_app(side, services)


@pytest.fixture
def web(app: App, services: HttpServices) -> TestClient:
    """A client of somebody in acme's group hr."""
    return client(app, key_for(services, groups=("hr",)))


@pytest.fixture
def outsider(app: App, services: HttpServices) -> TestClient:
    """A client of somebody in another group of acme."""
    return client(app, key_for(services, user="lee", groups=("sales",)))


@pytest.fixture
async def servers(services: HttpServices) -> AsyncIterator[Servers]:
    """Two model servers, of which one is private."""
    meter = meter_on(boto3.client("dynamodb"), tenants=services.tenants)
    async with OpenAIServer(words=["inside"]) as inside, OpenAIServer(words=["outside"]) as outside:
        yield Servers(inside, outside, meter)


@pytest.fixture
def door(services: HttpServices, servers: Servers) -> Iterator[Callable[..., Servers]]:
    """Opens the function on aliases of the two servers."""
    with ExitStack() as stack:

        def opened(*entries: dict[str, Any], policy: dict[str, Any] | None = None, breaker: Breaker | None = None) -> Servers:
            policies = policies_on(boto3.client("dynamodb"))
            if policy:
                policies.publish("acme", parsed(policy), user="minji")
            app = chat_app(
                services,
                servers.inside.base_url,
                meter=servers.meter,
                more=entries,
                routing=ROUTING.model_copy(update={"breaker": breaker}) if breaker else ROUTING,
                screening=Screening(Guard(), policies),
            )
            servers.url = stack.enter_context(served(app))
            servers.headers = {"authorization": f"Bearer {key_for(services)}", "x-maru-cache": "off"}
            return servers

        yield opened
