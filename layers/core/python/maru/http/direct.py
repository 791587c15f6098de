"""Routes that read their request themselves: for the few that a gateway's whole traffic goes through.

FastAPI finds out anew with every request what a route's signature asks for, which takes longer than reading the request does. Here it
describes the route and nothing more.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from maru.http.body import is_json
from maru.http.exchange import exchange

type Giver = Callable[..., Awaitable[Any]]


class DirectRoute(APIRoute):
    """In FastAPI's place by ``APIRouter(route_class=DirectRoute)``.

    The endpoint is asynchronous and gives a response; it takes a body, the request, headers, and dependencies that are asynchronous and
    take the connection alone. Raises :class:`TypeError` for one that takes more.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request; raises what FastAPI's own handler does."""
        needs = self.dependant
        _check(self.path, needs)
        endpoint: Any = needs.call
        givers: list[tuple[str, str, Giver]] = [
            (str(one.name), str(one.http_connection_param_name), _called(one)) for one in needs.dependencies
        ]

        async def answer(request: Request) -> Response:
            values: dict[str, Any] = {str(needs.request_param_name): request} if needs.request_param_name else {}
            for name, connection, give in givers:
                values[name] = await give(**{connection: request})
            errors = _headers(needs, request, values)
            body: Any = None
            for field in needs.body_params:
                body = _document(request, await request.body())
                values[field.name], wrong = field.validate(body, loc=("body",))
                errors += wrong
            if errors:
                raise RequestValidationError(errors, body=body)
            response: Response = await endpoint(**values)
            return response

        return answer


def _check(path: str, needs: Dependant) -> None:
    more: list[Any] = [*needs.path_params, *needs.query_params, *needs.cookie_params, *needs.body_params[1:]]
    for one in needs.dependencies:
        more += [*one.path_params, *one.query_params, *one.header_params, *one.cookie_params, *one.body_params, *one.dependencies]
        more += [] if one.http_connection_param_name else [one]
    if more:
        raise TypeError(f"{path} takes what a direct route does not read: {more}")


def _called(giver: Dependant) -> Giver:
    assert giver.call is not None  # noqa: S101 - FastAPI made it of a call
    return giver.call


def _headers(needs: Dependant, request: Request, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the headers' values among the others; what is wrong with them, in pydantic's form."""
    errors: list[dict[str, Any]] = []
    for field in needs.header_params:
        given = request.headers.get(field.alias)
        if given is None:
            values[field.name] = field.default
        else:
            values[field.name], wrong = field.validate(given, loc=("header", field.alias))
            errors += wrong
    return errors


def _document(request: Request, body: bytes) -> Any:
    """The JSON that was sent; bytes, which no model takes, where it was sent as something else. Raises RequestValidationError where
    nothing was.
    """
    if not body:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}])
    return exchange(request).document if is_json(request.headers.get("content-type", "").encode("latin-1")) else body
