# ruff: noqa: E501 - a pattern stands on one line
"""Names that a question of general knowledge is about ("Who was Abraham Lincoln?"): of people whom everybody may ask for.

They stay findings, for policies that mask every name, but are less sure to be personal data than what sends a request astray.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from maru.guard.finding import Finding

#: Below the score from which on a name makes a request personal (:mod:`maru.guard.sensitivity`), above the usual threshold.
SCORE = 0.55
_LARGE_BEFORE = re.compile(r"(?<=\s)(?:[A-Z][\w'’.-]*\s)+$")
_LARGE_BEHIND = re.compile(r"^(?:\s[A-Z][\w-]*)+")
#: Stands for the name while its sentence is looked at.
_NAME = "\0"
_SENTENCE = re.compile(r"[^.!?。？！\n]*(?:(?<=\b[A-Z])\.[^.!?。？！\n]*)*[.!?。？！\n]?")
_SAID = (
    r"(?:born|die|died|live|lived|write|written|wrote|discover(?:ed)?|invent(?:ed)?|paint(?:ed)?|compose[d]?|found(?:ed)?|become|became|"
    r"win|won|lose|lost|rule[d]?|reign(?:ed)?|serve[d]?|do|think|thought|believe[d]?|say|said|mean|meant|teach|taught|argue[d]?|"
    r"propose[d]?|sign(?:ed)?|elected|assassinated|killed|crowned|known for|famous(?: for)?|remembered for|important|president|king|queen|"
    r"emperor|prime minister)"
)
_WORKS = (
    r"(?:biography|life and (?:work|works|times)|life story|legacy|presidency|reign|death|assassination|works?|novels?|plays?|poems?|poetry|"
    r"paintings?|symphon(?:y|ies)|songs?|films?|movies?|books?|speech(?:es)?|philosophy|theor(?:y|ies)|theorem|laws?|equations?|"
    r"discover(?:y|ies)|inventions?|ideas|significance|achievements|contributions?|influence)"
)
_ASKED = re.compile(
    rf"(?i)^\W*(?:(?:so|and|but|also|please|hi|hello|hey|ok|okay|can you tell me|could you tell me|do you know|i wonder|tell me|explain)[, ]+)*"
    rf"(?:who (?:is|was|were|are|exactly was) {_NAME}\W*$"
    rf"|(?:when|where|why|how|what|which|in (?:what|which) year)\b[^{_NAME}]{{0,40}}{_NAME}[^{_NAME}]{{0,30}}\b{_SAID}\b"
    rf"|(?:what|which|how|why|when)\b[^{_NAME}]{{0,20}}{_NAME}['’]s? (?:\w+ ){{0,2}}{_WORKS}\b"
    rf"|(?:what|which|summari[sz]e|describe|explain|discuss|compare|analy[sz]e|write|tell me|give me)\b[^{_NAME}]{{0,60}}"
    rf"\b{_WORKS} (?:of|by|about|on) {_NAME}"
    rf"|(?:tell me|teach me|write|give me|show me)\b[^{_NAME}]{{0,40}}\b(?:about|on) (?:the )?{_NAME}\W*$"
    rf"|(?:summari[sz]e|describe|explain|discuss|outline)\b[^{_NAME}]{{0,20}}{_NAME}['’]s? (?:\w+ ){{0,2}}{_WORKS}\b)"
)
#: Words of those who know the person, and of what only they are asked for.
_PRIVATE = re.compile(
    r"(?i)\b(?:my|our|ours|mine|me and|i am|i'm|we|us|customers?|clients?|patients?|employees?|colleagues?|coworkers?|co-workers?|tenants?|"
    r"applicants?|candidates?|students?|users?|members?|managers?|boss|neighbou?rs?|team|department|company|office|account|order|invoice|"
    r"phone|mobile|e-?mail|address|salary|diagnos\w+|passwords?|contact|appointment|resume|cv|ssn|birthday|married|divorce\w*)\b"
)


def lowered(found: Sequence[Finding], text: str) -> list[Finding]:
    """The findings, those names with less of a score that are only asked about, where nothing else personal stands in the text.

    ``text`` is the original, whose offsets findings have. A name that is asked about is the same wherever it stands.
    """
    names = [one for one in found if one.label == "NAME"]
    if not names or any(one.label not in _OTHERS for one in found):
        return list(found)
    known = [text[one.start : one.end].lower().split() for one in names if _asked_about(text, one)]
    if not known:
        return list(found)
    return [
        replace(one, score=min(one.score, SCORE)) if one.label == "NAME" and _one_of(text[one.start : one.end], known) else one
        for one in found
    ]


#: What may stand beside such a name without making it anybody's own affair.
_OTHERS = frozenset({"NAME", "LOCATION", "ORGANIZATION", "DATE_TIME", "TITLE", "URL"})


def _asked_about(text: str, name: Finding) -> bool:
    sentence = next((one for one in _SENTENCE.finditer(text) if one.start() <= name.start < one.end()), None)
    if sentence is None:
        return False
    # What is written large beside the name is taken for a part of it.
    plain = _LARGE_BEFORE.sub("", text[sentence.start() : name.start]) + _NAME + _LARGE_BEHIND.sub("", text[name.end : sentence.end()])
    return bool(_ASKED.search(plain)) and not _PRIVATE.search(plain)


def _one_of(value: str, known: Sequence[Sequence[str]]) -> bool:
    words = value.lower().removesuffix("'s").removesuffix("’s").split()
    return any(set(words) <= set(one) for one in known)
