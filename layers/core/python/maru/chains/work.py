"""One step of one run as the worker holds it: what its expressions see, and what it leaves behind."""

import re
from dataclasses import dataclass, field
from typing import Any

from maru.chains.expressions import ExpressionError, Scope, evaluate, expressions_in, variables_in
from maru.chains.failures import ExpressionFailed, ServiceUnavailable
from maru.chains.kinds import Step
from maru.chains.program import Program
from maru.chains.spending import Spent
from maru.chains.steps import StepStore
from maru.chains.values import Reference, Values
from maru.dynamo import Item
from maru.knowledge.rights import FileVersion

_INDEX = re.compile(r"^(.*)\[(\d+)\]$")


@dataclass(frozen=True)
class Reach:
    """What a step begins with, by reference: the input, the variables, the input of its chain."""

    input: Reference
    variables: dict[str, Reference]
    root: Reference

    def row(self) -> Item:
        """As it stands in a step's row."""
        return {"input": self.input, "vars": self.variables, "root": self.root}

    @classmethod
    def of(cls, row: Item) -> "Reach":
        """The reach of a row."""
        return cls(row["input"], row["vars"], row["root"])


@dataclass
class Outcome:
    """What a step did: its ``result``, ``facts`` for its row, and what the machine is to know (``go``, ``count``, ``until``).

    ``documents`` are those whose text is in the result because this step looked it up.
    """

    result: Any
    facts: Item = field(default_factory=dict)
    told: Item = field(default_factory=dict)
    reused_from: str | None = None
    documents: frozenset[FileVersion] = frozenset()


class Work:
    """A step at work."""

    def __init__(self, run: Item, program: Program, event: Item, *, steps: StepStore, values: Values) -> None:
        self.run, self.program, self.event = run, program, event
        self.run_id, self.key, self.at = str(run["run_id"]), str(event["step"]), str(event["at"])
        self.steps, self.values = steps, values
        self.prefix, _, self.id = self.key.rpartition("/")
        self.prefix += "/" if self.prefix else ""
        self.path = self.at + self.id
        self.started_at = float(run["created_at"])
        #: What calls of models cost in this attempt, searches and judges included.
        self.spent = Spent()
        #: What the step's row tells of this attempt however it ends.
        self.facts: Item = {}
        #: Checks of the guard that gave no answer and without which texts of this attempt went on.
        self.unchecked: set[str] = set()
        #: The step's row as this attempt begins.
        self.state: Item = {}
        self._reach: Reach | None = None

    @property
    def place(self) -> str:
        """Where the run's values lie."""
        return f"{self.run['tenant']}/{self.run_id}"

    @property
    def step(self) -> Step:
        """The step's document."""
        return self.program.steps[self.key]

    @property
    def reach(self) -> Reach:
        """What the step begins with."""
        if self._reach is None:
            self._reach = self.reach_behind(str(self.event["scope"]))
        return self._reach

    def begin_behind(self, scope: str) -> None:
        """Let the step begin behind another one than its event says."""
        self._reach = self.reach_behind(scope)

    def reach_behind(self, scope: str) -> Reach:
        """What a step begins with behind ``scope``: the run's start (``""``), a step's path, or an item (``each[3]``)."""
        if not scope:
            return Reach(self.run["input"], {}, self.run["input"])
        item = _INDEX.match(scope)
        if item is None:
            return Reach.of(self._row(scope)["after"])
        row = self._row(item[1])
        value = self.values.item(row["items"], int(item[2]))
        return Reach(self.values.put(self.place, value), row["inside"]["vars"], row["inside"]["root"])

    def evaluated(self, template: Any, *, reach: Reach | None = None, result: Any = None, with_result: bool = False) -> Any:
        """A template's value here; raises :class:`ExpressionFailed`."""
        texts = list(expressions_in(template))
        if not texts:
            return template
        reach = reach or self.reach
        scope = self._scope(" ".join(texts), variables_in(template), reach)
        if with_result:
            scope = scope.with_result(result)
        try:
            return evaluate(template, scope)
        except ExpressionError as error:
            raise ExpressionFailed(str(error)[:1000]) from error

    def _scope(self, text: str, names: set[str], reach: Reach) -> Scope:
        states: Item = {}
        if "input" in text:
            states["input"] = self.values.get(reach.input)
        if "context" in text:
            states["context"] = self._context(text, reach)
        variables = {name: self.values.get(reference) for name, reference in reach.variables.items() if name in names}
        return Scope(states, variables, self.started_at, f"{self.run_id}|{self.path}")

    def _context(self, text: str, reach: Reach) -> Item:
        execution: Item = {"Id": self.run_id, "Name": self.run_id, "StartTime": self.run["started"].partition("#")[0]}
        if "Input" in text:
            execution["Input"] = self.values.get(reach.root)
        context: Item = {"Execution": execution, "State": {"Name": self.id}, "StateMachine": {"Name": self.run["chain"]}}
        if "Map" in text and "]/" in self.at:
            scope = self.at[: self.at.rindex("]/") + 1]
            path, index = scope[: scope.rindex("[")], int(scope[scope.rindex("[") + 1 : -1])
            value = self.values.item(self._row(path)["items"], index)
            context["Map"] = {"Item": {"Index": index, "Value": value}}
        return context

    def _row(self, path: str) -> Item:
        row = self.steps.get(self.run_id, path)
        if row is None:
            raise ServiceUnavailable(f"The state of the step '{path}' is not there yet.")
        return row

    def after(self, result: Any) -> tuple[Reference, Reach]:
        """The step's result, and what the next step begins with: its ``output`` and ``assign`` evaluated."""
        step = self.step
        output = self.evaluated(step.output, result=result, with_result=True)
        assigned = {name: self.evaluated(value, result=result, with_result=True) for name, value in step.assign.items()}
        kept = {name: self.values.put(self.place, value) for name, value in assigned.items()}
        given = self.values.put(self.place, output)
        return given, Reach(given, {**self.reach.variables, **kept}, self.reach.root)

    def envelope(self, **told: Any) -> Item:
        """What the machine carries on."""
        return {"run": self.run_id, "at": self.at, "scope": self.path, **told}
