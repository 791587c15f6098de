"""What must hold of every state machine before it is published: Step Functions refuses more, but never less."""

import json
from collections.abc import Iterator
from typing import Any

_MOST_BYTES = 1_000_000
_TERMINAL = {"Succeed", "Fail"}


class DefinitionInvalid(Exception):
    """A compiled definition that is no state machine: a mistake of the compiler, told in the message."""


def demand(definition: dict[str, Any]) -> str:
    """The definition as JSON; raises :class:`DefinitionInvalid` with everything that is wrong."""
    text = json.dumps(definition, ensure_ascii=False, separators=(",", ":"))
    problems = list(_machine(definition, ""))
    names = [name for name, _ in _names(definition)]
    problems += [f"the name '{name}' is used twice" for name in sorted({one for one in names if names.count(one) > 1})]
    if len(text.encode()) > _MOST_BYTES:
        problems.append(f"the definition has more than {_MOST_BYTES} bytes")
    if problems:
        raise DefinitionInvalid("; ".join(problems[:20]))
    return text


def _machine(machine: dict[str, Any], where: str) -> Iterator[str]:
    states: dict[str, Any] = machine.get("States", {})
    if machine.get("StartAt") not in states:
        yield f"{where}StartAt names no state"
    for name, state in states.items():
        yield from _state(name, state, states)
        for inner in _inner(state):
            yield from _machine(inner, f"{name}: ")
    yield from (f"'{name}' cannot be reached" for name in sorted(states.keys() - _reachable(machine)))


def _state(name: str, state: dict[str, Any], states: dict[str, Any]) -> Iterator[str]:
    if not 1 <= len(name) <= 80:
        yield f"the name '{name}' has more than 80 characters"
    yield from (f"'{name}' leads to '{to}', which is not there" for to in _next(state) if to not in states)
    if state["Type"] not in _TERMINAL and state["Type"] != "Choice" and ("Next" in state) == bool(state.get("End")):
        yield f"'{name}' has either 'Next' or 'End'"
    handlers = [one["ErrorEquals"] for one in state.get("Catch", ())]
    for number, errors in enumerate(handlers):
        if "States.ALL" in errors and (len(errors) > 1 or number < len(handlers) - 1):
            yield f"in '{name}' States.ALL does not stand alone and last"


def _next(state: dict[str, Any]) -> list[str]:
    found = [one["Next"] for one in (*state.get("Catch", ()), *state.get("Choices", ()))]
    return found + [state[name] for name in ("Next", "Default") if name in state]


def _inner(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]


def _reachable(machine: dict[str, Any]) -> set[str]:
    states: dict[str, Any] = machine.get("States", {})
    found: set[str] = set()
    ahead = [str(machine.get("StartAt"))]
    while ahead:
        name = ahead.pop()
        if name in states and name not in found:
            found.add(name)
            ahead += _next(states[name])
    return found


def _names(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine.get("States", {}).items():
        yield name, state
        for inner in _inner(state):
            yield from _names(inner)
