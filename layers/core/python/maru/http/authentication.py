"""Who calls, before anything else looks at the request: every path is closed unless it is listed here."""

from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from maru.errors import Unauthorized
from maru.http.exchange import header, of
from maru.identity import SERVED, Caller
from maru.identity.authenticator import CACHE_SECONDS, Authenticator
from maru.once import Once

#: Open to everybody, and to load balancers: they tell nothing about anybody.
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/openapi.json", "/docs"})

#: Seconds after which a bearer is verified anew while it still holds.
_AGING = 0.6 * CACHE_SECONDS


class Authentication:
    """Puts the caller into the exchange, or ends the request with 401."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app, self._authenticator, self._reads = app, authenticator, Once()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate one request."""
        if scope["path"] not in OPEN_PATHS:
            bearer = _bearer(scope)
            of(scope).caller = caller = await self._caller(bearer)
            if caller is None:
                raise Unauthorized("The API key or token is not valid: unknown, wrong, expired or revoked.")
            if caller.published:
                caller.published.admit(scope["method"], scope["path"], header(scope, b"origin"))
            SERVED.set(caller)
        await self._app(scope, receive, send)

    async def _caller(self, bearer: str) -> Caller | None:
        caller, read = self._authenticator.remembered(bearer), partial(self._authenticator.authenticate, bearer)
        if caller is None:
            return await self._reads.read(bearer, read)
        self._reads.ahead(bearer, read, after=_AGING)
        return caller


def _bearer(scope: Scope) -> str:
    kind, _, bearer = (header(scope, b"authorization") or "").partition(" ")
    if kind.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    raise Unauthorized("This call needs a key: send 'Authorization: Bearer mk_…'.")
