"""From which step on a replay does everything anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from maru.chains.document import Chain, inner
from maru.chains.kinds import Model, Nested, Step
from maru.chains.program import Program
from maru.dynamo import Item
from maru.errors import BadRequest, NotFound


@dataclass(frozen=True)
class Replay:
    """A program, and the path or id of the step to begin with (None: only what changed is done anew)."""

    program: Program
    from_step: str | None


def fresh_paths(replay: Replay, rows: Iterable[Item]) -> tuple[str, ...]:
    """The paths of an earlier run's steps that are done anew; raises :class:`BadRequest` for a step that the chain does not have."""
    if replay.from_step is None:
        return ()
    order = list(_order(replay.program.chain, replay.program, ""))
    found = [number for number, key in enumerate(order) if replay.from_step in {key, key.rpartition("/")[2]}]
    listed = list(rows)
    if not found and any(row["path"] == replay.from_step for row in listed):
        key = next(row["key"] for row in listed if row["path"] == replay.from_step)
        found = [order.index(key)]
    if not found:
        raise BadRequest(f"The chain has no step '{replay.from_step}'.", param="from_step")
    later = set(order[found[0] :])
    return tuple(row["path"] for row in listed if row.get("key") in later)


def demand_prompts(program: Program, prompts: Mapping[str, str], find: Callable[[str, str], object]) -> None:
    """Raise :class:`BadRequest` for a prompt that the chain does not ask with, or a version that ``find`` does not find."""
    asked = {step.prompt.partition("@")[0] for step in program.steps.values() if isinstance(step, Model) and step.prompt}
    for name, version in prompts.items():
        if name not in asked:
            there = f"those of the chain are: {', '.join(sorted(asked))}" if asked else "the chain names none"
            raise BadRequest(f"The chain asks with no prompt '{name}'; {there}.", param=f"prompts.{name}")
        try:
            find(name, version)
        except NotFound as error:
            raise BadRequest(error.message, param=f"prompts.{name}") from error


def _order(chain: Chain, program: Program, prefix: str) -> list[str]:
    return _listed(chain.steps, program, prefix)


def _listed(steps: Sequence[Step], program: Program, prefix: str) -> list[str]:
    found: list[str] = []
    for step in steps:
        key = prefix + step.id
        found.append(key)
        for _, within in inner(step):
            found += _listed(within, program, prefix)
        if isinstance(step, Nested):
            found += _listed(program.nested[key].steps, program, f"{key}/")
    return found
