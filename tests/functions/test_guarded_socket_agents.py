"""Agents' answers, and callers' own words given back, on the wire: the model's bytes cut anywhere, read as bytes off a socket."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

import boto3
import pytest

from functions.chat.screening import Screening
from maru.guard.engine import Guard
from maru.guard.policy import parsed
from maru.http import HttpServices
from tests.conftest import MakeTable
from tests.door import key_for
from tests.fakes.passages import Passages
from tests.functions.agents_app import AgentClient, agents_app
from tests.functions.chat_app import chat_app, served
from tests.functions.test_guarded_socket import (
    FORMS,
    SAID,
    SECRETS,
    RawModel,
    body_of,
    events,
    exchanged,
    inside,
    model,
    put_together,
    said,
    told,
)
from tests.guarding import policies_on
from tests.unit.guard.test_stream import FIXTURES

__all__ = ["model"]  # pytest finds the fixture by its name here

NUMBER = "010-7777-6666"
ASKED = f"제 번호는 {NUMBER} 입니다"
HOLDS = ("[PHONE_1]", "call [PHONE_1] now", "번호는 [PHONE_1]이고 [PHONE_1]입니다 🙂")

type Read = Callable[[str], Any]
type Ask = Callable[[str], Any]


def policy(name: str, action: str) -> None:
    rule = {"input": "mask", "output": action, "tool_arguments": action}
    policies_on(boto3.client("dynamodb")).publish("acme", parsed({"name": name, "checks": {"pii": rule, "secrets": rule}}), user="minji")


@pytest.fixture
def completing(services: HttpServices, model: RawModel) -> Iterator[Ask]:
    """Gives the bytes of a chat completion's stream."""
    policy("completions", "mask")
    screening, key = Screening(Guard(), policies_on(boto3.client("dynamodb"))), key_for(services)
    with served(chat_app(services, model.base_url, screening=screening)) as url:
        yield lambda text: exchanged(url, "/v1/chat/completions", key, body_of(text))


@pytest.fixture
async def answering(services: HttpServices, model: RawModel, make_table: MakeTable, request: pytest.FixtureRequest) -> Any:
    """Gives the bytes of an agent's stream."""
    key = key_for(services)
    with served(agents_app(services, make_table, Passages([]), model.base_url)) as url:
        policy("default", getattr(request, "param", "mask"))
        async with AgentClient(url, key) as client:
            assert (await client.call("POST", "/v1/agents", {"name": "talk"}))[0] < 300
        yield lambda text: exchanged(url, "/v1/agents/talk/chat", key, {"message": text, "stream": True})


