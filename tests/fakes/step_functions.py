"""Step Functions in this process: runs compiled machines against a worker, without waiting; every payload is looked at and kept.

It knows what :mod:`maru.chains.compiler` writes, and evaluates JSONata with the product's own evaluator, which the live tests
hold against another.
"""

import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from maru.chains.expressions import Scope, evaluate, truthy

type Payload = dict[str, Any]


class AlreadyExists(Exception):
    """An execution has this name."""


class _Exceptions:
    ExecutionAlreadyExists = AlreadyExists


class _Failed(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Execution:
    """One execution; ``payloads`` are the sizes of everything that its history would hold, ``visited`` the names of states entered."""

    arn: str
    definition: dict[str, Any]
    status: str = "RUNNING"
    error: str | None = None
    output: Any = None
    payloads: list[int] = field(default_factory=list)
    invoked: list[tuple[str, str]] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    done: threading.Event = field(default_factory=threading.Event)


class FakeStepFunctions:
    """A client of it; ``invoke`` is the worker. ``token_seconds`` is how long a task waits for its token at most."""

    exceptions = _Exceptions

    def __init__(self, invoke: Callable[[Payload], Any] | None = None, *, token_seconds: float = 20) -> None:
        self.invoke = invoke
        self.machines: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.executions: dict[str, Execution] = {}
        self.tokens: dict[str, threading.Event] = {}
        self.traced: list[str | None] = []
        self._token_seconds = token_seconds
        self._lock = threading.Lock()

    def validate_state_machine_definition(self, **_: Any) -> Payload:
        """Accepts everything, as the embedded AWS does."""
        return {"result": "OK", "diagnostics": []}

    def create_state_machine(self, *, name: str, definition: str, **_: Any) -> Payload:
        """A machine with its first version."""
        arn = f"arn:aws:states:r:0:stateMachine:{name}"
        if arn in self.machines:
            raise _error("StateMachineAlreadyExists")
        return self._version(arn, definition)

    def update_state_machine(self, *, stateMachineArn: str, definition: str, **_: Any) -> Payload:  # noqa: N803 - the API's names
        """The next version."""
        return self._version(stateMachineArn, definition)

    def create_state_machine_alias(self, *, name: str, routingConfiguration: Any) -> Payload:  # noqa: N803 - the API's names
        """An alias."""
        version = routingConfiguration[0]["stateMachineVersionArn"]
        self.aliases[f"{version.rpartition(':')[0]}:{name}"] = version
        return {}

    def update_state_machine_alias(self, *, stateMachineAliasArn: str, routingConfiguration: Any) -> Payload:  # noqa: N803 - the API's names
        """Move an alias."""
        if stateMachineAliasArn not in self.aliases:
            raise _error("ResourceNotFound")
        self.aliases[stateMachineAliasArn] = routingConfiguration[0]["stateMachineVersionArn"]
        return {}

    def delete_state_machine_alias(self, *, stateMachineAliasArn: str) -> Payload:  # noqa: N803 - the API's names
        """Forget an alias."""
        self.aliases.pop(stateMachineAliasArn, None)
        return {}

    def delete_state_machine(self, *, stateMachineArn: str) -> Payload:  # noqa: N803 - the API's names
        """Forget a machine."""
        del self.machines[stateMachineArn]
        return {}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str, traceHeader: str | None = None) -> Payload:  # noqa: A002, N803 - the API's names
        """Run a machine in a thread of its own; ``traced`` keeps the headers of traces."""
        self.traced.append(traceHeader)
        arn = f"arn:aws:states:r:0:execution:{stateMachineArn.split(':')[6]}:{name}"
        with self._lock:
            if arn in self.executions:
                raise AlreadyExists
            execution = Execution(arn, json.loads(self.versions[self.aliases.get(stateMachineArn, stateMachineArn)]))
            self.executions[arn] = execution
        threading.Thread(target=self._run, args=(execution, json.loads(input)), daemon=True).start()
        return {"executionArn": arn}

    def describe_execution(self, *, executionArn: str) -> Payload:  # noqa: N803 - the API's names
        """Its status."""
        if executionArn not in self.executions:
            raise _error("ExecutionDoesNotExist")
        return {"status": self.executions[executionArn].status}

    def stop_execution(self, *, executionArn: str, **_: Any) -> Payload:  # noqa: N803 - the API's names
        """Abort it."""
        self.executions[executionArn].status = "ABORTED"
        return {}

    def send_task_success(self, *, taskToken: str, output: str) -> Payload:  # noqa: N803 - the API's names
        """Wake a waiting task."""
        if taskToken not in self.tokens:
            raise _error("TaskDoesNotExist")
        self.tokens[taskToken].set()
        return {}

    def lose(self) -> None:
        """Forget what runs, as a restart of the embedded AWS does; woken tasks end with their execution."""
        for execution in self.executions.values():
            if execution.status == "RUNNING":
                execution.status = "FAILED"
        for event in list(self.tokens.values()):
            event.set()
        self.tokens.clear()

    def wait(self, name: str, seconds: float = 30) -> Execution:
        """The execution of this name once it has ended."""
        execution = next(one for arn, one in self.executions.items() if arn.endswith(f":{name}"))
        assert execution.done.wait(seconds), "the execution does not end"
        return execution

    def _version(self, arn: str, definition: str) -> Payload:
        self.machines[arn] = definition
        version = f"{arn}:{1 + sum(one.startswith(arn + ':') for one in self.versions)}"
        self.versions[version] = definition
        return {"stateMachineArn": arn, "stateMachineVersionArn": version}

    def _run(self, execution: Execution, given: Any) -> None:
        try:
            execution.output = self._machine(execution, execution.definition, given)
            execution.status = "SUCCEEDED" if execution.status == "RUNNING" else execution.status
        except _Failed as failed:
            execution.error = failed.name
            execution.status = "FAILED" if execution.status == "RUNNING" else execution.status
        finally:
            execution.done.set()

    def _machine(self, execution: Execution, machine: Payload, given: Any) -> Any:
        name = machine["StartAt"]
        while execution.status == "RUNNING":
            state = machine["States"][name]
            execution.visited.add(name)
            execution.payloads.append(len(json.dumps(given)))
            if state["Type"] == "Succeed":
                return _output(state, given, None)
            if state["Type"] == "Fail":
                raise _Failed(_template(state["Error"], given))
            given, name = self._state(execution, state, given)
            if not name:
                return given
        raise _Failed("States.Aborted")

    def _state(self, execution: Execution, state: Payload, given: Any) -> tuple[Any, str]:
        if state["Type"] == "Choice":
            way = next((one["Next"] for one in state["Choices"] if truthy(_template(one["Condition"], given))), state["Default"])
            return given, way
        if state["Type"] == "Wait":
            assert str(_template(state["Timestamp"], given)).endswith("Z")
            return given, state["Next"]
        counts = [0] * len(state.get("Retry", ()))
        while True:
            try:
                result = _DOING[state["Type"]](self, execution, state, given)
            except _Failed as failed:
                if execution.status == "RUNNING" and self._again(state, failed.name, counts):
                    continue
                for catcher in state.get("Catch", ()):
                    if failed.name in catcher["ErrorEquals"] or "States.ALL" in catcher["ErrorEquals"]:
                        return _template(catcher["Output"], given, {"errorOutput": {"Error": failed.name, "Cause": ""}}), catcher["Next"]
                raise
            return _output(state, given, result), state.get("Next", "")

    def _again(self, state: Payload, name: str, counts: list[int]) -> bool:
        for number, retrier in enumerate(state.get("Retry", ())):
            if {name, "States.ALL"} & set(retrier["ErrorEquals"]):
                counts[number] += 1
                return bool(counts[number] <= retrier["MaxAttempts"])
        return False

    def _task(self, execution: Execution, state: Payload, given: Any) -> Any:
        token = str(uuid.uuid4())
        context = {"Execution": {"Id": execution.arn}, "Task": {"Token": token}}
        payload = _template(state["Arguments"]["Payload"], given, {"context": context})
        waits = state["Resource"].endswith(".waitForTaskToken")
        woken = threading.Event()
        if waits:
            self.tokens[token] = woken
        execution.payloads.append(len(json.dumps(payload)))
        execution.invoked.append((payload["phase"], payload["at"] + payload["step"]) if "phase" in payload else (payload["task"], ""))
        assert self.invoke is not None
        try:
            answer = json.loads(json.dumps(self.invoke(payload)))
        except Exception as error:
            raise _Failed(type(error).__name__) from error
        execution.payloads.append(len(json.dumps(answer)))
        if waits and not woken.wait(min(self._token_seconds, state["TimeoutSeconds"])):
            raise _Failed("States.Timeout")
        return {"Payload": answer}

    def _parallel(self, execution: Execution, state: Payload, given: Any) -> Any:
        with ThreadPoolExecutor(len(state["Branches"])) as pool:
            return [one.result() for one in [pool.submit(self._machine, execution, branch, given) for branch in state["Branches"]]]

    def _map(self, execution: Execution, state: Payload, given: Any) -> Any:
        items = _template(state["Items"], given)

        def item(index: int, value: Any) -> Any:
            context = {"Map": {"Item": {"Index": index, "Value": value}}}
            return self._machine(execution, state["ItemProcessor"], _template(state["ItemSelector"], given, {"context": context}))

        with ThreadPoolExecutor(state["MaxConcurrency"]) as pool:
            return [one.result() for one in [pool.submit(item, *pair) for pair in enumerate(items)]]


_DOING: dict[str, Callable[..., Any]] = {
    "Task": FakeStepFunctions._task,
    "Parallel": FakeStepFunctions._parallel,
    "Map": FakeStepFunctions._map,
}


def _template(template: Any, given: Any, more: Payload | None = None) -> Any:
    return evaluate(template, Scope({"input": given, **(more or {})}))


def _output(state: Payload, given: Any, result: Any) -> Any:
    return _template(state.get("Output", "{% $states.input %}"), given, {"result": result})


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Any")
