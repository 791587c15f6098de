"""What a prompt version says, and how its variables are filled in: plain substitution, once, of declared names."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from maru.errors import BadRequest
from maru.exact import Exact, Several
from maru.validation import spelled

_VARIABLE = spelled(r"^[A-Za-z_][A-Za-z0-9_]{0,63}$", "1 to 64 of a-z, A-Z, 0-9 and '_', not beginning with a digit, such as 'customer'")
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
#: What parameters may not say: the messages and the model are the prompt's own, and who asks decides how the answer comes.
RESERVED = frozenset({"messages", "model", "stream", "stream_options", "n"})
_MAX_RENDERED = 400_000  # characters; more than any model of the catalogue reads

type VariableType = Literal["string", "number", "integer", "boolean", "array", "object"]

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class Variable(Exact):
    """A variable of a prompt; without a default it is required unless said otherwise."""

    model_config = ConfigDict(frozen=True)

    type: VariableType = "string"
    description: str = Field(default="", max_length=500)
    required: bool = True
    default: Any = None

    def accepts(self, value: Any) -> bool:
        """Whether a value has this variable's type; booleans are no numbers."""
        return isinstance(value, _PYTHON[self.type]) and (self.type == "boolean" or not isinstance(value, bool))

    @model_validator(mode="after")
    def _fitting(self) -> "Variable":
        if self.default is not None and not self.accepts(self.default):
            raise ValueError(f"the default is no {self.type}")
        return self


class TemplateMessage(Exact):
    """One message; ``{{name}}`` in its content stands for a variable."""

    model_config = ConfigDict(frozen=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: str = Field(min_length=1, max_length=100_000)


class Template(Exact):
    """A prompt's content, checked as a whole: every placeholder is declared, every variable used."""

    model_config = ConfigDict(frozen=True)

    messages: Several[TemplateMessage] = Field(min_length=1, max_length=50)
    variables: dict[Annotated[str, Field(pattern=_VARIABLE)], Variable] = Field(default={}, max_length=50, validate_default=True)
    model: str | None = Field(default=None, max_length=128)
    parameters: dict[str, Any] = Field(default={}, max_length=30)

    @field_validator("variables")
    @classmethod
    def _used_and_declared(cls, variables: dict[str, Variable], info: ValidationInfo) -> dict[str, Variable]:
        messages: tuple[TemplateMessage, ...] | None = info.data.get("messages")
        if messages is None:  # they have mistakes of their own
            return variables
        used = {name for message in messages for name in _PLACEHOLDER.findall(message.content)}
        if undeclared := used - variables.keys():
            raise ValueError(f"the placeholder '{{{{{min(undeclared)}}}}}' has no entry in 'variables'")
        if unused := variables.keys() - used:
            raise ValueError(f"the variable '{min(unused)}' stands in no message")
        return variables

    @field_validator("parameters")
    @classmethod
    def _free(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        if reserved := RESERVED & parameters.keys():
            raise ValueError(f"'{min(reserved)}' may not stand here")
        return parameters

    def checksum(self) -> str:
        """SHA-256 of the canonical JSON of the content, in hexadecimal."""
        canonical = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def render(self, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """The messages with their variables filled in; raises :class:`BadRequest` naming the variable that is wrong.

        Values are inserted once and never read again: a placeholder inside a value stays text. Everything but strings is
        inserted as JSON.
        """
        filled = {name: self._value(name, values) for name in self.variables}
        if unknown := values.keys() - self.variables.keys():
            raise BadRequest(f"This prompt has no variable '{min(unknown)}'.", param=f"variables.{min(unknown)}")
        rendered = [
            {"role": message.role, "content": _PLACEHOLDER.sub(lambda found: filled[found[1]], message.content)}
            for message in self.messages
        ]
        if sum(len(message["content"]) for message in rendered) > _MAX_RENDERED:
            raise BadRequest(f"The rendered prompt has more than {_MAX_RENDERED} characters.", param="variables")
        return rendered

    def instructions(self, values: Mapping[str, Any], offered: Mapping[str, Any]) -> str:
        """The system messages alone, as one text; ``offered`` values fill variables that stand in them, where ``values`` has none.

        Raises :class:`BadRequest` as :meth:`render` does, and for a prompt that has no system message.
        """
        messages = tuple(message for message in self.messages if message.role in {"system", "developer"})
        if not messages:
            raise BadRequest("This prompt has no system message.", param="prompt")
        used = {name for message in messages for name in _PLACEHOLDER.findall(message.content)}
        part = Template(messages=messages, variables={name: self.variables[name] for name in self.variables if name in used})
        known = {name: value for name, value in offered.items() if name in used}
        return "\n\n".join(message["content"] for message in part.render({**known, **values}))

    def _value(self, name: str, values: Mapping[str, Any]) -> str:
        variable = self.variables[name]
        value = values.get(name, variable.default)
        if value is None:
            if variable.required:
                raise BadRequest(f"The variable '{name}' ({variable.type}) is missing.", param=f"variables.{name}")
            return ""
        if not variable.accepts(value):
            raise BadRequest(f"The variable '{name}' must be of type {variable.type}.", param=f"variables.{name}")
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
