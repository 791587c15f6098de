"""Every fixture, however it is cut, in every text that streams to a caller, masked, blocked or given back: nothing leaks.

Read as the client gets it: the bytes of events, put together and decoded. Cuts fall anywhere in what the model writes, inside
``\\uXXXX`` too; cuts of the wire itself, inside UTF-8, are those of the model client's own tests.
"""

import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest

from maru.agents.guarded_writing import GuardedWriting
from maru.agents.guarding import Guarding
from maru.agents.writing import Writing
from maru.guard.completions import Screen
from maru.guard.engine import Guard
from maru.guard.masking import Vault
from maru.guard.normalise import DEEPEST
from maru.guard.policy import Policy, parsed
from maru.guard.screened import ScreenedStream
from tests.remembering import Readings, Remembering
from tests.unit.guard.test_stream import FIXTURES, splits

ACTIONS = ("mask", "block")
GUARD = Guard()
KNOWN = {"[PHONE_1]": "010-7777-6666"}


def policy(action: str) -> Policy:
    rule = {"output": action, "tool_arguments": action, "input": "mask"}
    return parsed({"name": "matrix", "checks": {"pii": rule, "secrets": rule}})


class Upstream:
    """A model's stream of these deltas."""

    def __init__(self, deltas: Sequence[dict[str, Any]]) -> None:
        self._deltas = deltas

    async def chunks(self) -> AsyncIterator[dict[str, Any]]:
        for delta in self._deltas:
            yield {"id": "1", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        yield {"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


async def completion(deltas: Sequence[dict[str, Any]], rules: Policy, asked: str = "") -> list[dict[str, Any]]:
    """The deltas that a client of chat completions reads, having asked ``asked``."""
    screen = Screen(GUARD, rules, None)
    if asked:
        await screen.request({"messages": [{"role": "user", "content": asked}]})
    raw = b"".join([block async for block in ScreenedStream(Upstream(deltas), screen).blocks()])
    events = [json.loads(line[6:]) for line in raw.decode().split("\n\n") if line.startswith("data: {")]
    return [choice["delta"] for event in events for choice in event["choices"]]


async def content(pieces: Sequence[str], rules: Policy, asked: str = "") -> str:
    return "".join(delta.get("content") or "" for delta in await completion([{"content": one} for one in pieces], rules, asked))


async def arguments(pieces: Sequence[str], rules: Policy, asked: str = "") -> str:
    deltas = [{"tool_calls": [{"index": 0, "function": {"arguments": one}}]} for one in pieces]
    told = await completion(deltas, rules, asked)
    return "".join(call["function"]["arguments"] for delta in told for call in delta.get("tool_calls") or ())


async def agent(pieces: Sequence[str], rules: Policy, asked: str = "") -> str:
    guarding = Guarding(GUARD, rules, Vault(), "en", frozenset())
    if asked:
        await guarding.message(asked)
    writing = GuardedWriting(Writing([], question="", cites=False), guarding)
    events = [event for piece in pieces async for event in writing.take({"choices": [{"delta": {"content": piece}}]})]
    events += [event async for event in writing.finish()]
    return "".join(event.data["delta"] for event in events)


type Place = Callable[..., Awaitable[str]]
PLACES: dict[str, Place] = {
    "content": content,
    "tool arguments": arguments,
    "JSON in tool arguments": arguments,
    "structured output": content,
    "agent delta": agent,
}
LAYERS = {"tool arguments": 1, "structured output": 1, "JSON in tool arguments": 2}


def written(text: str, place: str) -> str:
    """The text as it stands in its place: inside JSON, Hangul and others escaped, where the place is JSON."""
    return layered(text, LAYERS.get(place, 0) - text.startswith("{"))


def layered(text: str, layers: int) -> str:
    """The text inside JSON inside JSON."""
    for _ in range(layers):
        text = json.dumps({"said": text})
    return text


def readable(out: str) -> str:
    """Without JSON's escapes, however many backslashes they have."""
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), out)


async def leaks(place: str, rules: Policy, name: str, ways: int, every: int = 1) -> list[tuple[list[str], str]]:
    """Cuts after which a part of what must not leave did leave."""
    text, parts = FIXTURES[name]
    return [told for pieces in splits(written(text, place), ways, every=every) if (told := await told_of(place, rules, pieces, parts))]


async def told_of(place: str, rules: Policy, pieces: list[str], parts: Sequence[str]) -> tuple[list[str], str] | None:
    out = await PLACES[place](pieces, rules)
    return (pieces, out) if any(part in out or part in readable(out) for part in parts) else None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("layers", range(1, DEEPEST + 3))
async def test_no_layer_of_json_hides_anything(layers: int, action: str) -> None:
    for name in ("full width", "dictated", "Korean name", "after a line"):
        text, parts = FIXTURES[name]
        whole = layered(text, layers)
        for pieces in ([whole], list(whole), *splits(whole, 2, every=31)):
            out = await arguments(pieces, policy(action))
            assert not any(part in out or part in readable(out) for part in parts), pieces
            assert action == "block" or layers > DEEPEST or json_all_the_way(out) == layers


