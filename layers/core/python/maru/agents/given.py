"""What whoever built an agent tells its model: instructions, and the tools that it lists. Guarded as system messages are (``history``).

It belongs to no session: what is hidden of it never comes back, in nobody's answer, so that its placeholders are none (``[PHONE 1]``).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from maru.guard.engine import Guard
from maru.guard.leaves import walk
from maru.guard.long_texts import changed
from maru.guard.masking import Vault, defuse
from maru.guard.parameters import Parameters
from maru.guard.policy import Policy

type Offered = list[dict[str, Any]]


class Blocked(Exception):
    """What must not go on to a model."""


async def given(guard: Guard, policy: Policy, told: str, tools: Sequence[dict[str, Any]]) -> tuple[str, Offered, set[str]]:
    """Instructions and tools as their model may read them, and the checks without which it does; raises :class:`Blocked`.

    A tool keeps its name, by which it is called: one that would have to be changed is blocked. What was read is remembered.
    """
    found = await changed(guard, told, "history", policy, Vault(), remember=True)
    if found.refused:
        raise Blocked
    words = replace(found, changes=tuple((start, end, defuse(new)) for start, end, new in found.changes)).made(told)
    vault = Vault()
    parameters = Parameters(guard, policy, vault)
    offered = (await parameters.let({"tools": list(tools)}))["tools"] if tools else []
    if parameters.refused or parameters.renames:
        raise Blocked
    if not vault.empty:
        offered = walk(offered, lambda leaf, _, __: defuse(leaf) if isinstance(leaf, str) else leaf)
    return words, offered, parameters.unchecked | found.unchecked
