"""The scope that a route needs, declared beside the route; every route has one, so that here is also refused what no route takes."""

from starlette.requests import HTTPConnection

from maru.http.exchange import caller_of
from maru.http.questions import refuse_unknown
from maru.identity import SCOPES, Caller

#: What stands for a scope where a valid key or token is enough.
ANY = "any"


class Requires:
    """A dependency that gives the caller, once it holds the scope and asks with query parameters that the route knows."""

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES and scope != ANY:
            raise ValueError(f"unknown scope {scope!r}")
        self.scope = scope

    async def __call__(self, connection: HTTPConnection) -> Caller:
        caller = caller_of(connection)
        if self.scope != ANY:
            caller.require(self.scope)
        refuse_unknown(connection)
        return caller


def require(scope: str) -> Requires:
    """``Depends(require("chat"))`` gives the caller, or 403; the factory refuses a route that declares none.

    ``any`` is for routes that tell callers of themselves alone.
    """
    return Requires(scope)
