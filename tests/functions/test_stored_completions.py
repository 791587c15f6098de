"""Stored completions as OpenAI's own client sees them: kept where asked, listed, changed, deleted, and nobody else's."""

import os
from typing import Any

import openai
import pytest

from maru.http import HttpServices
from maru.models.stored import StoredCompletions
from tests.conftest import BUCKET
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer

HELLO: Any = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": [{"type": "text", "text": "안녕?"}]}]


async def test_only_what_asks_for_it_is_stored(ai: openai.AsyncOpenAI) -> None:
    await ai.chat.completions.create(model="default", messages=HELLO)
    kept = await ai.chat.completions.create(model="default", messages=HELLO, store=True, metadata={"topic": "greeting"})
    assert kept.to_dict()["metadata"] == {"topic": "greeting"}
    assert [one.id async for one in ai.chat.completions.list()] == [kept.id]
    again = await ai.chat.completions.retrieve(kept.id)
    assert again.choices[0].message.content == "안녕하세요, world"
    assert again.usage == kept.usage


async def test_no_other_server_is_asked_to_store(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    await ai.chat.completions.create(model="default", messages=HELLO, store=True, metadata={"topic": "greeting"})
    assert not {"store", "metadata"} & upstream.requests[0].keys()


async def test_a_stream_is_stored_as_the_whole_that_it_was(ai: openai.AsyncOpenAI) -> None:
    stream = await ai.chat.completions.create(model="default", messages=HELLO, store=True, stream=True)
    chunks = [chunk async for chunk in stream]
    kept = await ai.chat.completions.retrieve(chunks[0].id)
    assert kept.choices[0].message.content == "".join(one.choices[0].delta.content or "" for one in chunks)
    assert kept.choices[0].finish_reason == "stop"
    assert kept.usage is not None
    assert kept.usage.total_tokens == 1100


async def test_a_stream_that_died_is_not_stored(ai: openai.AsyncOpenAI, upstream: OpenAIServer) -> None:
    upstream.cut_after = 2
    with pytest.raises(openai.APIError):
        async for _ in await ai.chat.completions.create(model="default", messages=HELLO, store=True, stream=True):
            pass
    assert [one async for one in ai.chat.completions.list()] == []


async def test_messages_are_listed_in_their_order(ai: openai.AsyncOpenAI) -> None:
    kept = await ai.chat.completions.create(model="default", messages=HELLO, store=True)
    said = [one async for one in ai.chat.completions.messages.list(kept.id, limit=1)]
    assert [(one.id, one.content) for one in said] == [(f"{kept.id}-0", "Be kind."), (f"{kept.id}-1", "안녕?")]
    assert said[1].to_dict()["content_parts"] == [{"type": "text", "text": "안녕?"}]
    backwards = await ai.chat.completions.messages.list(kept.id, order="desc")
    assert [one.id for one in backwards.data] == [f"{kept.id}-1", f"{kept.id}-0"]


async def test_lists_are_paged_and_filtered(ai: openai.AsyncOpenAI) -> None:
    made = [
        (await ai.chat.completions.create(model=model, messages=HELLO, store=True, metadata={"n": str(number % 2)})).id
        for number, model in enumerate(["default", "unpriced", "default"])
    ]
    page = await ai.chat.completions.list(limit=2)
    assert ([one.id for one in page.data], page.has_more) == (made[:2], True)
    assert [one.id async for one in ai.chat.completions.list(limit=1, order="desc")] == made[::-1]
    assert [one.id async for one in ai.chat.completions.list(model="unpriced")] == [made[1]]
    assert [one.id async for one in ai.chat.completions.list(metadata={"n": "0"})] == [made[0], made[2]]


async def test_metadata_changes_and_deletion_is_for_good(ai: openai.AsyncOpenAI) -> None:
    kept = await ai.chat.completions.create(model="default", messages=HELLO, store=True, metadata={"a": "1"})
    changed = await ai.chat.completions.update(kept.id, metadata={"b": "2"})
    assert changed.to_dict()["metadata"] == {"b": "2"}
    assert (await ai.chat.completions.delete(kept.id)).deleted
    for call in (
        ai.chat.completions.retrieve(kept.id),
        ai.chat.completions.delete(kept.id),
        ai.chat.completions.update(kept.id, metadata={}),
    ):
        with pytest.raises(openai.NotFoundError):
            await call
    assert [one async for one in ai.chat.completions.list(after=kept.id)] == []


@pytest.mark.parametrize(("tenant", "user"), [("acme", "alex"), ("other", "minji")])
async def test_it_is_nobody_elses(ai: openai.AsyncOpenAI, url: str, services: HttpServices, tenant: str, user: str) -> None:
    kept = await ai.chat.completions.create(model="default", messages=HELLO, store=True)
    async with openai.AsyncOpenAI(base_url=url, api_key=key_for(services, tenant=tenant, user=user), max_retries=0) as theirs:
        assert [one async for one in theirs.chat.completions.list()] == []
        with pytest.raises(openai.NotFoundError):
            await theirs.chat.completions.retrieve(kept.id)
        with pytest.raises(openai.NotFoundError):
            await theirs.chat.completions.messages.list(kept.id)


async def test_what_no_row_holds_lies_in_the_bucket_until_it_is_deleted(ai: openai.AsyncOpenAI, s3: Any) -> None:
    picture = os.urandom(300_000).hex()
    kept = await ai.chat.completions.create(model="default", messages=[{"role": "user", "content": picture}], store=True)
    assert len(s3.list_objects_v2(Bucket=BUCKET, Prefix=StoredCompletions.PREFIX)["Contents"]) == 1
    assert (await ai.chat.completions.messages.list(kept.id)).data[0].content == picture
    await ai.chat.completions.delete(kept.id)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=StoredCompletions.PREFIX)


@pytest.mark.parametrize(
    ("field", "value", "param"),
    [
        ("messages", [{"role": "user", "content": "hi", "mood": "good"}], "messages.0.mood"),
        ("messages", [{"role": "user", "content": [{"type": "text", "text": "hi", "bold": True}]}], "messages.0.content.0.bold"),
        ("tools", [{"type": "function", "function": {"name": "f", "returns": {}}}], "tools.0.function.returns"),
        ("response_format", {"type": "json_schema", "json_schema": {"name": "n", "shape": {}}}, "response_format.json_schema.shape"),
        ("stream_options", {"include_cost": True}, "stream_options.include_cost"),
        ("metadata", {"k": "v" * 513}, "metadata.k"),
        ("moderation", {"model": "someone-elses"}, "moderation.model"),
        ("top_k", 5, "top_k"),
    ],
)
async def test_what_is_unknown_is_refused_by_its_name(ai: openai.AsyncOpenAI, field: str, value: Any, param: str) -> None:
    asked: Any = {"model": "default", "messages": HELLO, field: value}
    with pytest.raises(openai.BadRequestError) as refused:
        await ai.post("/chat/completions", body=asked, cast_to=object)
    assert refused.value.param == param
