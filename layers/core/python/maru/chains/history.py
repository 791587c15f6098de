"""How many events an execution writes into its history, which ends at 25,000; maps that would write too many run apart.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from maru.chains.kinds import Approve, Choice, Map, Nested, Parallel, Step, Wait
from maru.chains.loading import ChainInvalid, Problem
from maru.chains.program import Program

#: From so many estimated events on, a map's items become executions of their own.
LIMIT = 8_000
_TASK, _CHOICE, _WAIT, _PARALLEL, _MAP, _ITEM, _APART = 5, 2, 2, 4, 4, 4, 8


@dataclass(frozen=True)
class Plan:
    """``events`` an execution writes at most (without retries), and the keys of the maps whose items run ``apart``."""

    events: int
    apart: frozenset[str]


def plan(program: Program) -> Plan:
    """Estimate; the largest maps go apart until the rest fits. Raises :class:`ChainInvalid` where it never does."""
    counter = _Counter(program)
    while counter.steps(program.chain.steps, "") > LIMIT:
        sizes = {key: size for key, size in counter.sizes.items() if key not in counter.apart}
        if not sizes:
            raise ChainInvalid([Problem(f"an execution would write more than {LIMIT} events; divide the chain")])
        counter.apart.add(max(sizes, key=lambda key: sizes[key]))
        counter.sizes.clear()
    return Plan(counter.steps(program.chain.steps, ""), frozenset(counter.apart))


class _Counter:
    def __init__(self, program: Program) -> None:
        self._program = program
        self.apart: set[str] = set()
        self.sizes: dict[str, int] = {}

    def steps(self, steps: Sequence[Step], prefix: str) -> int:
        return sum(self._step(step, prefix) for step in steps)

    def _step(self, step: Step, prefix: str) -> int:
        key = prefix + step.id
        return _TASK + max((_TASK + self.steps(one.steps, prefix) for one in step.catch), default=0) + self._body(step, key, prefix)

    def _body(self, step: Step, key: str, prefix: str) -> int:
        match step:
            case Choice():
                return _CHOICE + max(self.steps(steps, prefix) for steps in (*(way.steps for way in step.choices), step.otherwise))
            case Parallel():
                return _PARALLEL + sum(2 + self.steps(steps, prefix) for steps in step.branches.values())
            case Map():
                return self._map(step, key, prefix)
            case Wait():
                return _WAIT
            case Approve():
                ways = [self.steps(steps, prefix) for steps in (step.rejected, step.expired) if steps]
                return _TASK + _CHOICE + max(ways, default=0)
            case Nested():
                return _TASK + self.steps(self._program.nested[key].steps, f"{key}/")
            case _:
                return 0

    def _map(self, step: Map, key: str, prefix: str) -> int:
        size = step.max_items * (_ITEM + self.steps(step.steps, prefix))
        self.sizes[key] = size
        return _TASK + _MAP + (_APART if key in self.apart else size)
