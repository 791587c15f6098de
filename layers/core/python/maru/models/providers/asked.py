"""OpenAI's chat request as other providers need it: its conversation, its tools (the older functions among them), and what it asks for."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from maru.errors import BadRequest
from maru.models.abilities import parts
from maru.models.failures import Unsupported
from maru.models.images import detail_of
from maru.models.providers.conversation import Body, Text, Turn, conversation

#: Fields that need nothing of the model, or are hints that another server has no use for.
_HINTS = {
    "model",
    "messages",
    "stream",
    "stream_options",
    "user",
    "safety_identifier",
    "metadata",
    "store",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "prediction",
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "response_format",
    "temperature",
    "top_p",
}
#: Values that say what is so anyway.
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "parallel_tool_calls": (True,),
    "verbosity": ("medium",),
    "modalities": (["text"],),
    "service_tier": ("auto", "default"),
}


@dataclass(frozen=True)
class Tool:
    """A function that the model may call; ``parameters`` is a JSON schema of an object."""

    name: str
    description: str | None
    parameters: dict[str, Any]
    strict: bool


@dataclass(frozen=True)
class Schema:
    """The form that the answer must have; ``schema`` None for any JSON object."""

    name: str
    schema: dict[str, Any] | None
    description: str | None = None


@dataclass(frozen=True)
class Asked:
    """A chat request. ``choice`` is ``auto``, ``none``, ``required``, or a function's name after a colon: ``:name``."""

    system: list[Text]
    turns: list[Turn]
    tools: list[Tool]
    choice: str
    parallel: bool
    stop: list[str]
    max_tokens: int | None
    schema: Schema | None

    @classmethod
    def of(cls, body: Body, *, also: Collection[str] = ()) -> Self:
        """Read it; ``also`` names the fields beside the usual ones that the provider can honour, ``detail`` of images among them.

        Raises :class:`BadRequest` naming the field for what cannot be carried over, never leaving it out in silence.
        """
        _refuse_others(body, _HINTS.union(also))
        if "detail" not in also:
            _refuse_coarse(body)
        system, turns = conversation(body["messages"])
        if not turns:
            raise BadRequest("At least one message must be of the user.", param="messages")
        stop = body.get("stop") or []
        tools, choice = _offered(body, list(_tools(body)))
        return cls(
            system,
            turns,
            tools,
            choice,
            body.get("parallel_tool_calls") is not False and not body.get("functions"),
            [stop] if isinstance(stop, str) else list(stop),
            body.get("max_completion_tokens") or body.get("max_tokens"),
            _schema(body),
        )

    @property
    def has_calls(self) -> bool:
        """Whether tools were used before."""
        return any(turn.calls or turn.role == "result" for turn in self.turns)

    def long(self, characters: int) -> bool:
        """Whether what stands the same before every question is at least this long."""
        tools = sum(len(str(tool.parameters)) + len(tool.description or "") for tool in self.tools)
        return sum(len(text.text) for text in self.system) + tools >= characters

    def goes_on(self, characters: int) -> bool:
        """Whether this is a conversation of that length that has been going on, so that it will be sent again."""
        said = sum(len(turn.text) for turn in self.turns)
        return self.long(max(characters - said, 0)) and any(turn.role == "assistant" for turn in self.turns)


def _refuse_others(body: Body, known: set[str]) -> None:
    for name, value in body.items():
        if name not in known and value is not None and value not in _NEUTRAL.get(name, ()):
            raise Unsupported(f"'{name}' cannot be honoured by this model.", param=name, code="unsupported")


def _refuse_coarse(body: Body) -> None:
    """Where images are always looked at in full, a coarser look would cost more than the caller asked for."""
    for place, number, part in parts(body):
        if part.get("type") == "image_url" and (part.get("image_url") or {}).get("detail") == "low":
            told = "This model looks at images in full: send a smaller one, or leave 'detail' out."
            raise Unsupported(told, param=detail_of(place, number), code="unsupported")


def _tools(body: Body) -> Iterator[Tool]:
    listed = [(f"functions.{index}", one) for index, one in enumerate(body.get("functions") or ())]
    for index, one in enumerate(body.get("tools") or ()):
        if not isinstance(one.get("function"), dict):
            raise Unsupported("Only functions can be tools of this model.", param=f"tools.{index}", code="unsupported")
        listed.append((f"tools.{index}.function", one["function"]))
    for place, function in listed:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(function.get("name") or "")):
            raise BadRequest("A function's name has 1 to 64 letters, digits, _ or -.", param=f"{place}.name")
        parameters = function.get("parameters") or {"type": "object", "properties": {}}
        yield Tool(function["name"], function.get("description"), parameters, bool(function.get("strict")))


def _offered(body: Body, tools: list[Tool]) -> tuple[list[Tool], str]:
    """The tools among which the model may choose, and how."""
    field_ = "function_call" if body.get("functions") else "tool_choice"
    told = body.get(field_) or "auto"
    if isinstance(told, str):
        if told not in {"auto", "none", "required"}:
            raise BadRequest(f"'{field_}' is none of auto, none and required.", param=field_)
        return tools, told
    by_name = {tool.name: tool for tool in tools}
    allowed = told.get("allowed_tools")
    names = [(one.get("function") or one).get("name") for one in (allowed.get("tools") or () if allowed else (told,))]
    if not names or any(name not in by_name for name in names):
        raise BadRequest(f"'{field_}' names no function of the request.", param=field_)
    return ([by_name[name] for name in names], allowed.get("mode") or "auto") if allowed else (tools, f":{names[0]}")


def tier(body: Body, theirs: Mapping[str, str | None]) -> str | None:
    """The provider's word for the service tier, None where nothing is to be said; raises :class:`Unsupported` for one that it lacks."""
    told = body.get("service_tier") or "auto"
    if told not in theirs:
        raise Unsupported(f"The service tier '{told}' cannot be had of this model.", param="service_tier", code="unsupported")
    return theirs[told]


def _schema(body: Body) -> Schema | None:
    told = body.get("response_format") or {}
    if told.get("type") == "json_object":
        return Schema("answer", None)
    if told.get("type") != "json_schema":
        return None
    form = told.get("json_schema")
    if not isinstance(form, Mapping) or not form.get("name"):
        raise BadRequest("A json_schema has a name and a schema.", param="response_format.json_schema")
    return Schema(form["name"], form.get("schema"), form.get("description"))