def json_all_the_way(text: str) -> int:
    """How many layers of JSON can be opened."""
    layers = 0
    while text.startswith("{"):
        text, layers = json.loads(text)["said"], layers + 1
    return layers


@pytest.mark.parametrize(
    "text",
    [
        "\\u005cu0030\\u005cu0031\\u005cu0030-1234-5678 ",
        "\\\\\\u00750030\\\\\\u00750031\\\\u0030-1234-5678 ",
        "\\ud835\\udfce\\ud835\\udfcf\\ud835\\udfce-1234-5678 ",
        "\ud835\udfce\ud835\udfcf\ud835\udfce-1234-5678 ",
        "010\\-1234\\-5678 ",
    ],
)
async def test_no_way_of_escaping_hides_anything(text: str) -> None:
    for pieces in (list(text), *splits(text, 2), *splits(text, 3, every=5)):
        out = await arguments(pieces, policy("mask"))
        assert out == "[PHONE_1] ", pieces


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", FIXTURES)
async def test_nothing_leaks(place: str, action: str, name: str) -> None:
    for ways, every in ((1, 1), (2, 7), (3, 401)):
        assert await leaks(place, policy(action), name, ways, every) == []


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Checks are asked once about the same text: every cut of few texts ends."""
    readings = Readings()
    monkeypatch.setattr(sys.modules[__name__], "GUARD", Remembering())
    yield
    readings.end()


@pytest.mark.slow
@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", FIXTURES)
async def test_nothing_leaks_however_it_is_cut(place: str, action: str, name: str) -> None:
    # Given back whole, and through the reader of a model's bytes: bench.leaks.
    rules = policy(action)
    for ways in (1, 2, 3):
        assert await leaks(place, rules, name, ways) == []


async def test_the_walk_sees_what_leaks(remembering: None) -> None:
    for place in PLACES:
        assert len(await leaks(place, policy("score"), "mobile", 2)) == len(written(FIXTURES["mobile"][0], place)) - 1


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("ways", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
async def test_the_callers_own_words_come_back_whole(place: str, ways: int) -> None:
    number = KNOWN["[PHONE_1]"]
    text = written("call [PHONE_1] now", place)
    for pieces in splits(text, ways):
        out = await PLACES[place](pieces, policy("mask"), f"my number is {number}")
        assert out == text.replace("[PHONE_1]", number), pieces


def as_told(name: str, piece: str) -> dict[str, Any]:
    return {name: {"arguments": piece} if name == "function_call" else piece}


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "refusal", "function_call"])
async def test_whatever_a_model_writes_is_read(name: str) -> None:
    number = "010-1234-5678"
    for size in (1, 5, 100):
        text = f"call {number} or "
        deltas = await completion([as_told(name, text[at : at + size]) for at in range(0, len(text), size)], policy("mask"))
        told = [delta[name]["arguments"] if name == "function_call" else delta[name] for delta in deltas if delta.get(name)]
        assert "".join(told) == "call [PHONE_1] or ", size
    message = {"role": "assistant", "content": None, **as_told(name, f"call {number}")}
    whole = {"choices": [{"index": 0, "message": message, "logprobs": {"content": [{"token": number}]}}]}
    assert number not in str(await Screen(GUARD, policy("mask"), None).answer(whole))


async def test_probabilities_of_tokens_tell_nothing_that_is_hidden() -> None:
    class Telling(Upstream):
        async def chunks(self) -> AsyncIterator[dict[str, Any]]:
            async for chunk in super().chunks():
                chunk["choices"][0]["logprobs"] = {"content": [{"token": "010-1234-5678"}]}
                yield chunk

    stream = ScreenedStream(Telling([{"content": "010-1234-5678"}]), Screen(GUARD, policy("mask"), None))
    assert b"1234" not in b"".join([block async for block in stream.blocks()])


ADDRESS = "12 Main Street,\nSpringfield, IL 62704"


@pytest.mark.parametrize("layers", [1, 2, 3])
async def test_words_that_json_escapes_come_back_as_json(layers: int) -> None:
    for pieces in splits(layered("to [ADDRESS_1], now", layers), 2):
        out = await arguments(pieces, policy("mask"), f"I live at {ADDRESS}")
        for _ in range(layers):
            out = json.loads(out)["said"]
        assert out == f"to {ADDRESS}, now", pieces


@pytest.mark.parametrize("place", PLACES)
async def test_a_strangers_data_never_becomes_the_callers(place: str) -> None:
    out = await PLACES[place]([written("call 010-2222-3333 now", place)], policy("mask"), f"my number is {KNOWN['[PHONE_1]']}")
    assert out == written("call [PHONE_2] now", place)
