"""A guardrail of Amazon Bedrock: content filters, prompt attacks, denied topics and personal data, by the check that asks."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import anyio.to_thread

from maru.guard.check import Subject
from maru.guard.finding import Finding
from maru.guard.policy import Provider
from maru.guard.providers.base import Untrusted, everywhere

_RULE = "Bedrock guardrail"
_CATEGORIES = {"INSULTS": "harassment", "HATE": "hate", "SEXUAL": "sexual", "VIOLENCE": "violence", "MISCONDUCT": "illicit"}
_CONFIDENCE = {"NONE": 0.0, "LOW": 0.4, "MEDIUM": 0.7, "HIGH": 0.9}
_ACTIONS = {"NONE", "GUARDRAIL_INTERVENED"}
_CHECKS = {"moderation", "injection", "topics", "pii"}
#: Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
_PII = {
    "EMAIL": "EMAIL", "PHONE": "PHONE", "NAME": "NAME", "ADDRESS": "ADDRESS", "US_SOCIAL_SECURITY_NUMBER": "US_SSN",
    "CREDIT_DEBIT_CARD_NUMBER": "CREDIT_CARD", "IP_ADDRESS": "IP_ADDRESS", "INTERNATIONAL_BANK_ACCOUNT_NUMBER": "IBAN", "URL": "URL",
}  # fmt: skip


class BedrockGuardrail:
    """``client`` is boto3's of ``bedrock-runtime``, made when first needed."""

    def __init__(self, client: Any = None) -> None:
        self._client = client

    async def ask(self, check: str, subject: Subject, provider: Provider) -> Iterable[Finding]:
        """What the guardrail says of a text; raises :class:`Untrusted` where it says nothing that can be read."""
        if check not in _CHECKS:
            raise Untrusted
        request = {
            "guardrailIdentifier": provider.guardrail,
            "guardrailVersion": provider.version,
            "source": "OUTPUT" if subject.place == "output" else "INPUT",
            "content": [{"text": {"text": subject.text}}],
        }
        answer = await anyio.to_thread.run_sync(partial(self._boto().apply_guardrail, **request), abandon_on_cancel=True)
        action = answer.get("action")
        # One that intervenes says why: without that nobody knows whether it is what this check asks for.
        if action not in _ACTIONS or (action != "NONE" and not any(answer.get("assessments") or ())):
            raise Untrusted
        return list(_findings(check, subject, answer))

    def _boto(self) -> Any:
        from maru import aws

        self._client = self._client or aws.client("bedrock-runtime")
        return self._client


def _findings(check: str, subject: Subject, answer: dict[str, Any]) -> Iterator[Finding]:
    for assessment in answer.get("assessments") or ():
        if check in {"moderation", "injection"}:
            yield from _filters(check, subject, assessment.get("contentPolicy") or {})
        elif check == "topics":
            for topic in (assessment.get("topicPolicy") or {}).get("topics", ()):
                yield everywhere(check, str(topic["name"]), subject, 0.9, _RULE)
        elif check == "pii":
            for entity in (assessment.get("sensitiveInformationPolicy") or {}).get("piiEntities", ()):
                yield from _places(subject, str(entity["match"]), _PII.get(str(entity["type"]), str(entity["type"])))
            for form in (assessment.get("sensitiveInformationPolicy") or {}).get("regexes", ()):
                yield from _places(subject, str(form["match"]), str(form.get("name") or "REGEX").upper())


def _filters(check: str, subject: Subject, policy: dict[str, Any]) -> Iterator[Finding]:
    for one in policy.get("filters", ()):
        if one["confidence"] not in _CONFIDENCE:
            raise Untrusted
        score = _CONFIDENCE[one["confidence"]]
        attack = one["type"] == "PROMPT_ATTACK"
        if check == "injection" and attack:
            yield everywhere(check, "direct/guardrail", subject, score, _RULE)
        elif check == "moderation" and one["type"] in _CATEGORIES:
            yield everywhere(check, _CATEGORIES[one["type"]], subject, score, _RULE)


def _places(subject: Subject, value: str, label: str) -> Iterator[Finding]:
    """Every place of a value that was told without one."""
    at = subject.text.find(value) if value else -1
    if at < 0:
        raise Untrusted
    while at >= 0:
        yield Finding("pii", label, at, at + len(value), 0.85, _RULE)
        at = subject.text.find(value, at + len(value))
