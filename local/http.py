"""All HTTP functions behind one address, each with the settings that CloudFormation gave its Lambda function.

Run as `python -m local.child local.http --port N --settings FILE`; FILE maps a function's name to its environment.
"""

import argparse
import importlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from infra import discovery
from maru.errors import MaruError
from maru.http import App
from maru.http.app import check
from maru.http.boundary import error_answer

#: Answers what no other function claims: the health of all, and 401 or 404 for unknown paths.
_REST = "admin"


class OneOrigin:
    """Sends a request to the function that owns the first two segments of its path, as API Gateway does."""

    def __init__(self, apps: Mapping[str, App], owner: Mapping[str, str]) -> None:
        self._apps, self._owner = apps, owner
        self._whole = _whole(apps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        app: ASGIApp = self._whole
        if scope["type"] == "http" and scope["path"] not in {"/healthz", "/readyz"}:
            prefix = "/" + "/".join(scope["path"].strip("/").split("/")[:2])
            app = self._apps[self._owner.get(prefix, _REST)]
        await app(scope, receive, send)


def compose(environments: Mapping[str, Mapping[str, str]]) -> OneOrigin:
    """Build every HTTP function's application from its environment."""
    folders = [folder for folder in discovery.functions() if folder.http]
    apps = {folder.name: _build(folder, environments[folder.name]) for folder in folders}
    return OneOrigin(apps, discovery.owners({folder.name: folder.paths() for folder in folders}))


def _build(folder: discovery.FunctionFolder, environment: Mapping[str, str]) -> App:
    app: App = importlib.import_module(f"functions.{folder.name}.app").build(folder.settings.from_env(environment))
    return app


def _whole(apps: Mapping[str, App]) -> FastAPI:
    """Health and start of all functions together."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in apps.values():
                await stack.enter_async_context(app.api.router.lifespan_context(app.api))
            yield

    health = APIRouter()

    @health.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @health.get("/readyz")
    async def readyz() -> dict[str, str]:
        return await check({f"{name}.{part}": ask for name, app in apps.items() for part, ask in app.ready.items()})

    whole = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    whole.include_router(health)
    whole.add_exception_handler(MaruError, _error)
    return whole


async def _error(_: Request, error: Any) -> Response:
    status, headers, body = error_answer(error)
    return Response(body, status, {name.decode(): value.decode() for name, value in headers})


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--settings", type=Path, required=True)
    arguments = parser.parse_args()
    environments: dict[str, Any] = json.loads(arguments.settings.read_text(encoding="utf-8"))
    server = {"host": "127.0.0.1", "port": arguments.port, "access_log": False, "log_level": "warning", "server_header": False}
    uvicorn.run(compose(environments), **server, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main()
