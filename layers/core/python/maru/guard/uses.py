"""Who names a policy: agents, and the steps of chains on which a label stands."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from maru.errors import Conflict

if TYPE_CHECKING:
    from maru.agents.agent import AgentStore
    from maru.chains.program import Program
    from maru.chains.store import ChainStore

_TOLD = 5


class PolicyUses:
    """``chains`` opens the store of chains, whose code nothing else of the guard needs."""

    def __init__(self, agents: "AgentStore", chains: Callable[[], "ChainStore"]) -> None:
        self._agents, self._chains = agents, chains

    def refuse(self, tenant: str, name: str, *, beneath: bool) -> None:
        """Raise Conflict where somebody would be left without the policy; ``beneath``: one of the catalogue stands under the tenant's.

        Nothing is answered and nothing runs by a policy that is gone: deleting one would stop whoever names it.
        """
        users = [f"agent '{row['name']}'" for row in self._agents.listed(tenant) if _lost(row.get("policy"), name, beneath)]
        programs = self._chains().labelled(tenant)
        users += [f"chain '{chain}'" for chain, program in programs if any(_lost(one, name, beneath) for one in _named(program))]
        if users := list(dict.fromkeys(users)):
            more = f" and {len(users) - _TOLD} more" if len(users) > _TOLD else ""
            message = f"The policy '{name}' is in use by {', '.join(users[:_TOLD])}{more}: let them name another one first."
            raise Conflict(message, param="policy", code="policy_in_use")


def _lost(reference: str | None, name: str, beneath: bool) -> bool:
    """Whether a reference finds nothing once the tenant's own versions are gone."""
    named, _, version = (reference or "").partition("@")
    return named == name and not (beneath and version in {"", "0"})


def _named(program: "Program") -> Iterator[str]:
    from maru.chains.kinds import Guard

    return (step.policy for step in program.steps.values() if isinstance(step, Guard))
