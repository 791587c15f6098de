"""What a route's query parameters take, as its refusals tell it: from the route's own declaration."""

from collections.abc import Callable, Iterator
from typing import Any, get_args

from starlette.requests import Request

from maru.validation import number_words

_EXAMPLE = 20


def takes(request: Request) -> Callable[[str], str]:
    """Tells of a parameter that is a whole number its bounds, one that is right, and its description; nothing of others."""

    def tell(name: str) -> str:
        declared = next((one for one in _parameters(request) if one.alias == name), None)
        info = declared and declared.field_info
        if info is None or int not in (info.annotation, *get_args(info.annotation)):
            return ""
        bounds = {kind: getattr(one, kind) for one in info.metadata for kind in ("ge", "le") if getattr(one, kind, None) is not None}
        # A limit is right at its default and at most at twenty, a place in time only where it gives an example.
        least, most = bounds.get("ge", 1), bounds.get("le", _EXAMPLE)
        example = next(iter(info.examples or ()), info.default if isinstance(info.default, int) else max(least, min(most, _EXAMPLE)))
        return number_words(bounds.get("ge"), bounds.get("le"), example) + (f". {info.description}" if info.description else "")

    return tell


def _parameters(request: Request) -> list[Any]:
    route: Any = request.scope.get("route")
    return list(_asked(route.dependant)) if hasattr(route, "dependant") else []


def _asked(needs: Any) -> Iterator[Any]:
    yield from needs.query_params
    for inner in needs.dependencies:
        yield from _asked(inner)
