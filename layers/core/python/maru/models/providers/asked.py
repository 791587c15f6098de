"""OpenAI's chat request as other providers need it: system texts apart, turns, tools, and the older function calls made tool calls."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from maru.errors import BadRequest
from maru.models.failures import Unsupported
from maru.models.images import Image, image_of

type Body = Mapping[str, Any]

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
    "service_tier",
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
_NEUTRAL: dict[str, Any] = {"n": 1, "logprobs": False, "parallel_tool_calls": True, "verbosity": "medium"}


@dataclass(frozen=True)
class Text:
    """Words; ``breakpoint`` where the caller wants the prompt cached up to here."""

    text: str
    breakpoint: bool = False


@dataclass(frozen=True)
class Call:
    """A tool call that the model made; ``arguments`` are JSON, ``extra`` is what its provider wants to see again."""

    id: str
    name: str
    arguments: str
    extra: Any = None


@dataclass
class Turn:
    """What one side said. A ``result`` answers the call ``call_id`` of the function ``name``."""

    role: Literal["user", "assistant", "result"]
    parts: list[Text | Image] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    call_id: str = ""
    name: str = ""

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


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
        """Read it; ``also`` names the fields beside the usual ones that the provider can honour.

        Raises :class:`BadRequest` naming the field for what cannot be carried over, never leaving it out in silence.
        """
        _refuse_others(body, _HINTS.union(also))
        system, turns = _conversation(body["messages"])
        if not turns:
            raise BadRequest("At least one message must be of the user.", param="messages")
        stop = body.get("stop") or []
        return cls(
            system,
            turns,
            tools := list(_tools(body)),
            _choice(body, tools),
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


def arguments(text: str) -> dict[str, Any]:
    """A call's arguments as an object; raises :class:`BadRequest` where the caller sent none."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadRequest("The arguments of a tool call are no JSON object.", param="messages")
    return value


def _refuse_others(body: Body, known: set[str]) -> None:
    for name, value in body.items():
        if name not in known and value not in (None, _NEUTRAL.get(name)) and value not in (0, {}, [], ["text"]):
            raise Unsupported(f"'{name}' cannot be honoured by this model.", param=name, code="unsupported")


def _conversation(messages: list[Body]) -> tuple[list[Text], list[Turn]]:
    system: list[Text] = []
    turns: list[Turn] = []
    for index, message in enumerate(messages):
        parts = list(_parts(message.get("content"), f"messages.{index}.content"))
        if message["role"] in {"system", "developer"}:
            system += [part for part in parts if isinstance(part, Text)]
        else:
            turns.append(_turn(message, parts, turns, index))
    return system, turns


def _turn(message: Body, parts: list[Text | Image], before: list[Turn], index: int) -> Turn:
    match message["role"]:
        case "user":
            return Turn("user", parts)
        case "assistant":
            return Turn("assistant", parts, list(_calls(message, index)))
        case "tool":
            call_id = str(message.get("tool_call_id") or "")
            name = next((call.name for turn in before for call in turn.calls if call.id == call_id), None)
            if name is None:
                raise BadRequest("'tool_call_id' names no call of this conversation.", param=f"messages.{index}.tool_call_id")
            return Turn("result", parts, call_id=call_id, name=name)
        case _:
            last = next((call for turn in reversed(before) for call in turn.calls if call.name == message.get("name")), None)
            if last is None:
                raise BadRequest("'name' names no function that was called in this conversation.", param=f"messages.{index}.name")
            return Turn("result", parts, call_id=last.id, name=last.name)


def _calls(message: Body, index: int) -> Iterator[Call]:
    for number, call in enumerate(message.get("tool_calls") or ()):
        place = f"messages.{index}.tool_calls.{number}"
        function = call.get("function")
        if not function:
            raise Unsupported("Only calls of functions can be carried over.", param=place, code="unsupported")
        call_id, name = required(call, "id", place), required(function, "name", f"{place}.function")
        yield Call(call_id, name, function.get("arguments") or "{}", call.get("extra_content"))
    if function := message.get("function_call"):
        # The older form has no ids: the place in the conversation is as good.
        name = required(function, "name", f"messages.{index}.function_call")
        yield Call(f"call_{index}", name, function.get("arguments") or "{}")


def required(of: Body, name: str, place: str) -> str:
    """The text ``name`` of a value that stands at ``place``; raises :class:`BadRequest` where there is none."""
    if not of.get(name):
        raise BadRequest(f"Missing required parameter: '{place}.{name}'.", param=f"{place}.{name}", code="missing_required_parameter")
    return str(of[name])


def _parts(content: Any, place: str) -> Iterator[Text | Image]:
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for part in content or ():
        match part["type"]:
            case "text" | "refusal":
                if part.get(part["type"]):
                    yield Text(part[part["type"]], bool(part.get("prompt_cache_breakpoint")))
            case "image_url":
                yield image_of(part, place)
            case kind:
                raise Unsupported(f"Parts of type '{kind}' cannot be read by this model.", param=place, code="unsupported")


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


def _choice(body: Body, tools: list[Tool]) -> str:
    field_ = "function_call" if body.get("functions") else "tool_choice"
    told = body.get(field_) or "auto"
    if isinstance(told, str):
        if told not in {"auto", "none", "required"}:
            raise BadRequest(f"'{field_}' is none of auto, none and required.", param=field_)
        return told
    name = (told.get("function") or told).get("name")
    if name not in {tool.name for tool in tools}:
        raise BadRequest(f"'{field_}' names no function of the request.", param=field_)
    return f":{name}"


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
