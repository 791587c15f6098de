"""No provider that fails lets anything through: each kind, each way to fail, each place, whole and while it streams."""

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from maru.guard.check import PLACES, Place
from maru.guard.decision import Decision
from maru.guard.engine import Guard
from maru.guard.masking import Vault
from maru.guard.policy import Policy, parsed
from maru.guard.providers import Backends
from maru.guard.providers.alias import JudgingModel
from maru.guard.providers.bedrock import BedrockGuardrail
from maru.guard.providers.comprehend import Comprehend
from maru.guard.providers.openai import OpenAIModeration
from maru.guard.stream import GuardedStream
from tests.unit.guard.test_providers import key

#: Each kind with the checks that it may be asked for.
KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "bedrock": ({"guardrail": "gr-1"}, ("moderation", "injection", "topics", "pii")),
    "comprehend": ({}, ("moderation", "pii")),
    "openai": ({}, ("moderation",)),
    "alias": ({"model": "judge"}, ("moderation", "grounding")),
}
#: What none of them answers.
NONSENSE: tuple[Any, ...] = (
    {},
    {"action": "SURE", "ResultList": 7, "Entities": None, "results": [{}]},
    {"action": "GUARDRAIL_INTERVENED", "assessments": [{}], "ResultList": [{"Labels": []}], "Entities": [{}], "results": []},
    {"action": "GUARDRAIL_INTERVENED", "results": [{"category_scores": {"hate": float("nan")}}]},
    [],
    None,
    "maybe",
)
WAYS: dict[str, Any] = {
    "raises": RuntimeError(),
    "down": EndpointConnectionError(endpoint_url="https://guard.example"),
    "cut off": ReadTimeoutError(endpoint_url="https://guard.example"),
    "hangs": None,
    **{f"nonsense {number}": one for number, one in enumerate(NONSENSE)},
}
CASES = [(kind, check) for kind, (_, checks) in KINDS.items() for check in checks]
SAID = "All is well with us. More follows here, and then the end."
FACTS = {"passages": ["The sky is blue."]}


class Failing:
    """The client of a provider, whichever it is: it does the same at every call."""

    def __init__(self, way: str) -> None:
        self._way = way

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *_, **__: self._now(lambda: time.sleep(0.2))

    async def complete(self, alias: str, body: dict[str, Any]) -> Any:
        """What a model says."""
        del alias, body
        return SimpleNamespace(text=await self.later())

    async def later(self, *_: Any) -> Any:
        """What it answers to those who wait without a thread."""
        if self._way == "hangs":
            await asyncio.sleep(0.2)
        return self._now(lambda: None)

    def _now(self, wait: Callable[[], None]) -> Any:
        if self._way == "hangs":
            wait()
        if isinstance(told := WAYS.get(self._way, {"action": "NONE"}), Exception):
            raise told
        return told


def failing(way: str) -> Guard:
    """A guard all of whose providers fail so."""
    client, openai = Failing(way), OpenAIModeration(key)
    vars(openai)["_post"] = client.later
    made: Backends = {
        "bedrock": BedrockGuardrail(client),
        "comprehend": Comprehend(client),
        "openai": openai,
        "alias": JudgingModel(client),
    }
    return Guard(backends=made)


def policy(kind: str, check: str, **more: Any) -> Policy:
    rule = {"default": "mask" if check == "pii" else "block", "local": False, "providers": [{"kind": kind, **KINDS[kind][0]}]}
    return parsed({"name": "asks", "deadline_ms": 15, "checks": {check: rule}, **more})


def told(decision: Decision, kind: str, check: str) -> tuple[bool, bool, bool]:
    """Whether it is blocked, the failure is noted, and a missing check is told."""
    name = f"{check}:{kind}"
    return decision.blocked, decision.failed == (name,), decision.unchecked == (name,)


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_passes_without_its_answer_and_what_does_is_told(way: str) -> None:
    guard = failing(way)
    for kind, check in CASES:
        for place in PLACES:
            closed = await guard.check(SAID, place, policy(kind, check), facts=FACTS)
            assert (told(closed, kind, check), closed.output) == ((True, True, False), ""), (kind, check, place)
            open_ = await guard.check(SAID, place, policy(kind, check, fail="open"), facts=FACTS)
            assert (told(open_, kind, check), open_.output) == ((False, True, True), SAID), (kind, check, place)


async def streamed(guard: Guard, rules: Policy, place: Place) -> tuple[str, Decision]:
    """What leaves of the text that comes word by word, and what was decided."""
    stream = GuardedStream(guard, rules, place, vault=Vault(), facts=FACTS)
    out = "".join([await stream.feed(word) for word in SAID.split(" ")]) + await stream.finish()
    return out, stream.decision()


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_leaves_a_stream_either(way: str) -> None:
    guard = failing(way)
    for kind, check in CASES:
        for place in ("output", "tool_arguments"):
            out, decision = await streamed(guard, policy(kind, check, hold="sentence"), place)
            assert (told(decision, kind, check), out) == ((True, True, False), ""), (kind, check, place)
            out, decision = await streamed(guard, policy(kind, check, hold="sentence", fail="open"), place)
            assert (told(decision, kind, check), out) == ((False, True, True), SAID.replace(" ", "")), (kind, check, place)


async def test_a_provider_that_is_asked_what_it_does_not_know_has_no_answer() -> None:
    for kind, (_, checks) in KINDS.items():
        for check in {"moderation", "injection", "topics", "pii", "grounding", "secrets", "code", "links"} - set(checks):
            rules = parsed({"name": "asks", "checks": {}}).model_copy(update={"checks": policy(*CASES[0]).checks})
            (rule,) = rules.checks.values()
            provider = rule.providers[0].model_copy(update={"kind": kind})
            asks = rules.model_copy(update={"checks": {check: rule.model_copy(update={"providers": (provider,)})}})
            decision = await failing("finds nothing").check(SAID, "output", asks, facts=FACTS)
            assert decision.blocked, (kind, check)
