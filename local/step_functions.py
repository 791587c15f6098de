"""What is mended of the embedded AWS's Step Functions (MiniStack 1.5.33), so that machines behave as on AWS; tests hold each of it.

* an execution of a published version, or of an alias, runs that version's definition, not the newest;
* branches of a Parallel state have a context of their own (tokens and variables of one are not another's), and its JSONata `Output`
  and `Assign` count;
* a Map state with `Mode: DISTRIBUTED` takes JSONata's `Items`; its items run inside the execution, as many at once as it says;
* a function that fails before it hands its task token on fails the task, instead of leaving it to wait for ever.
"""

# ruff: noqa: SLF001 - MiniStack offers no hooks; its version is pinned and tests hold what is used of its inside

import contextvars
import copy
import json
import threading
from collections.abc import Callable
from typing import Any

_VERSION: contextvars.ContextVar[str | None] = contextvars.ContextVar("version", default=None)


def mend(service: Any) -> None:
    """Patch MiniStack's module."""
    service._start_execution = _started_as_asked(service, service._start_execution)
    service._state_machines = _Versioned(service)
    service._run_parallel_branches = _parallel(service)
    service._run_map_items = _map(service._run_map_items)
    service._invoke_with_callback = _callback(service, service._invoke_with_callback)


def _started_as_asked(service: Any, start: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def started(data: Any) -> Any:
        # The thread of the execution copies this context.
        token = _VERSION.set(service._execution_version_arn(str(data.get("stateMachineArn", "")).partition("#")[0]))
        try:
            return start(data)
        finally:
            _VERSION.reset(token)

    return started


class _Versioned:
    """MiniStack's machines, of which an execution sees its own version."""

    def __init__(self, service: Any) -> None:
        self._service, self._machines = service, service._state_machines

    def get(self, arn: str, default: Any = None) -> Any:
        """A machine, with the definition of the version that the present execution was started with."""
        machine, version = self._machines.get(arn, default), _VERSION.get()
        if machine is not None and version and version.rpartition(":")[0] == arn and version in self._service._state_machine_versions:
            return {**machine, "definition": self._service._state_machine_versions[version]["definition"]}
        return machine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machines, name)

    def __getitem__(self, arn: str) -> Any:
        return self._machines[arn]

    def __setitem__(self, arn: str, machine: Any) -> None:
        self._machines[arn] = machine

    def __delitem__(self, arn: str) -> None:
        del self._machines[arn]

    def __contains__(self, arn: object) -> bool:
        return arn in self._machines

    def __len__(self) -> int:
        return len(self._machines)

    def __iter__(self) -> Any:
        return iter(self._machines)

    def __deepcopy__(self, memo: Any) -> Any:
        return copy.deepcopy(self._machines, memo)


def _parallel(service: Any) -> Callable[..., Any]:
    def run(state: Any, given: Any, execution: Any, context: Any) -> Any:
        jsonata = service._state_query_language(state, context) == "JSONata"
        begin = service._apply_jsonata_arguments(state, given, context) if jsonata else _begin(service, state, given, context)
        branches = state.get("Branches", [])
        results: list[Any] = [None] * len(branches)
        errors: list[Exception | None] = [None] * len(branches)

        def branch(index: int, one: Any) -> None:
            try:
                own = copy.deepcopy(context)
                results[index] = service._run_sub_machine(one.get("States", {}), one.get("StartAt"), begin, execution, own)
            except Exception as error:  # noqa: BLE001 - told below, in the state's own thread
                errors[index] = error

        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(branch, index, one), daemon=True)
            for index, one in enumerate(branches)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for error in errors:
            if error is not None:
                raise error if isinstance(error, service._ExecutionError) else service._ExecutionError("States.BranchFailed", str(error))
        return _ended(service, state, given, context, results, jsonata=jsonata)

    return run


def _begin(service: Any, state: Any, given: Any, context: Any) -> Any:
    return service._apply_parameters(state, service._apply_input_path(state, given, context), context)


def _ended(service: Any, state: Any, given: Any, context: Any, results: Any, *, jsonata: bool) -> Any:
    if jsonata:
        output = service._apply_jsonata_output(state, given, context, result=results, default=results)
        service._apply_state_assign(state, given, context, result=results)
    else:
        output = service._apply_result_path(state, given, service._apply_result_selector(state, results))
        output = service._apply_output_path(state, output, context)
    return output, service._next_or_end(state)


def _map(run: Callable[..., Any]) -> Callable[..., Any]:
    def inline(state: Any, given: Any, execution: Any, context: Any) -> Any:
        processor = state.get("ItemProcessor") or {}
        if "Items" in state and (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED":
            state = {**state, "ItemProcessor": {**processor, "ProcessorConfig": {"Mode": "INLINE"}}}
        return run(state, given, execution, context)

    return inline


def _callback(service: Any, invoke: Callable[..., Any]) -> Callable[..., Any]:
    def invoked(resource: str, data: Any, token: str, state: Any) -> Any:
        if "states:::lambda:invoke" not in resource:
            return invoke(resource, data, token, state)
        service._task_tokens[token] = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
        try:
            service._call_lambda(service._resolve_lambda_function_ref(data["FunctionName"], optimized=True), data.get("Payload", {}))
            return _awaited(service, token, state.get("TimeoutSeconds", 99_999))
        finally:
            service._task_tokens.pop(token, None)

    return invoked


def _awaited(service: Any, token: str, seconds: float) -> Any:
    waiting = service._task_tokens[token]
    if not waiting["event"].wait(seconds):
        raise service._ExecutionError("States.Timeout", "Task timed out waiting for callback")
    if error := waiting["error"]:
        raise service._ExecutionError(error.get("Error", "TaskFailed"), error.get("Cause", ""))
    return json.loads(waiting["result"])
