"""What a chain must hold beyond its form: expressions that can be read, names that are there, approvals that cover what acts."""

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from maru.chains import builtins
from maru.chains.document import Chain, inner
from maru.chains.expressions import is_expression
from maru.chains.kinds import Approve, Catch, Choice, Map, Model, Nested, Notify, Parallel, Retrieve, Step, Tool, Wait
from maru.chains.kinds import Guard as GuardStep
from maru.chains.known import Known
from maru.chains.loading import ChainInvalid, Path, Source
from maru.chains.templates import Found, parameter_problems, refused_address, schema_problems, template_problems, wait_problems
from maru.chains.triggers import EventTrigger

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
#: What a model step may set; the rest is the chain's own.
PARAMETERS = frozenset(
    {
        "temperature",
        "top_p",
        "max_tokens",
        "max_completion_tokens",
        "stop",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "reasoning_effort",
        "verbosity",
    }
)
_AT_RESULT = ("assign", "output")


def verify(chain: Chain, source: Source, known: Known) -> None:
    """Raise :class:`ChainInvalid` with everything that is wrong in a chain whose form is right."""
    problems = [source.problem(path, message) for path, message in _Verifier(chain, known).all()]
    if problems:
        raise ChainInvalid(sorted(problems, key=lambda one: one.line or 0))


@dataclass(frozen=True)
class _Before:
    """What is known at a place: variables that may be set, approvals that were asked for."""

    variables: frozenset[str] = frozenset()
    approvals: Mapping[str, Approve] = field(default_factory=dict)

    def after(self, step: Step) -> "_Before":
        variables = self.variables | set(step.assign) | _set_within(step)
        return _Before(variables, {**self.approvals, step.id: step} if isinstance(step, Approve) else self.approvals)


