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
    """``events`` a run's own execution writes at most (without retries), and the keys of the maps whose items run ``apart``."""

    events: int
    apart: frozenset[str]


def plan(program: Program) -> Plan:
    """Estimate; the largest maps go apart until every execution fits, those of items too. Raises :class:`ChainInvalid` if none does."""
    counter = _Counter(program)
    while True:
        events = counter.executions()
        over = next((key for key, size in events.items() if size > LIMIT), None)
        if over is None:
            return Plan(events[""], frozenset(counter.apart))
        sizes = {key: size for (around, key), size in counter.sizes.items() if around == over and key not in counter.apart}
        if not sizes:
            raise ChainInvalid([Problem(f"an execution would write more than {LIMIT} events; divide the chain")])
        counter.apart.add(max(sizes, key=lambda key: sizes[key]))


class _Counter:
    def __init__(self, program: Program) -> None:
        self._program = program
        self.apart: set[str] = set()
        #: What the items of each map write, by the execution they would be part of (see :meth:`executions`) and the map's key.
        self.sizes: dict[tuple[str, str], int] = {}
        self._inside = ""
        self._items: dict[str, int] = {}

    def executions(self) -> dict[str, int]:
        """What each kind of execution writes: the run's own (``""``), and one item of each map that runs apart, by the map's key."""
        self.sizes, self._items = {}, {}
        return {"": self.steps(self._program.chain.steps, ""), **self._items}

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
        around, apart = self._inside, key in self.apart
        self._inside = key if apart else around
        one = _ITEM + self.steps(step.steps, prefix)
        self._inside = around
        self.sizes[around, key] = step.max_items * one
        if apart:
            self._items[key] = one
        return _TASK + _MAP + (_APART if apart else step.max_items * one)
