"""The document side's own tests again, on the embedded AWS instead of moto: transactions, indexes and versions of another make."""

import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from maru.dynamo import Table, TableSpec
from tests.conftest import BUCKET, REGION, MakeTable
from tests.engines.ministack import EmbeddedAws, embedded_aws
from tests.fakes.documents import DOOR, DocumentSide, document_side
from tests.unit.knowledge.test_ingest_door import *  # noqa: F403 - the same tests
from tests.unit.knowledge.test_retrieve import *  # noqa: F403

pytestmark = pytest.mark.live

_ACCOUNTS = itertools.count(100_000_000_001)


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedAws]:
    with embedded_aws() as running:
        yield running


@pytest.fixture
def account(embedded: EmbeddedAws) -> boto3.session.Session:
    """An account of its own for each test: nothing is left of the one before."""
    del embedded
    return boto3.session.Session(aws_access_key_id=str(next(_ACCOUNTS)), aws_secret_access_key="test", region_name=REGION)


@pytest.fixture
def make_table(account: boto3.session.Session, embedded: EmbeddedAws) -> Iterator[MakeTable]:
    client = account.client("dynamodb", endpoint_url=embedded.endpoint)

    def make(spec: TableSpec) -> Table:
        spec.create(client, spec.name)
        return Table(client, spec.name, spec)

    yield make
    client.close()


@pytest.fixture
def s3(account: boto3.session.Session, embedded: EmbeddedAws) -> Iterator[Any]:
    client = account.client("s3", endpoint_url=embedded.endpoint)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield client
    for bucket in (BUCKET, DOOR):  # names of buckets are everybody's
        _remove(client, bucket)
    client.close()


def _remove(client: Any, bucket: str) -> None:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for one in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            client.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
    client.delete_bucket(Bucket=bucket)


@pytest.fixture
def side(make_table: MakeTable, s3: Any) -> DocumentSide:
    return document_side(make_table, s3, BUCKET, step=2)
