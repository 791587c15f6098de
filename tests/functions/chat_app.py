"""The chat function on the in-memory AWS and a stand-in model server, behind a real port for clients that stream."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, get_args

import boto3
import uvicorn
from starlette.types import ASGIApp

from functions.chat import completions_routes, embeddings_routes, models_routes, stored_routes
from functions.chat.completing import Completing
from functions.chat.screening import Screening
from maru.cache.rules import Rules
from maru.dynamo import Table
from maru.guard.engine import Guard
from maru.guard.journal import Journal
from maru.guard.plain import Doors
from maru.http import App, HttpServices, create_app
from maru.ledger.meter import Meter
from maru.models import Catalogue, KeyRing, ModelClient, Router, Timeouts
from maru.models.catalogue import Ability
from maru.models.rules import Routing
from maru.models.stored import StoredCompletions
from tests.caching import cache_on
from tests.conftest import BUCKET
from tests.guarding import journal_on, policies_on
from tests.ledger import meter_on
from tests.patience import PATIENT


def chat_app(
    services: HttpServices,
    base_url: str,
    *,
    timeouts: Timeouts = PATIENT,
    meter: Meter | None = None,
    screening: Screening | None = None,
    rules: Rules | None = None,
    able: bool = False,
    journal: Journal | None = None,
    more: Sequence[dict[str, Any]] = (),
    routing: Routing | None = None,
) -> App:
    """The function's routes on a catalogue of four aliases that lead to ``base_url``, and ``more``; an ``able`` default can do all."""
    abilities = sorted(get_args(Ability.__value__)) if able else ["tools", "json_schema"]
    target = {"model": "up", "base_url": base_url}
    knowing = target | ({"developer": "developer"} if able else {})
    price = {"input": 2, "output": 10, "cached_input": 0.5}
    entries: list[dict[str, Any]] = [
        {"alias": "default", "kind": "chat", "abilities": abilities, "targets": [{**knowing, "price": price}]},
        {"alias": "unpriced", "kind": "chat", "targets": [target]},
        {"alias": "embedding", "kind": "embeddings", "dimensions": 4, "languages": ["ko"], "targets": [{**target, "price": {"input": 1}}]},
        {"alias": "gone", "kind": "chat", "targets": [{"model": "up", "base_url": "http://127.0.0.1:9"}]},
    ]
    if able:
        entries.append({"alias": "able-embedding", "kind": "embeddings", "abilities": ["dimensions"], "targets": [target]})
    catalogue = Catalogue({"models": [*entries, *more]}, {})
    models = ModelClient(catalogue, KeyRing({}), timeouts, router=Router(routing or Routing()))
    meter = meter or meter_on(boto3.client("dynamodb"))
    screening = screening or Screening(Guard(), policies_on(boto3.client("dynamodb")))
    routers = [completions_routes.router, stored_routes.router, embeddings_routes.router, models_routes.router]
    cache = cache_on(boto3.client("dynamodb"), models, meter, services.log, rules=rules)
    journal = journal or journal_on(services)
    stored = stored_on(boto3.client("dynamodb"))
    completing = Completing(models, meter, screening, cache, stored, journal, services.log)
    doors = Doors(screening._guard, screening._policies)
    collaborators = [completing, models, services.log, meter, screening, doors, cache, journal, stored]
    return create_app(title="chat", routers=routers, services=services, collaborators=collaborators, ready={}, lifespan=lambda: models)


class _Server(uvicorn.Server):
    """One that ends as soon as it is asked to: uvicorn's own looks ten times a second, for which every test would wait."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:  # noqa: ASYNC110  (another thread says so)
            await asyncio.sleep(0.005)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve the application on a free port of this machine; gives its URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def stored_on(client: Any) -> StoredCompletions:
    """A store of completions, over a table that is made where it is missing."""
    spec = StoredCompletions.SPEC
    if spec.name not in client.list_tables()["TableNames"]:
        spec.create(client, spec.name)
    return StoredCompletions(Table(client, spec.name, spec), s3=boto3.client("s3"), bucket=BUCKET)
