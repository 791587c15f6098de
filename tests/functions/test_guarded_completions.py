"""The guard around chat completions: policies of the tenant, and OpenAI's own `moderation`."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import aiohttp
import boto3
import pytest

from functions.chat.screening import Screening
from maru.guard.check import Subject, Unit
from maru.guard.engine import Guard
from maru.guard.finding import Finding
from maru.guard.policy import parsed
from maru.http import HttpServices
from tests.door import key_for
from tests.fakes.openai_server import OpenAIServer
from tests.functions.chat_app import chat_app, served
from tests.guarding import policies_on

PHONE = "010-1234-5678"
HIDING = {"name": "completions", "checks": {"pii": {"default": "mask"}}}


class Words:
    """Moderation that knows one word, or none at all."""

    name = "moderation"
    unit: Unit = "sentence"

    def find(self, subject: Subject) -> Iterable[Finding]:
        if "broken" in subject.text:
            raise RuntimeError
        score = 0.9 if "bad" in subject.text else 0.1
        yield Finding("moderation", "harassment", 0, len(subject.text), score, "a word")


type Ask = Callable[..., Any]


@pytest.fixture
async def model() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(words=["전화는 ", "010-9", "999-8888", "이고 [PHO", "NE_1]이다."]) as server:
        yield server


@pytest.fixture
def url(services: HttpServices, model: OpenAIServer) -> Iterator[str]:
    policies = policies_on(boto3.client("dynamodb"))
    policies.publish("acme", parsed(HIDING), user="minji")
    with served(chat_app(services, model.base_url, screening=Screening(Guard([Words()]), policies))) as one:
        yield one


async def ask(url: str, key: str, text: str, **more: Any) -> Any:
    body = {"model": "default", "messages": [{"role": "user", "content": text}], **more}
    async with (
        aiohttp.ClientSession(headers={"authorization": f"Bearer {key}"}) as session,
        session.post(url + "/v1/chat/completions", json=body) as answer,
    ):
        return await (answer.text() if more.get("stream") else answer.json())


def chunks(text: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


async def test_a_tenants_policy_hides_and_restores(url: str, services: HttpServices, model: OpenAIServer) -> None:
    answer = await ask(url, key_for(services), f"제 번호는 {PHONE} 이에요")
    assert model.requests[-1]["messages"][0]["content"] == "제 번호는 [PHONE_1] 이에요"
    assert answer["choices"][0]["message"]["content"] == f"전화는 [PHONE_1]이고 {PHONE}이다." or "9999" not in json.dumps(answer)


async def test_calls_of_tools_that_are_sent_back_hide_too(url: str, services: HttpServices, model: OpenAIServer) -> None:
    function = {"name": "call", "arguments": json.dumps({"to": PHONE})}
    said = {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": function}]}
    messages = [
        {"role": "user", "name": PHONE, "content": f"{PHONE} 에 전화해"},
        said,
        {"role": "tool", "tool_call_id": "c1", "content": f"{PHONE} ok"},
    ]
    await ask(url, key_for(services), "", messages=messages)
    assert PHONE not in json.dumps(model.requests[-1], ensure_ascii=False)
    assert json.loads(model.requests[-1]["messages"][1]["tool_calls"][0]["function"]["arguments"]) == {"to": "[PHONE_1]"}
    assert model.requests[-1]["messages"][0]["name"] == "[PHONE_1]"


async def test_streams_hide_and_restore(url: str, services: HttpServices) -> None:
    text = await ask(url, key_for(services), f"제 번호는 {PHONE} 이에요", stream=True)
    said = "".join(one["choices"][0]["delta"].get("content") or "" for one in chunks(text) if one["choices"])
    assert "9999" not in text
    assert said.endswith(f"이고 {PHONE}이다.")
    assert text.rstrip().endswith("data: [DONE]")
    assert [one["choices"][0]["finish_reason"] for one in chunks(text) if one["choices"]][-1] == "stop"


async def test_tenants_without_a_policy_get_what_the_model_says(url: str, services: HttpServices) -> None:
    answer = await ask(url, key_for(services, tenant="other"), "hi")
    assert "010-9999-8888" in answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize("place", ["input", "output"])
async def test_what_went_on_without_a_check_is_told(url: str, services: HttpServices, model: OpenAIServer, place: str) -> None:
    opened = {"name": "completions", "fail": "open", "checks": {"moderation": {place: "block"}}}
    policies_on(boto3.client("dynamodb")).publish("other", parsed(opened), user="boss")
    model.words = ["all of it ", "is broken."]
    key, told = key_for(services, tenant="other"), {"policy": "completions", "unchecked": ["moderation"]}
    answer = await ask(url, key, "this is broken")
    assert (answer["choices"][0]["message"]["content"], answer["guard"]) == ("all of it is broken.", told)
    assert [one["guard"] for one in chunks(await ask(url, key, "this is broken", stream=True)) if "guard" in one] == [told]
    model.words = ["fine"]
    assert "guard" not in await ask(url, key, "hello")


ASKED = {"model": "omni-moderation-latest", "policy": {"input": {"mode": "block"}, "output": {"mode": "score"}}}


async def test_moderation_is_told_in_openais_shape(url: str, services: HttpServices, model: OpenAIServer) -> None:
    answer = await ask(url, key_for(services, tenant="other"), "hello", moderation=ASKED)
    assert "moderation" not in model.requests[-1]
    told = answer["moderation"]
    assert (told["input"]["type"], len(told["input"]["results"][0]["category_scores"])) == ("moderation_results", 13)
    assert told["output"]["results"][0]["flagged"] is False
    streamed = chunks(await ask(url, key_for(services, tenant="other"), "hello", moderation=ASKED, stream=True))
    assert [one for one in streamed if "moderation" in one][-1]["moderation"]["input"]["type"] == "moderation_results"


@pytest.mark.parametrize("text", ["this is bad", "this is broken"])
async def test_blocked_input_is_a_refusal_and_no_model_is_asked(url: str, services: HttpServices, model: OpenAIServer, text: str) -> None:
    answer = await ask(url, key_for(services), text, moderation=ASKED)
    (choice,) = answer["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (None, "content_filter")
    assert choice["message"]["refusal"] == "Content violates usage policies"
    assert answer["moderation"]["input"]["type"] == ("error" if "broken" in text else "moderation_results")
    streamed = chunks(await ask(url, key_for(services), text, moderation=ASKED, stream=True))
    assert streamed[0]["choices"][0]["delta"]["refusal"] == "Content violates usage policies"
    assert not model.requests


async def test_blocked_output_never_leaves(url: str, services: HttpServices, model: OpenAIServer) -> None:
    model.words = ["All well. ", "That is ba", "d news. ", "More."]
    blocking = {"model": "maru-moderation", "policy": {"output": {"mode": "block"}}}
    answer = await ask(url, key_for(services), "hi", moderation=blocking)
    assert answer["choices"][0]["message"]["content"] is None
    assert answer["choices"][0]["finish_reason"] == "content_filter"
    text = await ask(url, key_for(services), "hi", moderation=blocking, stream=True)
    assert "All well." in text
    assert "bad" not in text
    assert '"content_filter"' in text


async def test_other_modes_are_refused(url: str, services: HttpServices) -> None:
    answer = await ask(url, key_for(services), "hi", moderation={"model": "maru-moderation", "policy": {"input": {"mode": "loud"}}})
    assert answer["error"]["param"] == "moderation.policy.input.mode"
