"""The guard over a text that comes in pieces: nothing of a match leaves, and what cannot be one any more leaves at once."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from maru.guard.check import Place
from maru.guard.decision import Acted, Decision, Found, decide
from maru.guard.engine import Guard
from maru.guard.masking import Vault
from maru.guard.normalise import normalise
from maru.guard.pii import spoken
from maru.guard.policy import STRENGTH, Action, Policy
from maru.guard.registry import built_in
from maru.guard.size import beyond, most_of
from maru.guard.unfinished import NO_PHRASES, Phrases, half_escape, open_at, phrases_of

#: Characters that are held back at most; what may still become a match beyond them ends the stream.
LONGEST_HOLD = 8_192
#: Characters before a match that may tell what it is.
_CONTEXT = 120
#: Text in which no pattern of personal data and secrets finds anything: prose of small Latin letters.
_PROSE = re.compile(rf"(?!.*\b(?:at|dot|{spoken.ENGLISH_DIGIT})\b)[a-z ,;'\n]*\Z", re.DOTALL)
#: Halves of characters beyond the basic plane.
_HALVES = re.compile("[\ud800-\udfff]")
_SENTENCE_END = re.compile(r"(?:[.!?…。！？]+[\"'”’)\]]*(?=\s)|\n)")


class GuardedStream:
    """Feeds a text through the checks of a place; ``blocked`` once it was cut off, and then nothing more leaves.

    ``vault`` takes the masks; values that ``known`` holds are the reader's own and go through. Checks that read sentences see
    each at its end: under ``hold: sentence`` before it leaves, else the stream ends behind the one that offends.
    """

    def __init__(
        self,
        guard: Guard,
        policy: Policy,
        place: Place,
        *,
        vault: Vault,
        known: Vault | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self._guard, self._policy, self.place = guard, policy, place
        self._vault, self._known, self._facts = vault, known, facts or {}
        self._spans, self._sentences, self._whole = _by_unit(guard, policy, place)
        self._phrases = _phrases(policy) if "topics" in self._spans else NO_PHRASES
        self._prosaic = "hosts" not in self._facts and all(_finds_nothing_in_prose(guard, policy, name) for name in self._spans)
        self._holding = policy.hold == "sentence" and bool(self._sentences)
        #: Characters that may still come, where the policy bounds them and does more than to tell.
        self._room = most_of(policy.options("size")) if _bounded(guard, policy, place) else None
        self._context = self._held = self._sentence = self._half = ""
        self._said: list[str] = []
        self._ended = self.blocked = False
        #: What was under check when it was cut off.
        self.offending: str | None = None
        self.acted: list[Acted] = []
        self.failed: set[str] = set()
        self.unchecked: set[str] = set()

    async def feed(self, delta: str) -> str:
        """What may leave now."""
        if self._half or _HALVES.search(delta):
            delta = self._paired(delta)
        if self._room is not None:
            return await self._sized(delta, self._room)
        return await self._sentenced(await self._span_checked(delta, final=False), final=False)

    async def finish(self) -> str:
        """What was held back, the text being complete."""
        rest, self._half = "\ufffd" if self._half and self._room != 0 else "", ""
        out = await self._sentenced(await self._span_checked(rest, final=True), final=True)
        if self._whole and not self.blocked:
            whole = "".join(self._said) + out
            self._take(await self._judged(whole, self._whole), whole)
        return out

    async def _sized(self, delta: str, room: int) -> str:
        """What may leave of a piece that is too long at its end; what a match held back there is nobody's any more."""
        self._room = max(0, room - len(delta))
        rest = delta[room:]
        out = await self._span_checked(delta[:room], final=False)
        instead = ""
        if rest and not (self.blocked or self._ended):
            self._held, self._ended = "", True
            found = Found((beyond(most_of(self._policy.options("size")), 0, len(rest)),), ())
            decided = decide(rest, self.place, self._policy, found, self._vault)
            self._take(decided, rest)
            instead = decided.output
        said = await self._sentenced(out, final=self._ended)
        return said if self.blocked else said + instead

    def decision(self) -> Decision:
        """What was found in all of it, for metrics and the answer's own mark."""
        action: Action = "block" if self.blocked else max((one.action for one in self.acted), key=STRENGTH.index, default="allow")
        return Decision(action, "", tuple(self.acted), tuple(sorted(self.failed)), tuple(sorted(self.unchecked)))

    def _paired(self, delta: str) -> str:
        """A model may cut a character beyond the basic plane in two: its halves are read together, and one alone is no character."""
        text = self._half + delta
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return text[: len(text) - len(self._half)].encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    async def _span_checked(self, delta: str, *, final: bool) -> str:
        if self.blocked:
            return ""
        self._held += delta
        if not self._spans:
            out, self._held = self._held, ""
            return out
        cut = len(self._held) if final else self._cut()
        if len(self._held) - cut > LONGEST_HOLD:
            self.blocked, self._held = True, ""
            self.failed.add("hold")
            return ""
        return await self._let_go(cut) if cut else ""

    def _cut(self) -> int:
        """How much of what is held cannot be part of a match that is still in progress."""
        text = self._context + self._held
        whole = half_escape(text)
        read = normalise(text[:whole])
        # An escape that an inner layer of JSON only begins is as little known as one that is cut off.
        at = open_at(read.text[: half_escape(read.text)], self._spans, self._phrases)
        cut = read.original(at, at + 1)[0] if at < len(read.text) else whole
        return max(0, cut - len(self._context))

    async def _let_go(self, cut: int) -> str:
        window = self._context + self._held
        first, last = len(self._context), len(self._context) + cut
        if self._prosaic and _PROSE.match(self._held):
            return self._leave(self._held[:cut], cut)
        found = await self._guard.found(window, self.place, self._policy, self._spans, facts=self._facts)
        # A match that goes on behind the cut is decided with it; one that lies in the context was decided before.
        last = min((one.start for one in found.findings if one.start < last < one.end), default=last)
        if last <= first:
            return ""
        mine = [one.moved(-first) for one in found.findings if first <= one.start and one.end <= last]
        decided = decide(window[first:last], self.place, self._policy, Found(tuple(mine), found.failed), self._vault, known=self._known)
        self._take(decided, window)
        if not self.blocked:
            return self._leave(decided.output, last - first)
        self._held = ""
        return self._innocent(decided, Found(tuple(mine), found.failed), window[first:last])

    def _innocent(self, decided: Decision, found: Found, text: str) -> str:
        """What stands before the first match that stops a stream; nothing where a check gave no answer, so that nobody knows."""
        if set(found.failed) - set(decided.unchecked):
            return ""
        stop = min((one.finding.start for one in decided.acted if one.action == "block"), default=0)
        before = Found(tuple(one for one in found.findings if one.end <= stop), ())
        return decide(text[:stop], self.place, self._policy, before, self._vault, known=self._known).output

    def _leave(self, out: str, length: int) -> str:
        self._context = (self._context + self._held[:length])[-_CONTEXT:]
        self._held = self._held[length:]
        return out

    async def _sentenced(self, text: str, *, final: bool) -> str:
        """The text as far as its sentences were judged, or may leave before they are."""
        if not self._sentences:
            self._said.append(text)
            return text
        self._sentence += text
        out = "" if self._holding else text
        stopped = self.blocked
        while end := self._end_of_sentence(final=final or stopped):
            sentence, self._sentence = self._sentence[:end], self._sentence[end:]
            decision = await self._judged(sentence, self._sentences)
            self._take(decision, sentence)
            if decision.blocked:
                out = out if self._holding else out[: max(0, len(out) - len(self._sentence))]
                self._sentence = ""
                break
            out += decision.output if self._holding else ""
        self._said.append(out)
        return out

    def _end_of_sentence(self, *, final: bool) -> int:
        found = _SENTENCE_END.search(self._sentence)
        return found.end() if found else len(self._sentence) if final else 0

    async def _judged(self, text: str, names: list[str]) -> Decision:
        found = await self._guard.found(text, self.place, self._policy, names, facts=self._facts)
        return decide(text, self.place, self._policy, found, self._vault, known=self._known)

    def _take(self, decision: Decision, text: str) -> None:
        if decision.blocked and self.offending is None:
            self.offending = text
        self.acted += decision.acted
        self.failed |= set(decision.failed)
        self.unchecked |= set(decision.unchecked)
        late = not self._holding and any(
            one.action not in {"score", "allow"} and one.finding.check in self._sentences for one in decision.acted
        )
        self.blocked = self.blocked or decision.blocked or late


