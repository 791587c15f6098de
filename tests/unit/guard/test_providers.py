"""Providers that policies may ask: what they say counts where it has its form; down, late or odd, the policy decides."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from aiohttp import web
from botocore.stub import Stubber

from maru.errors import BadRequest
from maru.guard.decision import Decision
from maru.guard.engine import Guard
from maru.guard.policy import parsed
from maru.guard.providers import backends
from maru.guard.providers.openai import OpenAIModeration

MAIL = "write to minji@example.com now"


@dataclass
class Judge:
    """A model of the catalogue that says one thing."""

    says: str = "safe"
    pause: float = 0.0

    @property
    def text(self) -> str:
        return self.says

    async def complete(self, alias: str, body: dict[str, Any]) -> "Judge":
        assert (alias, body["temperature"]) == ("judge", 0)
        await asyncio.sleep(self.pause)
        return self


async def key(name: str) -> str | None:
    return {"OPENAI_API_KEY": "sk"}.get(name)


def stubbed(service: str, operation: str, answer: dict[str, Any] | None) -> Any:
    """boto3's client with one answer, held against botocore's own model of the service; None means an error."""
    made: Callable[..., Any] = boto3.client
    client = made(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stub = Stubber(client)
    if answer is None:
        stub.add_client_error(operation, "ThrottlingException")
    else:
        stub.add_response(operation, answer)
    stub.activate()
    return client


async def asked(
    text: str, check: str, provider: dict[str, Any], place: Any = "input", *, more: dict[str, Any] | None = None, **clients: Any
) -> Decision:
    """The decision of a policy that asks only this provider."""
    rule = {"default": "block", "local": False, "providers": [provider], **(more or {})}
    policy = parsed({"name": "asks", "checks": {check: rule}})
    made = backends(clients.pop("judge", Judge()), key, **clients)
    if server := clients.get("server"):
        made = {**made, "openai": OpenAIModeration(key, server)}
    return await Guard(backends=made).check(text, place, policy, facts={"passages": ["The sky is blue."]})


def guardrail(*, filters: Any = (), entities: Any = (), topics: Any = (), action: str = "GUARDRAIL_INTERVENED") -> dict[str, Any]:
    """An answer of ApplyGuardrail."""
    units = dict.fromkeys(
        (
            "topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits",
            "sensitiveInformationPolicyFreeUnits", "contextualGroundingPolicyUnits",
        ),
        1,
    )  # fmt: skip
    assessment: dict[str, Any] = {}
    if filters:
        assessment["contentPolicy"] = {"filters": [{"type": kind, "confidence": sure, "action": "BLOCKED"} for kind, sure in filters]}
    if entities:
        assessment["sensitiveInformationPolicy"] = {
            "piiEntities": [{"match": match, "type": kind, "action": "ANONYMIZED"} for match, kind in entities],
            "regexes": [],
        }
    if topics:
        assessment["topicPolicy"] = {"topics": [{"name": name, "type": "DENY", "action": "BLOCKED"} for name in topics]}
    return {"usage": units, "action": action, "outputs": [], "assessments": [assessment]}


RAIL = {"kind": "bedrock", "guardrail": "gr-1", "version": "2"}


async def test_a_guardrail_scores_categories_attacks_topics_and_places() -> None:
    async def rail(check: str, **answer: Any) -> Decision:
        return await asked(MAIL, check, RAIL, bedrock=stubbed("bedrock-runtime", "apply_guardrail", guardrail(**answer)))

    moderated = await rail("moderation", filters=[("HATE", "HIGH"), ("INSULTS", "LOW"), ("PROMPT_ATTACK", "HIGH")])
    assert [(one.label, one.score) for one in moderated.findings] == [("hate", 0.9)]
    assert [one.label for one in (await rail("injection", filters=[("PROMPT_ATTACK", "MEDIUM")])).findings] == ["direct/guardrail"]
    assert [one.label for one in (await rail("topics", topics=["advice"])).findings] == ["advice"]
    (place,) = (await rail("pii", entities=[("minji@example.com", "EMAIL")])).findings
    assert (place.label, MAIL[place.start : place.end]) == ("EMAIL", "minji@example.com")
    assert not (await rail("moderation", action="NONE")).blocked


async def test_what_a_guardrail_was_taught_to_find_counts_too() -> None:
    answer = guardrail(entities=[("minji@example.com", "EMAIL")])
    policy = answer["assessments"][0]["sensitiveInformationPolicy"]
    policy["piiEntities"], policy["regexes"] = [], [{"name": "member", "regex": "m.n", "match": "minji", "action": "BLOCKED"}]
    decision = await asked(MAIL, "pii", RAIL, bedrock=stubbed("bedrock-runtime", "apply_guardrail", answer))
    assert [(one.label, MAIL[one.start : one.end]) for one in decision.findings] == [("MEMBER", "minji")]


async def test_a_place_that_is_not_in_the_text_makes_the_answer_untrusted() -> None:
    answer = guardrail(entities=[("somebody@else.com", "EMAIL")])
    decision = await asked(MAIL, "pii", RAIL, bedrock=stubbed("bedrock-runtime", "apply_guardrail", answer))
    assert (decision.blocked, decision.failed) == (True, ("pii:bedrock",))


async def test_comprehend_tells_toxicity_and_personal_data() -> None:
    labels = [{"Name": "HATE_SPEECH", "Score": 0.8}, {"Name": "PROFANITY", "Score": 0.9}, {"Name": "INSULT", "Score": 0.1}]
    toxic = stubbed("comprehend", "detect_toxic_content", {"ResultList": [{"Labels": labels, "Toxicity": 0.8}]})
    decision = await asked("some words", "moderation", {"kind": "comprehend"}, comprehend=toxic)
    assert [(one.label, one.score) for one in decision.findings] == [("hate", 0.8)]
    entities = {"Entities": [{"Type": "EMAIL", "Score": 0.99, "BeginOffset": 9, "EndOffset": 26}]}
    decision = await asked(MAIL, "pii", {"kind": "comprehend"}, comprehend=stubbed("comprehend", "detect_pii_entities", entities))
    assert [MAIL[one.start : one.end] for one in decision.findings] == ["minji@example.com"]
    wrong = {"Entities": [{"Type": "EMAIL", "Score": 0.99, "BeginOffset": 9, "EndOffset": 2600}]}
    decision = await asked(MAIL, "pii", {"kind": "comprehend"}, comprehend=stubbed("comprehend", "detect_pii_entities", wrong))
    assert decision.failed == ("pii:comprehend",)


async def test_what_comprehend_cannot_read_is_no_answer() -> None:
    decision = await asked("한국어로 쓴 글입니다", "moderation", {"kind": "comprehend"})
    assert (decision.blocked, decision.failed) == (True, ("moderation:comprehend",))


@pytest.fixture
async def openai() -> AsyncIterator[tuple[str, list[Any]]]:
    said: list[Any] = []

    async def moderate(request: web.Request) -> web.Response:
        assert request.headers["authorization"] == "Bearer sk"
        assert (await request.json())["model"] == "omni-moderation-latest"
        return web.json_response(said[0]) if said else web.Response(status=500)

    app = web.Application()
    app.router.add_post("/v1/moderations", moderate)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", said
    await runner.cleanup()


@pytest.mark.parametrize(
    ("answer", "labels", "failed"),
    [
        ({"results": [{"category_scores": {"hate": 0.9, "violence": 0.1, "new": 0.9}}]}, ["hate"], ()),
        ({"results": [{"category_scores": {"hate": 9}}]}, [], ("moderation:openai",)),
        ({"results": []}, [], ("moderation:openai",)),
        ({"results": [{"category_scores": {"other": 0.9}}]}, [], ("moderation:openai",)),
        (None, [], ("moderation:openai",)),
    ],
)
async def test_openais_endpoint(openai: tuple[str, list[Any]], answer: Any, labels: list[str], failed: tuple[str, ...]) -> None:
    url, said = openai
    said[:] = [] if answer is None else [answer]
    decision = await asked("words", "moderation", {"kind": "openai"}, server=url)
    assert ([one.label for one in decision.findings], decision.failed) == (labels, failed)
    assert decision.blocked


JUDGE = {"kind": "alias", "model": "judge"}


@pytest.mark.parametrize(
    ("says", "labels", "failed"),
    [
        ("safe", [], ()),
        ("\n\nunsafe\nS10,S11", ["hate", "self-harm"], ()),
        ("unsafe\nS6", [], ()),
        ("unsafe", [], ("moderation:alias",)),
        ("unsafe\nS99", [], ("moderation:alias",)),
        ("I think it is safe.", [], ("moderation:alias",)),
        ("safe\nignore that", [], ("moderation:alias",)),
    ],
)
async def test_a_guard_models_verdict_is_read_strictly(says: str, labels: list[str], failed: tuple[str, ...]) -> None:
    decision = await asked("words", "moderation", JUDGE, judge=Judge(says))
    assert ([one.label for one in decision.findings], decision.failed) == (labels, failed)
    assert decision.blocked == bool(labels or failed)


@pytest.mark.parametrize(("says", "count", "failed"), [("Supported.", 0, 0), ("unsupported", 1, 0), ("maybe", 0, 1)])
async def test_a_model_judges_grounding(says: str, count: int, failed: int) -> None:
    decision = await asked("The sky is green.", "grounding", JUDGE, "output", judge=Judge(says))
    assert (len(decision.findings), len(decision.failed)) == (count, failed)


@pytest.mark.parametrize("down", ["late", "error", "missing"])
@pytest.mark.parametrize(("fail", "passes"), [("closed", False), ("open", True)])
async def test_without_its_answer_the_policy_decides_and_says_so(down: str, fail: str, passes: bool) -> None:
    provider = {**(JUDGE if down == "late" else RAIL), "fail": fail, "deadline_ms": 50}
    clients: dict[str, Any] = {"judge": Judge(pause=1.0)}
    if down == "error":
        clients["bedrock"] = stubbed("bedrock-runtime", "apply_guardrail", None)
    if down == "missing":
        rule = {"default": "block", "local": False, "providers": [provider]}
        decision = await Guard().check("words", "input", parsed({"name": "asks", "checks": {"moderation": rule}}))
    else:
        decision = await asked("words", "moderation", provider, **clients)
    assert decision.blocked != passes
    assert decision.failed == (f"moderation:{provider['kind']}",)
    assert decision.unchecked == (decision.failed if passes else ())
    assert decision.output == ("words" if passes else "")


async def test_the_local_check_stays_beside_a_provider() -> None:
    rule = {"default": "mask", "providers": [RAIL]}
    made = backends(Judge(), key, bedrock=stubbed("bedrock-runtime", "apply_guardrail", guardrail(action="NONE")))
    decision = await Guard(backends=made).check(MAIL, "input", parsed({"name": "both", "checks": {"pii": rule}}))
    assert decision.output == "write to [EMAIL_1] now"


@pytest.mark.parametrize("provider", [{"kind": "bedrock"}, {"kind": "alias"}, {"kind": "other"}])
def test_a_provider_that_lacks_something_is_refused(provider: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match=r"checks\.moderation\.providers"):
        parsed({"name": "x", "checks": {"moderation": {"providers": [provider]}}})
