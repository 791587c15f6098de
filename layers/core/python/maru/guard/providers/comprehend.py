"""Amazon Comprehend: toxicity and personal data in English; text in other scripts it cannot read is an answer it does not have."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import anyio.to_thread

from maru.guard.check import Subject
from maru.guard.finding import Finding
from maru.guard.policy import Provider
from maru.guard.providers.base import Untrusted

_RULE = "Amazon Comprehend"
#: Source: https://docs.aws.amazon.com/comprehend/latest/dg/trust-safety.html
_CATEGORIES = {
    "GRAPHIC": "violence/graphic", "HARASSMENT_OR_ABUSE": "harassment", "HATE_SPEECH": "hate", "INSULT": "harassment",
    "SEXUAL": "sexual", "VIOLENCE_OR_THREAT": "violence",
}  # fmt: skip
_PII = {
    "SSN": "US_SSN", "CREDIT_DEBIT_NUMBER": "CREDIT_CARD", "INTERNATIONAL_BANK_ACCOUNT_NUMBER": "IBAN",
    "BANK_ACCOUNT_NUMBER": "BANK_ACCOUNT", "DRIVER_ID": "US_DRIVER_LICENSE", "LICENSE_PLATE": "VEHICLE_PLATE",
}  # fmt: skip
#: Bytes of a segment, and segments of a call.
_SEGMENT, _SEGMENTS = 1_000, 10
_LATIN_SHARE = 0.7


class Unreadable(Exception):
    """The service does not know the text's language."""


class Comprehend:
    """``client`` is boto3's of ``comprehend``, made when first needed."""

    def __init__(self, client: Any = None) -> None:
        self._client = client

    async def ask(self, check: str, subject: Subject, provider: Provider) -> Iterable[Finding]:  # noqa: ARG002 - it has no options
        """What the service says of an English text; raises :class:`Unreadable` for others."""
        letters = [one for one in subject.text if one.isalpha()]
        if sum(one.isascii() for one in letters) < _LATIN_SHARE * len(letters):
            raise Unreadable
        find = {"moderation": self._toxic, "pii": self._personal}.get(check)
        if find is None:
            raise Untrusted
        return await anyio.to_thread.run_sync(partial(find, subject), abandon_on_cancel=True)

    def _toxic(self, subject: Subject) -> list[Finding]:
        found: list[Finding] = []
        segments = list(_segments(subject.text))
        for first in range(0, len(segments), _SEGMENTS):
            some = segments[first : first + _SEGMENTS]
            request = [{"Text": text} for _, text in some]
            results = self._boto().detect_toxic_content(TextSegments=request, LanguageCode="en")["ResultList"]
            # Every segment has a score for every label, for those that are not there, too.
            if len(results) != len(some) or not all(one["Labels"] for one in results):
                raise Untrusted
            for (start, text), result in zip(some, results, strict=True):
                found += [
                    Finding("moderation", _CATEGORIES[one["Name"]], start, start + len(text), round(_share(one["Score"]), 4), _RULE)
                    for one in result["Labels"]
                    if one["Name"] in _CATEGORIES
                ]
        return found

    def _personal(self, subject: Subject) -> list[Finding]:
        entities = self._boto().detect_pii_entities(Text=subject.text, LanguageCode="en")["Entities"]
        found = []
        for one in entities:
            start, end = int(one["BeginOffset"]), int(one["EndOffset"])
            if not 0 <= start < end <= len(subject.text):
                raise Untrusted
            found.append(Finding("pii", _PII.get(one["Type"], str(one["Type"])), start, end, round(_share(one["Score"]), 4), _RULE))
        return found

    def _boto(self) -> Any:
        from maru import aws

        self._client = self._client or aws.client("comprehend")
        return self._client


def _share(score: Any) -> float:
    if not isinstance(score, int | float) or not 0 <= score <= 1:
        raise Untrusted
    return float(score)


def _segments(text: str) -> Iterator[tuple[int, str]]:
    """Parts of a text that are small enough, cut at blanks."""
    at = 0
    while at < len(text):
        end = min(len(text), at + _SEGMENT)
        while len(text[at:end].encode()) > _SEGMENT:
            end -= 50
        if end < len(text) and (blank := text.rfind(" ", at + 1, end)) > at:
            end = blank
        yield at, text[at:end]
        at = end
