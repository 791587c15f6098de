"""A stream as it is on the wire: the model's bytes cut anywhere, inside UTF-8 too, and what a client reads off its socket holds no leak.

The model writes each piece of its bytes by itself, unbuffered; how many of them come in one read is the kernel's choice, and none may
leak. What the model says, and what the client reads, are bytes of HTTP without any library in between.
"""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import combinations, pairwise
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from functions.chat.screening import Screening
from maru.guard.engine import Guard
from maru.guard.policy import parsed
from maru.http import HttpServices
from tests.door import key_for
from tests.functions.chat_app import chat_app, served
from tests.guarding import policies_on
from tests.unit.guard.test_stream import FIXTURES

NAME, NUMBER = "홍길동", "０１０-1234-5678"
SAID = f"담당자는 {NAME} 씨, 전화 {NUMBER} 입니다 🙂"
SECRETS = (NAME, "1234-5678", "０１０", "길동")
READ_SECONDS = 60
FORMS = ("content", "tool arguments", "structured output")


class RawModel:
    """A server on a socket of its own that answers every request with an event stream, in the pieces that it is told."""

    def __init__(self) -> None:
        self.pieces: Sequence[bytes] = ()
        self.base_url = ""
        self.asked = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for piece in self.pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()


@pytest.fixture
async def model() -> AsyncIterator[RawModel]:
    made = RawModel()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    made.base_url = f"http://{host}:{port}/v1"
    async with server:
        yield made


def events(delta: dict[str, Any]) -> bytes:
    """What the model sends: one event with everything, Hangul as itself."""
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "up"}
    told = [{**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}]
    told.append({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    lines = [f"data: {json.dumps(one, ensure_ascii=False)}\n\n" for one in told]
    return "".join((*lines, "data: [DONE]\n\n")).encode()


def spread(text: str, field: str) -> bytes:
    """The same with an event for every character."""
    return b"".join(events({field: one}).split(b"\n\n")[0] + b"\n\n" for one in text) + events({}).split(b"\n\n", 1)[1]


@pytest.fixture(params=["mask", "block"])
def door(request: pytest.FixtureRequest, services: HttpServices, model: RawModel) -> Iterator[tuple[str, str]]:
    policies = policies_on(boto3.client("dynamodb"))
    rule = {"output": request.param, "tool_arguments": request.param}
    policies.publish("acme", parsed({"name": "completions", "checks": {"pii": rule, "secrets": rule}}), user="minji")
    with served(chat_app(services, model.base_url, screening=Screening(Guard(), policies))) as url:
        yield url, key_for(services)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def read(door: tuple[str, str]) -> bytes:
    """All bytes of the answer, as they lie on the socket."""
    url, key = door
    return await exchanged(url, "/v1/chat/completions", key, body_of("누구?"))


def body_of(text: str) -> dict[str, Any]:
    """What a client of chat completions sends."""
    return {"model": "default", "stream": True, "messages": [{"role": "user", "content": text}]}


async def exchanged(url: str, path: str, key: str, asked: dict[str, Any]) -> bytes:
    """All bytes of an answer."""
    body = json.dumps(asked).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncache-control: no-store\r\nconnection: close\r\n"
    async with asyncio.timeout(READ_SECONDS), connected(url) as (reader, writer):
        writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        return await reader.read()


def put_together(raw: bytes) -> str:
    """The body of an answer in chunks of HTTP."""
    _, _, rest = raw.partition(b"\r\n\r\n")
    whole = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        whole += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :]
    return whole.decode()


def told(raw: bytes) -> str:
    """What a client puts together: chunks of HTTP, lines of events, JSON."""
    deltas = [choice["delta"] for line in put_together(raw).split("\n\n") if line.startswith("data: {") for choice in _choices(line)]
    calls = [call["function"]["arguments"] for delta in deltas for call in delta.get("tool_calls") or ()]
    return "".join([*(delta.get("content") or "" for delta in deltas), *calls])


def _choices(line: str) -> Sequence[dict[str, Any]]:
    return json.loads(line[6:]).get("choices") or ()


def leaks(raw: bytes) -> list[str]:
    """Secrets in the bytes as they are, in JSON's escapes, or in what is put together of them."""
    put = told(raw)
    escaped = {one: json.dumps(one)[1:-1].encode() for one in SECRETS}
    return [one for one in SECRETS if one.encode() in raw or escaped[one] in raw or one in put or one in json.dumps(put)]


def said(text: str, form: str) -> dict[str, Any]:
    """What a model writes of a text in one of the forms that stream: its answer, a tool's arguments, JSON as its answer."""
    if form == "content":
        return {"content": text}
    within = text if text.startswith("{") else json.dumps({"said": text})
    if form == "structured output":
        return {"content": within}
    return {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": within}}]}


async def leaked(door: tuple[str, str], parts: Sequence[str]) -> list[str]:
    """What must not leave and stands in what a client puts together, JSON's escapes read or not."""
    raw = await read(door)
    put = told(raw)
    plain = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), put)
    return [one for one in parts if one in put or one in plain] + ([] if b"[DONE]" in raw else ["no end"])


