"""Texts beside conversations: what applications have embedded, what they search for, and the passages that searches give.

Each door has a policy of its own name, ``embeddings`` or ``search``, the tenant's or else the catalogue's. What is hidden here stays
hidden: no vector, no index and no reranking model learns what stood there, and nothing gives it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.lowlevel

from maru.errors import BadRequest, Unavailable
from maru.guard.decision import decide
from maru.guard.engine import Guard
from maru.guard.journal import met
from maru.guard.long_texts import let
from maru.guard.masking import Vault, pseudonym
from maru.guard.policies import PolicyStore
from maru.guard.policy import Policy
from maru.once import Once

if TYPE_CHECKING:
    from maru.knowledge.passages import Passage

EMBEDDINGS, SEARCH = "embeddings", "search"


class Doors:
    """Opens the guard of one call."""

    def __init__(self, guard: Guard, policies: PolicyStore) -> None:
        self._guard, self._policies, self._reads = guard, policies, Once()

    async def open(self, tenant: str, name: str) -> "Door":
        """The guard by the tenant's policy of this name; raises NotFound where not even the catalogue has one."""
        policy = self._policies.kept(tenant, name)
        if policy is None:
            policy = await self._reads.read((tenant, name), partial(self._policies.find, tenant, name))
        return Door(self._guard, policy)


@dataclass(frozen=True)
class Shown:
    """A passage as its reader gets it; ``masked`` says that its words were changed."""

    passage: "Passage"
    masked: bool


class Door:
    """The guard of one call. ``unchecked`` are the checks without which its texts went on."""

    def __init__(self, guard: Guard, policy: Policy) -> None:
        self._guard, self._policy = guard, policy
        self.unchecked: set[str] = set()

    def told(self) -> dict[str, Any]:
        """What an answer tells of it: nothing where everything was checked."""
        return {"guard": {"policy": self._policy.name, "unchecked": sorted(self.unchecked)}} if self.unchecked else {}

    async def inputs(self, texts: Sequence[str | list[int]], *, param: str) -> list[str | list[int]]:
        """What callers send, as it may go on; each text by itself, so that its vector is the same in every batch.

        Raises BadRequest for what the policy blocks, and for tokens where it would change texts, which nobody can read in them;
        Unavailable where a check gave no answer.
        """
        if not self._policy.active("input"):
            return list(texts)
        return [await self._input(one, param if len(texts) == 1 else f"{param}.{number}") for number, one in enumerate(texts)]

    async def who(self, user: str | None) -> str | None:
        """Who asks, as the model's server may be told: a digest where the policy would change the name, which tells users apart too.

        Raises as :meth:`inputs` does.
        """
        if user is None or not self._policy.active("input"):
            return user
        return user if await self._input(user, "user") == user else pseudonym(user)

    async def passages(self, passages: "Sequence[Passage]") -> list[Shown]:
        """The passages that may be shown, as they may be; those that are blocked are left out."""
        if not self._policy.active("passage"):
            return [Shown(one, masked=False) for one in passages]
        met((one.file_id, one.version) for one in passages)
        vault = Vault()
        return [shown for one in passages if (shown := await self._passage(one, vault))]

    async def readable(self, texts: Sequence[str]) -> list[str | None]:
        """Passages as a model may read them; None where it may not."""
        return await readable(self._guard, self._policy, texts)

    @property
    def hides(self) -> bool:
        """Whether passages are shown otherwise than they stand."""
        return self._policy.acts("passage")

    async def _input(self, text: str | list[int], param: str) -> str | list[int]:
        if not isinstance(text, str):
            if not self._policy.acts("input"):
                return text
            message = f"The policy '{self._policy.name}' has texts read before they are embedded. Send the text instead of its tokens."
            raise BadRequest(message, param=param, code="text_required")
        await anyio.lowlevel.checkpoint()  # a batch of thousands leaves others their turn
        decision = await self._guard.check(text, "input", self._policy, vault=Vault())
        self.unchecked |= set(decision.unchecked)
        if not decision.blocked:
            return decision.output
        if any(one.action == "block" for one in decision.acted):
            raise BadRequest(self._policy.blocked_input.en, param=param, code="content_policy_violation")
        raise Unavailable("The text could not be checked against the policy at present.", param=param, code="guard_unavailable")

    async def _passage(self, passage: "Passage", vault: Vault) -> Shown | None:
        written = []
        for text in (passage.text, passage.source):
            decision = await self._guard.check(text, "passage", self._policy, vault=vault)
            self.unchecked |= set(decision.unchecked)
            if decision.blocked:
                return None
            written.append(decision.output)
        attributes = await let(self._guard, dict(passage.attributes), "passage", self._policy, vault)
        self.unchecked |= attributes.unchecked
        if attributes.refused:
            return None
        shown = replace(passage, text=written[0], source=written[1], attributes=attributes.value)
        return Shown(shown, masked=shown != passage)


async def readable(guard: Guard, policy: Policy, texts: Sequence[str]) -> list[str | None]:
    """Passages as a model may read them; None where it may not. Nothing is counted: what is shown of them is, when it is."""
    vault, read = Vault(), list[str | None]()
    for text in texts:
        decided = decide(text, "passage", policy, await guard.found(text, "passage", policy, policy.active("passage")), vault)
        read.append(None if decided.blocked else decided.output)
    return read
