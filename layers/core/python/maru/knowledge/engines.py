"""The vector store that a deployment runs on, opened by its name."""

from functools import cache
from pathlib import Path
from typing import Literal

from maru.errors import BadRequest
from maru.knowledge.stores.port import VectorStore

Engine = Literal["sqlite", "opensearch", "none"]
#: The name behind which OpenSearch's versioned index stands.
_ALIAS = "maru"


@cache
def open_engine(kind: Engine, location: str | None) -> VectorStore | None:
    """The adapter at ``location`` (a file's path, or an endpoint), one per process; None for a deployment without one."""
    if kind == "none":
        return None
    if not location:
        raise ValueError(f"vector_store_location is needed for vector_store={kind}")
    if kind == "sqlite":
        from maru.knowledge.stores.sqlite import SqliteVectorStore

        return SqliteVectorStore(Path(location))
    from maru import aws
    from maru.knowledge.stores.opensearch import OpenSearchVectorStore, connect

    return OpenSearchVectorStore(connect(location, aws.client("dynamodb").meta.region_name), _ALIAS)


def required(engine: VectorStore | None) -> VectorStore:
    """The engine. Raises BadRequest where the deployment has none."""
    if engine is None:
        raise BadRequest(
            "This deployment has no vector store: files can be kept, and neither indexed nor searched.", code="no_vector_store"
        )
    return engine
