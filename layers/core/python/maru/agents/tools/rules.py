"""Which tools an agent may call, and with which arguments: JSON schema, patterns, ranges, and values that are the caller's own."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_serializer, model_validator

from maru.agents.tools.schemas import checked_pattern, problem
from maru.agents.tools.tool import NAME, Schema, Tool
from maru.exact import Exact
from maru.identity import Caller

#: Characters of an argument that a pattern reads; a longer one is refused.
_LONGEST = 2_000

type Own = Literal[":caller", ":tenant", ":user"]


class ArgumentRule(Exact):
    """What one argument must be.

    ``equals`` binds it: ``:caller`` and ``:tenant`` are the caller's tenant, ``:user`` the caller's user, anything else itself. A bound
    argument is filled in by Maru, the model is not told of it, and a call that gives another value is refused.
    """

    equals: str | int | float | bool | None = None
    pattern: Annotated[str, AfterValidator(checked_pattern)] | None = None
    minimum: float | None = None
    maximum: float | None = None
    one_of: Annotated[list[str | int | float | bool], Field(min_length=1, max_length=200)] | None = None

    def value(self, caller: Caller) -> str | int | float | bool | None:
        """What the argument is bound to, None where it is free."""
        own = {":caller": caller.tenant, ":tenant": caller.tenant, ":user": caller.user}
        return own.get(self.equals, self.equals) if isinstance(self.equals, str) else self.equals

    def refusal(self, value: Any) -> str | None:
        """Why a value may not be, None where it may. A pattern is matched against the whole value."""
        if self.pattern is not None and not (isinstance(value, str) and len(value) <= _LONGEST and re.fullmatch(self.pattern, value)):
            return "has a form that is not allowed"
        if self.one_of is not None and value not in self.one_of:
            return "is none of the allowed values"
        if self.minimum is not None or self.maximum is not None:
            return self._outside(value)
        return None

    def _outside(self, value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "is no number"
        low, high = self.minimum, self.maximum
        inside = (low is None or value >= low) and (high is None or value <= high)
        return None if inside else "is outside the allowed range"


class AgentTool(Exact):
    """A tool that an agent may call. ``schema`` narrows the tool's own, ``arguments`` are rules by argument."""

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(pattern=NAME)
    narrowed: Schema | None = Field(default=None, alias="schema")
    arguments: dict[str, ArgumentRule] = Field(default={})

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @model_serializer
    def _said(self) -> str | dict[str, Any]:
        """As it was said: a name alone, or the name with its rules."""
        rules = {name: rule.model_dump(exclude_unset=True) for name, rule in self.arguments.items()}
        said = ({"schema": self.narrowed} if self.narrowed else {}) | ({"arguments": rules} if rules else {})
        return {"name": self.name, **said} if said else self.name

    def shown(self, tool: Tool) -> dict[str, Any]:
        """The schema that a model gets: the tool's, without arguments that are bound."""
        bound = {name for name, rule in self.arguments.items() if rule.equals is not None}
        schema = dict(tool.parameters)
        schema["properties"] = {name: one for name, one in schema.get("properties", {}).items() if name not in bound}
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in bound]
        return schema


class Refused(Exception):
    """A call that must not be made; the message is for the model and for the caller, and quotes no value."""


def ruled(tool: Tool, rule: AgentTool, arguments: Any, caller: Caller) -> dict[str, Any]:
    """The arguments with those filled in that are bound; raises :class:`Refused` naming the argument that must not be."""
    if not isinstance(arguments, dict):
        raise Refused("The arguments are no JSON object.")
    given = dict(arguments)
    for name, one in rule.arguments.items():
        bound = one.value(caller)
        if bound is not None and given.setdefault(name, bound) != bound:
            raise Refused(f"The argument '{name}' is not the caller's own.")
    for schema in filter(None, (tool.parameters, rule.narrowed)):
        if wrong := problem(schema, given):
            raise Refused(f"The arguments do not fit the tool's schema: {wrong}")
    for name, one in rule.arguments.items():
        if name in given and (why := one.refusal(given[name])):
            raise Refused(f"The argument '{name}' {why}.")
    return given


def missing(tool: Tool, rule: AgentTool) -> str | None:
    """An argument that a rule names and the tool does not have; None where all are there."""
    known = tool.parameters.get("properties", {})
    return next((name for name in rule.arguments if name not in known), None)
