"""The states that machines are made of: what is tried again, what is caught, how states are named."""

import hashlib
from collections.abc import Sequence
from typing import Any

from maru.chains.failures import PASSING
from maru.chains.kinds import Approve, Step

type State = dict[str, Any]
type States = dict[str, State]

_NAME = 80  # characters a state's name may have
#: What Lambda itself reports; the step is done again, and what it had finished is found by its hash.
CRASHES = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
)
INPUT = "{% $states.input %}"
PAYLOAD = "{% $states.result.Payload %}"
_FAILED = "{% $merge([$states.input, {'error': $states.errorOutput.Error}]) %}"


def caught(errors: list[str], next_: str) -> State:
    """What catches these errors, and where it leads."""
    return {"ErrorEquals": errors, "Output": _FAILED, "Next": next_}


def again(next_: str) -> State:
    """Waiting for a decision took too long: the worker is asked whether it came."""
    return {"ErrorEquals": ["States.Timeout", "States.HeartbeatTimeout"], "Output": INPUT, "Next": next_}


def retry(step: Step | None) -> list[State]:
    """How often a step is tried again, and how soon."""
    crashes = _retrier([*CRASHES, *([] if isinstance(step, Approve) else ["States.Timeout"])], 1, 6, 2.0, 30)
    if step is None:
        return [_retrier(list(PASSING), 1, 5, 2.0, 60), crashes]
    again = step.retry
    return [_retrier(list(PASSING), again.seconds, again.attempts, again.backoff, again.max_seconds), crashes]


def _retrier(errors: list[str], seconds: int, attempts: int, backoff: float, longest: int) -> State:
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": seconds,
        "MaxAttempts": attempts,
        "BackoffRate": backoff,
        "MaxDelaySeconds": max(longest, seconds + 1),
        "JitterStrategy": "FULL",
    }


def named(errors: Sequence[str]) -> list[str]:
    """A step's time is up either by the worker's own clock or by the machine's."""
    return [*errors, *(["States.Timeout"] if "StepTimeout" in errors else [])]


def switch(ways: list[tuple[str, str]], default: str) -> State:
    """A choice by the way that the worker named."""
    choices = [{"Condition": f"{{% $states.input.go = '{value}' %}}", "Next": way} for value, way in ways]
    return {"Type": "Choice", "Choices": choices, "Default": default}


def reached(name: str, states: States) -> bool:
    """Whether something leads to a state by catching."""
    return any(one["Next"] == name for state in states.values() for one in state.get("Catch", ()))


def name_of(key: str) -> str:
    """The name of a step's state; room is left for what stands behind it."""
    return short(key.replace("/", ":"), _NAME - 8)


def short(name: str, most: int = _NAME) -> str:
    """A name that is short enough for a state's."""
    return name if len(name) <= most else f"{name[: most - 9]}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def label_of(key: str) -> str:
    """The label of a map whose items run apart."""
    return hashlib.sha256(key.encode()).hexdigest()[:20]
