"""The HTTP functions in one process on an in-memory AWS, before a model server that answers what it is told and notes what it was asked."""

import io
import json
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

REGION: Final = "ap-northeast-2"


@dataclass
class Upstream:
    """The model server: ``answer`` is given whole, ``chunks`` as a stream, embeddings as they are; ``asked`` is the last request."""

    answer: dict[str, Any] = field(default_factory=dict)
    chunks: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, Any] = field(default_factory=dict)
    base_url: str = ""

    @contextmanager
    def serving(self) -> Iterator["Upstream"]:
        """Serve on a free port."""
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                upstream.asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                kind, body = upstream._reply(self.path)
                self.send_response(200)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def _reply(self, path: str) -> tuple[str, bytes]:
        if path.endswith("/embeddings"):
            texts = self.asked["input"] if isinstance(self.asked["input"], list) else [self.asked["input"]]
            size = self.asked.get("dimensions") or 4
            data = [{"object": "embedding", "index": index, "embedding": [0.5] * size} for index in range(len(texts))]
            usage = {"prompt_tokens": 3, "total_tokens": 3}
            return "application/json", json.dumps({"object": "list", "data": data, "model": "m", "usage": usage}).encode()
        if self.asked.get("stream"):
            events = [f"data: {json.dumps(one)}\n\n" for one in self.chunks]
            return "text/event-stream", "".join([*events, "data: [DONE]\n\n"]).encode()
        return "application/json", json.dumps(self.answer).encode()


@dataclass
class System:
    """Clients of the functions; ``work`` lets the documents' worker run."""

    upstream: Upstream
    chat: Any
    knowledge: Any
    moderation: Any
    side: Any

    def client(self, path: str) -> Any:
        """Whose path it is."""
        if path.startswith("/moderations"):
            return self.moderation
        return self.chat if path.startswith(("/chat", "/embeddings", "/models")) else self.knowledge


@contextmanager
def system() -> Iterator[System]:
    """Everything wired; AWS is moto's."""
    from moto import mock_aws

    made_up = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
    before = dict(os.environ)
    os.environ.update(made_up)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    try:
        with mock_aws(), Upstream().serving() as upstream, ExitStack() as stack:
            yield _wired(upstream, stack)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wired(upstream: Upstream, stack: ExitStack) -> System:
    import boto3
    from starlette.testclient import TestClient

    from functions.knowledge.app import ROUTERS, ready
    from functions.moderation import moderations_routes
    from maru.dynamo import Table
    from maru.guard.engine import Guard
    from maru.guard.plain import Doors
    from maru.http import create_app
    from tests.conftest import BUCKET
    from tests.door import key_for
    from tests.fakes.documents import document_side
    from tests.functions.chat_app import chat_app
    from tests.guarding import journal_on, policies_on, seeing

    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})

    def table(spec: Any) -> Table:
        if spec.name not in dynamodb.list_tables()["TableNames"]:
            spec.create(dynamodb, spec.name)
        return Table(dynamodb, spec.name, spec)

    services = _services(table, s3, BUCKET)
    side = document_side(table, s3, BUCKET)
    knowledge = create_app(
        title="knowledge",
        routers=ROUTERS,
        services=services,
        collaborators=[side.library, side.retriever, side.searcher, Doors(Guard(), policies_on(dynamodb)), journal_on(services)],
        ready=ready(side.library),
    )
    # Without an alias of a model that sees, as it ships: images are refused by name.
    moderation = create_app(
        title="moderation", routers=[moderations_routes.router], services=services, collaborators=[seeing(services)], ready={}
    )
    headers = {"authorization": f"Bearer {key_for(services)}"}
    apps = (chat_app(services, upstream.base_url, able=True), knowledge, moderation)
    chat, documents, moderated = (stack.enter_context(TestClient(app, base_url="http://maru", headers=headers)) for app in apps)
    return System(upstream, chat, documents, moderated, side)


def _services(table: Any, s3: Any, bucket: str) -> Any:
    from maru.cache.idempotent import IdempotencyStore
    from maru.http import HttpServices
    from maru.http.audit import AuditStore
    from maru.identity.authenticator import Authenticator
    from maru.identity.directory import IdentityStore, TenantStore
    from maru.identity.keys import KeyStore
    from maru.knowledge.blobs import Blobs
    from maru.telemetry import Telemetry

    keys = KeyStore(table(KeyStore.SPEC))
    return HttpServices(
        log=Telemetry("conformance", stream=io.StringIO()),
        authenticator=Authenticator(keys),
        audit=AuditStore(table(AuditStore.SPEC), retention_days=30),
        idempotency=IdempotencyStore(table(IdempotencyStore.SPEC), Blobs(s3, bucket)),
        keys=keys,
        tenants=TenantStore(table(TenantStore.SPEC)),
        identities=IdentityStore(table(IdentityStore.SPEC)),
    )