def answered(raw: bytes) -> tuple[str, str]:
    """What a reader of an agent's stream puts together of its deltas, and the whole answer at its end."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in put_together(raw).split("\n\n")]
    parts = [(one["event"], json.loads(one["data"])) for one in blocks if "event" in one]
    whole = "".join(data["response"] for name, data in parts if name == "response.completed")
    return "".join(data["delta"] for name, data in parts if name == "response.delta"), whole


def cut(whole: bytes, cuts: Sequence[int]) -> list[bytes]:
    return [whole[a:b] for a, b in pairwise([0, *cuts, len(whole)])]


def places(whole: bytes, *, every: int) -> list[int]:
    """Places inside characters, and others of the event that holds the text."""
    middle = range(whole.index(b"delta"), whole.index(b"finish_reason"))
    return sorted({*[at for at in inside(whole) if at in middle][::every], *middle[::every]})


async def leaked(ask: Ask, model: RawModel, parts: Sequence[str]) -> list[str]:
    """What must not leave and stands in what a reader puts together, or, where it is long enough to be nothing else, in the bytes."""
    before = model.asked
    raw = await ask("누구?")
    deltas, whole = answered(raw)
    assert (bool(whole), model.asked) == (True, before + 1)
    return [one for one in parts if one in deltas or one in whole or (len(one.encode()) > 4 and one.encode() in raw)]


ACTIONS = pytest.mark.parametrize("answering", ["mask", "block"], indirect=True)


@ACTIONS
async def test_no_fixture_leaks_from_an_agent_byte_by_byte(answering: Ask, model: RawModel) -> None:
    for text, parts in (*FIXTURES.values(), (SAID, SECRETS)):
        whole = events({"content": text})
        model.pieces = [whole[at : at + 1] for at in range(len(whole))]
        assert await leaked(answering, model, parts) == [], text


@ACTIONS
async def test_cuts_inside_characters_leak_nothing_from_an_agent(answering: Ask, model: RawModel) -> None:
    whole = events({"content": SAID})
    within = inside(whole)
    for cuts in ([[at] for at in within[::9]], [[at, at + 5] for at in within[::11]]):
        for model.pieces in (cut(whole, one) for one in cuts):
            assert await leaked(answering, model, SECRETS) == []


@ACTIONS
@pytest.mark.slow
@pytest.mark.parametrize("name", FIXTURES)
async def test_no_fixture_leaks_from_an_agent_at_any_byte(answering: Ask, model: RawModel, name: str) -> None:
    text, parts = FIXTURES[name]
    whole = events({"content": text})
    middle = places(whole, every=1)
    for cuts in (*([at] for at in middle), *combinations(middle[::31], 2)):
        model.pieces = cut(whole, list(cuts))
        assert await leaked(answering, model, parts) == [], cuts


async def test_a_leak_from_an_agent_would_be_seen(services: HttpServices, model: RawModel, make_table: MakeTable) -> None:
    key = key_for(services)
    model.pieces = [events({"content": SAID})]
    with served(agents_app(services, make_table, Passages([]), model.base_url)) as url:
        async with AgentClient(url, key) as client:
            await client.call("POST", "/v1/agents", {"name": "talk"})
        raw = await exchanged(url, "/v1/agents/talk/chat", key, {"message": "누구?", "stream": True})
    assert answered(raw) == (SAID, SAID)


def restored(text: str) -> str:
    return text.replace("[PHONE_1]", NUMBER)


async def given_back(ask: Ask, model: RawModel, form: str, every: int) -> None:
    """Assert that the caller's own number comes back whole wherever its placeholder was cut, once, and no placeholder with it."""
    for text in HOLDS:
        whole = events(said(text, "content" if form == "agent" else form))
        middle = places(whole, every=1)
        at = whole.index(b"[PHONE_1]")
        held = [place for place in middle if at <= place <= at + 9]
        two, three = sorted({*held[:: max(1, every // 4)], *middle[::every]}), [*combinations(held[::every], 2)]
        for cuts in (*([one] for one in two), *three, middle):
            model.pieces = cut(whole, list(cuts))
            raw = await ask(ASKED)
            out = answered(raw)[0] if form == "agent" else told(raw)
            assert out == restored(told_by(text, form)), cuts


def told_by(text: str, form: str) -> str:
    delta = said(text, "content" if form == "agent" else form)
    return str(delta.get("content") or delta["tool_calls"][0]["function"]["arguments"])


@pytest.mark.parametrize("form", FORMS)
async def test_the_callers_own_words_come_back_wherever_they_are_cut(completing: Ask, model: RawModel, form: str) -> None:
    await given_back(completing, model, form, 12)


async def test_the_callers_own_words_come_back_from_an_agent(answering: Ask, model: RawModel) -> None:
    await given_back(answering, model, "agent", 16)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
async def test_the_callers_own_words_come_back_at_any_byte(completing: Ask, model: RawModel, form: str) -> None:
    await given_back(completing, model, form, 1)


@pytest.mark.slow
async def test_the_callers_own_words_come_back_from_an_agent_at_any_byte(answering: Ask, model: RawModel) -> None:
    await given_back(answering, model, "agent", 1)
