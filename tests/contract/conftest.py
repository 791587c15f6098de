"""The engines under the vector-store contract: a dictionary, SQLite, real servers of OpenSearch, PostgreSQL and Chroma, and the
services of Pinecone and S3 Vectors as their descriptions have them."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from maru.knowledge.stores.chroma import ChromaVectorStore
from maru.knowledge.stores.opensearch import OpenSearchVectorStore
from maru.knowledge.stores.pinecone import PineconeVectorStore, opener
from maru.knowledge.stores.port import VectorStore
from maru.knowledge.stores.postgres import PostgresVectorStore
from maru.knowledge.stores.rest import Rest
from maru.knowledge.stores.s3vectors import S3VectorsStore
from maru.knowledge.stores.sqlite import SqliteVectorStore
from tests.engines.chroma import chroma_server
from tests.engines.erp import Cluster, cluster
from tests.engines.opensearch import opensearch_node
from tests.engines.postgres import Postgres, place, postgres_server
from tests.fakes.memory_vector_store import MemoryVectorStore
from tests.fakes.pinecone_server import KEY, PineconeServer
from tests.fakes.s3_vectors import BUCKET, S3Vectors

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
    opensearch_client.indices.delete(index=f"{alias}-v*", params={"ignore_unavailable": "true"})


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that lives as long as the session, with a role that is no superuser."""
    with place() as run, postgres_server(run) as server:
        server.sql("CREATE ROLE maru LOGIN")
        yield server


@pytest.fixture(scope="session")
def erp() -> Iterator[Cluster]:
    """A company's database and its replica."""
    with ExitStack() as stack:
        yield cluster(stack)[0]


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """A database of its own, which the role ``maru`` may make tables in."""
    name = f"contract_{next(_ALIASES)}"
    postgres.sql(f"CREATE DATABASE {name} OWNER maru")
    postgres.sql("CREATE EXTENSION vector", name)
    yield postgres.url("maru", name)
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[PostgresVectorStore]:
    """A store on a database of its own."""
    store = PostgresVectorStore(postgres_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that lives as long as the session."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture
def chroma_store(chroma_url: str) -> Iterator[ChromaVectorStore]:
    """A store whose databases have a prefix of their own."""
    rest = Rest(chroma_url)
    yield ChromaVectorStore(rest, prefix=f"contract{next(_ALIASES)}")
    rest.close()


@pytest.fixture
def pinecone() -> Iterator[PineconeServer]:
    """The service."""
    with PineconeServer() as server:
        yield server


@pytest.fixture
def pinecone_store(pinecone: PineconeServer) -> PineconeVectorStore:
    """A store on it."""
    return PineconeVectorStore(opener(KEY), api=pinecone.url, poll_s=0.01)


@pytest.fixture
def s3_vectors() -> S3Vectors:
    """The service."""
    return S3Vectors()


@pytest.fixture
def s3vectors_store(s3_vectors: S3Vectors) -> S3VectorsStore:
    """A store on it."""
    return S3VectorsStore(s3_vectors.client, BUCKET)


def _engines(*names: str) -> list[Any]:
    real = {"opensearch", "postgres", "chroma"}
    return [pytest.param(name, marks=pytest.mark.live) if name in real else name for name in names]


_ENGINES = _engines("memory", "sqlite", "pinecone", "s3vectors", "opensearch", "postgres", "chroma")


def _store(request: pytest.FixtureRequest) -> VectorStore:
    found: VectorStore = request.getfixturevalue(f"{request.param}_store")
    found.ensure_index(DIMENSIONS)
    return found


@pytest.fixture(params=_ENGINES)
def fresh_store(request: pytest.FixtureRequest) -> VectorStore:
    """Each engine as an operator sets it up: nothing was made in it yet."""
    found: VectorStore = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture(params=_ENGINES)
def store(request: pytest.FixtureRequest) -> VectorStore:
    """An empty store of each engine, its index ensured."""
    return _store(request)


@pytest.fixture(params=_engines("memory", "sqlite", "opensearch", "postgres"))
def text_store(request: pytest.FixtureRequest) -> VectorStore:
    """Of each engine that searches words."""
    return _store(request)


@pytest.fixture(params=_engines("pinecone", "s3vectors", "chroma"))
def vectors_only_store(request: pytest.FixtureRequest) -> VectorStore:
    """Of each engine that does not."""
    return _store(request)


@pytest.fixture(params=_engines("pinecone", "s3vectors"))
def bounded_store(request: pytest.FixtureRequest) -> VectorStore:
    """Of each engine that takes rows of 40 KB and no more."""
    return _store(request)
