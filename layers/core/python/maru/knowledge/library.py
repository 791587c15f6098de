"""Everything that documents consist of, wired from settings: tables, buckets, queue and index."""

from dataclasses import dataclass
from typing import Self

from maru import aws
from maru.dynamo import Table
from maru.knowledge.batches import BatchStore
from maru.knowledge.blobs import Blobs
from maru.knowledge.engines import Engine, open_engine, required
from maru.knowledge.files import FileStore
from maru.knowledge.jobs import JobQueue
from maru.knowledge.memberships import MembershipStore
from maru.knowledge.rejections import RejectionStore
from maru.knowledge.renderings import RenderingStore
from maru.knowledge.stores.port import VectorStore
from maru.knowledge.transitions import Transitions
from maru.knowledge.uploads import UploadStore
from maru.knowledge.vector_stores import VectorStoreStore
from maru.models.catalogue import Catalogue
from maru.models.settings import ModelSettings


class SearchSettings(ModelSettings):
    """What searching needs; ``vector_store_location`` is the file of ``sqlite`` or the endpoint of ``opensearch``."""

    bucket: str
    files_table: str
    vector_stores_table: str
    vector_store_files_table: str
    renderings_table: str
    vector_store: Engine
    vector_store_location: str | None = None


class LibrarySettings(SearchSettings):
    """What keeping and ingesting documents needs beyond that; ``door_bucket`` is where data owners drop files."""

    door_bucket: str
    ingest_queue_url: str
    uploads_table: str
    file_batches_table: str
    rejections_table: str
    embedding_model: str = "embedding"


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
    transitions: Transitions
    blobs: Blobs
    queue: JobQueue
    index: VectorStore | None
    index_name: str
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
        return cls(
            files=files,
            uploads=UploadStore(Table(dynamodb, settings.uploads_table, UploadStore.SPEC), files),
            stores=stores,
            members=members,
            batches=batches,
            renderings=RenderingStore(Table(dynamodb, settings.renderings_table, RenderingStore.SPEC), blobs),
            rejections=RejectionStore(Table(dynamodb, settings.rejections_table, RejectionStore.SPEC)),
            transitions=Transitions(members, files=files, stores=stores, batches=batches),
            blobs=blobs,
            queue=JobQueue(aws.client("sqs"), settings.ingest_queue_url),
            index=open_engine(settings.vector_store, settings.vector_store_location),
            index_name=settings.vector_store,
            embedding_model=settings.embedding_model,
            catalogue=settings.models(),
        )

    def embedding(self, alias: str | None) -> str:
        """The alias of an embedding model, the deployment's own where none is named. Raises NotFound or BadRequest."""
        return self.catalogue.find(alias or self.embedding_model, "embeddings").alias

    def require_index(self) -> VectorStore:
        """The index. Raises BadRequest where the deployment has none."""
        return required(self.index)
