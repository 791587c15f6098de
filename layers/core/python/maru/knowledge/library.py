"""Everything that documents consist of, wired from settings: tables, buckets, queue and index."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from maru import aws
from maru.cache.entries import EntryStore
from maru.cache.forgetting import Forgetting
from maru.cache.idempotent import IdempotencyStore
from maru.dynamo import Item, Table
from maru.knowledge.batches import BatchStore
from maru.knowledge.blobs import Blobs
from maru.knowledge.dead_letters import DeadLetters
from maru.knowledge.embeddings import EmbeddingStore, model_of
from maru.knowledge.engines import Engine, Engines, EngineSettings
from maru.knowledge.files import FileStore
from maru.knowledge.imports import ImportStore
from maru.knowledge.jobs import JobQueue
from maru.knowledge.memberships import MembershipStore
from maru.knowledge.rejections import RejectionStore
from maru.knowledge.renderings import RenderingStore
from maru.knowledge.sources.store import SourceItemStore, SourceStore
from maru.knowledge.stores.options import DEFAULTS, IndexOptions
from maru.knowledge.stores.port import VectorStore
from maru.knowledge.transitions import Transitions
from maru.knowledge.turns import Turns
from maru.knowledge.uploads import UploadStore
from maru.knowledge.vector_stores import VectorStoreStore, rows_places
from maru.models.catalogue import Catalogue
from maru.models.settings import ModelSettings


class SearchSettings(ModelSettings):
    """What searching needs.

    ``vector_store_location`` is the file of ``sqlite``, the endpoint of ``opensearch`` or the bucket of ``s3vectors``, and
    ``vector_options`` how its index is built; ``vector_engines`` are further engines by the names that vector stores may give.
    """

    bucket: str
    files_table: str
    vector_stores_table: str
    vector_store_files_table: str
    renderings_table: str
    vector_store: Engine
    vector_store_location: str | None = None
    vector_options: IndexOptions = DEFAULTS
    vector_engines: Mapping[str, EngineSettings] = {}

    def engines(self) -> Engines:
        """The engines that these settings name; makes no call."""
        return Engines.connect(self.vector_store, self.vector_store_location, self.vector_engines, self.vector_options)


class LibrarySettings(SearchSettings):
    """What keeping and ingesting documents needs beyond that; ``door_bucket`` is where data owners drop files."""

    door_bucket: str
    ingest_queue_url: str
    errands_queue_url: str
    dead_letters_url: str
    uploads_table: str
    file_batches_table: str
    rejections_table: str
    embeddings_table: str
    cache_table: str
    idempotency_table: str
    imports_table: str
    ingest_turns_table: str
    sources_table: str
    source_items_table: str
    source_hosts: tuple[str, ...] = ()
    embedding_model: str = "embedding"


class Place(NamedTuple):
    """Where a vector store's rows lie: the engine, and the name under which it keeps them."""

    engine: VectorStore
    key: str


@dataclass(frozen=True)
class Library:
    """The collaborators of the document side."""

    files: FileStore
    uploads: UploadStore
    stores: VectorStoreStore
    members: MembershipStore
    batches: BatchStore
    renderings: RenderingStore
    rejections: RejectionStore
    embeddings: EmbeddingStore
    answers: Forgetting
    transitions: Transitions
    blobs: Blobs
    queue: JobQueue
    turns: Turns
    dead_letters: DeadLetters
    imports: ImportStore
    sources: SourceStore
    source_items: SourceItemStore
    source_hosts: tuple[str, ...]
    door_bucket: str
    engines: Engines
    embedding_model: str
    catalogue: Catalogue

    @classmethod
    def connect(cls, settings: LibrarySettings) -> Self:
        """Connect to what the settings name; makes no call."""
        dynamodb = aws.client("dynamodb")
        blobs = Blobs(aws.client("s3"), settings.bucket)
        files = FileStore(Table(dynamodb, settings.files_table, FileStore.SPEC))
        stores = VectorStoreStore(Table(dynamodb, settings.vector_stores_table, VectorStoreStore.SPEC))
        members = MembershipStore(Table(dynamodb, settings.vector_store_files_table, MembershipStore.SPEC))
        batches = BatchStore(Table(dynamodb, settings.file_batches_table, BatchStore.SPEC))
        engines = settings.engines()
        kept = IdempotencyStore(Table(dynamodb, settings.idempotency_table, IdempotencyStore.SPEC), blobs)
        return cls(
            files=files,
            uploads=UploadStore(Table(dynamodb, settings.uploads_table, UploadStore.SPEC), files),
            stores=stores,
            members=members,
            batches=batches,
            renderings=RenderingStore(Table(dynamodb, settings.renderings_table, RenderingStore.SPEC), blobs),
            embeddings=EmbeddingStore(Table(dynamodb, settings.embeddings_table, EmbeddingStore.SPEC)),
            answers=Forgetting(Table(dynamodb, settings.cache_table, EntryStore.SPEC), engines, kept),
            rejections=RejectionStore(Table(dynamodb, settings.rejections_table, RejectionStore.SPEC)),
            transitions=Transitions(members, files=files, stores=stores, batches=batches),
            blobs=blobs,
            queue=JobQueue(aws.client("sqs"), settings.ingest_queue_url, settings.errands_queue_url),
            turns=Turns(Table(dynamodb, settings.ingest_turns_table, Turns.SPEC), members),
            dead_letters=DeadLetters(aws.client("sqs"), settings.ingest_queue_url, settings.dead_letters_url),
            imports=ImportStore(Table(dynamodb, settings.imports_table, ImportStore.SPEC)),
            door_bucket=settings.door_bucket,
            sources=SourceStore(Table(dynamodb, settings.sources_table, SourceStore.SPEC)),
            source_items=SourceItemStore(Table(dynamodb, settings.source_items_table, SourceItemStore.SPEC)),
            source_hosts=settings.source_hosts,
            engines=engines,
            embedding_model=settings.embedding_model,
            catalogue=settings.models(),
        )

    def embedding(self, alias: str | None) -> str:
        """The alias of an embedding model, the deployment's own where none is named. Raises NotFound or BadRequest."""
        return self.catalogue.find(alias or self.embedding_model, "embeddings", param="embedding_model").alias

    def embedder(self, alias: str) -> str:
        """What an alias of an embedding model leads to, in a form that changes when it leads elsewhere."""
        return model_of(self.catalogue.get(alias), alias)

    def place(self, store: Item) -> Place:
        """Where searches look for a store's rows. Raises BadRequest or Unavailable where its engine is not there."""
        return Place(self.engines.of(store), rows_places(store)[0][1])

    def places(self, store_id: str) -> list[Place]:
        """Everywhere that rows of a store may lie, deleted stores included; nowhere on engines that are configured no more."""
        store = self.stores.row(store_id)
        found = [(self.engines.find(engine), key) for engine, key in (rows_places(store) if store else [])]
        return [Place(engine, key) for engine, key in found if engine is not None]
