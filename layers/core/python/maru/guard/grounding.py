"""Grounding: sentences of an answer that claim something which no passage supports, by the rule that citations are verified with.

The fact ``passages`` are the texts that the model was given; without it nothing can be said, and nothing is found.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding
from maru.knowledge.cite.facts import facts
from maru.knowledge.cite.quote import quotes
from maru.knowledge.cite.verify import supports
from maru.knowledge.cite.words import content, normalise, words
from maru.knowledge.sentences import sentences

#: Sentences with fewer words of their own and without a number or date claim nothing.
_FEWEST = 3
#: Quotes of each passage that are tried.
_TRIED = 2
#: How sure an unsupported claim is one: another value than any passage has, or nothing that speaks of it.
_CONTRADICTED, _ABSENT = 0.9, 0.7
_NO_CLAIM = re.compile(
    r"(?i)\?\s*[\"')\]]*$|^(?:hello|hi|dear|thanks?|thank you|sorry|sure|of course|certainly|please|let me|"
    r"i (?:can|could|will|would|am|cannot|can't|don't|do not)\b|"
    r"if you|feel free|안녕|감사|죄송|물론|도와)|(?:documents?|passages?|sources?|results?) (?:do|does|did|have|has) not|"
    r"(?:not|cannot|can't|could not|couldn't) (?:find|found|answer|hold|contain)|word for word|extractive|"
    r"(?:찾지 못|없습니다\.?$|알 수 없|확인할 수 없|답변할 수 없|답할 수 없|그대로 옮|도와드|말씀해 주|문의해 주|인용해서만)"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that claims something, and why no passage supports it; empty where one does."""

    start: int
    end: int
    reason: str


class Grounding:
    """The label is ``unsupported``; a finding spans the sentence."""

    name = "grounding"
    unit: Unit = "sentence"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Claims that no passage supports."""
        for claim in claims(subject.text, subject.facts.get("passages") or ()):
            if claim.reason:
                score = _ABSENT if claim.reason == "unrelated" else _CONTRADICTED
                yield Finding("grounding", "unsupported", claim.start, claim.end, score, f"no passage supports it: {claim.reason}")


def claims(text: str, passages: Sequence[str]) -> list[Claim]:
    """The claims of a text, held against the passages; none where there are no passages."""
    spans = [(one.start, one.end) for one in sentences(text)] if passages else []
    return [Claim(start, end, _unsupported(text[start:end], passages)) for start, end in spans if _claims(text[start:end])]


def measured(text: str, passages: Sequence[str]) -> dict[str, Any] | None:
    """``{score, claims, unsupported: [{start, end, reason}]}``, the score being the supported share; None where nothing is claimed."""
    found = claims(text, passages)
    if not found:
        return None
    bare = [{"start": one.start, "end": one.end, "reason": one.reason} for one in found if one.reason]
    return {"score": round(1 - len(bare) / len(found), 3), "claims": len(found), "unsupported": bare}


def _claims(sentence: str) -> bool:
    plain = normalise(sentence)
    if not plain or _NO_CLAIM.search(plain):
        return False
    held = facts(plain)
    return len(content(words(plain))) >= _FEWEST or bool(held.dates or held.quantities or held.codes)


def _unsupported(sentence: str, passages: Sequence[str]) -> str:
    """Why no passage supports a sentence: what the best of them lacks; empty where one does support it."""
    reason = "unrelated"
    for passage in passages:
        for quote in quotes(sentence, passage, most=_TRIED):
            verdict = supports(sentence, passage[quote.start : quote.end])
            if verdict:
                return ""
            reason = verdict.reason if reason == "unrelated" else reason
    return reason


CHECK = Grounding()
