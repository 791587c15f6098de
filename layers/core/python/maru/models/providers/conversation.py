"""A conversation as other providers need it: system texts apart, turns of words, images, calls and their results, in alternation."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from maru.errors import BadRequest
from maru.models.failures import Unsupported
from maru.models.images import Image, image_of

type Body = Mapping[str, Any]


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


#: Models go on as the conversation went: where its answers bear names, the next one would, too.
_NAMED = Text("A name and a colon at the beginning of a message say who wrote it. Answer without one.")


def conversation(messages: list[Body]) -> tuple[list[Text], list[Turn]]:
    """The system's texts, and the turns; raises :class:`BadRequest` naming the message that cannot be carried over.

    Other APIs have no place for the ``name`` of who wrote a message: it stands before the words, ``minji: …``.
    """
    system: list[Text] = []
    turns: list[Turn] = []
    for index, message in enumerate(messages):
        parts = _signed(message, list(_parts(message.get("content"), f"messages.{index}.content")))
        if message["role"] in {"system", "developer"}:
            system += [part for part in parts if isinstance(part, Text)]
        else:
            turns.append(_turn(message, parts, turns, index))
    if any(message["role"] == "assistant" and message.get("name") for message in messages):
        system.append(_NAMED)
    return system, turns


def _signed(message: Body, parts: list[Text | Image]) -> list[Text | Image]:
    # Of a tool the name is the function's, and an answer without words is nothing but its calls.
    if not message.get("name") or not parts or message["role"] in {"tool", "function"}:
        return parts
    name, first = " ".join(message["name"].split()), parts[0]
    if isinstance(first, Text):
        return [replace(first, text=f"{name}: {first.text}"), *parts[1:]]
    return [Text(f"{name}:"), *parts]


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
    for number, part in enumerate(content or ()):
        match part["type"]:
            case "text" | "refusal":
                if part.get(part["type"]):
                    yield Text(part[part["type"]], bool(part.get("prompt_cache_breakpoint")))
            case "image_url":
                yield image_of(part, place, number)
            case kind:
                raise Unsupported(f"Parts of type '{kind}' cannot be read by this model.", param=place, code="unsupported")


def arguments(text: str) -> dict[str, Any]:
    """A call's arguments as an object; raises :class:`BadRequest` where the caller sent none."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadRequest("The arguments of a tool call are no JSON object.", param="messages")
    return value


def plain_id(call_id: str) -> str:
    """A call's id in the characters and the length that providers take: ids that other models gave may have others."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", call_id)[:64] or "_"


def alternating(
    turns: Iterable[Turn], pieces: Callable[[Turn], Iterable[dict[str, Any]]], *, assistant: str = "assistant", content: str = "content"
) -> list[dict[str, Any]]:
    """Messages of a ``role`` and its ``content``, of user and assistant in turn; results of calls are the user's.

    ``pieces`` gives what a turn holds in the provider's words, as do the names of the assistant's role and of the content; a turn
    that holds nothing begins no message.
    """
    messages: list[dict[str, Any]] = []
    for turn in turns:
        role = assistant if turn.role == "assistant" else "user"
        held = list(pieces(turn))
        if messages and messages[-1]["role"] == role:
            messages[-1][content] += held
        elif held:
            messages.append({"role": role, content: held})
    return messages
