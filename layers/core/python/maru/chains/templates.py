"""What may be wrong with the parts of a chain: templates and their variables, JSON schemas, addresses of webhooks."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from maru.chains.expressions import check as syntax
from maru.chains.expressions import expressions_in, is_expression
from maru.chains.loading import Path
from maru.validation import words

type Found = Iterator[tuple[Path, str]]

_USED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(?!\s*\(|[A-Za-z0-9_])")
_BOUND = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\s*(?::=)|(?:function|λ)\s*\(([^)]*)\)|(?:@|#)\s*\$([A-Za-z_][A-Za-z0-9_]*)")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|/\*.*?\*/", re.DOTALL)
_CALLED = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)\s*\(")
_JSONPATH = re.compile(r"\$(\$?\.[A-Za-z_]|states\.|\[)")
_YEAR = 31_536_000
#: JSONata's own functions and those that Step Functions adds, which an expression may pass on by name (`$map(list, $uppercase)`).
_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        """
    string length substring substringBefore substringAfter uppercase lowercase trim pad contains split join match replace number abs
    floor ceil round power sqrt sum max min average boolean not exists count append sort reverse shuffle distinct zip keys lookup
    spread merge each map filter reduce sift single now millis random uuid type base64encode base64decode formatNumber formatBase
    formatInteger parseInteger toMillis fromMillis assert error encodeUrl encodeUrlComponent decodeUrl decodeUrlComponent
    partition range hash parse
    """,
    )
)


def template_problems(value: Any, path: Path, variables: frozenset[str] | set[str], *, result: bool) -> Found:
    """What is wrong with the expressions of a template at a place where these variables may be set."""
    for place, text in _texts(value, path):
        if not is_expression(text):
            yield from ((place, wrong) for wrong in _plain_problems(text))
            continue
        expression = next(expressions_in(text))
        if wrong := syntax(expression):
            yield place, f"the expression cannot be read: {wrong}"
            continue
        plain = _TEXT.sub("''", expression)
        if not result and re.search(r"\$states\s*\.\s*result\b", plain):
            yield place, "'$states.result' is known in 'output' and 'assign' alone"
        for name in sorted(set(_USED.findall(plain)) - _bound(plain) - set(variables) - _FUNCTIONS - {"states"}):
            yield place, f"the variable '${name}' is not set before this"
        for name in sorted(set(_CALLED.findall(plain)) - _bound(plain) - set(variables) - _FUNCTIONS - {"function"}):
            instead = "is not offered, as in Step Functions; use $parse" if name == "eval" else "is none of JSONata's or Step Functions'"
            yield place, f"the function '${name}' {instead}"


def _plain_problems(text: str) -> Iterator[str]:
    """What looks like an expression in a text that is none."""
    if "{%" in text or "%}" in text:
        yield "an expression is the whole of a text: '{% … %}', nothing before or after it"
    elif _JSONPATH.match(text):
        yield "JSONPath is not read: write an expression, as '{% $states.input.name %}'"


def wait_problems(seconds: Any, until: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with how long a wait takes, by the name of the field."""
    if seconds is not None and not is_expression(seconds) and not (_is_number(seconds) and 0 <= seconds <= _YEAR):
        yield "seconds", f"'seconds' lies between 0 and {_YEAR}: a number, or an expression that gives one"
    if until is not None and not is_expression(until) and not _is_moment(until):
        yield "until", "'until' is a moment as '2026-01-31T09:00:00+09:00', or an expression that gives one"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _bound(expression: str) -> set[str]:
    found: set[str] = set()
    for bound, parameters, joined in _BOUND.findall(expression):
        found |= {bound, joined} | set(re.findall(r"\$([A-Za-z_][A-Za-z0-9_]*)", parameters))
    return found


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, (*path, name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _texts(part, (*path, number))


def schema_problems(schema: Mapping[str, Any], path: Path) -> Found:
    """What is wrong with a JSON schema."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield (*path, *error.path), f"this is no JSON schema: {error.message[:200]}"
    for place, text in _texts(schema, path):
        if place[-1] == "$ref" and not text.startswith("#"):
            yield place, "a '$ref' points into the same schema ('#/…'): nothing is loaded from elsewhere"


def refused_address(url: str, hosts: frozenset[str]) -> str | None:
    """What is wrong with a webhook's address, or None: https, a host on the stage's list, no user or other port than named."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "this is no address"
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        return "a webhook's address is https://host/…, without a user"
    if ":" in parts.hostname or parts.hostname.rpartition(".")[2].isdigit():
        return "a webhook's host is a name, not an address"
    host = parts.hostname.lower() + (f":{port}" if port not in (None, 443) else "")
    return None if host in hosts else f"the host '{host}' is not on this stage's list of webhook hosts"


def parameter_problems(parameters: Mapping[str, Any], path: Path) -> Found:
    """What is wrong with the values of a model's parameters: the gateway would refuse them."""
    from pydantic import ValidationError

    from maru.models.requests import ChatRequest

    try:
        ChatRequest.model_validate({"model": "any", "messages": [{"role": "user", "content": "any"}], **parameters})
    except ValidationError as error:
        wrong = {str(one["loc"][0]): words(one) for one in reversed(error.errors()) if one["loc"]}
        yield from (((*path, name), f"'{name}': {message}") for name, message in wrong.items() if name in parameters)
