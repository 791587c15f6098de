"""The chat function as a client meets it: served, with a stand-in for its model server."""

from collections.abc import AsyncIterator, Iterator

import openai
import pytest

from maru.http import HttpServices
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served


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
