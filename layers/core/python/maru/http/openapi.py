"""The OpenAPI description of an application, and the merging of several functions' into one."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from maru.http.authentication import OPEN_PATHS
from maru.http.scopes import Requires
from maru.identity import SCOPES

_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}
_ERROR_ANSWER = {"description": "An error", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def openapi_of(api: FastAPI) -> dict[str, Any]:
    """The application's description: our error object instead of FastAPI's, bearer keys, each route's scope."""
    return merged([api.openapi()])


def merged(documents: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One description of several functions; paths in alphabetical order."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Error": _ERROR}
    for document in documents:
        for path, operations in document.get("paths", {}).items():
            paths.setdefault(path, {}).update({method: _operation(operation) for method, operation in operations.items()})
        schemas.update(document.get("components", {}).get("schemas", {}))
    schemas = {name: schema for name, schema in schemas.items() if name not in ("HTTPValidationError", "ValidationError")}
    scopes = "; ".join(f"`{name}`: {meaning}" for name, meaning in SCOPES.items())
    return {
        "openapi": "3.1.0",
        "info": {"title": "Maru", "version": "1", "description": f"Scopes: {scopes}."},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "mk_… or a JWT"}},
        },
        "security": [{"bearer": []}],
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    responses = {status: answer for status, answer in operation["responses"].items() if status != "422"}
    return operation | {"responses": responses | {"default": _ERROR_ANSWER}}


def describe(routers: Iterable[APIRouter]) -> dict[str, Any]:
    """The description of routers that no application was built from."""
    api = FastAPI(openapi_url=None)
    for router in routers:
        declare_scopes(router)
        api.include_router(router)
    return openapi_of(api)


def declare_scopes(router: APIRouter) -> None:
    """Write each route's scope into its description; raises :class:`TypeError` for a route that declares none."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.path not in OPEN_PATHS:
            scopes = [part.call.scope for part in route.dependant.dependencies if isinstance(part.call, Requires)]
            if not scopes:
                raise TypeError(f"{route.path} declares no scope: add Depends(require(…))")
            route.openapi_extra = {**(route.openapi_extra or {}), "x-maru-scope": scopes[0]}