class _Verifier:
    def __init__(self, chain: Chain, known: Known) -> None:
        self._chain, self._known = chain, known
        self._ids: set[str] = set()

    def all(self) -> Found:
        chain = self._chain
        yield from schema_problems(chain.input, ("input",))
        if len(set(chain.labels)) < len(chain.labels):
            yield ("labels",), "a label stands here twice"
        yield from self._triggers()
        after = yield from self._steps(chain.steps, ("steps",), _Before())
        yield from template_problems(chain.output, ("output",), after.variables, result=False)

    def _triggers(self) -> Found:
        seen: set[str] = set()
        for number, one in enumerate(self._chain.triggers):
            path: Path = ("triggers", number)
            if one.id in seen:
                yield (*path, "id"), f"the id '{one.id}' is used twice; ids are unique among triggers"
            seen.add(one.id)
            yield from template_problems(one.input, (*path, "input"), frozenset(), result=False)
            if isinstance(one, EventTrigger) and one.when is not None:
                if not is_expression(one.when):
                    yield (*path, "when"), "'when' must be an expression: {% … %}"
                yield from template_problems(one.when, (*path, "when"), frozenset(), result=False)
            if wrong := self._known.run_as(one.run_as):
                yield (*path, "run_as"), wrong

    def _steps(self, steps: tuple[Step, ...], path: Path, before: _Before) -> Generator[tuple[Path, str], None, _Before]:
        for number, step in enumerate(steps):
            place = (*path, number)
            if step.id in self._ids:
                yield (*place, "id"), f"the id '{step.id}' is used twice; ids are unique in a chain"
            self._ids.add(step.id)
            yield from self._step(step, place, before)
            before = before.after(step)
        return before

    def _step(self, step: Step, path: Path, before: _Before) -> Found:
        yield from self._templates(step, path, before)
        yield from self._caught(step.catch, path)
        if isinstance(step, Choice) and step.model_fields_set & {"assign", "output"}:
            yield path, "a choice gives what its way gives; put 'assign' and 'output' into the steps of the ways"
        if "states" in step.assign:
            yield (*path, "assign", "states"), "the variable 'states' is reserved"
        rule = _RULES.get(type(step))
        if rule:
            yield from rule(self, step, path, before)
        for place, within in _lists(step):
            yield from self._steps(within, (*path, *place), before)

    def _templates(self, step: Step, path: Path, before: _Before) -> Found:
        for name, value in step.model_dump(by_alias=True).items():
            if name in _AT_RESULT:
                yield from template_problems(value, (*path, name), before.variables | _set_within(step), result=True)
            elif name in _TEMPLATES:
                yield from template_problems(value, (*path, name), before.variables, result=False)
        if isinstance(step, Choice):
            for number, way in enumerate(step.choices):
                place = (*path, "choices", number, "when")
                if not is_expression(way.when):
                    yield place, "'when' must be an expression: {% … %}"
                yield from template_problems(way.when, place, before.variables, result=False)

    def _caught(self, catch: tuple[Catch, ...], path: Path) -> Found:
        for number, one in enumerate(catch):
            if "all" in one.errors and (number < len(catch) - 1 or len(one.errors) > 1):
                yield (*path, "catch", number), "'all' stands alone, in the last catch"

    def model(self, step: Model, path: Path, _: _Before) -> Found:
        if (step.prompt is None) == (step.messages is None):
            yield path, "a model step has either 'prompt' or 'messages'"
        yield from self._messages(step, path)
        for name in sorted(step.parameters.keys() - PARAMETERS):
            yield (*path, "parameters", name), f"'{name}' is no parameter of a model step; use some of: {', '.join(sorted(PARAMETERS))}"
        yield from parameter_problems({name: step.parameters[name] for name in step.parameters.keys() & PARAMETERS}, (*path, "parameters"))
        if step.json_schema is not None:
            yield from schema_problems(step.json_schema, (*path, "schema"))
        for alias, place in [(step.model, "model"), *((alias, "fallbacks") for alias in step.fallbacks)]:
            if alias and (wrong := self._known.model(alias)):
                yield (*path, place), wrong
        if step.prompt and (wrong := self._known.prompt(step.prompt)):
            yield (*path, "prompt"), wrong

    def _messages(self, step: Model, path: Path) -> Found:
        if step.messages is not None:
            used = {name for message in step.messages for name in _PLACEHOLDER.findall(message.content)}
            for name in sorted(used - step.variables.keys()):
                yield (*path, "messages"), f"the placeholder '{{{{{name}}}}}' has no entry in 'variables'"
            for name in sorted(step.variables.keys() - used):
                yield (*path, "variables", name), f"the variable '{name}' stands in no message"

    def guard(self, step: GuardStep, path: Path, _: _Before) -> Found:
        if wrong := self._known.policy(step.policy):
            yield (*path, "policy"), wrong

    def retrieve(self, step: Retrieve, path: Path, _: _Before) -> Found:
        stores = step.vector_stores
        names = isinstance(stores, list) and stores and all(isinstance(one, str) and one for one in stores)
        if not names and not is_expression(stores):
            yield (*path, "vector_stores"), "'vector_stores' is a list of names or ids, or an expression that gives one"

    def map(self, step: Map, path: Path, _: _Before) -> Found:
        if not isinstance(step.items, list) and not is_expression(step.items):
            yield (*path, "items"), "'items' is a list, or an expression that gives one"

    def tool(self, step: Tool, path: Path, before: _Before) -> Found:
        found = builtins.find(step.tool)
        if found is None:
            yield (*path, "tool"), f"there is no built-in '{step.tool}'; there are: {', '.join(builtins.names()) or 'none'}"
        elif found.acts and not step.approval:
            yield path, f"'{step.tool}' acts on the outside: name the 'approve' step before it in 'approval'"
        yield from self._approval(step.approval, step.tool, path, before)

    def notify(self, step: Notify, path: Path, before: _Before) -> Found:
        yield from self._approval(step.approval, "notify", path, before)
        if (step.channel == "jira") != (step.jira is not None):
            yield path, "the channel 'jira' needs the fields of 'jira', and no other takes them"
        if step.channel == "sns":
            if step.url is not None:
                yield (*path, "url"), "the channel 'sns' tells the stage's own topic; remove 'url'"
        elif step.url is None:
            yield path, f"the channel '{step.channel}' needs a 'url'"
        elif is_expression(step.url):
            return  # the host stands on the list or nothing is sent: told when it is
        elif not self._known.hosts_unknown and (wrong := refused_address(step.url, self._known.webhook_hosts)):
            yield (*path, "url"), wrong

    def wait(self, step: Wait, path: Path, _: _Before) -> Found:
        if (step.seconds is None) == (step.until is None):
            yield path, "a wait has either 'seconds' or 'until'"
        yield from (((*path, name), wrong) for name, wrong in wait_problems(step.seconds, step.until))

    def approve(self, step: Approve, path: Path, _: _Before) -> Found:
        if step.tool != "notify" and builtins.find(step.tool) is None:
            yield (*path, "tool"), f"there is no built-in '{step.tool}' to approve"
        if step.remind_seconds is not None and step.remind_seconds >= step.expires_seconds:
            yield (*path, "remind_seconds"), "the reminder would come after the approval has expired"
        if step.expires_seconds > self._chain.deadline_seconds:
            yield (*path, "expires_seconds"), "the approval may take longer than the chain's 'deadline_seconds'; raise that"

    def _approval(self, approval: str | None, tool: str, path: Path, before: _Before) -> Found:
        if approval is None:
            return
        asked = before.approvals.get(approval)
        if asked is None:
            yield (*path, "approval"), f"no 'approve' step '{approval}' comes before this one"
        elif asked.tool != tool:
            yield (*path, "approval"), f"the step '{approval}' approves '{asked.tool}', not '{tool}'"


_RULES: dict[type, Callable[[_Verifier, Any, Path, _Before], Found]] = {
    Model: _Verifier.model,
    GuardStep: _Verifier.guard,
    Retrieve: _Verifier.retrieve,
    Map: _Verifier.map,
    Tool: _Verifier.tool,
    Notify: _Verifier.notify,
    Wait: _Verifier.wait,
    Approve: _Verifier.approve,
}
_TEMPLATES = frozenset(
    {"variables", "query", "vector_stores", "text", "arguments", "value", "items", "seconds", "until", "title", "evidence", "subject",
     "url", "body", "jira", "input"}
)  # fmt: skip


def _lists(step: Step) -> Iterator[tuple[Path, tuple[Step, ...]]]:
    for name, steps in inner(step):
        parts = name.split(".")
        yield tuple(int(part) if part.isdigit() else part for part in parts), steps


def _set_within(step: Step) -> set[str]:
    """Variables that a step's inner steps leave set behind it."""
    if isinstance(step, Parallel | Map | Nested):
        return set()
    return {name for _, steps in _lists(step) for one in steps for name in (*one.assign, *_set_within(one))}
