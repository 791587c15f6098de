"""The guard around an agent's answer: what goes to the model, what comes back, and what of it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import anyio.to_thread

from maru.agents.agent import Agent
from maru.agents.given import Blocked, given
from maru.agents.history import Recollection, Turn
from maru.agents.prompting import language_of
from maru.dynamo import Item
from maru.guard.check import Place
from maru.guard.decision import Decision, decide
from maru.guard.engine import Guard
from maru.guard.journal import met
from maru.guard.links import hosts_of
from maru.guard.masking import Vault
from maru.guard.plain import readable
from maru.guard.policies import DEFAULT
from maru.guard.policy import STRENGTH, Policy
from maru.guard.sealing import Sealer
from maru.guard.stream import GuardedStream
from maru.identity import Caller
from maru.knowledge.passages import Passage
from maru.knowledge.ranking import Reads

#: What the session keeps of a message that was not let in.
UNSAID = "[blocked]"


class Policies(Protocol):
    """What guarding asks of the policies' store."""

    def find(self, tenant: str, reference: str) -> Policy:
        """The policy in force; blocks. Raises NotFound."""
        ...


class Guards:
    """Opens the guard of an answer: its policy, and what its session has hidden so far."""

    def __init__(self, guard: Guard, policies: Policies, sealer: Sealer) -> None:
        self._guard, self._policies, self._sealer = guard, policies, sealer

    def policy(self, caller: Caller, agent: Agent) -> Policy:
        """The agent's policy; blocks. Raises NotFound for one that is not there: nothing is answered without it."""
        return self._policies.find(caller.tenant, agent.policy or DEFAULT)

    async def given(self, policy: Policy, told: str, tools: Sequence[dict[str, Any]]) -> None:
        """Raise :class:`Blocked` where the policy does not let a model read what an agent is to tell it."""
        await given(self._guard, policy, told, tools)

    async def begin(self, caller: Caller, agent: Agent, session: Item, message: str) -> "Guarding":
        """The guard of one answer; raises NotFound and Unavailable."""
        policy = await anyio.to_thread.run_sync(self.policy, caller, agent)
        vault = await anyio.to_thread.run_sync(self.vault, session)
        canary = self._sealer.canary(caller.tenant, agent.name) if "secrets" in policy.active("output") else None
        return Guarding(self._guard, policy, vault, language_of(message), hosts_of(message), canary=canary)

    def vault(self, session: Item) -> Vault:
        """What a session has hidden; blocks. Raises Unavailable."""
        sealed = session.get("sealed")
        return Vault(self._sealer.open(bytes(sealed), _context(session)) if sealed else None)

    def sealed(self, session: Item, vault: Vault) -> bytes | None:
        """What was hidden, as it may be stored with the session; None where nothing was since. Blocks; raises Unavailable."""
        return self._sealer.seal(vault.originals, _context(session)) if vault.changed else None


def _context(session: Item) -> dict[str, str]:
    return {"tenant": session["tenant"], "user": session["user"], "session": session["id"]}


