"""Streams: the bytes and the chunks of one answer say the same, however it is cut, and an end is only an end if the model said so."""

import asyncio
import json
from typing import Any

import pytest

from maru.errors import MaruError, Unavailable, UpstreamFailed
from maru.models import ModelClient, StreamBroken, Timeouts, Usage
from maru.models.sse import data_of, events
from tests.fakes.openai_server import OpenAIServer
from tests.unit.models.conftest import client_of, entry

HELLO = {"messages": [{"role": "user", "content": "안녕"}]}


async def relayed(client: ModelClient, body: dict[str, Any]) -> tuple[list[dict[str, Any]], Usage | None]:
    async with await client.stream("default", body) as stream:
        blocks = [block async for block in stream.blocks()]
    return [json.loads(data_of(event)) for block in blocks for event in events(block)], stream.usage


async def parsed(client: ModelClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    async with await client.stream("default", body) as stream:
        return [chunk async for chunk in stream.chunks()]


@pytest.mark.parametrize("wanted", [False, True])
@pytest.mark.parametrize(
    "ways",
    [{}, {"pieces": 1}, {"pieces": 7, "newline": b"\r\n"}, {"spaced": True}, {"pause": 0.01}, {"newline": b"\r"}, {"finish": None}],
    ids=str,
)
async def test_bytes_and_chunks_say_the_same(server: OpenAIServer, client: ModelClient, ways: dict[str, Any], wanted: bool) -> None:
    for name, value in ways.items():
        setattr(server, name, value)
    body = HELLO | ({"stream_options": {"include_usage": True}} if wanted else {})
    chunks, usage = await relayed(client, body)
    assert chunks == await parsed(client, body)
    assert {chunk["model"] for chunk in chunks} == {"default"}
    assert "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]) == "안녕하세요, world"
    ends = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]]
    assert ends == ["stop"]
    assert [chunk for chunk in chunks if not chunk["choices"]] == ([chunks[-1]] if wanted else [])
    assert usage == Usage(1000, 100)


async def test_what_nothing_changes_is_forwarded_as_it_came(server: OpenAIServer, client: ModelClient) -> None:
    server.spaced, server.words = True, ['"model": "stand-in-1"', "\\", "[DONE]", '"error"', "data: x"]
    async with await client.stream("default", HELLO) as stream:
        first = await anext(stream.blocks())
    # The server's own spacing is kept; the words that look like marks change nothing.
    assert first.startswith(b'data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "default", ')
    texts = [chunk["choices"][0]["delta"].get("content") for chunk in await parsed(client, HELLO)]
    assert texts[1:-1] == server.words
    assert (await relayed(client, HELLO))[0] == await parsed(client, HELLO)


@pytest.mark.parametrize("fault", [{"cut_after": 3}, {"stall_after": 3}, {"error_after": 3}, {"finish": None, "done": False}], ids=str)
async def test_a_death_midway_is_told_after_what_came(server: OpenAIServer, fault: dict[str, Any]) -> None:
    client = client_of(entry(server.base_url, between_tokens_seconds=3))
    for name, value in fault.items():
        setattr(server, name, value)
    got: list[bytes] = []

    async def read() -> None:
        async with await client.stream("default", HELLO) as stream:
            async for block in stream.blocks():
                got.append(block)  # noqa: PERF401 - what came before the failure counts

    with pytest.raises(StreamBroken):
        await read()
    assert "안녕".encode() in b"".join(got)


async def test_what_was_used_until_then_is_estimated(server: OpenAIServer, client: ModelClient) -> None:
    server.stall_after = 3
    async with await client.stream("default", HELLO) as stream:
        blocks = stream.blocks()
        await anext(blocks)
        await blocks.aclose()
    assert stream.usage_so_far().estimated
    assert stream.usage_so_far().completion_tokens > 0
    assert stream.cost_usd is None


async def test_an_end_without_done_is_an_end_where_the_answer_was_complete(server: OpenAIServer, client: ModelClient) -> None:
    server.done = False
    assert (await parsed(client, HELLO))[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"cut_after": 0}, Unavailable),
        ({"stall_after": 0}, Unavailable),
        ({"error_after": 0}, UpstreamFailed),
        ({"status": 500}, UpstreamFailed),
    ],
    ids=str,
)
async def test_before_the_first_event_another_target_has_its_turn(
    server: OpenAIServer, fault: dict[str, Any], kind: type[MaruError]
) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    hasty = entry(server.base_url, first_token_seconds=3)
    alone = client_of(hasty)
    with pytest.raises(kind):
        await alone.stream("default", HELLO)
    async with OpenAIServer(words=["second"]) as other:
        hasty["targets"].append({"model": "b", "base_url": other.base_url})
        chunks = await parsed(client_of(hasty), HELLO)
    assert "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks) == "second"


async def test_leaving_a_stream_cancels_the_answer(server: OpenAIServer, client: ModelClient) -> None:
    server.stall_after = 2
    async with await client.stream("default", HELLO) as stream:
        async for _ in stream.chunks():
            break
    await asyncio.wait_for(server.cancelled.wait(), 60)


async def test_connections_are_kept_after_a_whole_stream(server: OpenAIServer, client: ModelClient) -> None:
    for _ in range(3):
        await parsed(client, HELLO)
    assert len({headers["peer"] for headers in server.seen_headers}) == 1


async def test_patience_is_a_setting(server: OpenAIServer) -> None:
    server.stall_after = 3
    short = client_of(entry(server.base_url), timeouts=Timeouts(between=0.1))
    with pytest.raises(StreamBroken, match="silent"):
        await parsed(short, HELLO)


async def test_a_reader_who_takes_long_makes_no_server_silent(server: OpenAIServer) -> None:
    server.words = [f"{number} " for number in range(20)]
    client = client_of(entry(server.base_url), timeouts=Timeouts(connect=5, first_byte=30, between=2, whole=60))
    async with await client.stream("default", HELLO) as stream:
        said: list[str] = []
        async for chunk in stream.chunks():
            if not said:
                await asyncio.sleep(2.5)
            said += [choice["delta"].get("content") or "" for choice in chunk["choices"]]
    assert "".join(said) == "".join(server.words)


async def test_a_server_that_writes_on_is_not_silent_however_long_its_answer_takes(server: OpenAIServer) -> None:
    server.words, server.pause = [f"{number} " for number in range(24)], 0.25
    client = client_of(entry(server.base_url), timeouts=Timeouts(between=5))
    chunks = await parsed(client, HELLO)
    assert "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]) == "".join(server.words)


async def test_a_text_in_parts_becomes_one(server: OpenAIServer, client: ModelClient) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "음…"}, {"type": "text", "text": " 좋아"}]}
    told: list[Any] = ["", [thinking], [{"type": "text", "text": "안녕"}], "하세요", []]
    for server.spaced in (False, True):
        server.words = told
        chunks, _ = await relayed(client, HELLO)
        assert chunks == await parsed(client, HELLO)
        deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
        assert [delta.get("content") or "" for delta in deltas] == ["", "", "", "안녕", "하세요", "", ""]
        assert [delta["reasoning_content"] for delta in deltas if "reasoning_content" in delta] == ["음… 좋아"]
