"""What a chat request needs of a model, and the refusal that names the field when the model cannot do it."""

from collections.abc import Iterator, Mapping
from typing import Any

from maru.errors import BadRequest
from maru.models.catalogue import Ability, Alias
from maru.models.images import image_of

_FIELDS: dict[str, Ability] = {
    "tools": "tools",
    "functions": "tools",
    "logprobs": "logprobs",
    "audio": "audio",
    "web_search_options": "web_search",
}
_FORMATS: dict[str, Ability] = {"json_object": "json_object", "json_schema": "json_schema"}
_PARTS: dict[str, Ability] = {"image_url": "vision", "input_audio": "audio"}


def demand(alias: Alias, body: Mapping[str, Any]) -> None:
    """Raise :class:`BadRequest` naming the first field that the alias's models cannot honour, or that has no image to look at."""
    for field, ability in _needs(body):
        if ability not in alias.abilities:
            raise BadRequest(
                f"The model '{alias.alias}' has no ability '{ability}', which '{field}' needs.", param=field, code="unsupported"
            )
    for field, number, part in parts(body):
        if part.get("type") == "image_url":
            image_of(part, field, number)


def parts(body: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """The parts of all contents that have some: where the content stands, which of its parts it is, and the part."""
    for index, message in enumerate(body.get("messages") or ()):
        content = message.get("content")
        for number, part in enumerate(content if isinstance(content, list) else ()):
            yield f"messages.{index}.content", number, part


def _needs(body: Mapping[str, Any]) -> Iterator[tuple[str, Ability]]:
    # An object without fields asks for what it stands for, with everything as usual.
    yield from ((field, ability) for field, ability in _FIELDS.items() if body.get(field) or body.get(field) == {})
    if "audio" in (body.get("modalities") or ()):
        yield "modalities", "audio"
    kind = (body.get("response_format") or {}).get("type")
    if kind in _FORMATS:
        yield "response_format", _FORMATS[kind]
    yield from ((field, _PARTS[part["type"]]) for field, _, part in parts(body) if part.get("type") in _PARTS)
