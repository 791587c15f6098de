"""Fixtures of the models room: a stand-in server and a client whose aliases lead to it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from maru.models import Catalogue, KeyRing, ModelClient, Timeouts
from tests.fakes.openai_server import OpenAIServer
from tests.patience import PATIENT


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    """A model server that answers well until it is told otherwise."""
    async with OpenAIServer() as one:
        yield one


def entry(base_url: str, **target: Any) -> dict[str, Any]:
    """A catalogue entry of a chat alias."""
    return {"alias": "default", "kind": "chat", "targets": [{"model": "up", "base_url": base_url, **target}]}


def client_of(*entries: dict[str, Any], timeouts: Timeouts = PATIENT, keys: dict[str, str] | None = None) -> ModelClient:
    """A client on these entries."""
    keys = keys or {}
    return ModelClient(Catalogue({"models": list(entries)}, {}, frozenset(keys)), KeyRing(keys), timeouts)


@pytest.fixture
async def client(server: OpenAIServer) -> AsyncIterator[ModelClient]:
    """A client whose alias `default` leads to the server, at 2 and 10 USD per million tokens."""
    one = client_of(entry(server.base_url, price={"input": 2, "output": 10, "cached_input": 0.5}))
    async with one:
        yield one
