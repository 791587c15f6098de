"""The document side in memory: real stores on moto, an index in a dictionary, an embedder of hashed tokens, a queue in a list."""

import asyncio
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.ingest.handler import handle
from maru.cache.entries import EntryStore
from maru.cache.forgetting import Forgetting
from maru.cache.idempotent import IdempotencyStore
from maru.dynamo import Item, Table, TableSpec
from maru.errors import Unavailable
from maru.identity import Caller
from maru.identity.caller import ROLES
from maru.identity.directory import TenantStore
from maru.knowledge.batches import BatchStore
from maru.knowledge.blobs import Blobs
from maru.knowledge.dead_letters import DeadLetters
from maru.knowledge.documents import add_file
from maru.knowledge.embeddings import EmbeddingStore
from maru.knowledge.engines import Engines
from maru.knowledge.files import FileStore
from maru.knowledge.imports import ImportStore
from maru.knowledge.ingest.door import Door
from maru.knowledge.ingest.pipeline import Pipeline
from maru.knowledge.ingest.reading import Hide, Parse, as_it_is
from maru.knowledge.ingest.worker import Worker
from maru.knowledge.ingest.writing import STEP
from maru.knowledge.jobs import JobQueue
from maru.knowledge.library import Library
from maru.knowledge.memberships import MembershipStore
from maru.knowledge.parse.limited import parse_limited
from maru.knowledge.rejections import RejectionStore
from maru.knowledge.renderings import RenderingStore
from maru.knowledge.retrieve import Retriever
from maru.knowledge.rewriting import Rewriting
from maru.knowledge.searching import Searcher
from maru.knowledge.sources import git, web
from maru.knowledge.sources.store import SourceItemStore, SourceStore
from maru.knowledge.sources.sync import sync
from maru.knowledge.stores.port import VectorStore
from maru.knowledge.stores.tokens import mix_tokens
from maru.knowledge.transitions import Transitions
from maru.knowledge.turns import Turns
from maru.knowledge.uploads import UploadStore
from maru.knowledge.vector_stores import VectorStoreStore, vector_store_object
from maru.models.catalogue import Alias, Catalogue
from maru.models.rerank import Ranking
from maru.models.routing import Route
from maru.models.usage import Usage
from maru.telemetry import Telemetry
from tests.fakes.memory_vector_store import MemoryVectorStore

DOOR = "door"
DIMENSIONS = 32
#: Of the alias `wide`.
WIDE = 48
CATALOGUE = Catalogue(
    {
        "models": [
            {"alias": "embedding", "kind": "embeddings", "targets": [{"model": "m", "base_url": "http://localhost"}]},
            {"alias": "wide", "kind": "embeddings", "targets": [{"model": "w", "base_url": "http://localhost"}]},
            {"alias": "default", "kind": "chat", "targets": [{"model": "m", "base_url": "http://localhost"}]},
            {
                "alias": "small",
                "kind": "chat",
                "abilities": ["json_schema"],
                "targets": [{"model": "m", "base_url": "http://localhost"}],
            },
            {"alias": "ranks", "kind": "rerank", "targets": [{"provider": "jina", "model": "m", "base_url": "http://localhost"}]},
        ]
    },
    {},
)


@dataclass
class Embeddings:
    """What the models' room answers."""

    vectors: list[list[float]]
    usage: Usage = field(default_factory=Usage)


@dataclass
class Completed:
    """What the models' room answers to a chat request."""

    text: str


