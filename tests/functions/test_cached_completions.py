"""Chat completions out of the cache, through the door: what hits, what must not, what it costs."""

import asyncio
import json
import zlib
from collections.abc import Iterator
from typing import Any

import aiohttp
import boto3
import openai
import pytest

from functions.chat.screening import Screening
from maru.cache.entries import EntryStore
from maru.cache.rules import Rules, Semantic
from maru.guard.engine import Guard
from maru.guard.policy import parsed
from maru.http import HttpServices
from maru.ledger.usage import UsageStore
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.guarding import policies_on

HELLO: Any = [{"role": "user", "content": "연차 휴가는 며칠인가요?"}]
ASKED = {"x-maru-cache": "exact"}


@pytest.fixture
def url(services: HttpServices, upstream: OpenAIServer) -> Iterator[str]:
    # The stand-in's vectors tell nothing but a text's length: whatever is compared has a cosine near one.
    rules = Rules(semantic=Semantic(threshold=0.5))
    with served(chat_app(services, upstream.base_url, rules=rules)) as one:
        yield one + "/v1"


async def say(url: str, key: str, headers: dict[str, str] | None = None, **body: Any) -> tuple[dict[str, str], Any]:
    """Headers and body of one completion."""
    asked = {"model": "default", "messages": HELLO} | body
    async with (
        aiohttp.ClientSession(headers={"authorization": f"Bearer {key}"}) as session,
        session.post(url + "/chat/completions", json=asked, headers=headers or {}) as answer,
    ):
        text = await answer.text()
        told = {name.lower(): value for name, value in answer.headers.items()}
        return told | {"status": str(answer.status)}, text if body.get("stream") else json.loads(text)


async def cache_of(url: str, key: str, headers: dict[str, str] | None = None, **body: Any) -> str:
    return (await say(url, key, headers, **body))[0]["x-maru-cache"]


async def test_the_same_request_is_answered_again_and_costs_nothing(url: str, services: HttpServices, upstream: OpenAIServer) -> None:
    key = key_for(services)
    first, one = await say(url, key, ASKED)
    again, other = await say(url, key, ASKED)
    assert (first["x-maru-cache"], again["x-maru-cache"], again["age"]) == ("miss", "hit-exact", "0")
    assert (first["x-maru-cost-usd"], again["x-maru-cost-usd"], again["x-maru-model"]) == ("0.003", "0", "up")
    assert one["choices"] == other["choices"]
    assert one["usage"] == other["usage"]
    assert len(upstream.requests) == 1
    rows = boto3.client("dynamodb").scan(TableName=UsageStore.SPEC.name)["Items"]
    kept = next(row for row in rows if "cache" in row)
    assert (kept["cache"]["S"], kept["cost"]["N"], kept["saved"]["N"], kept["saved_tokens"]["N"]) == ("exact", "0", "3000000", "1100")


async def test_deterministic_requests_need_no_header_and_others_are_asked_anew(url: str, services: HttpServices) -> None:
    key = key_for(services)
    assert [await cache_of(url, key, temperature=0) for _ in range(2)] == ["miss", "hit-exact"]
    assert [await cache_of(url, key) for _ in range(2)] == ["off", "off"]
    assert [await cache_of(url, key, {"x-maru-cache": "off"}, temperature=0) for _ in range(2)] == ["off", "off"]


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_stream_and_a_whole_share_their_answer(url: str, services: HttpServices, streamed: bool) -> None:
    key = key_for(services)
    options = {"stream_options": {"include_usage": True}}
    first, _ = await say(url, key, ASKED, **({"stream": True} if streamed else {}))
    again, body = await say(url, key, ASKED, **({} if streamed else {"stream": True, **options}))
    assert (first["x-maru-cache"], again["x-maru-cache"]) == ("miss", "hit-exact")
    if streamed:
        assert body["choices"][0]["message"]["content"] == "안녕하세요, world"
        assert body["usage"]["total_tokens"] == 1100
        return
    events = [json.loads(line[6:]) for line in body.split("\n") if line.startswith("data: {")]
    assert "".join(one["choices"][0]["delta"].get("content") or "" for one in events if one["choices"]) == "안녕하세요, world"
    assert [one["choices"][0]["finish_reason"] for one in events if one["choices"]][-1] == "stop"
    assert (events[-1]["choices"], events[-1]["usage"]["total_tokens"]) == ([], 1100)
    assert body.endswith("data: [DONE]\n\n")
    assert ": x-maru-cost-usd: 0\n" in body


