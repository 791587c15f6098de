"""The engines that a deployment's vector stores may live on, each by its name and opened when first asked for."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from maru.dynamo import Item
from maru.errors import BadRequest, Unavailable
from maru.knowledge.stores.port import VectorStore

Kind = Literal["sqlite", "opensearch"]
#: What `vector_store` may say: the kind of the engine of stores that name none, or that there is none at all.
Engine = Literal["sqlite", "opensearch", "none"]
#: The name behind which an engine's versioned index stands.
_ALIAS = "maru"


class EngineSettings(BaseModel):
    """One engine: ``location`` is a file's path or an endpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    location: str = Field(min_length=1)


class Engines:
    """The engines by the names that vector stores give; ``default`` is the one of stores that name none, None where there is none."""

    def __init__(self, openers: Mapping[str, Callable[[], VectorStore]], default: str | None) -> None:
        self._openers, self.default = openers, default

    @classmethod
    def connect(cls, kind: Engine, location: str | None, further: Mapping[str, EngineSettings]) -> "Engines":
        """The default engine, named after its kind, and the further ones; makes no call. Raises ValueError naming what is missing."""
        settings = dict(further)
        if kind != "none":
            if not location:
                raise ValueError(f"vector_store_location is needed for vector_store={kind}")
            settings[kind] = EngineSettings(kind=kind, location=location)
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
    """The adapter, one per process."""
    if settings.kind == "sqlite":
        from maru.knowledge.stores.sqlite import SqliteVectorStore

        return SqliteVectorStore(Path(settings.location))
    from maru import aws
    from maru.knowledge.stores.opensearch import OpenSearchVectorStore, connect

    return OpenSearchVectorStore(connect(settings.location, aws.client("dynamodb").meta.region_name), _ALIAS)