@dataclass
class HashingEmbedder:
    """Counts a text's tokens into buckets; ``down`` makes it refuse.

    It ranks texts, the shortest first, after ``pause`` seconds, and ``says`` what a chat request gets.
    """

    catalogue: Catalogue = CATALOGUE
    down: bool = False
    calls: int = 0
    embedded: list[str] = field(default_factory=list)
    private: list[tuple[str, ...] | None] = field(default_factory=list)
    pause: float = 0.0
    says: str = ""
    asked: list[Any] = field(default_factory=list)

    async def embed(
        self,
        alias: str,
        texts: Sequence[str],
        *,
        purpose: Any = "document",
        dimensions: int | None = None,
        attempts: int = 5,
        private: tuple[str, ...] | None = None,
    ) -> Embeddings:
        """One vector a text."""
        del purpose, dimensions, attempts
        self.private.append(private)
        return Embeddings(self.vectors(alias, texts))

    async def rerank(
        self,
        alias: str,
        query: str,
        texts: Sequence[str],
        *,
        top_n: int,
        seconds: float = 5.0,
        classes: Iterable[str] = (),
        asked: bool = False,
    ) -> Ranking:
        """The shortest text first."""
        del query, seconds, classes, asked
        await asyncio.sleep(self.pause)
        if self.down:
            raise Unavailable(f"The model '{alias}' cannot be reached at present.", code="model_unavailable")
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))[:top_n]
        scored = tuple((place, 1 / (1 + rank)) for rank, place in enumerate(order))
        return Ranking(scored, Usage(), None, self.catalogue.find(alias, "rerank").targets[0])

    async def route(self, alias: Alias, body: dict[str, Any], *, asked: bool = False) -> Route:
        """All targets."""
        del body, asked
        return Route(alias)

    async def complete(self, alias: Route, body: dict[str, Any]) -> Completed:
        """What it was told to say."""
        self.asked.append(body)
        if self.down:
            raise Unavailable(f"The model '{alias.alias.alias}' cannot be reached at present.", code="model_unavailable")
        await asyncio.sleep(self.pause)
        return Completed(self.says)

    def vectors(self, alias: str, texts: Sequence[str], _: Any = None) -> list[list[float]]:
        """As the worker calls it."""
        self.calls += 1
        if self.down:
            raise Unavailable(f"The model '{alias}' cannot be reached at present.", code="model_unavailable")
        self.embedded += texts
        return [_vector(text, WIDE if alias == "wide" else DIMENSIONS) for text in texts]


