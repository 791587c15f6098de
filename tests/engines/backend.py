"""The AWS side of a function without a stack: the stores' tables and a bucket in the embedded AWS, and settings that name them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maru.dynamo import Table, TableSpec
from maru.identity.caller import ROLES
from maru.identity.directory import TenantStore
from maru.identity.keys import KeyStore
from maru.settings import Settings
from tests.engines.ministack import REGION, EmbeddedAws, embedded_aws
from tests.processes import ROOT

BUCKET, DOOR = "documents", "maru-door"


@dataclass(frozen=True)
class Backend:
    """A running backend; `dynamodb` and `s3` are clients for the test's own process, `index` is the file of the vector store."""

    aws: EmbeddedAws
    dynamodb: Any
    s3: Any
    index: Path
    queue_url: str

    def table(self, spec: TableSpec) -> Table:
        """The table of a store."""
        return Table(self.dynamodb, spec.name, spec)

    def make(self, *specs: TableSpec) -> None:
        """Makes the tables that are not there yet."""
        there = self.dynamodb.list_tables()["TableNames"]
        for spec in specs:
            if spec.name not in there:
                spec.create(self.dynamodb, spec.name)

    def key(self, *, tenant: str = "acme", user: str = "minji", groups: tuple[str, ...] = (), role: str = "builder") -> str:
        """A fresh API key."""
        return KeyStore(self.table(KeyStore.SPEC)).create(tenant=tenant, user=user, groups=groups, scopes=ROLES[role]).key

    def environment(self, settings: type[Settings], **values: Any) -> dict[str, str]:
        """A function's whole environment: each field `x_table` names the table of store `x`, the rest is `values`."""
        tables = {field: field.removesuffix("_table") for field in settings.model_fields if field.endswith("_table")}
        common = {
            "function": "chat",
            "stage": "test",
            "held_tables": "{}",
            "large_machine_arn": "arn:aws:states:us-east-1:000000000000:stateMachine:large",
            "bucket": BUCKET,
            "door_bucket": DOOR,
            "ingest_queue_url": self.queue_url,
            "errands_queue_url": self.queue_url,
            "event_bus": "default",
            "dead_letters_url": self.queue_url,
            "start_queue_url": self.queue_url,
            "start_dead_url": self.queue_url,
            "vector_store": "sqlite",
            "vector_store_location": str(self.index),
            # What the embedded AWS is not asked for where a function is served without its stack.
            "rebuild_machine_arn": "arn:aws:states:us-east-1:000000000000:stateMachine:rebuild",
            "step_function_arn": "arn:aws:lambda:us-east-1:000000000000:function:step:live",
            "chain_role_arn": "arn:aws:iam::000000000000:role/chains",
            "machine_arn_prefix": "arn:aws:states:us-east-1:000000000000:stateMachine:maru-test-",
            "webhook_secret_arn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:webhooks",
            "guard_key": self.aws.client("kms").create_key()["KeyMetadata"]["Arn"],
            "catalogue": str(ROOT / "catalogue"),
        }
        return settings.model_validate(common | tables | values).to_env() | self.aws.environment


@contextmanager
def backend(*specs: TableSpec) -> Iterator[Backend]:
    """Starts it with these tables, the buckets, the queue, and the tenant `acme`."""
    with embedded_aws() as aws, tempfile.TemporaryDirectory() as folder:
        dynamodb, s3, sqs = (aws.client(service) for service in ("dynamodb", "s3", "sqs"))
        try:
            for bucket in (BUCKET, DOOR):
                s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            queue_url = sqs.create_queue(QueueName="maru-ingest")["QueueUrl"]
            started = Backend(aws, dynamodb, s3, Path(folder) / "index.db", queue_url)
            started.make(*specs)
            TenantStore(started.table(TenantStore.SPEC)).create("acme")
            yield started
        finally:
            for client in (dynamodb, s3, sqs):
                client.close()
