"""The knowledge function's application on a document side of the in-memory AWS, and how its tests talk to it."""

from typing import Any

import boto3
from starlette.testclient import TestClient

from functions.knowledge.app import ROUTERS, ready
from maru.guard.engine import Guard
from maru.guard.plain import Doors
from maru.http import App, HttpServices, create_app
from tests.fakes.documents import DocumentSide
from tests.guarding import journal_on, policies_on

#: Of a document in both languages.
TEXT = "연차 휴가는 15일이다.\n\nApples grow here."


def documents_app(side: DocumentSide, services: HttpServices, *further: object) -> App:
    """Its routes; ``further`` are collaborators beside the documents' own."""
    guarding = [Doors(Guard(), policies_on(boto3.client("dynamodb"))), journal_on(services)]
    shared = [side.library, side.retriever, side.searcher, *guarding, *further]
    return create_app(title="knowledge", routers=ROUTERS, services=services, collaborators=shared, ready=ready(side.library))


def upload(web: TestClient, *, name: str = "휴가 규정.md", body: str = TEXT, **fields: str) -> Any:
    """Upload a document; its answer."""
    return web.post("/v1/files", files={"file": (name, body.encode(), "text/markdown")}, data={"purpose": "assistants", **fields})


def error(answer: Any, status: int, param: str | None = None) -> dict[str, Any]:
    """The error of an answer that has this status, and this field's name."""
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()["error"]
    assert set(told) == {"message", "type", "param", "code"}
    if param:
        assert told["param"] == param
    return told
