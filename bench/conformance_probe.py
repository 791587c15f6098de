"""Requests that hold one property of a schema, and where a property is found in what came of them."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from bench.openai_schema import Schema, document, resolved, tag_of

_TOKEN = re.compile(r"\[\]|<[^>]+>|[^.\[\]<>]+")

#: Values that mean something, by the end of a property's path; everything else is made from its schema.
VALUES: dict[str, Any] = {
    "moderation.model": "omni-moderation-latest",
    "model": "default",
    "messages": [{"role": "user", "content": "Hello"}],
    "image_url.url": "data:image/png;base64,iVBORw0KGgo=",
    "tools[]<function>.function.parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "functions[].parameters": {"type": "object", "properties": {}},
    "json_schema.schema": {"type": "object", "properties": {}},
    "function_call.arguments": "{}",
    "function.arguments": "{}",
    "logit_bias": {"50256": -100},
    "metadata": {"topic": "probe"},
    "attributes": {"topic": "probe"},
    "stop": ["\n"],
    "temperature": 0.5,
    "top_p": 0.5,
    "static.max_chunk_size_tokens": 300,
    "static.chunk_overlap_tokens": 100,
    "expires_after.seconds": 7200,
    "expires_after.days": 3,
}


def tokens(path: str) -> list[str]:
    """A path's steps: names, ``[]`` into a list, ``<tag>`` to one of several objects."""
    return _TOKEN.findall(path)


def build(schema: Schema, path: str, *, at: str = "") -> Any:
    """The least value of the schema that has the property at ``path``."""
    return _build(schema, tokens(path), at)


def _build(schema: Schema, steps: list[str], at: str) -> Any:
    schema = resolved(schema)
    if not steps:
        return least(schema, at)
    step, rest = steps[0], steps[1:]
    if step == "[]":
        return [_build(_listed(schema, rest)["items"], rest, at + "[]")]
    if step.startswith("<"):
        arm = next(one for one in _arms(schema) if tag_of(one) == step)
        return _build(arm, rest, at + step)
    known, required = _fields(schema, step)
    value = {name: least(known[name], _joined(at, name)) for name in required if name != step}
    return value | {step: _build(known[step], rest, _joined(at, step))}


def least(schema: Schema, at: str) -> Any:
    """The least value of a schema; strings tell where they stand, so that they are recognised again."""
    for end, value in VALUES.items():
        if at == end or at.endswith((f".{end}", f">{end}", f"]{end}")):
            return value
    schema = resolved(schema)
    if schema.get("enum"):
        return next(one for one in schema["enum"] if one is not None)
    arms = [one for one in _arms(schema) if resolved(one).get("type") != "null"]
    if arms:
        return least(arms[0], at)
    kind = schema.get("type", "object" if "properties" in schema or "allOf" in schema else "string")
    if kind == "object":
        known, required = _fields(schema, None)
        return {name: least(known[name], _joined(at, name)) for name in required}
    if kind == "array":
        return [least(schema["items"], at + "[]")]
    numbers = {"integer": max(1, int(schema.get("minimum", 1))), "number": max(0.5, schema.get("minimum", 0.5)), "boolean": True}
    return numbers.get(kind, f"probe of {tokens(at)[-1]}"[: schema.get("maxLength", 64)])


def carried(sent: Any, arrived: Any) -> bool:
    """Whether all that was sent arrived; more may have come with it."""
    if isinstance(sent, Mapping) and isinstance(arrived, Mapping):
        return all(name in arrived and carried(one, arrived[name]) for name, one in sent.items())
    return bool(sent == arrived)


def found(value: Any, path: str) -> list[Any]:
    """Every value that stands at a path."""
    return list(_found(value, tokens(path)))


def _found(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
    elif steps[0] == "[]":
        for one in value if isinstance(value, list) else ():
            yield from _found(one, steps[1:])
    elif steps[0].startswith("<"):
        if isinstance(value, Mapping) and steps[0][1:-1] in (value.get("type"), value.get("role")):
            yield from _found(value, steps[1:])
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _found(value[steps[0]], steps[1:])


def problems(schema: Schema, value: Any) -> list[str]:
    """What a value has that its schema does not allow."""
    from jsonschema import Draft202012Validator

    root = {**_nullable_inside(dict(schema)), "components": _components()}
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message[:160]}" for one in Draft202012Validator(root).iter_errors(value)]


@cache
def _components() -> dict[str, Any]:
    inside: dict[str, Any] = _nullable_inside(document()["components"])
    return inside


def _nullable_inside(value: Any) -> Any:
    """The schema with OpenAPI 3.0's ``nullable``, which the document still has in places, in JSON Schema's words."""
    if isinstance(value, list):
        return [_nullable_inside(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _nullable_inside(one) for name, one in value.items()}
    if value.get("nullable") is not True:
        return inner
    return {"anyOf": [{name: one for name, one in inner.items() if name != "nullable"}, {"type": "null"}]}


def _arms(schema: Schema) -> list[Schema]:
    """The alternatives, those of alternatives among them."""
    arms = [resolved(one) for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    inner = [arm for part in (*arms, *map(resolved, schema.get("allOf", ()))) for arm in _arms(part)]
    return [one for one in arms if not one.keys() & {"anyOf", "oneOf"} or "properties" in one] + inner


def _listed(schema: Schema, steps: list[str]) -> Schema:
    """The list among the alternatives; of several the one whose members have the next step."""
    lists = [one for one in (schema, *_arms(schema)) if "items" in one]
    tagged = [one for one in lists if steps and any(tag_of(arm) == steps[0] for arm in _arms(resolved(one["items"])))]
    return (tagged or lists)[0]


def _fields(schema: Schema, wanted: str | None) -> tuple[dict[str, Schema], list[str]]:
    """The fields of an object and those that it must have; of several objects, of the first that has ``wanted``."""
    known, required = dict(schema.get("properties", {})), list(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        inner, needed = _fields(resolved(part), wanted)
        known, required = inner | known, required + needed
    if wanted is not None and wanted not in known:
        for arm in _arms(schema):
            inner, needed = _fields(resolved(arm), wanted)
            if wanted in inner:
                return inner | known, required + needed
    return known, list(dict.fromkeys(required))


def _joined(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
