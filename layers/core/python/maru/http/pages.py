"""Answers for pages of other origins that hold a published key: CORS for the origins of that key and no others.

A preflight carries no credential, so such pages name their key's id in the address: ``?page_key=…``. All other requests are
answered by the CORS of the deployment's own settings.
"""

import time
from collections.abc import Callable
from urllib.parse import parse_qs

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru.http.exchange import header
from maru.http.questions import PAGE_KEY
from maru.identity.keys import KeyStore

_CACHE_SECONDS, _CACHE_SIZE = 30.0, 10_000
_ALLOWED = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, accept"),
    (b"access-control-max-age", b"600"),
]


class PageCors:
    """Stands around the application; ``otherwise`` has the deployment's own CORS around the same one."""

    def __init__(self, app: ASGIApp, otherwise: ASGIApp, keys: KeyStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._otherwise, self._keys, self._clock = app, otherwise, keys, clock
        self._known: dict[str, tuple[frozenset[str], float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        named = parse_qs(scope["query_string"].decode("latin-1")).get(PAGE_KEY)
        origin = header(scope, b"origin")
        if not named or origin is None:
            await self._otherwise(scope, receive, send)
            return
        allowed = origin in await self._origins(named[0])
        shown = [(b"access-control-allow-origin", origin.encode("latin-1"))] if allowed else []
        shown.append((b"vary", b"Origin"))
        if scope["method"] == "OPTIONS":
            await _preflight(send, [*shown, *_ALLOWED] if allowed else shown, status=204 if allowed else 403)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *shown]}
            await send(message)

        await self._app(scope, receive, told)

    async def _origins(self, key_id: str) -> frozenset[str]:
        origins, until = self._known.get(key_id, (frozenset(), 0.0))
        if self._clock() >= until:
            origins = await anyio.to_thread.run_sync(self._keys.origins, key_id)
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            self._known[key_id] = (origins, self._clock() + _CACHE_SECONDS)
        return origins


async def _preflight(send: Send, headers: list[tuple[bytes, bytes]], *, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
