"""Fixtures of all tests: an in-memory AWS, tables from the stores' own specifications, a function's common services."""

import functools
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.loaders import JSONFileLoader
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import ResponseSerializer
from moto.kms.utils import generate_private_key

from maru import tracing
from maru.cache.idempotent import IdempotencyStore
from maru.dynamo import Table, TableSpec
from maru.http import HttpServices
from maru.http.audit import AuditStore
from maru.identity.authenticator import Authenticator
from maru.identity.directory import IdentityStore, TenantStore
from maru.identity.keys import KeyStore
from maru.knowledge.blobs import Blobs
from maru.telemetry import Telemetry
from tests.fakes.xray_daemon import XrayDaemon, xray_daemon

if TYPE_CHECKING:
    # Chains and their engines are imported by those tests alone that run some.
    from tests.chain_world import World
    from tests.engines.scripted_server import ScriptedServer

REGION: Final = "ap-northeast-2"
BUCKET = "documents"

type MakeTable = Callable[[TableSpec], Table]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto instead of AWS, with made-up credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    _one_call_at_a_time(monkeypatch)
    _made_once(monkeypatch)
    with mock_aws():
        yield


def _one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads take turns in moto: a transaction it refuses puts back whole tables, and undoes what others wrote meanwhile."""
    turn, process = threading.RLock(), BotocoreStubber.process_request

    def in_turn(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        with turn:
            return process(stubber, request)

    monkeypatch.setattr(BotocoreStubber, "process_request", in_turn)


def _made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a process make once what costs each test much and is the same for all: a key pair nobody asks for, the services' descriptions."""
    # moto makes a pair for symmetric keys, too (50 ms); its sessions, one a test, would each read their descriptions anew.
    monkeypatch.setattr("moto.kms.models.generate_private_key", _key_pair)
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda _, path: _description(path))
    monkeypatch.setattr(ResponseSerializer, "get_value", _member)


_member_by_any_name = ResponseSerializer.get_value


def _member(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
    """A member of an answer. An attribute value has one of ten, and moto looks for the nine others by other names, too, which none has."""
    if type(value) is dict and getattr(shape, "parent", shape).name == "AttributeValue":
        return value.get(key)
    return _member_by_any_name(serializer, value, key, shape)


_key_pair = functools.cache(generate_private_key)
_load_file = JSONFileLoader.load_file


@functools.cache
def _description(path: str) -> Any:
    return _load_file(JSONFileLoader(), path)


@pytest.fixture
def make_table(aws: None) -> MakeTable:
    """Makes a table from a store's specification, named as the specification is, or gives the one that is there."""
    client = boto3.client("dynamodb")

    def make(spec: TableSpec) -> Table:
        with suppress(client.exceptions.ResourceInUseException):
            spec.create(client, spec.name)
        return Table(client, spec.name, spec)

    return make


@pytest.fixture
def s3(aws: None) -> Any:
    """An S3 client with the documents bucket in place."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


@pytest.fixture
def log_lines() -> io.StringIO:
    """What the function wrote to its log."""
    return io.StringIO()


@pytest.fixture
def services(make_table: MakeTable, s3: Any, log_lines: io.StringIO) -> HttpServices:
    """The common services of an HTTP function on real stores in the in-memory AWS; keys are verified anew each time."""
    keys = KeyStore(make_table(KeyStore.SPEC))
    return HttpServices(
        log=Telemetry("test", stream=log_lines),
        authenticator=Authenticator(keys, cache_seconds=0),
        audit=AuditStore(make_table(AuditStore.SPEC), retention_days=30),
        idempotency=IdempotencyStore(make_table(IdempotencyStore.SPEC), Blobs(s3, BUCKET)),
        keys=keys,
        tenants=TenantStore(make_table(TenantStore.SPEC)),
        identities=IdentityStore(make_table(IdentityStore.SPEC)),
    )


@pytest.fixture(scope="module")
def models() -> Iterator["ScriptedServer"]:
    """A server of the scripted model, for the tests of one module."""
    from tests.engines.scripted_server import scripted_server

    with scripted_server() as server:
        yield server


@pytest.fixture
def here(make_table: MakeTable, s3: Any, models: "ScriptedServer") -> "World":
    """Everything of chains, with the scripted model behind it."""
    from tests.chain_world import world

    return world(make_table, s3, models.base_url)


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[XrayDaemon]:
    """X-Ray's daemon, as the environment of a Lambda function names it."""
    with xray_daemon() as one:
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", one.address)
        tracing._daemon.cache_clear()
        yield one
    tracing._daemon.cache_clear()
