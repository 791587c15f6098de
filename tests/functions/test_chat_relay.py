"""A stream on its way to the client: never silent, and honest about its end."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.chat.relay import Relay
from maru.errors import Unavailable
from maru.http import Exchange
from maru.models import Catalogue, KeyRing, ModelClient, ModelStream
from tests.fakes.openai_server import OpenAIServer
from tests.patience import PATIENT

HELLO: Any = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


class Client:
    """The ASGI side of a client: what it got, and whether it has left."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.begun, self.left = asyncio.Event(), asyncio.Event()

    async def receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.body":
            self.begun.set()

    @property
    def body(self) -> str:
        return b"".join(message.get("body", b"") for message in self.messages).decode()


class Settled:
    """Remembers how the stream ended."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def __call__(self, _: ModelStream | None, outcome: str) -> None:
        self.outcomes.append(outcome)


def models(base_url: str) -> ModelClient:
    entry = {"alias": "default", "kind": "chat", "targets": [{"model": "up", "base_url": base_url}]}
    return ModelClient(Catalogue({"models": [entry]}, {}), KeyRing({}), PATIENT)


async def run(client: Client, opening: Any, settled: Settled) -> Exchange:
    current = Exchange()
    relay = Relay(asyncio.create_task(opening), current, settled, heartbeat=0.05)
    await relay({"type": "http"}, client.receive, client.send)
    return current


async def test_silence_is_filled_with_comments(upstream: OpenAIServer) -> None:
    upstream.pause = 0.3
    client, settled = Client(), Settled()
    await run(client, models(upstream.base_url).stream("default", HELLO), settled)
    assert client.body.count(": waiting\n\n") >= 5
    assert client.body.endswith("data: [DONE]\n\n")
    assert "".join(_words(client.body)) == "안녕하세요, world"
    assert settled.outcomes == ["ok"]


async def test_a_model_that_comes_up_late_and_fails_is_an_event(upstream: OpenAIServer) -> None:
    async def late() -> ModelStream:
        await asyncio.sleep(0.15)
        raise Unavailable("The model 'default' cannot be reached at present.", code="model_unavailable")

    client, settled = Client(), Settled()
    current = await run(client, late(), settled)
    assert client.messages[0]["status"] == 200
    assert client.body.startswith(": waiting\n\n")
    event, data = client.body.strip().rsplit("\n\n", 1)[-1].split("\n")
    assert event == "event: error"
    assert json.loads(data.removeprefix("data: "))["error"]["code"] == "model_unavailable"
    assert "[DONE]" not in client.body
    assert current.failed
    assert settled.outcomes == ["failed"]


@pytest.mark.parametrize("after", [None, 2])
async def test_a_client_that_leaves_ends_everything(upstream: OpenAIServer, after: int | None) -> None:
    upstream.stall_after = after
    upstream.pause = 0.0 if after else 30.0
    client, settled = Client(), Settled()
    running = asyncio.create_task(run(client, models(upstream.base_url).stream("default", HELLO), settled))
    await asyncio.wait_for(client.begun.wait(), 60)
    client.left.set()
    current = await asyncio.wait_for(running, 60)
    await asyncio.wait_for(upstream.cancelled.wait(), 60)
    assert settled.outcomes == ["cancelled"]
    assert not current.failed


async def test_whoever_leaves_with_the_last_word_cuts_off_no_settlement(upstream: OpenAIServer) -> None:
    class Settling(Client):
        """Leaves while what the request cost is being written, which is done before the last message goes out."""

        async def send(self, message: Any) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.left.set()
                for _ in range(20):
                    await asyncio.sleep(0)
            await super().send(message)

    client, settled = Settling(), Settled()
    await run(client, models(upstream.base_url).stream("default", HELLO), settled)
    assert client.body.endswith("data: [DONE]\n\n")
    assert settled.outcomes == ["ok"]


async def test_the_models_time_is_not_ours(upstream: OpenAIServer) -> None:
    upstream.pause = 1
    client = Client()
    current = await run(client, models(upstream.base_url).stream("default", HELLO), Settled())
    assert current.model_seconds > 4
    assert current.overhead_ms() < 4000


def _words(body: str) -> list[str]:
    data = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: {")]
    return [choice["delta"].get("content") or "" for line in data for choice in json.loads(line)["choices"]]
