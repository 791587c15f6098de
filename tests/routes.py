"""Every route of an OpenAPI document as a call that is well formed: paths filled in, bodies made from their schemas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

#: Bodies whose schema alone does not say what is well formed, by "METHOD path".
BODIES: dict[str, Any] = {
    "POST /v1/chat/completions": {"model": "scripted", "messages": [{"role": "user", "content": "say: hi"}]},
    "POST /v1/embeddings": {"model": "embedding", "input": "hi"},
    "POST /v1/budgets": {"window": "day", "limit_tokens": 1},
    "POST /v1/keys": {"user": "u", "role": "user"},
    "POST /v1/identities": {"issuer": "https://i.test", "subject": "s", "user": "u", "role": "user"},
    "POST /v1/guard/policies": {"name": "tried"},
    "POST /v1/prompts": {"name": "tried", "messages": [{"role": "user", "content": "say: hi"}], "model": "scripted"},
    "POST /v1/prompts/{name}/scenarios": {"cases": [{"name": "hi", "assertions": [{"contains": "hi"}]}], "repetitions": 1},
    "POST /v1/chains": {"chain": "tried", "steps": [{"id": "a", "type": "transform", "value": 1}]},
    "POST /v1/chains/validate": {"chain": "tried", "steps": [{"id": "a", "type": "transform", "value": 1}]},
    "POST /v1/guard/evaluations": {"rows": [{"input": "hi", "flagged": False}]},
    "POST /v1/guard/check": {"input": "hi"},
    "POST /v1/tools": {"name": "tried", "description": "d", "target": {"kind": "lambda", "function": "weather"}},
    "POST /v1/files/{file_id}": {"acl": ["public"]},
    "POST /v1/attachments": {"session_id": "tried", "file": "x"},
    "POST /v1/uploads": {"filename": "a.txt", "purpose": "assistants", "bytes": 3, "mime_type": "text/plain"},
}
#: What routes must be asked with, by "METHOD path".
QUERIES: dict[str, dict[str, str]] = {"GET /v1/prompts/{name}/diff": {"from": "1"}, "GET /v1/data/{view}/row": {"key": "1"}}


@dataclass(frozen=True)
class Operation:
    """One method of one path; ``parameters`` are the names in the path, ``fields`` the body's properties and their schemas."""

    method: str
    path: str
    scope: str
    parameters: tuple[str, ...]
    body: Any
    multipart: bool
    fields: Mapping[str, Any]
    query: Mapping[str, str]

    @property
    def name(self) -> str:
        """``GET /v1/files/{file_id}``."""
        return f"{self.method} {self.path}"

    def url(self, values: Mapping[str, str]) -> str:
        """The path with its parameters filled in; raises :class:`KeyError` for one that nobody made an object for."""
        filled = self.path
        for name in self.parameters:
            filled = filled.replace("{" + name + "}", values[name])
        return filled + ("?" + urlencode(self.query) if self.query else "")


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All operations of the document under ``/v1``."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
            schema = next((kind["schema"] for kind in content.values()), None)
            body = BODIES.get(name, example(schema, schemas) if schema else None)
            parameters = tuple(part["name"] for part in operation.get("parameters", []) if part["in"] == "path")
            fields = _resolved(schema or {}, schemas).get("properties", {})
            multipart = "multipart/form-data" in content
            yield Operation(method.upper(), path, operation["x-maru-scope"], parameters, body, multipart, fields, QUERIES.get(name, {}))


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return dict(schemas[schema["$ref"].rsplit("/", 1)[-1]]) if "$ref" in schema else schema


def example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The least value that the schema takes."""
    schema = _resolved(schema, schemas)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], schemas)
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    if "enum" in schema:
        return schema["enum"][0]
    return _of_type(schema, schemas)


def _of_type(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: example(properties.get(name, {}), schemas) for name in schema.get("required", [])}
        case "array":
            return [example(schema.get("items", {}), schemas)] * schema.get("minItems", 1)
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return "x" * max(1, schema.get("minLength", 1))
