"""The methods of a path: HEAD wherever GET is, and all of them in the ``Allow`` of a refusal."""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Answers HEAD as GET without its body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        told = False

        async def head(message: Message) -> None:
            nonlocal told
            if message["type"] != "http.response.start":
                return
            told = True
            await send(message)
            await send({"type": "http.response.body", "body": b""})
            if not any(name == b"content-length" for name, _ in message["headers"]):
                got.cancel()  # a stream, which nobody reads: one of events would go on for as long as its run does

        scope["method"] = "GET"  # in the log and in the audit, too: there it is the route that counts
        got = asyncio.ensure_future(self._app(scope, receive, head))
        try:
            await got
        except asyncio.CancelledError:
            if not told:
                raise


class Methods:
    """The methods that routes take, path by path."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        self._routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]

    def allowed(self, path: str) -> str:
        """The value of ``Allow`` for a path (RFC 9110, 10.2.1)."""
        found = {method for route in self._routes if route.path_regex.match(path) for method in route.methods or ()}
        return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))
