"""OpenAI's API as its own OpenAPI document describes it: the endpoints of a group, the properties of their schemas, examples of them.

The whole document lies beside the checkout (``../shared/spec``); without it the extract in this folder serves, which
``python -m bench.openai_schema`` writes: the same schemas without their descriptions (MIT licence, OpenAI).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

type Schema = Mapping[str, Any]

SPEC = Path(__file__).resolve().parents[2] / "shared" / "spec" / "openai_openapi_2.3.0.json"
EXTRACT = Path(__file__).with_name("openai_schema.json")

#: The endpoints of each group that Maru has, as in the document; those of the groups that it lacks are in :data:`ABSENT`.
GROUPS: dict[str, tuple[str, ...]] = {
    "chat": ("/chat/completions", "/chat/completions/{completion_id}", "/chat/completions/{completion_id}/messages"),
    "embeddings": ("/embeddings",),
    "models": ("/models", "/models/{model}"),
    "files + vector stores": (
        "/files",
        "/files/{file_id}",
        "/files/{file_id}/content",
        "/uploads",
        "/uploads/{upload_id}/parts",
        "/uploads/{upload_id}/complete",
        "/uploads/{upload_id}/cancel",
        "/vector_stores",
        "/vector_stores/{vector_store_id}",
        "/vector_stores/{vector_store_id}/files",
        "/vector_stores/{vector_store_id}/files/{file_id}",
        "/vector_stores/{vector_store_id}/files/{file_id}/content",
        "/vector_stores/{vector_store_id}/file_batches",
        "/vector_stores/{vector_store_id}/file_batches/{batch_id}",
        "/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel",
        "/vector_stores/{vector_store_id}/file_batches/{batch_id}/files",
        "/vector_stores/{vector_store_id}/search",
    ),
    "moderations": ("/moderations",),
}
#: Not implemented, with the reason; they count in no score.
ABSENT = {"DELETE /models/{model}": "deletes a fine-tuned model of the caller's; Maru's models are the operator's, in its catalogue"}

#: By their values alternatives are told apart.
_TAGS = ("type", "role")
_DEEPEST = 14


@dataclass(frozen=True)
class Endpoint:
    """One operation: ``request`` is its body's schema (None without one), ``query`` its parameters' schemas, ``response`` the JSON
    answer's, ``events`` that of a stream's events."""

    name: str
    multipart: bool
    request: Schema | None
    query: Mapping[str, Schema]
    response: Schema | None
    events: Schema | None


@cache
def document() -> dict[str, Any]:
    """The document, or its extract."""
    found: dict[str, Any] = json.loads((SPEC if SPEC.exists() else EXTRACT).read_text(encoding="utf-8"))
    return found


def endpoints(group: str) -> Iterator[Endpoint]:
    """The operations of a group."""
    for path in GROUPS[group]:
        for method, operation in document()["paths"][path].items():
            name = f"{method.upper()} {path}"
            if name not in ABSENT:
                yield _endpoint(name, operation)


def resolved(schema: Schema) -> Schema:
    """The schema behind a reference."""
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def properties(schema: Schema) -> list[str]:
    """Every property by its path, such as ``tools[]<function>.function.strict``: ``[]`` enters a list, ``<…>`` one of several objects."""
    return list(dict.fromkeys(_properties(schema, "", 0)))


def _properties(schema: Schema, place: str, depth: int) -> Iterator[str]:
    schema = resolved(schema)
    if depth > _DEEPEST or place.count(".filters") > 1:  # a filter holds filters without end
        return
    for part in schema.get("allOf", ()):
        yield from _properties(part, place, depth + 1)
    for arm in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _properties(arm, place + tag_of(arm), depth + 1)
    if "items" in schema:
        yield from _properties(schema["items"], place + "[]", depth + 1)
    for name, part in schema.get("properties", {}).items():
        inner = f"{place}.{name}" if place else name
        yield inner
        yield from _properties(part, inner, depth + 1)


def tag_of(arm: Schema) -> str:
    """``<function>`` for the alternative whose ``type`` (or ``role``) is that alone; empty where nothing tells it apart."""
    known = resolved(arm).get("properties", {})
    for name in _TAGS:
        values = resolved(known.get(name, {})).get("enum", ())
        if len(values) == 1:
            return f"<{values[0]}>"
    return ""


def _endpoint(name: str, operation: Schema) -> Endpoint:
    content = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    answers: Schema = next((one.get("content", {}) for status, one in operation["responses"].items() if status.startswith("2")), {})
    schemas = {media: one.get("schema", {}) for media, one in answers.items()}
    query = {one["name"]: one.get("schema", {}) for one in operation.get("parameters", ()) if one["in"] == "query"}
    response = schemas.get("application/json")
    return Endpoint(
        name,
        kind.startswith("multipart/"),
        content[kind]["schema"] if kind else None,
        query,
        response if response and response.get("type") != "string" else None,
        schemas.get("text/event-stream"),
    )


def extract() -> dict[str, Any]:
    """The part of the document that the groups need, without words for readers."""
    whole = json.loads(SPEC.read_text(encoding="utf-8"))
    paths = {path: _successes(_bare(whole["paths"][path])) for group in GROUPS.values() for path in group}
    kept: dict[str, Any] = {}
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _bare(whole["components"]["schemas"][name])
            waiting |= _references(kept[name])
    licence = "Extract of openai/openai-openapi 2.3.0, MIT License, Copyright (c) OpenAI"
    return {"x-licence": licence, "paths": paths, "components": {"schemas": dict(sorted(kept.items()))}}


def _successes(methods: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for method, operation in methods.items():
        answers = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
        kept[method] = operation | {"responses": answers}
    return kept


#: What neither a score nor a validation reads.
_WORDS = {"description", "example", "examples", "x-oaiMeta", "title", "summary", "tags", "operationId", "deprecated", "x-stainless-const"}


def _bare(value: Any, *, naming: bool = False) -> Any:
    """Without words for readers; ``naming`` where the keys are names of properties."""
    if isinstance(value, dict):
        kept = {name: part for name, part in value.items() if naming or name not in _WORDS}
        return {name: _bare(part, naming=name == "properties") for name, part in kept.items()}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        told = value.get("$ref")
        here = {told.rsplit("/", 1)[-1]} if isinstance(told, str) and told.startswith("#/components/schemas/") else set()
        return here.union(*map(_references, value.values())) if value else here
    return set().union(*map(_references, value)) if isinstance(value, list) else set()


if __name__ == "__main__":
    EXTRACT.write_text(json.dumps(extract(), separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
