"""The engines under the vector-store contract: a dictionary, SQLite, and a real OpenSearch node."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from maru.knowledge.stores.opensearch import OpenSearchVectorStore
from maru.knowledge.stores.opensearch_index import index_name
from maru.knowledge.stores.port import VectorStore
from maru.knowledge.stores.sqlite import SqliteVectorStore
from tests.engines.opensearch import opensearch_node
from tests.fakes.memory_vector_store import MemoryVectorStore

_ALIASES = itertools.count()
#: The length of every vector in the suite, unless a test says otherwise.
DIMENSIONS = 4


@pytest.fixture(scope="session")
def opensearch_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearch]:
    """A client of a node that lives as long as the session."""
    with opensearch_node(tmp_path_factory.mktemp("opensearch")) as url, OpenSearch(url, timeout=30) as client:
        yield client


@pytest.fixture
def opensearch_store(opensearch_client: OpenSearch) -> Iterator[OpenSearchVectorStore]:
    """A store on an index of its own."""
    alias = f"contract-{next(_ALIASES)}"
    yield OpenSearchVectorStore(opensearch_client, alias)
    opensearch_client.indices.delete(index=index_name(alias), params={"ignore_unavailable": "true"})


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteVectorStore]:
    """A store on a file of its own."""
    store = SqliteVectorStore(tmp_path / "home" / "vectors.db")
    yield store
    store.close()


@pytest.fixture
def memory_store() -> MemoryVectorStore:
    """The fake."""
    return MemoryVectorStore()


@pytest.fixture(params=["memory", "sqlite", pytest.param("opensearch", marks=pytest.mark.live)])
def store(request: pytest.FixtureRequest) -> VectorStore:
    """An empty store of each engine, its index ensured."""
    found: VectorStore = request.getfixturevalue(f"{request.param}_store")
    found.ensure_index(DIMENSIONS)
    return found
