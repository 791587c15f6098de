"""The smallest JSON value that fits a JSON schema, the same for the same schema."""

from typing import Any

_PLAIN: dict[str, Any] = {"boolean": True, "null": None}
_FORMATS = {"date": "2025-01-01", "date-time": "2025-01-01T00:00:00Z", "email": "someone@example.com", "uri": "https://example.com/"}


def filled(schema: dict[str, Any], root: dict[str, Any] | None = None) -> Any:
    """A value for `schema`: consts, defaults and first enum members as they are, every property of an object present.

    `root` is the schema that `$ref`s point into. A reference that only leads to itself ends as null.
    """
    return _Filler(schema if root is None else root).value(schema, 0)


class _Filler:
    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root

    def value(self, schema: dict[str, Any], depth: int) -> Any:
        schema = self._resolved(schema)
        for key in ("const", "default"):
            if key in schema:
                return schema[key]
        if schema.get("enum"):
            return schema["enum"][0]
        return self._typed(schema, _kind(schema), depth)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for _ in range(32):
            for key in ("anyOf", "oneOf", "allOf"):
                if schema.get(key):
                    schema = schema[key][0]
            if "$ref" not in schema:
                return schema
            schema = self._pointed(schema["$ref"])
        return {"const": None}

    def _pointed(self, reference: str) -> dict[str, Any]:
        place: Any = self._root
        for name in reference.removeprefix("#").strip("/").split("/"):
            place = place[name.replace("~1", "/").replace("~0", "~")] if name else place
        found: dict[str, Any] = place
        return found

    def _typed(self, schema: dict[str, Any], kind: str, depth: int) -> Any:
        if depth > 16:
            return None
        if kind == "object":
            return {name: self.value(part, depth + 1) for name, part in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.value(schema.get("items", {"type": "string"}), depth + 1)] * max(1, schema.get("minItems", 1))
        if kind in {"integer", "number"}:
            return _number(schema)
        return _PLAIN[kind] if kind in _PLAIN else _text(schema)


def _kind(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return str(kind[0] if isinstance(kind, list) else kind)


def _number(schema: dict[str, Any]) -> Any:
    step = 1
    if "exclusiveMinimum" in schema:
        return schema["exclusiveMinimum"] + step
    return schema.get("minimum", min(step, schema.get("maximum", step)))


def _text(schema: dict[str, Any]) -> str:
    text = _FORMATS.get(schema.get("format", ""), "text")
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
