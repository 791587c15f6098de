"""The one ASGI application factory: routes and their collaborators in, a closed and observed application out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from maru.errors import INTERNAL, BadRequest, MaruError, MethodNotAllowed, NotFound, Unavailable
from maru.http.audit import Audit
from maru.http.authentication import Authentication
from maru.http.body import BodyLimit, is_json
from maru.http.boundary import Boundary, Refusals, error_answer
from maru.http.idempotency import Documents, Idempotency
from maru.http.methods import Heads, Methods
from maru.http.openapi import declare_scopes, openapi_of
from maru.http.pages import PageCors
from maru.http.questions import takes
from maru.http.services import HttpServices
from maru.validation import refusal

type Check = Callable[[], object]
type Lifespan = Callable[[], AbstractAsyncContextManager[None]]


def provided[T](kind: type[T]) -> Callable[[HTTPConnection], Awaitable[T]]:
    """A FastAPI dependency on the collaborator of this type that the application was made with."""

    async def give(connection: HTTPConnection) -> T:
        found: T = connection.app.state.collaborators[kind]
        return found

    return give


class App:
    """An ASGI application; ``api`` is the FastAPI application inside its layers, ``ready`` its dependencies' checks."""

    def __init__(self, api: FastAPI, asgi: ASGIApp, ready: Mapping[str, Check]) -> None:
        self.api, self._asgi, self.ready = api, asgi, ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        await self._asgi(scope, receive, send)


def create_app(
    *,
    title: str,
    routers: Iterable[APIRouter],
    services: HttpServices,
    collaborators: Iterable[object],
    ready: Mapping[str, Check],
    cors_origins: Iterable[str] = (),
    lifespan: Lifespan | None = None,
    documents: Documents | None = None,
) -> App:
    """Build a function's application.

    ``collaborators`` are found by their type (:func:`provided`); ``ready`` maps a dependency's name to a call that raises
    when it does not answer; ``documents`` are those that its answers show: one that was kept goes with them.
    Raises :class:`TypeError` for a route under ``/v1`` that declares no scope.
    """
    # Of requests Maru itself tells (maru/telemetry.py, maru/tracing.py).
    silent: Any = {"tracing": False, "metrics": False, "logs": False}
    api = FastAPI(
        title=title, openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan(lifespan), telemetry=silent, redirect_slashes=False
    )
    api.state.collaborators = {type(one): one for one in collaborators}
    given = list(routers)
    for router in given:
        declare_scopes(router)
    own = APIRouter(include_in_schema=False)
    own.add_api_route("/openapi.json", lambda: openapi_of(api))
    every = [*given, _health(ready), own]
    for router in every:
        api.include_router(router)
    api.state.methods = Methods(every)
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, handler)
    asgi: ASGIApp = Idempotency(Heads(api), services.idempotency, documents)
    asgi = Authentication(asgi, services.authenticator)
    asgi = Refusals(Audit(BodyLimit(asgi), services.audit, services.log))
    everybody = CORSMiddleware(asgi, allow_origins=list(cors_origins), allow_methods=["*"], allow_headers=["*"], expose_headers=["*"])
    asgi = PageCors(asgi, everybody, services.keys)
    return App(api, Boundary(_HttpOnly(asgi, api), services.log), ready)


class _HttpOnly:
    """Sends lifespan events straight to the application: the layers speak HTTP alone."""

    def __init__(self, http: ASGIApp, rest: ASGIApp) -> None:
        self._http, self._rest = http, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._http if scope["type"] == "http" else self._rest)(scope, receive, send)


def _lifespan(lifespan: Lifespan | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]] | None:
    if lifespan is None:
        return None

    @asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        async with lifespan():
            yield

    return run


def _health(ready: Mapping[str, Check]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> dict[str, str]:
        return await check(ready)

    return router


async def check(ready: Mapping[str, Check]) -> dict[str, str]:
    """Ask every dependency; raises :class:`Unavailable` naming those that do not answer."""
    down = []
    for name, ask in ready.items():
        try:
            await anyio.to_thread.run_sync(ask)
        except Exception:  # noqa: BLE001 - whatever it is, that dependency is not ready
            down.append(name)
    if down:
        raise Unavailable(f"Not ready: {', '.join(sorted(down))}.")
    return {"status": "ready"}


def _answer(error: MaruError) -> Response:
    status, headers, body = error_answer(error)
    return Response(body, status, {name.decode(): value.decode() for name, value in headers})


async def _maru_error(_: Request, error: Any) -> Response:
    return _answer(error)


async def _validation_error(request: Request, error: Any) -> Response:
    kind = request.headers.get("content-type", "")
    if isinstance(error.body, bytes) and error.body and not is_json(kind.encode("latin-1")):
        raw = f"'{kind[:64]}'" if kind else "no Content-Type"
        return _answer(BadRequest(f"The body came with {raw}. Send JSON with 'Content-Type: application/json'.", param="Content-Type"))
    return _answer(refusal(error, given=error.body, inside=1, hint=takes(request)))


async def _http_error(request: Request, error: Any) -> Response:
    if isinstance(error.__cause__, MaruError):  # what a layer raised while FastAPI read the body
        return _answer(error.__cause__)
    if isinstance(error.__cause__, ClientDisconnect):
        return await _left(request, error)
    if error.status_code == 404:
        return _answer(NotFound(f"Unknown request URL: {request.method} {request.url.path}. /docs lists all.", code="unknown_url"))
    if error.status_code == 405:
        refused = _answer(MethodNotAllowed(f"{request.url.path} does not take {request.method}."))
        refused.headers["allow"] = request.app.state.methods.allowed(request.url.path)
        return refused
    if error.status_code < 500:
        return _answer(BadRequest("The request's body could not be read. Check it and its Content-Type.", param="body"))
    return _answer(INTERNAL)


async def _left(_: Request, __: Any) -> Response:
    return Response(status_code=499)  # nobody reads it; the log's line and the metrics do not call it a failure of ours


async def _unexpected(_: Request, __: Any) -> Response:
    return _answer(INTERNAL)


_HANDLERS: dict[type[Exception], Any] = {
    MaruError: _maru_error,
    RequestValidationError: _validation_error,
    HTTPException: _http_error,
    ClientDisconnect: _left,
    Exception: _unexpected,
}
