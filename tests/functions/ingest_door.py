"""The ingest function's real handler on the in-memory AWS: a door bucket, a queue that is drained, an index in a file."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.ingest import handler as ingest
from functions.ingest.settings import Settings
from infra.discovery import table_specs
from maru import aws
from maru.dynamo import Item, Table
from maru.identity.directory import TenantStore
from maru.knowledge.files import door_file_id
from maru.knowledge.library import Library
from maru.knowledge.parse.ocr import OcrName
from maru.knowledge.stores.port import Chunk, SearchScope
from tests.fakes.openai_server import OpenAIServer
from tests.processes import ROOT
from tests.samples import sample

BUCKET, DOOR, REGION = "documents", "maru-door", "ap-northeast-2"


class IngestFunction:
    """The function with one tenant `acme` and one vector store."""

    def __init__(self, settings: Settings) -> None:
        self.library = Library.connect(settings)
        self.settings = settings
        self.s3, self.sqs = aws.client("s3"), aws.client("sqs")
        store = self.library.stores.create(
            tenant="acme", name="rules", engine="sqlite", embedding="embedding", chunking={"size": 1000, "overlap": 200}, optional={}
        )
        self.store_id: str = store["id"]

    def put(self, name: str, body: bytes, **metadata: str) -> str:
        """An object at the door, with `x-amz-meta-…`; gives its version."""
        extra = {key.replace("_", "-"): value for key, value in metadata.items()}
        version: str = self.s3.put_object(Bucket=DOOR, Key=self.key(name), Body=body, Metadata=extra)["VersionId"]
        return version

    def remove(self, name: str) -> str:
        """Deletes an object; gives the version of its delete marker."""
        version: str = self.s3.delete_object(Bucket=DOOR, Key=self.key(name))["VersionId"]
        return version

    def key(self, name: str) -> str:
        """The whole key of an object at the door."""
        return f"acme/{self.store_id}/{name}"

    def replay(self, name: str, **values: str) -> Any:
        """Hands the sample event to the handler and gives its answer; jobs that it queues stay there."""
        return ingest.handler(sample(name, STORE=self.store_id, **values), None)

    def drain(self) -> None:
        """Hands the handler what is queued, as Lambda does, until nothing is."""
        queue = self.settings.ingest_queue_url
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            records = [{"messageId": one["MessageId"], "body": one["Body"], "eventSource": "aws:sqs"} for one in messages]
            assert ingest.handler({"Records": records}, None) == {"batchItemFailures": []}
            for one in messages:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])

    def queued(self) -> int:
        """How many jobs wait."""
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.settings.ingest_queue_url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])

    def file(self, name: str) -> Item | None:
        """The row of the document at a key, where it is not deleted."""
        return self.library.files.find("acme", door_file_id("acme", self.key(name)))

    def member(self, name: str) -> Item | None:
        """The document in the store."""
        return self.library.members.find(self.store_id, door_file_id("acme", self.key(name)))

    def lose_track(self, name: str) -> None:
        """Lets the document's work be overdue, as if its worker had died."""
        key = {"vector_store_id": self.store_id, "file_id": door_file_id("acme", self.key(name))}
        self.library.members.table.set(key, {"due": 1})

    def found(self, word: str, *principals: str) -> list[Chunk]:
        """What a text search by these principals (default: anybody of the tenant) finds."""
        scope = SearchScope("acme", principals or ("public",), (self.store_id,))
        engine = self.library.engines.of({"engine": "sqlite"})
        return [hit.chunk for hit in engine.search_text(scope, word, 10)]


@contextmanager
def ingest_function(
    make_table: Any, folder: Path, patch: pytest.MonkeyPatch, *, ocr: OcrName = "tesseract", **values: str
) -> Iterator[IngestFunction]:
    """Sets the function's environment, as Lambda does; `make_table` is the fixture of that name, `values` are more of the catalogue's."""
    tables = {field: field.removesuffix("_table") for field in Settings.model_fields if field.endswith("_table")}
    specs = table_specs()
    made: dict[str, Table] = {name: make_table(specs[name]) for name in tables.values()}
    TenantStore(made["tenants"]).create("acme")
    with _embeddings() as url:
        settings = Settings.model_validate(
            {
                **tables,
                "function": "ingest",
                "bucket": BUCKET,
                "door_bucket": DOOR,
                "ingest_queue_url": (queue := boto3.client("sqs").create_queue(QueueName="maru-ingest")["QueueUrl"]),
                "errands_queue_url": queue,
                "event_bus": "default",
                "held_tables": "{}",
                "guard_key": boto3.client("kms").create_key()["KeyMetadata"]["Arn"],
                "large_machine_arn": "arn:aws:states:ap-northeast-2:000000000000:stateMachine:large",
                "dead_letters_url": boto3.client("sqs").create_queue(QueueName="maru-dead")["QueueUrl"],
                "vector_store": "sqlite",
                "vector_store_location": str(folder / "index.db"),
                "catalogue": str(ROOT / "catalogue"),
                "model_values": {"EMBED_URL": url, "EMBED_DIMENSIONS": "4", **values},
                "ocr": ocr,
            }
        )
        for name, value in settings.to_env().items():
            patch.setenv(name, value)
        _make_buckets()
        _forget()
        yield IngestFunction(settings)
        _forget()


def _make_buckets() -> None:
    s3: Any = boto3.client("s3")
    for name in (BUCKET, DOOR):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _forget() -> None:
    """A cold start: nothing of another test's environment is left in this process."""
    ingest._worker.cache_clear()
    aws._client.cache_clear()


@contextmanager
def _embeddings() -> Iterator[str]:
    """The stand-in model server in a thread of its own: the handler blocks while it asks."""
    loop, server = asyncio.new_event_loop(), OpenAIServer()
    loop.run_until_complete(server.__aenter__())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.base_url
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(server.__aexit__())
        loop.close()
