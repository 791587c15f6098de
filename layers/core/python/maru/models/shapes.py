"""Every field that OpenAI's chat request has inside its parameters, so that an unknown one is refused by its name and never lost.

The tree follows its OpenAPI document 2.3.0 (CreateChatCompletionRequest). Beside it stand what servers of its protocol add and clients
send back: `reasoning_content` and `reasoning` (vLLM), `annotations`, `extra_content` (Gemini's compatible endpoint).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maru.errors import BadRequest

#: What may stand in a value: an object's fields, one of several objects told apart by a field, a list of one, or anything at all.
type Shape = "Mapping[str, Shape] | By | Each | None"


@dataclass(frozen=True)
class By:
    """One of several objects, told apart by the value of ``field``; of another value it has whatever it likes."""

    field: str
    arms: Mapping[str, Mapping[str, Shape]]


@dataclass(frozen=True)
class Each:
    """A list whose members all have this shape."""

    of: Shape


def _named(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names)


_BREAK: dict[str, Shape] = {"prompt_cache_breakpoint": _named("mode")}
_TEXT: dict[str, Shape] = {"type": None, "text": None, **_BREAK}
_PARTS = By(
    "type",
    {
        "text": _TEXT,
        "refusal": _named("type", "refusal"),
        "image_url": {"type": None, "image_url": _named("url", "detail"), **_BREAK},
        "input_audio": {"type": None, "input_audio": _named("data", "format"), **_BREAK},
        "file": {"type": None, "file": _named("filename", "file_data", "file_id"), **_BREAK},
    },
)
_CALL = By(
    "type",
    {
        "function": {"id": None, "type": None, "function": _named("name", "arguments"), **_named("index", "extra_content")},
        "custom": {"id": None, "type": None, "custom": _named("name", "input"), **_named("index")},
    },
)
_SAID: dict[str, Shape] = {"role": None, "content": Each(_PARTS), "name": None}
_MESSAGE = By(
    "role",
    {
        "developer": _SAID,
        "system": _SAID,
        "user": _SAID,
        "assistant": {
            **_SAID,
            "refusal": None,
            "audio": _named("id", "expires_at", "data", "transcript"),
            "tool_calls": Each(_CALL),
            "function_call": _named("name", "arguments"),
            **_named("annotations", "reasoning_content", "reasoning"),
        },
        "tool": {"role": None, "content": Each(_PARTS), "tool_call_id": None, "name": None},
        "function": _SAID,
    },
)
_FUNCTION: dict[str, Shape] = _named("name", "description", "parameters", "strict")
_CUSTOM: dict[str, Shape] = {
    "name": None,
    "description": None,
    "format": By("type", {"text": _named("type"), "grammar": {"type": None, "grammar": _named("definition", "syntax")}}),
}
#: Parameters whose values have fields of their own.
_REQUEST: dict[str, Shape] = {
    "messages": Each(_MESSAGE),
    "tools": Each(By("type", {"function": {"type": None, "function": _FUNCTION}, "custom": {"type": None, "custom": _CUSTOM}})),
    "functions": Each(_named("name", "description", "parameters")),
    "function_call": _named("name"),
    "tool_choice": By(
        "type",
        {
            "function": {"type": None, "function": _named("name")},
            "custom": {"type": None, "custom": _named("name")},
            "allowed_tools": {"type": None, "allowed_tools": _named("mode", "tools")},
        },
    ),
    "response_format": By(
        "type",
        {
            "text": _named("type"),
            "json_object": _named("type"),
            "json_schema": {"type": None, "json_schema": _named("name", "description", "schema", "strict")},
        },
    ),
    "audio": _named("voice", "format"),
    "moderation": {"model": None, "policy": {"input": _named("mode"), "output": _named("mode")}},
    "prediction": {"type": None, "content": Each(_TEXT)},
    "prompt_cache_options": _named("ttl", "mode"),
    "web_search_options": {
        "search_context_size": None,
        "user_location": {"type": None, "approximate": _named("country", "region", "city", "timezone")},
    },
}


def check(body: Any) -> None:
    """Raise :class:`BadRequest` naming the first field inside a parameter that OpenAI's API does not have."""
    if isinstance(body, Mapping):
        for name, shape in _REQUEST.items():
            unknown = next(_unknown(body.get(name), shape, name), None)
            if unknown:
                raise BadRequest(f"Unknown parameter: '{unknown}'.", param=unknown, code="unknown_parameter")


def _unknown(value: Any, shape: Shape, place: str) -> Iterator[str]:
    """Places of unknown fields; what has another type than it should is left to the check of types."""
    if isinstance(shape, Each):
        for index, one in enumerate(value if isinstance(value, list) else ()):
            yield from _unknown(one, shape.of, f"{place}.{index}")
    elif shape is not None and isinstance(value, Mapping):
        fields = shape if isinstance(shape, Mapping) else shape.arms.get(str(value.get(shape.field)))
        yield from _unknown_of(value, fields, place) if fields is not None else ()


def _unknown_of(value: Mapping[Any, Any], fields: Mapping[str, Shape], place: str) -> Iterator[str]:
    for name, one in value.items():
        if name not in fields:
            yield f"{place}.{str(name)[:64]}"
        else:
            yield from _unknown(one, fields[name], f"{place}.{name}")
