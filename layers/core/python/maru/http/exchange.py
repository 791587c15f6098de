"""What one request and its answer carry from layer to layer."""

import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import Scope

from maru.errors import Unauthorized
from maru.identity import Caller
from maru.knowledge.rights import FileVersion

_KEY = "maru.exchange"

type Close = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


@dataclass
class Exchange:
    """One request on its way through a function.

    ``object_id`` is what the audit names when the path does not; ``headers`` are added to the answer. For its Idempotency-Key an answer
    is not kept that ``failed`` (began well and did not end so: a stream cut midway), nor one that is to be made ``anew`` whenever it is
    asked for; ``made_of`` has the file versions, and rows, behind one that is. ``given_again`` is what the audit called the call whose
    answer is only repeated. ``document`` is what was sent as JSON, once its body has been read. ``close`` settles what the request
    spent; it is called once, before the last byte leaves, and writes the audit's row with its own.
    """

    request_id: str = field(default_factory=lambda: "req_" + secrets.token_hex(12))
    started: float = field(default_factory=time.perf_counter)
    model_seconds: float = 0.0
    caller: Caller | None = None
    object_id: str | None = None
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    anew: bool = False
    made_of: set[FileVersion] = field(default_factory=set)
    given_again: str | None = None
    close: Close | None = None
    #: What the audit's row tells beside (decisions of the guard), and what else is written before the last byte leaves.
    noted: Callable[[], list[dict[str, Any]]] | None = None
    after: Callable[[], Awaitable[None]] | None = None

    @contextmanager
    def model_time(self) -> Iterator[None]:
        """Count the time inside as the model's, not ours."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.model_seconds += time.perf_counter() - begin

    def overhead_ms(self) -> float:
        """Milliseconds since the start that were not spent in a model."""
        return round((time.perf_counter() - self.started - self.model_seconds) * 1000, 2)


def attach(scope: Scope) -> Exchange:
    """Begin the exchange of a request."""
    scope[_KEY] = Exchange()
    return of(scope)


def of(scope: Scope) -> Exchange:
    """The exchange of an ASGI scope."""
    found = scope[_KEY]
    assert isinstance(found, Exchange)  # noqa: S101 - only `attach` writes it
    return found


def exchange(connection: HTTPConnection) -> Exchange:
    """The exchange of a request."""
    return of(connection.scope)


def caller_of(connection: HTTPConnection) -> Caller:
    """The caller of a request; raises :class:`Unauthorized` where a route was left open."""
    caller = exchange(connection).caller
    if caller is None:
        raise Unauthorized("This call needs an API key.")
    return caller


def header(scope: Scope, wanted: bytes) -> str | None:
    """The first header of this name (in lower case), None where there is none."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


def named_of(scope: Scope) -> str | None:
    """What the audit calls the object of a call: as the route said, or what its path names."""
    return of(scope).object_id or "/".join(str(part) for part in (scope.get("path_params") or {}).values()) or None


def route_of(scope: Scope) -> str:
    """The template of the route that took the request, such as ``GET /v1/files/{file_id}``; ``-`` where none did."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope['method']} {path}" if path else "-"
