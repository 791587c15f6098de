"""Answers from documents: their claims checked against the passages, and what is left where some do not hold."""

import re
from typing import Any

from maru.chains.arguments import list_of, text_of
from maru.chains.builtins import RunFacts, builtin
from maru.knowledge.cite import CitationStream, Source, pick_quote, supports
from maru.knowledge.cite.facts import facts
from maru.knowledge.cite.words import normalise
from maru.knowledge.sentences import sentences

_MARKERS = re.compile(r"[ \t]*\[\d{1,3}(?:[ \t]?[,;][ \t]?\d{1,3})*\]")
_NOTHING = re.compile(
    r"documents? (do|does) not (hold|contain|say|mention)|not (found|mentioned|stated) in the (documents?|passages?)|"
    r"찾지 못했|나와 있지 않|확인할 수 없",
    re.IGNORECASE,
)
_REFUSALS = {
    "ko": "제공된 문서에서 이 질문에 대한 확실한 답을 찾지 못했습니다.",
    "en": "The documents do not hold an answer to this question that could be verified.",
}


@builtin("answers.claims", summary="The claims of an answer, one a sentence, without their markers")
def claims(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{text}`` gives ``{claims: [{claim, text}], listed}``; ``listed`` is the same as lines for a prompt."""
    found = [plain for _, plain in _claims(text_of(arguments, "text", most=100_000))]
    return {
        "claims": [{"claim": number, "text": text} for number, text in enumerate(found, 1)],
        "listed": "\n".join(f"{number}. {text}" for number, text in enumerate(found, 1)),
    }


@builtin("answers.judge", summary="Which claims of an answer the passages support, by rule and by a second model's verdicts")
def judge(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{text, passages, verdicts?, question?}`` gives ``{answer, references, claims, supported, unsupported}``.

    ``passages`` are those of a `retrieve` step, ``verdicts`` are ``[{claim, supported, reason?}]`` by the numbers of `answers.claims`. A
    claim holds where a passage supports it by rule (numbers, dates, names and negations occur there) and no verdict says otherwise.
    ``answer`` keeps the claims that hold, with verified markers, and ``supported`` says that none was lost.
    """
    passages = [_source(one) for one in list_of(arguments, "passages", most=100)]
    against = {one["claim"]: one for one in list_of(arguments, "verdicts") if isinstance(one, dict) and one.get("supported") is False}
    judged = []
    kept: list[str] = []
    for number, (marked, plain) in enumerate(_claims(text_of(arguments, "text", most=100_000)), 1):
        reason = _against(plain, passages) or (str(against[number].get("reason") or "verdict") if number in against else "")
        judged.append({"claim": number, "text": plain, "supported": not reason, "reason": reason})
        if not reason:
            kept.append(_with_marker(marked, plain, passages))
    stream = CitationStream(passages, question=str(arguments.get("question") or ""))
    stream.feed(" ".join(kept))
    stream.finish()
    lost = [one for one in judged if not one["supported"]]
    return {
        "answer": stream.text.strip(),
        "references": [reference.public() for reference in stream.references],
        "claims": judged,
        "supported": bool(stream.references) and not lost,
        "unsupported": "\n".join(f"- {one['text']} ({one['reason']})" for one in lost),
    }


@builtin("answers.cited", summary="A text with its markers verified against the passages; those that do not hold are removed")
def cited(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{text, passages, question?}`` gives ``{answer, references}``; sentences without markers stay as they are."""
    passages = [_source(one) for one in list_of(arguments, "passages", most=100)]
    stream = CitationStream(passages, question=str(arguments.get("question") or ""))
    stream.feed(text_of(arguments, "text", most=100_000))
    stream.finish()
    return {"answer": stream.text.strip(), "references": [reference.public() for reference in stream.references]}


@builtin("answers.finish", summary="The answer that is given: what holds of it, or a refusal")
def finish(arguments: dict[str, Any], _: RunFacts) -> dict[str, Any]:
    """``{judged?, language}`` gives ``{answer, references, claims, refused}``; refused where nothing is left that cites a passage."""
    judged = arguments.get("judged") or {}
    refusal = _REFUSALS["ko" if arguments.get("language") == "ko" else "en"]
    if not judged.get("references"):
        return {"answer": refusal, "references": [], "claims": judged.get("claims") or [], "refused": True}
    return {name: judged[name] for name in ("answer", "references", "claims")} | {"refused": False}


def _claims(text: str) -> list[tuple[str, str]]:
    """Each sentence with its markers and without; what says nothing is left out."""
    found = []
    for line in text.splitlines():
        # A marker stands behind the full stop as often as before it: it belongs to the sentence before.
        joined = re.sub(r"([.!?。])((?:[ \t]*\[\d{1,3}(?:[,;][ \t]?\d{1,3})*\])+)", r"\2\1", line.strip().lstrip("-*• "))
        for span in sentences(joined):
            marked = joined[span.start : span.end].strip()
            plain = _MARKERS.sub("", marked).strip()
            if re.search(r"\w", plain):
                found.append((marked, plain))
    return found


def _against(claim: str, passages: list[Source]) -> str:
    """Why no passage supports a claim; empty where one does, and for a sentence that claims nothing."""
    if _NOTHING.search(claim) or claim.endswith((":", "：")):
        return ""
    reasons = []
    for source in passages:
        quote = pick_quote(claim, source.text)
        verdict = supports(claim, source.text[quote.start : quote.end]) if quote else None
        if verdict:
            return ""
        if verdict is not None:
            reasons.append(verdict.reason)
    if not reasons:
        return "unrelated"
    told = facts(normalise(claim))
    certain = [reason for reason in reasons if reason != "unrelated"]
    return (certain or ["unrelated"])[0] if told.quantities or told.dates or certain else "unrelated"


def _with_marker(marked: str, plain: str, passages: list[Source]) -> str:
    """The claim with a marker: its own, or that of the first passage that supports it."""
    if _MARKERS.search(marked) or _NOTHING.search(plain):
        return marked
    for number, source in enumerate(passages, 1):
        quote = pick_quote(plain, source.text)
        if quote and supports(plain, source.text[quote.start : quote.end]):
            return f"{plain} [{number}]"
    return marked


def _source(passage: Any) -> Source:
    return Source(
        file_id=passage["file_id"],
        version=passage["version"],
        chunk_id=passage["chunk_id"],
        source=passage["source"],
        text=passage["text"],
        file_start=passage["file_start"],
        score=passage["score"],
        page=passage.get("page"),
        pages=tuple((page["number"], page["start"], page["end"]) for page in passage.get("pages") or ()),
    )