async def test_openais_client_reads_a_replayed_stream(url: str, services: HttpServices) -> None:
    tool: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
    async with openai.AsyncOpenAI(base_url=url, api_key=key_for(services), max_retries=0, default_headers=ASKED) as ai:
        whole = await ai.chat.completions.create(model="default", messages=HELLO, tools=[tool])
        async with ai.chat.completions.stream(model="default", messages=HELLO, tools=[tool]) as stream:
            final = await stream.get_final_completion()
    calls = whole.choices[0].message.tool_calls
    assert calls
    called = [call.function.to_dict() for call in final.choices[0].message.tool_calls or ()]
    assert called == [{"name": "weather", "arguments": "{}", "parsed_arguments": None}]
    assert final.id != whole.id


async def test_headers_say_how_fresh(url: str, services: HttpServices, upstream: OpenAIServer) -> None:
    key = key_for(services)

    async def told(control: str) -> str:
        return await cache_of(url, key, ASKED | {"cache-control": control})

    assert await told("no-store") == "off"
    assert await told("max-age=3600") == "miss", "what was not stored is not there"
    assert await told("max-age=3600") == "hit-exact"
    assert await told("no-cache") == "miss"
    assert len(upstream.requests) == 3
    await asyncio.sleep(1.1)
    assert await told("max-age=0") == "miss"
    refused, body = await say(url, key, ASKED | {"cache-control": "only-if-cached"}, seed=5)
    assert (refused["status"], body["error"]["code"]) == ("504", "not_cached")
    for header, value in (("x-maru-cache", "always"), ("cache-control", "max-age=soon")):
        refused, body = await say(url, key, ASKED | {header: value})
        assert (refused["status"], body["error"]["param"]) == ("400", header)


async def test_no_other_tenant_group_or_request_shares_an_answer(url: str, services: HttpServices) -> None:
    key = key_for(services, groups=("hr",))
    assert await cache_of(url, key, ASKED) == "miss"
    assert await cache_of(url, key_for(services, user="alex", groups=("hr",)), ASKED) == "hit-exact", "the same rights"
    for other in (
        key_for(services, tenant="other", groups=("hr",)),
        key_for(services, groups=()),
        key_for(services, groups=("hr", "board")),
        key_for(services, groups=("hr,board",)),
    ):
        assert await cache_of(url, other, ASKED) == "miss"
    for changed in ({"temperature": 0.5}, {"model": "unpriced"}, {"max_tokens": 5}, {"messages": [*HELLO, *HELLO]}, {"seed": 1}):
        assert await cache_of(url, key, ASKED, **changed) == "miss", changed
    for same in ({"user": "u1"}, {"metadata": {"a": "b"}}, {"store": True}):
        assert await cache_of(url, key, ASKED, **same) == "hit-exact", same


async def test_what_was_cut_off_is_not_given_again(url: str, services: HttpServices, upstream: OpenAIServer) -> None:
    key = key_for(services)
    upstream.finish = "length"
    assert [await cache_of(url, key, ASKED, stream=True) for _ in range(2)] == ["miss", "miss"]
    upstream.finish, upstream.cut_after = "stop", 2
    assert [await cache_of(url, key, ASKED, stream=True) for _ in range(2)] == ["miss", "miss"]


async def test_questions_that_ask_the_same_share_where_it_is_wanted(url: str, services: HttpServices, upstream: OpenAIServer) -> None:
    key, semantic = key_for(services), {"x-maru-cache": "semantic"}

    async def asked(text: str, key: str = key, **body: Any) -> str:
        return await cache_of(url, key, semantic, messages=[{"role": "user", "content": text}], **body)

    assert await asked("연차 휴가는 며칠인가요?") == "miss"
    assert await asked("연차 휴가는 며칠인지 알려줘") == "hit-semantic"
    for text in ("병가 휴가는 며칠인가요?", "연차 휴가 3일은 며칠인가요?", "연차 휴가는 언제인가요?", "연차 휴가는 왜 며칠이 아닌가요?"):
        assert await asked(text) == "miss", text
    assert await asked("연차 휴가 며칠이야?", key_for(services, user="alex")) == "miss", "questions of others are theirs"
    assert await asked("연차 휴가 며칠이야?", key_for(services, tenant="other")) == "miss"
    assert await asked("연차 휴가 며칠이야?", response_format={"type": "text"}) == "miss", "only the same request"


