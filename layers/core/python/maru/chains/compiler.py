"""A program as a state machine in the Amazon States Language, with JSONata; what a step does is the worker's affair.

What travels from state to state is an envelope of references, ``{run, at, scope}``: the run, the place of the present list of steps
(``""``, ``each[3]/``, ``nested/``), and the step whose outcome the next one begins with. Values lie in the run's tables and in S3.

Source: https://states-language.net, https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maru.chains.history import Plan, plan
from maru.chains.kinds import Approve, Choice, Map, Nested, Parallel, Step, Wait
from maru.chains.program import Program
from maru.chains.states import INPUT, PAYLOAD, State, States, again, caught, label_of, name_of, named, reached, retry, short, switch

_MARGIN_SECONDS = 60


@dataclass(frozen=True)
class Worker:
    """The one function that machines may invoke, and the partition (``aws``) it lives in."""

    function_arn: str
    partition: str = "aws"


def compile_program(program: Program, worker: Worker) -> dict[str, Any]:
    """The definition of a program's machine."""
    return _Compiler(program, worker, plan(program)).definition()


@dataclass(frozen=True)
class _Place:
    """Where a list of steps stands: the keys' prefix, who catches what a step does not, and the state that ends it at once."""

    prefix: str
    rest: tuple[State, ...]
    stop: str


