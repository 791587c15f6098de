"""Answers that break off after their first words: gone on with where the rule allows it, else ended by a typed error."""

import json
from typing import Any

import pytest

from maru.models import ModelStream, StreamBroken
from tests.fakes.chat_server import ChatServer
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.play import TWO_CALLS, Play
from tests.unit.models.test_attempts import HELLO, Payer, client

WORDS = ["오늘 ", "서울은 ", "맑고 ", "바람이 ", "붑니다."]
#: Chunks before the words: the role.
ROLE = 1


def breaking(after: int, **more: Any) -> OpenAIServer:
    """A server whose answers break off after so many words."""
    return OpenAIServer(words=WORDS, cut_after=ROLE + after, **more)


async def read(stream: ModelStream) -> tuple[str, list[dict[str, Any]]]:
    """The text that a client sees of the stream's bytes, and its chunks."""
    async with stream:
        raw = b"".join([block async for block in stream.blocks()])
    chunks = [json.loads(line.removeprefix("data: ")) for line in raw.decode().splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]), chunks


@pytest.mark.parametrize("after", range(1, len(WORDS) + 1))
@pytest.mark.parametrize("how", ["vllm", "mistral", "prefix"])
async def test_the_reader_sees_one_answer(after: int, how: str) -> None:
    async with breaking(after) as first, OpenAIServer(words=WORDS[after:]) as second:
        models = client(first, second, continues=how, price={"input": 2, "output": 10})
        stream = await models.stream("default", HELLO)
        text, chunks = await read(stream)
    assert text == "".join(WORDS)
    assert {chunk["id"] for chunk in chunks} == {"chatcmpl-1"}
    assert {chunk["model"] for chunk in chunks} == {"default"}
    assert [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]] == ["stop"]
    assert sum("role" in choice["delta"] for chunk in chunks for choice in chunk["choices"]) == 1
    asked = second.requests[0]
    begun = asked["messages"][-1]
    assert (begun["role"], begun["content"]) == ("assistant", "".join(WORDS[:after]).rstrip())
    assert begun.get("prefix", False) == (how == "mistral")
    assert ("continue_final_message" in asked, "add_generation_prompt" in asked) == (how == "vllm",) * 2
    assert [(target.model, code) for target, code in stream.route.trail] == [("m0", "model_stream_interrupted")]
    assert stream.target.model == "m1"


async def test_chunks_go_on_like_blocks() -> None:
    async with breaking(2) as first, OpenAIServer(words=WORDS[2:]) as second:
        stream = await client(first, second, continues="vllm").stream("default", HELLO)
        async with stream:
            parts = [choice["delta"].get("content") or "" async for chunk in stream.chunks() for choice in chunk["choices"]]
    assert "".join(parts) == "".join(WORDS)


async def test_a_blank_is_not_said_twice_and_none_is_lost() -> None:
    async with breaking(2) as first, OpenAIServer(words=[" ", "맑고 ", "바람이 붑니다."]) as second:
        text, _ = await read(await client(first, second, continues="vllm").stream("default", HELLO))
    assert text == "오늘 서울은 맑고 바람이 붑니다."
    async with OpenAIServer(words=["하늘", "이"], cut_after=2) as first, OpenAIServer(words=["이 ", "푸르다"]) as second:
        text, _ = await read(await client(first, second, continues="vllm").stream("default", HELLO))
    assert text == "하늘이 푸르다"


async def test_each_part_is_settled_by_itself_and_the_cost_is_of_both() -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    async with breaking(2) as first, OpenAIServer(words=WORDS[2:], usage=usage) as second:
        models = client(first, second, continues="vllm", price={"input": 2, "output": 10})
        payer, body = Payer(), HELLO | {"max_tokens": 50, "stream_options": {"include_usage": True}}
        stream = await models.stream("default", body, bearer=payer)
        _, chunks = await read(stream)
    ((lost, part),) = payer.lost
    assert part
    assert (lost, part.completion_tokens, part.estimated) == ("m0", 3, True)
    assert second.requests[0]["max_tokens"] == 7, "no longer than what is borne"
    assert stream.usage
    assert stream.usage.prompt_tokens == 1000
    assert f"{stream.cost_usd:f}" == "0.003030000"
    assert chunks[-1]["usage"] == {"prompt_tokens": 1000, "completion_tokens": 103, "total_tokens": 1103}


async def test_without_anybody_to_bear_it_the_answer_ends_with_its_own_error() -> None:
    async with breaking(2) as first, OpenAIServer(words=WORDS[2:]) as second:
        stream = await client(first, second, continues="vllm").stream("default", HELLO, bearer=Payer(broke=True))
        with pytest.raises(StreamBroken):
            await read(stream)
        assert not second.requests


async def test_a_limit_that_is_used_up_ends_the_answer() -> None:
    async with breaking(4) as first, OpenAIServer() as second:
        text, chunks = await read(await client(first, second, continues="vllm").stream("default", HELLO | {"max_tokens": 5}))
        assert not second.requests
    assert text == "".join(WORDS[:4])
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"


async def test_it_goes_on_as_often_as_there_are_targets() -> None:
    async with breaking(1) as first, OpenAIServer(words=WORDS[1:], cut_after=ROLE + 2) as second, OpenAIServer(words=WORDS[3:]) as third:
        text, _ = await read(await client(first, second, third, continues="vllm").stream("default", HELLO))
    assert text == "".join(WORDS)
    async with breaking(1) as first:
        with pytest.raises(StreamBroken):
            await read(await client(first, continues="vllm").stream("default", HELLO))
        assert len(first.requests) == 2, "the same target once more, and not for ever"


@pytest.mark.parametrize(
    "body",
    [
        {"n": 2},
        {"logprobs": True},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}},
    ],
)
async def test_what_promised_a_form_is_never_patched_together(body: dict[str, Any]) -> None:
    async with breaking(3) as first, OpenAIServer() as second:
        models = client(first, second, continues="vllm")
        entry = models.catalogue.demand("default").model_copy(update={"abilities": frozenset({"logprobs", "json_object", "json_schema"})})
        route = models.router.decide(entry, HELLO | body)
        with pytest.raises(StreamBroken):
            await read(await models.stream(route, HELLO | body))
        assert not second.requests


async def test_a_tool_call_is_never_cut_or_patched_together() -> None:
    """Cut at every byte: either every call is whole, or the reader is told that the answer broke off."""
    whole = ChatServer(play=Play(words=("잠시만요 ",), calls=TWO_CALLS)).stream()
    async with OpenAIServer(words=["never"]) as second:
        for cut in range(0, len(whole), 211):
            async with ChatServer(play=Play(words=("잠시만요 ",), calls=TWO_CALLS), cut=cut) as first:
                models = client(first.base_url, second, continues="vllm", key="K", key_required=False)
                models._transport._keys._keys["K"] = "k"
                try:
                    text, chunks = await read(await models.stream("default", HELLO))
                except StreamBroken:
                    continue
            called = [call for chunk in chunks for choice in chunk["choices"] for call in choice["delta"].get("tool_calls") or ()]
            assert text.endswith("never") == (not called), cut