async def test_a_language_that_the_embedding_does_not_declare_is_not_compared(url: str, services: HttpServices) -> None:
    key, semantic = key_for(services), {"x-maru-cache": "semantic"}
    for text in ("How many days of leave do I have?", "Please tell me how many days of leave I have"):
        assert await cache_of(url, key, semantic, messages=[{"role": "user", "content": text}]) == "miss"


async def test_the_guard_stands_between_the_cache_and_the_caller(services: HttpServices, upstream: OpenAIServer) -> None:
    upstream.words = ["번호 [PHO", "NE_1], 또는 010-9999-8888"]
    policies = policies_on(boto3.client("dynamodb"))
    policies.publish("acme", parsed({"name": "completions", "checks": {"pii": {"default": "mask"}}}), user="minji")
    with served(chat_app(services, upstream.base_url, screening=Screening(Guard(), policies))) as one:
        told = []
        for number in ("010-1234-5678", "010-8765-4321"):
            messages = [{"role": "user", "content": f"제 번호는 {number} 입니다"}]
            headers, answer = await say(one + "/v1", key_for(services), ASKED, messages=messages)
            told.append((headers["x-maru-cache"], answer["choices"][0]["message"]["content"]))
    # The model sees one placeholder both times; each caller gets back what is theirs, and nobody else's number leaves.
    assert [cache for cache, _ in told] == ["miss", "hit-exact"]
    assert ["010-1234-5678" in told[0][1], "010-8765-4321" in told[1][1]] == [True, True]
    assert "9999" not in told[0][1] + told[1][1]
    kept = boto3.client("dynamodb").scan(TableName=EntryStore.SPEC.name)["Items"]
    bodies = [zlib.decompress(bytes(row["body"]["B"])).decode() for row in kept if "body" in row]
    assert bodies
    assert not [body for body in bodies if "1234-5678" in body]


async def test_a_tenant_has_so_many_entries_and_no_more(services: HttpServices, upstream: OpenAIServer) -> None:
    rules = Rules.model_validate({"exact": {"entries": 3}})
    with served(chat_app(services, upstream.base_url, rules=rules)) as one:
        key = key_for(services)
        for seed in range(5):
            assert await cache_of(one + "/v1", key, ASKED, seed=seed) == "miss"
        assert [await cache_of(one + "/v1", key, ASKED, seed=seed) for seed in (4, 3, 2)] == ["hit-exact"] * 3
        assert await cache_of(one + "/v1", key, ASKED, seed=0) == "miss"
        rows = boto3.client("dynamodb").scan(TableName=EntryStore.SPEC.name)["Items"]
        assert sum(row["id"]["S"].startswith("entry#") for row in rows) == 3


async def test_an_entry_is_gone_when_its_time_is_over(services: HttpServices, upstream: OpenAIServer) -> None:
    rules = Rules.model_validate({"exact": {"ttl_seconds": 1}})
    with served(chat_app(services, upstream.base_url, rules=rules)) as one:
        key = key_for(services)
        assert [await cache_of(one + "/v1", key, ASKED) for _ in range(2)] == ["miss", "hit-exact"]
        await asyncio.sleep(1.1)
        assert await cache_of(one + "/v1", key, ASKED) == "miss"


async def test_a_cache_that_cannot_be_reached_is_a_miss(url: str, services: HttpServices) -> None:
    key = key_for(services)
    assert await cache_of(url, key, ASKED) == "miss"
    body = {"B": b"no answer"}
    client = boto3.client("dynamodb")
    for row in client.scan(TableName=EntryStore.SPEC.name)["Items"]:
        if row["id"]["S"].startswith("entry#"):
            client.put_item(TableName=EntryStore.SPEC.name, Item={**row, "body": body})
    told, answer = await say(url, key, ASKED)
    assert (told["status"], told["x-maru-cache"]) == ("200", "miss")
    assert answer["choices"]
