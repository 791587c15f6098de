"""The OpenAPI document of all functions together: `make openapi` writes it, a test compares it, `/openapi.json` answers it."""

import importlib
import json
from typing import Any

from fastapi import FastAPI

from infra import ROOT, discovery
from maru.http.openapi import declare_scopes, merged

#: What the admin function answers with, and what the console's client is generated from.
TARGETS = (ROOT / "functions" / "admin" / "openapi.json", ROOT / "console" / "openapi.json")


def document() -> dict[str, Any]:
    """The merged description, made from the routers alone."""
    return merged(_described(folder) for folder in discovery.functions() if folder.http)


def text() -> str:
    """The document as it stands in the tree."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _described(folder: discovery.FunctionFolder) -> dict[str, Any]:
    api = FastAPI(title=folder.name)
    for router in importlib.import_module(f"functions.{folder.name}.app").ROUTERS:
        declare_scopes(router)
        api.include_router(router)
    return api.openapi()


if __name__ == "__main__":
    for target in TARGETS:
        target.write_text(text(), encoding="utf-8")
