"""The check of injection: rules on every reading of the text, and small models, of prompts and of sentences within documents."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from maru.guard.check import Subject, Unit
from maru.guard.finding import Finding, without_overlaps
from maru.guard.injection import pasted, rules, sentences
from maru.guard.linear import Linear, load
from maru.guard.normalise import Normalised

WEIGHTS = Path(__file__).with_name("injection.weights")
#: Places whose texts nobody wrote to give orders.
_DOCUMENTS = frozenset({"passage", "tool_result"})
_WINDOW = 1_000
#: Characters from which on a message is not brief.
_BRIEF = 60
#: How notices begin as orders to a model do: rules tell the two apart by what follows, which is all that the model reads.
_OPENING = re.compile(r"\b(?:from now on|henceforth),?\s(?:you\s)?|(?<![가-힣])(?:이제부터|지금부터|앞으로)(?![가-힣])\s?")
#: Below this a finding is not worth naming.
_LEAST = 0.2


class Injection:
    """Labels: ``direct`` for what a writer says to the model, ``indirect`` for what a document says; both with ``/kind`` behind.

    Kinds: override, jailbreak, prompt_theft, exfiltration, tool_abuse, delimiter, addressed (rules), and model.
    """

    name = "injection"
    unit: Unit = "whole"

    def find(self, subject: Subject) -> Iterable[Finding]:
        """Findings of the rules as far as they match; of the models over the sentence or window that they read."""
        found = list(self._all(subject))
        for label in dict.fromkeys(one.label for one in found):
            yield from without_overlaps([one for one in found if one.label == label])

    def _all(self, subject: Subject) -> Iterator[Finding]:
        label = "indirect" if subject.place in _DOCUMENTS else "direct"
        first: list[rules.Hit] = []
        for number, read in enumerate(subject.readings):
            hits = rules.hits(lowered(read.text), document=subject.place in _DOCUMENTS)
            first = first if number else hits
            for hit in hits:
                place = read.original(hit.start, hit.end)
                yield Finding("injection", f"{label}/{hit.kind}", *place, round(hit.score, 4), "rule" if number == 0 else "rule, disguised")
        if subject.place in _DOCUMENTS or pasted.is_document(subject.read.text):
            yield from _asked(subject.read, own=subject.place not in _DOCUMENTS)
        if subject.place not in _DOCUMENTS:
            yield from _prompted(subject.read, first)


def lowered(text: str) -> str:
    """Small letters without a change of length; whatever would grow stays."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(low if len(low := one.lower()) == 1 else one for one in text)


def models() -> dict[str, Linear]:
    """``direct`` of prompts and ``indirect`` of sentences within documents, each with one for Korean (``direct_ko``)."""
    return load(WEIGHTS)


def _asked(read: Normalised, *, own: bool) -> Iterator[Finding]:
    """Sentences that give a task where only facts are expected; ``own`` tells that the first and the last may be the writer's task."""
    text = lowered(read.text)
    around, held = sentences.counted(text), models()
    parts = list(sentences.parts(text))
    for start, end in parts:
        sentence = text[start:end].strip()
        if own and (start, end) in (parts[0], parts[-1]) and pasted.asks_for_it(sentence):
            continue
        sentence = sentences.plain(sentence)
        model = held["indirect_ko" if sentences.language(sentence) == "ko" else "indirect"]
        score = model.probability(sentence, sentences.signs(sentence, around))
        if score >= _LEAST:
            yield Finding("injection", "indirect/model", *read.original(start, end), round(score, 4), "model of sentences")


def _prompted(read: Normalised, hits: list[rules.Hit]) -> Iterator[Finding]:
    text, held = lowered(read.text), models()
    asked = lowered(pasted.wish(read.text))
    for start in range(0, len(text), _WINDOW):
        window = text[start : start + _WINDOW]
        if window.strip():
            model = held["direct_ko" if sentences.language(window) == "ko" else "direct"]
            # What somebody wants done with a document is told by the wish: the model of sentences reads the document.
            score = model.probability(
                unopened(asked or window), prompt_signs(asked or window, [hit for hit in hits if start <= hit.start < start + _WINDOW])
            )
            if score >= _LEAST:
                place = read.original(start, start + len(window))
                yield Finding("injection", "direct/model", *place, round(score, 4), "model of prompts")


def unopened(window: str) -> str:
    """What the model of prompts reads of a window in small letters."""
    return _OPENING.sub("", window)


def prompt_signs(window: str, hits: Iterable[rules.Hit]) -> dict[str, float]:
    """What the rules said of a window, so that the model need not learn it again, and how brief it is.

    A few words say little about who writes them: without that sign ``are you sure`` would be as suspicious as the longer
    prompts that its n-grams come from.
    """
    said = {f"rule_{hit.kind}": 1.0 for hit in hits if hit.score >= 0.5}
    return said | ({"brief": 1.0 - len(window) / _BRIEF} if len(window) < _BRIEF else {})


CHECK = Injection()
