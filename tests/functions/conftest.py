"""The chat function as a client meets it: served, with a stand-in for its model server; and the knowledge function on a document side."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import openai
import pytest

from maru.http import App, HttpServices
from tests.conftest import BUCKET, MakeTable
from tests.door import key_for
from tests.fakes.documents import DocumentSide, document_side
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.functions.documents_app import documents_app


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