def within(whole: bytes) -> range:
    """The places of the event that hold the text, however it is written there."""
    return range(whole.index(b"delta"), whole.index(b"finish_reason"))


def inside(whole: bytes) -> list[int]:
    """Places within characters of several bytes, those of what must not leave first."""
    return [at for at in range(1, len(whole)) if whole[at] & 0xC0 == 0x80]  # a byte that goes on with a character


@pytest.mark.parametrize("ways", [2, 3])
async def test_cuts_inside_characters_leak_nothing(door: tuple[str, str], model: RawModel, ways: int) -> None:
    for delta in ({"content": SAID}, {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": json.dumps(SAID)}}]}):
        whole = events(delta)
        places = inside(whole) or list(range(120, len(whole) - 120, 9))
        for at in places[:: 7 if ways == 3 else 4]:
            cuts = [at] if ways == 2 else [at, min(at + 5, len(whole) - 1)]
            model.pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
            raw = await read(door)
            assert leaks(raw) == [], cuts
            assert b"[DONE]" in raw


async def test_bytes_one_by_one_leak_nothing(door: tuple[str, str], model: RawModel) -> None:
    for whole in (events({"content": SAID}), spread(SAID, "content")):
        model.pieces = [whole[at : at + 1] for at in range(len(whole))]
        raw = await read(door)
        assert leaks(raw) == []
        assert told(raw)


@pytest.mark.parametrize("form", FORMS)
async def test_no_fixture_leaks(door: tuple[str, str], model: RawModel, form: str) -> None:
    for name, (text, parts) in FIXTURES.items():
        whole = events(said(text, form))
        middle = within(whole)
        cuts = [at for at in (*inside(whole), *middle[::29]) if at in middle]
        pieces = [[whole[at : at + 1] for at in range(len(whole))], *([whole[:at], whole[at:]] for at in cuts[:: max(1, len(cuts) // 3)])]
        for model.pieces in pieces:
            assert await leaked(door, parts) == [], (name, model.pieces)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FIXTURES)
async def test_no_fixture_leaks_at_any_byte(door: tuple[str, str], model: RawModel, form: str, name: str) -> None:
    text, parts = FIXTURES[name]
    whole = events(said(text, form))
    middle = within(whole)
    two = [[at] for at in middle]
    three = [list(pair) for pair in combinations(middle[::31], 2)]
    for cuts in (*two, *three):
        model.pieces = [whole[a:b] for a, b in pairwise([0, *cuts, len(whole)])]
        assert await leaked(door, parts) == [], cuts


async def test_a_leak_would_be_seen(services: HttpServices, model: RawModel) -> None:
    policies = policies_on(boto3.client("dynamodb"))
    policies.publish("acme", parsed({"name": "completions", "checks": {"pii": {"output": "score"}}}), user="minji")
    model.pieces = [events({"content": SAID})]
    with served(chat_app(services, model.base_url, screening=Screening(Guard(), policies))) as url:
        raw = await read((url, key_for(services)))
    assert told(raw) == SAID
    assert leaks(raw) == list(SECRETS)


async def test_what_is_harmless_arrives_whole(door: tuple[str, str], model: RawModel) -> None:
    text = "오늘 날씨는 맑고 🙂 좋다."
    whole = events({"content": text})
    for at in inside(whole)[::3]:
        model.pieces = [whole[:at], whole[at:]]
        assert told(await read(door)) == text
