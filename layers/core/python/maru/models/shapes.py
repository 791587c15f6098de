"""Every field that OpenAI's chat request has inside its parameters, so that an unknown or a mistyped one is refused by its name.

The tree follows its OpenAPI document 2.3.0 (CreateChatCompletionRequest). Beside it stand what servers of its protocol add and clients
send back: `reasoning_content` and `reasoning` (vLLM), `annotations`, `extra_content` (Gemini's compatible endpoint).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maru.errors import BadRequest

#: What may stand in a value where it is not null: an object's fields, one of several objects told apart by a field, a list of one, a
#: string, or anything at all.
type Shape = "Mapping[str, Shape] | By | Each | type[str] | None"


@dataclass(frozen=True)
class By:
    """One of several objects, told apart by the value of ``field``, which is ``usual`` where it is left out; of another value it has
    whatever it likes."""

    field: str
    arms: Mapping[str, Mapping[str, Shape]]
    usual: str = ""


@dataclass(frozen=True)
class Each:
    """A list whose members all have this shape, or a ``text`` in its place."""

    of: Shape
    text: bool = False


def _named(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names)


def _texts(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names, str)


#: An object with whatever fields it likes.
OBJECT: Mapping[str, Shape] = {}

_BREAK: dict[str, Shape] = {"prompt_cache_breakpoint": _named("mode")}
_TEXT: dict[str, Shape] = {"type": None, "text": str, **_BREAK}
_PARTS = By(
    "type",
    {
        "text": _TEXT,
        "refusal": _texts("type", "refusal"),
        "image_url": {"type": None, "image_url": _named("url", "detail"), **_BREAK},
        "input_audio": {"type": None, "input_audio": _named("data", "format"), **_BREAK},
        "file": {"type": None, "file": _named("filename", "file_data", "file_id"), **_BREAK},
    },
)
_CALL = By(
    "type",
    {
        "function": {"id": str, "type": str, "function": _texts("name", "arguments"), **_named("index", "extra_content")},
        "custom": {"id": str, "type": str, "custom": _texts("name", "input"), **_named("index")},
    },
    usual="function",
)
_SAID: dict[str, Shape] = {"role": None, "content": Each(_PARTS, text=True), "name": str}
_MESSAGE = By(
    "role",
    {
        "developer": _SAID,
        "system": _SAID,
        "user": _SAID,
        "assistant": {
            **_SAID,
            "refusal": str,
            "audio": _named("id", "expires_at", "data", "transcript"),
            "tool_calls": Each(_CALL),
            "function_call": _texts("name", "arguments"),
            **_named("annotations", "reasoning_content", "reasoning"),
        },
        "tool": {**_SAID, "tool_call_id": str},
        "function": _SAID,
    },
)
_FUNCTION: dict[str, Shape] = {**_texts("name", "description"), "parameters": OBJECT, "strict": None}
_CUSTOM: dict[str, Shape] = {
    **_texts("name", "description"),
    "format": By("type", {"text": _named("type"), "grammar": {"type": None, "grammar": _named("definition", "syntax")}}),
}
#: Parameters whose values have fields of their own.
_REQUEST: dict[str, Shape] = {
    "messages": Each(_MESSAGE),
    "tools": Each(
        By("type", {"function": {"type": None, "function": _FUNCTION}, "custom": {"type": None, "custom": _CUSTOM}}, usual="function")
    ),
    "functions": Each({**_texts("name", "description"), "parameters": OBJECT}),
    "function_call": _texts("name"),
    "tool_choice": By(
        "type",
        {
            "function": {"type": None, "function": _texts("name")},
            "custom": {"type": None, "custom": _texts("name")},
            "allowed_tools": {"type": None, "allowed_tools": _named("mode", "tools")},
        },
        usual="function",
    ),
    "response_format": By(
        "type",
        {
            "text": _named("type"),
            "json_object": _named("type"),
            "json_schema": {"type": None, "json_schema": {**_texts("name", "description"), "schema": OBJECT, "strict": None}},
        },
    ),
    "audio": _named("voice", "format"),
    "moderation": {"model": str, "policy": {"input": _texts("mode"), "output": _texts("mode")}},
    "prediction": {"type": None, "content": Each(_TEXT, text=True)},
    "prompt_cache_options": _named("ttl", "mode"),
    "web_search_options": {
        "search_context_size": None,
        "user_location": {"type": None, "approximate": _named("country", "region", "city", "timezone")},
    },
}


def check(body: Any) -> None:
    """Raise :class:`BadRequest` naming the first field inside a parameter that OpenAI's API does not have, or not of this type.

    The types of the parameters themselves are left to the request's own model.
    """
    if isinstance(body, Mapping):
        for name, shape in _REQUEST.items():
            value = body.get(name)
            if isinstance(value, Mapping | list) and (error := next(_faults(value, shape, name), None)):
                raise error


def _faults(value: Any, shape: Shape, place: str) -> Iterator[BadRequest]:
    if value is None or shape is None:
        return
    if isinstance(shape, Each):
        yield from _faults_of_list(value, shape, place)
    elif shape is str:
        if not isinstance(value, str):
            yield _mistyped(place, "a string")
    elif not isinstance(value, Mapping):
        yield _mistyped(place, "an object")
    else:
        fields = shape.arms.get(str(value.get(shape.field, shape.usual))) if isinstance(shape, By) else shape
        yield from _faults_of_object(value, fields, place) if isinstance(fields, Mapping) else ()


def _faults_of_list(value: Any, shape: Each, place: str) -> Iterator[BadRequest]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _faults(one, shape.of, f"{place}.{index}") if one is not None else [_mistyped(f"{place}.{index}", "an object")]
    elif not (shape.text and isinstance(value, str)):
        yield _mistyped(place, "a list")


def _faults_of_object(value: Mapping[Any, Any], fields: Mapping[str, Shape], place: str) -> Iterator[BadRequest]:
    if fields is OBJECT:
        return
    for name, one in value.items():
        if name not in fields:
            unknown = f"{place}.{str(name)[:64]}"
            yield BadRequest(f"Unknown parameter: '{unknown}'.", param=unknown, code="unknown_parameter")
        else:
            yield from _faults(one, fields[name], f"{place}.{name}")


def _mistyped(place: str, kind: str) -> BadRequest:
    return BadRequest(f"Invalid type: '{place}' must be {kind}.", param=place, code="invalid_value")