class _Compiler:
    def __init__(self, program: Program, worker: Worker, planned: Plan) -> None:
        self._program, self._worker, self._plan = program, worker, planned

    def definition(self) -> dict[str, Any]:
        chain = self._program.chain
        states: States = {}
        # The names of states are ids of steps; these begin with a capital, which no id does.
        place = _Place("", (caught(["States.ALL"], "Failed"),), "Failed")
        first = self._list(chain.steps, place, states, "Finished")
        states["Finished"] = self._task("finish", "", next_="Done", catch=[caught(["States.ALL"], "Failed")])
        states["Done"] = {"Type": "Succeed", "Output": INPUT}
        states["Failed"] = self._task("fail", "", next_="Ended", error=True)
        states["Ended"] = {"Type": "Fail", "Error": "{% $states.input.error %}", "Cause": "{% $states.input.message %}"}
        return {
            "Comment": f"Maru chain {chain.chain}, {self._program.checksum[:16]}",
            "QueryLanguage": "JSONata",
            "TimeoutSeconds": chain.deadline_seconds + _MARGIN_SECONDS,
            "StartAt": first,
            "States": states,
        }

    def _list(self, steps: Sequence[Step], place: _Place, states: States, next_: str) -> str:
        """Add the states of a list of steps; gives the name of the first, which is ``next_`` where there are none."""
        for step in reversed(steps):
            next_ = self._step(step, place, states, next_)
        return next_

    def _step(self, step: Step, place: _Place, states: States, next_: str) -> str:
        key = place.prefix + step.id
        name = name_of(key)
        catch = self._catches(step, place, states, next_)
        match step:
            case Choice():
                ways = [self._list(way.steps, place, states, next_) for way in step.choices]
                otherwise = self._list(step.otherwise, place, states, next_)
                states[name] = self._task("do", key, step=step, next_=f"{name}?", catch=catch)
                states[f"{name}?"] = switch([(f"{number}", way) for number, way in enumerate(ways)], otherwise)
            case Parallel():
                self._parallel(step, place, states, next_, catch)
            case Map():
                self._map(step, place, states, next_, catch)
            case Wait():
                states[name] = self._task("do", key, step=step, next_=f"{name}…", catch=catch)
                states[f"{name}…"] = {"Type": "Wait", "Timestamp": "{% $states.input.until %}", "Next": next_}
            case Approve():
                self._approve(step, place, states, next_, catch)
            case Nested():
                # A nested chain's failures are the nested step's own: what it catches holds for all within.
                inner = _Place(f"{key}/", tuple(catch), place.stop)
                states[f"{name}."] = self._task("close", key, step=step, next_=next_, catch=catch)
                first = self._list(self._program.nested[key].steps, inner, states, f"{name}.")
                states[name] = self._task("do", key, step=step, next_=first, catch=catch)
            case _:
                states[name] = self._task("do", key, step=step, next_=next_, catch=catch)
        return name

    def _parallel(self, step: Parallel, place: _Place, states: States, next_: str, catch: list[State]) -> None:
        key = place.prefix + step.id
        name = name_of(key)
        branches = [self._branch(steps, place.prefix, f"{name}/{branch}") for branch, steps in step.branches.items()]
        states[name] = {"Type": "Parallel", "Branches": branches, "Output": INPUT, "Next": f"{name}."}
        if catch:
            states[name]["Catch"] = catch
        states[f"{name}."] = self._task("close", key, step=step, next_=next_, catch=catch)

    def _branch(self, steps: Sequence[Step], prefix: str, name: str) -> State:
        states: States = {}
        end = short(f"{name}.end")
        stop = short(f"{name}.stop")
        first = self._list(steps, _Place(prefix, (), stop), states, end)
        states[end] = {"Type": "Succeed", "Output": {}}
        if reached(stop, states):
            states[stop] = {"Type": "Fail", "Error": "RunStopped", "Cause": "The run has ended."}
        return {"StartAt": first, "States": states}

    def _map(self, step: Map, place: _Place, states: States, next_: str, catch: list[State]) -> None:
        key = place.prefix + step.id
        name = name_of(key)
        inner: States = {}
        end = short(f"{name}.end")
        first = self._list(step.steps, _Place(place.prefix, (caught(["States.ALL"], end),), end), inner, end)
        inner[end] = {"Type": "Succeed", "Output": {}}
        apart = key in self._plan.apart
        mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"} if apart else {"Mode": "INLINE"}
        item = f"$states.input.at & '{step.id}[' & $string($states.context.Map.Item.Value) & ']"
        states[name] = self._task("do", key, step=step, next_=f"{name}#", catch=catch)
        states[f"{name}#"] = {
            "Type": "Map",
            "Items": "{% $states.input.count > 0 ? [0..$states.input.count - 1] : [] %}",
            "ItemSelector": {"run": "{% $states.input.run %}", "at": f"{{% {item}/' %}}", "scope": f"{{% {item}' %}}"},
            "MaxConcurrency": step.concurrency,
            "ItemProcessor": {"ProcessorConfig": mode, "StartAt": first, "States": inner},
            "Output": INPUT,
            "Next": f"{name}.",
        }
        if apart:
            states[f"{name}#"] |= {"Label": label_of(key), "ToleratedFailurePercentage": "{% 100 %}"}
        if catch:
            states[f"{name}#"]["Catch"] = catch
        states[f"{name}."] = self._task("close", key, step=step, next_=next_, catch=catch)

    def _approve(self, step: Approve, place: _Place, states: States, next_: str, catch: list[State]) -> None:
        key = place.prefix + step.id
        name = name_of(key)
        ask = self._task("do", key, step=step, next_=f"{name}.", catch=[again(f"{name}."), *catch])
        ask["Resource"] += ".waitForTaskToken"
        ask["Arguments"]["Payload"]["token"] = "{% $states.context.Task.Token %}"  # noqa: S105 - the name of a token
        # The decision is read from its table: whoever woke the machine up is not believed.
        states[name] = ask | {"Output": INPUT, "TimeoutSeconds": step.expires_seconds}
        named = [(one, getattr(step, one)) for one in ("rejected", "expired")]
        ways = [(one, self._list(steps, place, states, next_)) for one, steps in named if steps is not None]
        states[f"{name}."] = self._task("close", key, step=step, next_=f"{name}?" if ways else next_, catch=catch)
        if ways:
            states[f"{name}?"] = switch(ways, next_)

    def _catches(self, step: Step, place: _Place, states: States, next_: str) -> list[State]:
        """Where the failures of a step lead: the end of a run is caught by nobody."""
        name = name_of(place.prefix + step.id)
        found = [caught(["RunStopped"], place.stop)] if step.catch else []
        for number, one in enumerate(step.catch):
            entry = f"{name}!" if number == 0 else f"{name}!{number}"
            first = self._list(one.steps, place, states, next_)
            states[entry] = self._task("caught", place.prefix + step.id, next_=first, error=True, catch=place.rest)
            states[entry]["Arguments"]["Payload"]["catch"] = number
            found.append(caught(["States.ALL"] if "all" in one.errors else named(one.errors), entry))
        whole = bool(found) and found[-1]["ErrorEquals"] == ["States.ALL"]
        return found if whole else found + [one for one in place.rest if one not in found]

    def _task(self, phase: str, key: str, *, next_: str, step: Step | None = None, catch: Any = (), error: bool = False) -> State:
        payload = {"phase": phase, "step": key, "execution": "{% $states.context.Execution.Id %}"}
        payload |= {name: f"{{% $states.input.{name} %}}" for name in ("run", "at", "scope", *(("error",) if error else ()))}
        state: State = {
            "Type": "Task",
            "Resource": f"arn:{self._worker.partition}:states:::lambda:invoke",
            "Arguments": {"FunctionName": self._worker.function_arn, "Payload": payload},
            "Output": PAYLOAD,
            "TimeoutSeconds": (step.timeout_seconds if step else 60) + _MARGIN_SECONDS,
            "Retry": retry(step),
        }
        if catch:
            state["Catch"] = list(catch)
        return state | {"Next": next_}
