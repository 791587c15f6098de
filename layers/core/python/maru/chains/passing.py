"""The tenant's `default` policy around a step: what it finds, what it sends to a tool or to somebody outside, what it gets back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from maru.chains.failures import GuardBlocked
from maru.chains.runs import caller_of
from maru.chains.work import Work
from maru.guard.check import Place
from maru.guard.engine import Guard
from maru.guard.journal import met
from maru.guard.long_texts import Let, Moved, changed, let
from maru.guard.masking import Vault
from maru.guard.policies import DEFAULT, PolicyStore
from maru.guard.policy import Policy
from maru.identity import serving
from maru.knowledge.parse.model import PageSpan
from maru.knowledge.passages import Passage

#: What of a notification people and models write; where it goes the chain's author and the stage's list of hosts decide.
_WORDS = ("subject", "text", "body", "jira")


class Passing:
    """Lets through what the policy of the run's tenant lets through; decisions are noted for whom the run serves."""

    def __init__(self, guard: Guard, policies: PolicyStore, work: Work) -> None:
        self._guard, self._policies, self._work = guard, policies, work

    async def passages(self, found: Sequence[Passage]) -> list[Passage]:
        """The passages as the policy lets a run read them; those that it blocks are left out."""
        vault, shown = Vault(), []
        met((one.file_id, one.version) for one in found)
        policy = await self._policy()
        with serving(caller_of(self._work.run)):
            for one in found:
                text = await changed(self._guard, one.text, "passage", policy, vault)
                about = {"source": one.source, "heading": one.heading, "attributes": dict(one.attributes)}
                kept = await let(self._guard, about, "passage", policy, vault)
                self._work.unchecked |= text.unchecked | kept.unchecked
                if not (text.refused or kept.refused):
                    pages, moved = one.pages, Moved(text.changes)
                    pages = tuple(PageSpan(page.number, moved(page.start), moved(page.end)) for page in pages)
                    shown.append(replace(one, text=text.made(one.text), pages=pages, **kept.value))
        return shown

    async def result(self, name: str, result: Any) -> Any:
        """What a tool gave, as the policy lets it in; raises GuardBlocked."""
        policy = await self._policy()
        kept = await self._let(result, "tool_result", policy)
        if kept.refused:
            raise GuardBlocked(f"The policy '{policy.name}' blocked what '{name}' gave.")
        return kept.value

    async def arguments(self, name: str, arguments: dict[str, Any], *, approved: bool) -> dict[str, Any]:
        """What goes to a tool, as the policy lets it out; raises GuardBlocked, also where that is no more what people approved."""
        policy = await self._policy()
        kept = await self._let(arguments, "tool_arguments", policy)
        if kept.refused:
            raise GuardBlocked(f"The policy '{policy.name}' blocked what goes to '{name}'.")
        if approved and kept.value != arguments:
            hidden = f"The policy '{policy.name}' hides something of what was approved for '{name}'"
            raise GuardBlocked(f"{hidden}: leave it out of what the approval shows.")
        return dict(kept.value)

    async def message(self, message: dict[str, Any], *, approved: bool) -> dict[str, Any]:
        """A notification as the policy lets it out; raises GuardBlocked as :meth:`arguments` does."""
        words = {name: message[name] for name in _WORDS if name in message}
        return message | await self.arguments("notify", words, approved=approved)

    async def _let(self, value: Any, place: Place, policy: Policy) -> Let:
        with serving(caller_of(self._work.run)):
            kept = await let(self._guard, value, place, policy, Vault())
        self._work.unchecked |= kept.unchecked
        return kept

    async def _policy(self) -> Policy:
        return await asyncio.to_thread(self._policies.find, self._work.run["tenant"], DEFAULT)
