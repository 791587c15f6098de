"""The AWS side of a function without a stack: the stores' tables and a bucket in the embedded AWS, and settings that name them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from maru.dynamo import Table, TableSpec
from maru.identity.caller import ROLES
from maru.identity.directory import TenantStore
from maru.identity.keys import KeyStore
from maru.settings import Settings
from tests.engines.ministack import REGION, EmbeddedAws, embedded_aws

BUCKET = "documents"


@dataclass(frozen=True)
class Backend:
    """A running backend; `dynamodb` and `s3` are clients for the test's own process."""

    aws: EmbeddedAws
    dynamodb: Any
    s3: Any

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
        common = {"function": "chat", "stage": "test", "bucket": BUCKET}
        return settings.model_validate(common | tables | values).to_env() | self.aws.environment


@contextmanager
def backend(*specs: TableSpec) -> Iterator[Backend]:
    """Starts it with these tables, the bucket, and the tenant `acme`."""
    with embedded_aws() as aws:
        dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
        try:
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
            started = Backend(aws, dynamodb, s3)
            started.make(*specs)
            TenantStore(started.table(TenantStore.SPEC)).create("acme")
            yield started
        finally:
            dynamodb.close()
            s3.close()


def eventually(find: Any, timeout: float = 5) -> Any:
    """What `find` returns once it is true; for rows that another process is about to write."""
    until = time.monotonic() + timeout
    while not (found := find()) and time.monotonic() < until:
        time.sleep(0.05)
    return found
