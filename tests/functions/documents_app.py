"""The knowledge function's application on a document side of the in-memory AWS."""

import boto3

from functions.knowledge.app import ROUTERS, ready
from maru.guard.engine import Guard
from maru.guard.plain import Doors
from maru.http import App, HttpServices, create_app
from tests.fakes.documents import DocumentSide
from tests.guarding import journal_on, policies_on


def documents_app(side: DocumentSide, services: HttpServices, *further: object) -> App:
    """Its routes; ``further`` are collaborators beside the documents' own."""
    guarding = [Doors(Guard(), policies_on(boto3.client("dynamodb"))), journal_on(services)]
    shared = [side.library, side.retriever, side.searcher, *guarding, *further]
    return create_app(title="knowledge", routers=ROUTERS, services=services, collaborators=shared, ready=ready(side.library))
