"""All HTTP functions and the console behind one address, each function with the settings that CloudFormation gave its Lambda.

Run as `python -m local.child local.http --port N --settings FILE [--console FOLDER] [--console-config FILE]`; the settings map a
function's name to its environment.
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
from local.console import Console
from local.space import Room
from maru import collecting
from maru.errors import MaruError
from maru.http import App
from maru.http.app import check
from maru.http.boundary import error_answer
from maru.http.methods import Heads

#: Answers what no other function claims: the health of all, and 401 or 404 for unknown paths.
_REST = "admin"


class OneOrigin:
    """Sends a request to the function that owns the first two segments of its path, as API Gateway does; other pages are the console's."""

    def __init__(self, apps: Mapping[str, App], owner: Mapping[str, str], console: Console | None = None) -> None:
        self._apps, self._owner, self._console = apps, owner, console
        self._whole = Heads(_whole(apps))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        app: ASGIApp = self._whole
        if scope["type"] == "http" and scope["path"] not in {"/healthz", "/readyz"}:
            app = self._claimed(scope)
        await app(scope, receive, send)

    def _claimed(self, scope: Scope) -> ASGIApp:
        prefix = "/" + "/".join(scope["path"].strip("/").split("/")[:2])
        if prefix not in self._owner and self._console and self._console.serves(scope):
            return self._console
        return self._apps[self._owner.get(prefix, _REST)]


def compose(environments: Mapping[str, Mapping[str, str]], console: Console | None = None) -> OneOrigin:
    """Build every HTTP function's application from its environment; without a console its pages are nobody's."""
    folders = [folder for folder in discovery.functions() if folder.http]
    apps = {folder.name: _build(folder, environments[folder.name]) for folder in folders}
    return OneOrigin(apps, discovery.owners({folder.name: folder.paths() for folder in folders}), console)


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
    parser.add_argument("--console", type=Path)
    parser.add_argument("--console-config", type=Path)
    arguments = parser.parse_args()
    environments: dict[str, Any] = json.loads(arguments.settings.read_text(encoding="utf-8"))
    server = {"host": "127.0.0.1", "port": arguments.port, "access_log": False, "log_level": "warning"}
    config = json.loads(arguments.console_config.read_text(encoding="utf-8")) if arguments.console_config else None
    app = compose(environments, Console(arguments.console, config))
    collecting.settle()
    uvicorn.run(Room(app, arguments.settings.parent), **server, server_header=False, proxy_headers=False, timeout_graceful_shutdown=5)


if __name__ == "__main__":
    main()
