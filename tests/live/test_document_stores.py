"""The document side's own tests again, on the embedded AWS instead of moto: transactions, indexes and versions of another make."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from maru.dynamo import Table, TableSpec
from maru.knowledge.attaching import Wanted, attach
from maru.knowledge.documents import remove_member
from tests.conftest import BUCKET, REGION, MakeTable
from tests.engines.ministack import EmbeddedAws, embedded_aws
from tests.fakes.documents import DOOR, DocumentSide, add, caller, counts, document_side, new_store
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


def test_counts_are_right_whoever_writes_at_the_same_time(side: DocumentSide) -> None:
    store, files = new_store(side), [add(side, f"Text {n}.", f"{n}.md") for n in range(24)]

    def one(place: int) -> None:
        attach(side.library, caller(), store, Wanted(files[place]["id"]))
        member = side.library.members.get(store["id"], files[place]["id"])
        if place % 3 == 0:
            side.library.transitions.cancel(member)
        elif place % 3 == 1:
            remove_member(side.library, store["id"], files[place]["id"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(len(files))))
        assert counts(side, store) == {"in_progress": 8, "cancelled": 8, "total": 16}
        messages, side.queue.messages = side.queue.messages, []
        list(pool.map(lambda message: side.deliver([message, message]), messages))
    assert counts(side, store) == {"completed": 8, "cancelled": 8, "total": 16}
