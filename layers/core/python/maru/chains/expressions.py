"""JSONata as Step Functions evaluates it: templates, ``$states``, variables, and the six functions AWS adds.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

import hashlib
import json
import math
import random
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_TIMEOUT_MS = 1000
_DEPTH = 500
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


class ExpressionError(Exception):
    """An expression that cannot be read, failed, or gave nothing; the message is the library's and quotes no data."""


@dataclass(frozen=True)
class Scope:
    """What an expression sees. ``moment`` (seconds) and ``seed`` make ``$now``, ``$random`` and ``$uuid`` the same in each attempt."""

    states: Mapping[str, Any]
    variables: Mapping[str, Any] = field(default_factory=dict)
    moment: float = 0.0
    seed: str = ""

    def with_result(self, result: Any) -> "Scope":
        """The same with ``$states.result``."""
        return Scope({**self.states, "result": result}, self.variables, self.moment, self.seed)


def is_expression(value: Any) -> bool:
    """Whether a value is ``{% … %}``."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def expressions_in(template: Any) -> Iterator[str]:
    """The JSONata of every expression in a template."""
    if is_expression(template):
        yield template[2:-2].strip()
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from expressions_in(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from expressions_in(value)


def variables_in(template: Any) -> set[str]:
    """The names after ``$`` in a template's expressions: variables, functions, and what the expressions bind themselves."""
    return {name for one in expressions_in(template) for name in _VARIABLE.findall(one)}


def check(expression: str) -> str | None:
    """What is wrong with an expression's syntax, or None."""
    from jsonata import Jsonata

    try:
        Jsonata.jsonata(expression)
    except Exception as error:  # noqa: BLE001 - the library raises many kinds
        return _reason(error)
    return None


def evaluate(template: Any, scope: Scope) -> Any:
    """A template with its expressions evaluated; raises :class:`ExpressionError` for one that fails or gives nothing."""
    if is_expression(template):
        return _evaluated(template[2:-2].strip(), scope)
    if isinstance(template, Mapping):
        return {name: evaluate(value, scope) for name, value in template.items()}
    if isinstance(template, list | tuple):
        return [evaluate(value, scope) for value in template]
    return template


def truthy(value: Any) -> bool:
    """What ``$boolean`` makes of a value."""
    if isinstance(value, list):
        return any(truthy(one) for one in value)
    return bool(value)


def _evaluated(expression: str, scope: Scope) -> Any:
    from jsonata.utils import Utils

    bindings = {name: Utils.NULL_VALUE if value is None else value for name, value in scope.variables.items()}
    bindings["states"] = scope.states
    try:
        value = _ready(expression, scope).evaluate(None, bindings)
        if value is None and not _ready(f"$exists(({expression}))", scope).evaluate(None, bindings):
            raise ExpressionError(f"the expression gave nothing: {expression}")
        return json.loads(json.dumps(value))  # the library's own kinds of list, and functions, which are no JSON
    except ExpressionError:
        raise
    except Exception as error:
        raise ExpressionError(f"{_reason(error)}: {expression}") from error


def _ready(expression: str, scope: Scope) -> Any:
    from jsonata import Jsonata

    ready = Jsonata.jsonata(expression, timeout=_TIMEOUT_MS, stack=_DEPTH)
    chance = random.Random(f"{scope.seed}|{expression}")  # noqa: S311 - the same again in each attempt is the point
    moment = datetime.fromtimestamp(scope.moment, UTC)
    for name, function in {
        "partition": _partition,
        "range": _range,
        "hash": _hash,
        "parse": json.loads,
        "random": lambda seed=None: (chance if seed is None else random.Random(math.floor(seed))).random(),  # noqa: S311 - as above
        "uuid": lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "millis": lambda: int(scope.moment * 1000),
        "now": lambda: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eval": _no_eval,
    }.items():
        ready.register_lambda(name, function)
    return ready


def _partition(array: list[Any], size: float) -> list[list[Any]]:
    step = math.floor(size)
    if step <= 0:
        raise ValueError("$partition needs a positive size")
    return [array[at : at + step] for at in range(0, len(array), step)]


def _range(first: float, last: float, step: float) -> list[int]:
    start, end, by = math.floor(first), math.floor(last), math.floor(step)
    if by == 0:
        raise ValueError("$range needs a step other than 0")
    found = list(range(start, end + (1 if by > 0 else -1), by)[:1001])
    if len(found) > 1000:
        raise ValueError("$range gives at most 1000 numbers")
    return found


def _hash(text: str, algorithm: str) -> str:
    if algorithm not in _HASHES or not isinstance(text, str):
        raise ValueError(f"$hash takes a text and one of: {', '.join(_HASHES)}")
    return hashlib.new(_HASHES[algorithm], text.encode()).hexdigest()


def _no_eval(*_: Any) -> None:
    raise ValueError("$eval is not offered, as in Step Functions; use $parse")


def _reason(error: Exception) -> str:
    code, at = getattr(error, "error", None), getattr(error, "location", None)
    said = str(error).split("\n", maxsplit=1)[0] or type(error).__name__
    code_told = f" ({code})" if code and str(code) not in said else ""
    return said + code_told + (f" at character {at}" if isinstance(at, int) and at >= 0 else "")