class ListQueue:
    """SQS for a test that decides itself when messages arrive; delays are kept and not waited for."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.delays: list[int] = []
        self.dead: list[dict[str, Any]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Keep messages."""
        del QueueUrl
        self.messages += [json.loads(entry["MessageBody"]) for entry in Entries]
        self.delays += [entry.get("DelaySeconds", 0) for entry in Entries]
        return {"Successful": Entries}

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """How many dead letters there are."""
        del QueueUrl, AttributeNames
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.dead))}}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, VisibilityTimeout: int) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """The first dead letters."""
        del QueueUrl, VisibilityTimeout
        return {"Messages": [{"Body": json.dumps(one), "ReceiptHandle": json.dumps(one)} for one in self.dead[:MaxNumberOfMessages]]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 - boto3's names
        """Take a dead letter away."""
        del QueueUrl
        self.dead.remove(json.loads(ReceiptHandle))


@dataclass
class DocumentSide:
    """Everything that documents consist of, and a worker that runs when it is told to."""

    library: Library
    worker: Worker
    pipeline: Pipeline
    retriever: Retriever
    embedder: HashingEmbedder
    queue: ListQueue
    index: VectorStore
    tenants: TenantStore
    s3: Any
    log: Telemetry
    lines: io.StringIO

    @property
    def searcher(self) -> Searcher:
        """What the search route asks."""
        return Searcher(self.retriever, models=self.embedder, rewriting=Rewriting.load("catalogue"))

    def work(self, rounds: int = 20) -> int:
        """Deliver what is queued until nothing is; returns how many messages were delivered."""
        done = 0
        while self.queue.messages and rounds:
            rounds -= 1
            messages, self.queue.messages = self.queue.messages, []
            done += len(messages)
            failed = self.deliver(messages)
            self.queue.messages += [messages[int(place)] for place in failed]
        return done

    def deliver(self, messages: Sequence[dict[str, Any]]) -> list[str]:
        """Give the handler a batch as Lambda does; returns the places of those that are to come again."""
        records = [{"messageId": str(place), "body": json.dumps(message, ensure_ascii=False)} for place, message in enumerate(messages)]
        answer = handle(self.worker, self.log, {"Records": records})
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def document_side(
    make_table: Callable[[TableSpec], Table],
    s3: Any,
    bucket: str,
    *,
    index: VectorStore | None = None,
    engines: Engines | None = None,
    parse_with: Parse = parse_limited,
    step: int = STEP,
    hide: Hide | None = None,
) -> DocumentSide:
    """A document side on fresh tables; ``acme`` and ``other`` are its tenants."""
    s3.create_bucket(Bucket=DOOR, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    s3.put_bucket_versioning(Bucket=DOOR, VersioningConfiguration={"Status": "Enabled"})
    index, queue, embedder, lines = index or MemoryVectorStore(), ListQueue(), HashingEmbedder(), io.StringIO()
    library = _library(make_table, Blobs(s3, bucket), queue, engines or Engines.single(index))
    tenants, log = TenantStore(make_table(TenantStore.SPEC)), Telemetry("ingest", stream=lines)
    for tenant in ("acme", "other"):
        tenants.create(tenant)
    pipeline = Pipeline(library, embed=embedder.vectors, parse=lambda _: parse_with, log=log, step=step, hide=hide or as_it_is)
    readers = {"web": web.reader(library.source_hosts), "git": git.reader(library.source_hosts)}
    further = {"sync": lambda job: sync(library, job["source_id"], readers, log=log)}
    worker = Worker(library, pipeline, Door(pipeline.endings, bucket=DOOR, tenant_exists=tenants.exists), further=further)
    retriever = Retriever(
        stores=library.stores,
        files=library.files,
        members=library.members,
        renderings=library.renderings,
        engines=library.engines,
        models=embedder,
        log=log,
    )
    return DocumentSide(library, worker, pipeline, retriever, embedder, queue, index, tenants, s3, log, lines)


def add(side: DocumentSide, body: str, name: str = "text.md", *, acl: Sequence[str] = ("public",), tenant: str = "acme") -> Item:
    """An uploaded file."""
    rights = {"acl": list(acl), "data_class": "internal", "attributes": {}}
    who = caller(tenant=tenant)
    return add_file(side.library, who, filename=name, purpose="assistants", body=body.encode(), media_type="text/markdown", rights=rights)


def new_store(
    side: DocumentSide, name: str = "store", *, tenant: str = "acme", size: int = 1000, overlap: int = 0, engine: str = "sqlite"
) -> Item:
    """A vector store."""
    chunking = {"size": size, "overlap": overlap}
    return side.library.stores.create(tenant=tenant, name=name, engine=engine, embedding="embedding", chunking=chunking, optional={})


def counts(side: DocumentSide, store: Item) -> dict[str, int]:
    """A store's counters that are not zero."""
    found = vector_store_object(side.library.stores.get(store["tenant"], store["id"]))["file_counts"]
    return {name: count for name, count in found.items() if count}


def caller(user: str = "minji", *groups: str, tenant: str = "acme", role: str = "builder") -> Caller:
    """Somebody who calls."""
    return Caller(tenant, user, groups, ROLES[role], "key")


def _library(make_table: Callable[[TableSpec], Table], blobs: Blobs, sqs: "ListQueue", engines: Engines) -> Library:
    files = FileStore(make_table(FileStore.SPEC))
    stores = VectorStoreStore(make_table(VectorStoreStore.SPEC))
    members = MembershipStore(make_table(MembershipStore.SPEC))
    batches = BatchStore(make_table(BatchStore.SPEC))
    kept = IdempotencyStore(make_table(IdempotencyStore.SPEC), blobs)
    return Library(
        files=files,
        uploads=UploadStore(make_table(UploadStore.SPEC), files),
        stores=stores,
        members=members,
        batches=batches,
        renderings=RenderingStore(make_table(RenderingStore.SPEC), blobs),
        embeddings=EmbeddingStore(make_table(EmbeddingStore.SPEC)),
        answers=Forgetting(make_table(EntryStore.SPEC), engines, kept),
        rejections=RejectionStore(make_table(RejectionStore.SPEC)),
        transitions=Transitions(members, files=files, stores=stores, batches=batches),
        blobs=blobs,
        queue=JobQueue(sqs, "queue", "queue"),
        turns=Turns(make_table(Turns.SPEC), members),
        dead_letters=DeadLetters(sqs, "queue", "dead"),
        imports=ImportStore(make_table(ImportStore.SPEC)),
        sources=SourceStore(make_table(SourceStore.SPEC)),
        source_items=SourceItemStore(make_table(SourceItemStore.SPEC)),
        source_hosts=("127.0.0.1:*",),
        door_bucket=DOOR,
        engines=engines,
        embedding_model="embedding",
        catalogue=CATALOGUE,
    )


def _vector(text: str, dimensions: int) -> list[float]:
    buckets = [0.01] * dimensions
    for token in mix_tokens(text):
        buckets[hashlib.md5(token.encode(), usedforsecurity=False).digest()[0] % dimensions] += 1.0
    return buckets