def _by_unit(guard: Guard, policy: Policy, place: Place) -> tuple[list[str], list[str], list[str]]:
    """Active checks by what they must see at once; one that is missing belongs to the first, so that it fails at once."""
    units: dict[str, list[str]] = {"span": [], "sentence": [], "whole": []}
    for name in policy.active(place):
        if (name == "grounding" and not policy.changes(name, place)) or (name == "size" and _bounded(guard, policy, place)):
            continue  # measured on the whole answer; counted as it comes
        try:
            unit = guard.named(name).unit
        except LookupError:
            unit = "span"
        if unit == "whole" and policy.changes(name, place):
            unit = "sentence"  # what acts upon a text has to see it before it has left
        # What only tells may wait for the whole, and holds nothing back.
        units[unit if policy.changes(name, place) or unit == "sentence" else "whole"].append(name)
    return units["span"], units["sentence"], units["whole"]


def _finds_nothing_in_prose(guard: Guard, policy: Policy, name: str) -> bool:
    """Whether a check is one of those for which :data:`_PROSE` is written, and asks nobody else."""
    return name in {"pii", "secrets"} and _own(guard, policy, name)


def _bounded(guard: Guard, policy: Policy, place: Place) -> bool:
    """Whether the policy ends a text that grows too long."""
    return policy.changes("size", place) and _own(guard, policy, "size")


def _own(guard: Guard, policy: Policy, name: str) -> bool:
    """Whether a check is the built-in one, and asks nobody else."""
    try:
        own = guard.named(name) is built_in(name)
    except LookupError:
        return False
    return own and policy.local(name) and not policy.providers(name)


def _phrases(policy: Policy) -> Phrases:
    """The words of the policy's topics."""
    topics: Mapping[str, Sequence[str]] = policy.options("topics").get("topics", {})
    return phrases_of(frozenset(word for words in topics.values() for word in words))
