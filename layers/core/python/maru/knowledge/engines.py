"""The engines that a deployment's vector stores may live on, each by its name and opened when first asked for."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from maru import aws
from maru.dynamo import Item
from maru.errors import BadRequest, Unavailable
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import VectorStore

Kind = Literal["sqlite", "opensearch", "postgres", "chroma", "pinecone", "s3vectors"]
#: What `vector_store` may say: the kind of the engine of stores that name none, or that there is none of them.
Engine = Literal["sqlite", "opensearch", "s3vectors", "none"]
#: Engines whose index can be told how to be built.
_TUNED = frozenset({"opensearch", "postgres", "chroma"})
#: The name behind which an engine's versioned index stands.
_ALIAS = "maru"


class EngineSettings(BaseModel):
    """One engine.

    ``location`` is a file's path (sqlite), an endpoint (opensearch, chroma), a connection's URL (postgres), the name of a vector bucket
    (s3vectors) or the region of indexes such as ``aws/us-east-1`` (pinecone). ``secret`` is the ARN of the secret, in Secrets Manager,
    that holds the password or key: as it is, or as a JSON object with ``password`` or ``api_key``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    location: str = Field(min_length=1)
    secret: str | None = None
    options: IndexOptions = DEFAULTS

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.kind not in _TUNED and self.options != DEFAULTS:
            raise ValueError(f"an engine of kind {self.kind} has no options: it is exact, or builds its index itself")
        if self.kind == "pinecone" and not self.secret:
            raise ValueError("an engine of kind pinecone needs a secret that holds its key")
        return self


class Engines:
    """The engines by the names that vector stores give; ``default`` is the one of stores that name none, None where there is none."""

    def __init__(self, openers: Mapping[str, Callable[[], VectorStore]], default: str | None) -> None:
        self._openers, self.default = openers, default

    @classmethod
    def connect(
        cls, kind: Engine, location: str | None, further: Mapping[str, EngineSettings], options: IndexOptions = DEFAULTS
    ) -> "Engines":
        """The default engine, named after its kind, and the further ones; makes no call. Raises ValueError naming what is missing."""
        settings = dict(further)
        if kind != "none":
            if not location:
                raise ValueError(f"vector_store_location is needed for vector_store={kind}")
            settings[kind] = EngineSettings(kind=kind, location=location, options=options)
        default = next(iter(further), None) if kind == "none" else kind
        return cls({name: _opener(one) for name, one in settings.items()}, default)

    @classmethod
    def single(cls, engine: VectorStore | None, name: str = "sqlite") -> "Engines":
        """One engine that is open already, or none."""
        return cls({name: lambda: engine} if engine is not None else {}, name if engine is not None else None)

    def choose(self, name: str | None) -> str:
        """The engine of a store to make, the default where none is named. Raises BadRequest naming those there are."""
        chosen = name or self.default
        if chosen is None:
            raise BadRequest(
                "This deployment has no vector store: files can be kept, and neither indexed nor searched.", code="no_vector_store"
            )
        if chosen not in self._openers:
            offered = ", ".join(f"'{one}'" for one in sorted(self._openers))
            raise BadRequest(f"There is no engine '{chosen}' here. Name one of: {offered}.", param="engine", code="unknown_engine")
        return chosen

    def of(self, store: Item) -> VectorStore:
        """The engine that a store's row names. Raises BadRequest or Unavailable where this deployment has it no more."""
        found = self.find(store["engine"])
        if found is None:
            self.choose(None)
            raise Unavailable(f"The engine '{store['engine']}' of this vector store is not configured here.", code="engine_missing")
        return found

    def find(self, name: str) -> VectorStore | None:
        """The engine of this name, or None where this deployment has it not (any more)."""
        opener = self._openers.get(name)
        return opener() if opener else None

    def ready(self) -> bool:
        """Whether every engine answers."""
        return all(opener().ready() for opener in self._openers.values())


def _opener(settings: EngineSettings) -> Callable[[], VectorStore]:
    return lambda: _open(settings)


@cache
def _open(settings: EngineSettings) -> VectorStore:
    """The adapter, one per process; its library is imported now, since most processes need one of them."""
    return _MAKERS[settings.kind](settings)


def _sqlite(settings: EngineSettings) -> VectorStore:
    from maru.knowledge.stores.sqlite import SqliteVectorStore

    return SqliteVectorStore(Path(settings.location))


def _opensearch(settings: EngineSettings) -> VectorStore:
    from maru.knowledge.stores.opensearch import OpenSearchVectorStore, connect

    return OpenSearchVectorStore(connect(settings.location, aws.client("dynamodb").meta.region_name), _ALIAS, options=settings.options)


def _postgres(settings: EngineSettings) -> VectorStore:
    from maru.knowledge.stores.postgres import PostgresVectorStore

    return PostgresVectorStore(settings.location, password=_secret(settings), options=settings.options)


def _chroma(settings: EngineSettings) -> VectorStore:
    from maru.knowledge.stores.chroma import ChromaVectorStore
    from maru.knowledge.stores.rest import Rest

    key = _secret(settings)
    # The first is for a proxy before one's own server, the second for Chroma's cloud.
    headers = {"authorization": f"Bearer {key}", "x-chroma-token": key} if key else {}
    return ChromaVectorStore(Rest(settings.location, headers), options=settings.options)


def _pinecone(settings: EngineSettings) -> VectorStore:
    from maru.knowledge.stores.pinecone import PineconeVectorStore, opener

    cloud, _, region = settings.location.partition("/")
    return PineconeVectorStore(opener(_secret(settings) or ""), cloud=cloud, region=region)


def _s3vectors(settings: EngineSettings) -> VectorStore:
    from maru.knowledge.stores.s3vectors import S3VectorsStore

    return S3VectorsStore(aws.client("s3vectors"), settings.location)


def look_after(location: str, *, bucket: str, role: str, days: int) -> None:
    """Put an OpenSearch domain's own policies in force: see `opensearch_care`."""
    from maru.knowledge.stores.opensearch import connect
    from maru.knowledge.stores.opensearch_care import put_in_force

    region = aws.client("dynamodb").meta.region_name
    put_in_force(connect(location, region), _ALIAS, bucket=bucket, role=role, region=region, days=days)


_MAKERS: Mapping[Kind, Callable[[EngineSettings], VectorStore]] = {
    "sqlite": _sqlite,
    "opensearch": _opensearch,
    "postgres": _postgres,
    "chroma": _chroma,
    "pinecone": _pinecone,
    "s3vectors": _s3vectors,
}


def _secret(settings: EngineSettings) -> str | None:
    """The password or key of an engine; None where it needs none."""
    if settings.secret is None:
        return None
    value: str = aws.client("secretsmanager").get_secret_value(SecretId=settings.secret)["SecretString"]
    try:
        held: Any = json.loads(value)
    except ValueError:
        return value
    return str(held.get("password") or held.get("api_key")) if isinstance(held, dict) else value