class Guarding:
    """The guard of one answer."""

    def __init__(
        self, guard: Guard, policy: Policy, vault: Vault, language: str, hosts: frozenset[str], *, canary: str | None = None
    ) -> None:
        self.policy, self.vault, self.guard = policy, vault, guard
        self._language = language
        #: What checks of the output are told; hosts that passages and tools name are welcome in it, and what they say supports it.
        self._facts: dict[str, Any] = {"hosts": hosts, "passages": [], "canary": canary}
        #: What stands before the system prompt, and in no answer; None where the policy does not look for secrets in answers.
        self.canary = canary
        self._taken: list[Decision] = []

    def refusal(self, place: Place) -> str:
        """The fixed sentence for what was blocked."""
        sentences = self.policy.blocked_input if place == "input" else self.policy.blocked_output
        return sentences.ko if self._language == "ko" else sentences.en

    async def message(self, text: str) -> str:
        """The user's message as the model may see it; raises :class:`Blocked`."""
        decision = await self._checked(text, "input")
        if decision.blocked:
            raise Blocked
        return decision.output

    async def given(self, told: str, tools: Sequence[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
        """What whoever built the agent tells the model, as it may read it: instructions and tools; raises :class:`Blocked`."""
        words, offered, unchecked = await given(self.guard, self.policy, told, tools)
        if unchecked:
            self.took(Decision("allow", "", unchecked=tuple(sorted(unchecked))))
        return words, offered

    async def passages(self, passages: Sequence[Passage]) -> tuple[list[Passage], list[Passage]]:
        """The passages that stay, as they are and as the model sees them."""
        met((one.file_id, one.version) for one in passages)
        self._facts["hosts"] |= frozenset(host for one in passages for host in hosts_of(one.text))
        self._facts["passages"] += [one.text for one in passages]
        if not self.policy.active("passage"):
            return list(passages), list(passages)
        kept, shown = [], []
        for passage in passages:
            text, source = [await self._checked(one, "passage") for one in (passage.text, passage.source)]
            if text.blocked or source.blocked:
                continue
            kept.append(passage)
            shown.append(replace(passage, text=text.output, source=source.output))
        return kept, shown

    @property
    def reads(self) -> Reads | None:
        """What of passages a reranking model may read; None where the policy leaves them as they stand."""
        return partial(readable, self.guard, self.policy) if self.policy.acts("passage") else None

    async def history(self, history: Recollection) -> Recollection:
        """What of the session the model may be told; a turn with a blocked part, or a blocked summary, is left out."""
        met(replace(history, turns=(*history.turns, *history.overflow)).used)
        if not self.policy.active("history"):
            return history
        summary = history.summary
        if summary:
            told = await self._checked(summary.text, "history")
            summary = None if told.blocked else replace(summary, text=told.output)
        turns, overflow = [[turn for one in some if (turn := await self._turn(one))] for some in (history.turns, history.overflow)]
        return replace(history, summary=summary, turns=tuple(turns), overflow=tuple(overflow))

    def output(self) -> GuardedStream:
        """The guard over the answer's text on its way to the reader."""
        return GuardedStream(self.guard, self.policy, "output", vault=self.vault.apart(), known=self.vault, facts=self._facts)

    async def arguments(self, text: str) -> Decision:
        """What is to be sent to a tool, as the tool may get it."""
        return await self._checked(text, "tool_arguments")

    async def result(self, text: str) -> Decision:
        """What a tool gave, as the model may read it."""
        self._facts["hosts"] |= hosts_of(text)
        self._facts["passages"].append(text)
        return await self._checked(text, "tool_result")

    async def shown(self, text: str) -> str:
        """A text beside the answer (of a tool, of a quote) as the reader may see it: with holes rather than not at all."""
        found = await self.guard.found(text, "output", self.policy, self.policy.active("output"), facts={"canary": self.canary})
        if not found.findings and not found.failed:
            return text
        return decide(text, "output", _holes(self.policy), found, self.vault.apart(), known=self.vault).output

    async def reference(self, reference: Mapping[str, Any]) -> dict[str, Any]:
        """A reference as its reader gets it: offsets stay, and ``masked`` says that its words were changed."""
        shown = dict(reference)
        for name in ("content", "quote", "source"):
            text = await self.shown(str(reference[name]))
            if text != reference[name]:
                shown |= {name: text, "masked": True}
        return shown

    async def grounding(self, text: str) -> dict[str, Any] | None:
        """How far passages and tools support the answer, where the policy asks; None where it claims nothing, or nothing was given."""
        if "grounding" not in self.policy.active("output"):
            return None
        return await self.guard.measured(text, self._facts["passages"], self.policy)

    def took(self, decision: Decision) -> None:
        """Remember a decision for the answer's own mark."""
        self._taken.append(decision)

    def mark(self) -> dict[str, Any]:
        """What callers are told of it: nothing where nothing happened that they must know."""
        action = max((one.action for one in self._taken), key=STRENGTH.index, default="allow")
        unchecked = sorted({name for one in self._taken for name in one.unchecked})
        told: dict[str, Any] = {"policy": self.policy.name, "action": action}
        if unchecked:
            told["unchecked"] = unchecked
        return {"guard": told} if unchecked or action not in {"allow", "score"} else {}

    def count(self, stream: GuardedStream) -> None:
        """Count what the stream found."""
        decision = stream.decision()
        self.took(decision)
        self.guard.count(decision, "output", self.policy, stream.offending)

    async def _turn(self, turn: Turn) -> Turn | None:
        question, answer = [await self._checked(one.content, "history") for one in (turn.question, turn.answer)]
        if question.blocked or answer.blocked:
            return None
        return Turn(replace(turn.question, content=question.output), replace(turn.answer, content=answer.output))

    async def _checked(self, text: str, place: Place) -> Decision:
        facts = {"canary": self.canary} if place == "tool_arguments" else None
        decision = await self.guard.check(text, place, self.policy, vault=self.vault, facts=facts)
        if place in {"input", "tool_arguments"} or decision.unchecked:
            self.took(decision)
        return decision


def _holes(policy: Policy) -> Policy:
    return policy.model_copy(update={"checks": {name: _masking(rule) for name, rule in policy.checks.items()}})


def _masking(rule: Any) -> Any:
    """The rule with masks where it blocks."""
    labels = {name: _masking(one) for name, one in getattr(rule, "labels", {}).items()}
    changes: dict[str, Any] = {"output": "mask"} if rule.at("output") == "block" else {}
    return rule.model_copy(update=changes | ({"labels": labels} if labels else {}))
