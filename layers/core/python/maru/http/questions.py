"""What a route's query parameters and numbers take, as its refusals tell it: from the route's own declaration."""

from collections.abc import Callable, Iterator
from typing import Any, get_args
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection, Request

from maru.errors import BadRequest
from maru.validation import number_words

#: Names the key of a web page whose browser asks before it shows a credential; any route may bear it (maru/http/pages.py).
PAGE_KEY = "page_key"

_EXAMPLE = 20


def takes(request: Request) -> Callable[[str], str]:
    """Tells of a parameter that is a whole number its bounds, one that is right, and its description; nothing of others.

    The same of a field of the body that declares an example.
    """

    def tell(name: str) -> str:
        declared = next((one for one in _parameters(request) if one.alias == name), None)
        info = declared.field_info if declared else _exemplary(request, name)
        if info is None or int not in (info.annotation, *get_args(info.annotation)):
            return ""
        bounds = {kind: getattr(one, kind) for one in info.metadata for kind in ("ge", "le") if getattr(one, kind, None) is not None}
        # A limit is right at its default and at most at twenty, a place in time only where it gives an example.
        least, most = bounds.get("ge", 1), bounds.get("le", _EXAMPLE)
        example = next(iter(info.examples or ()), info.default if isinstance(info.default, int) else max(least, min(most, _EXAMPLE)))
        return number_words(bounds.get("ge"), bounds.get("le"), example) + (f". {info.description}" if info.description else "")

    return tell


def refuse_unknown(connection: HTTPConnection) -> None:
    """Raises :class:`BadRequest` naming the first query parameter that the route does not declare, and those that it does."""
    query = connection.scope["query_string"]
    if not query:
        return
    plain, paired = _declared(connection)
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in plain and name != PAGE_KEY and not (name.endswith("]") and name.partition("[")[0] in paired):
            known = sorted(one for one in plain if not one.endswith("]")) + [f"{one}[key]" for one in paired]
            told = f"Known here: {', '.join(known)}." if known else "None is known here."
            raise BadRequest(f"Unknown query parameter: '{name[:64]}'. {told}", param=name[:64], code="unknown_parameter")


def _declared(connection: HTTPConnection) -> tuple[set[str], list[str]]:
    """The names that a route takes, and those that it takes with a key in brackets (OpenAPI's deep objects)."""
    route: Any = connection.scope.get("route")
    more = (getattr(route, "openapi_extra", None) or {}).get("parameters", ())
    return {one.alias for one in _parameters(connection)}, [one["name"] for one in more if one.get("style") == "deepObject"]


def _parameters(connection: HTTPConnection) -> list[Any]:
    route: Any = connection.scope.get("route")
    return list(_asked(route.dependant)) if hasattr(route, "dependant") else []


def _exemplary(request: Request, name: str) -> Any:
    route: Any = request.scope.get("route")
    bodies = route.dependant.body_params if hasattr(route, "dependant") else ()
    models = (getattr(one.field_info.annotation, "model_fields", {}) for one in bodies)
    return next((fields[name] for fields in models if name in fields and fields[name].examples), None)


def _asked(needs: Any) -> Iterator[Any]:
    yield from needs.query_params
    for inner in needs.dependencies:
        yield from _asked(inner)
