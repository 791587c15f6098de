"""The knowledge function's application on a document side of the in-memory AWS."""

from functions.knowledge.app import ROUTERS, ready
from maru.http import App, HttpServices, create_app
from tests.fakes.documents import DocumentSide


def documents_app(side: DocumentSide, services: HttpServices, *further: object) -> App:
    """Its routes; ``further`` are collaborators beside the documents' own."""
    shared = [side.library, side.retriever, side.searcher, *further]
    return create_app(title="knowledge", routers=ROUTERS, services=services, collaborators=shared, ready=ready(side.library))
