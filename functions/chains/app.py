"""The chains function's application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread

from functions.chains import (
    approvals_routes,
    chains_routes,
    prompt_trials_routes,
    prompts_routes,
    run_events_routes,
    runs_routes,
    triggers_routes,
)
from functions.chains.settings import Settings
from maru import aws
from maru.cache.entries import EntryStore
from maru.chains.arming import TriggerStore
from maru.chains.known import known
from maru.chains.publishing import Publisher
from maru.chains.service import Runs, notifier
from maru.chains.store import ChainStore, load
from maru.dynamo import Table
from maru.guard import policy
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import guards
from maru.http import App, HttpServices, create_app
from maru.http.idempotency import Documents
from maru.knowledge.dead_letters import DeadLetters
from maru.knowledge.files import FileStore
from maru.ledger.meter import Meter
from maru.models import KeyRing, ModelClient
from maru.prompts.asking import Asking
from maru.prompts.shipped import ShippedPrompts
from maru.prompts.store import PromptStore

ROUTERS = [
    prompts_routes.router,
    prompt_trials_routes.router,
    chains_routes.router,
    runs_routes.router,
    run_events_routes.router,
    approvals_routes.router,
    triggers_routes.router,
]


def build(settings: Settings) -> App:
    """The application on the tables and models that the settings name."""
    services = HttpServices.connect(settings)
    dynamodb = aws.client("dynamodb")
    models = ModelClient.connect(settings)
    meter = Meter.connect(settings, services.tenants)
    policies = PolicyStore(Table(dynamodb, settings.policies_table, PolicyStore.SPEC), policy.load(settings.catalogue))
    prompts = PromptStore(Table(dynamodb, settings.prompts_table, PromptStore.SPEC))
    guard = guards(models, KeyRing(settings.model_keys, settings.model_keys_secret), services.log)(meter)
    asking = Asking(models, meter, guard, policies, services.log)

    chains = ChainStore(Table(dynamodb, settings.chains_table, ChainStore.SPEC), load(settings.catalogue))
    hosts = frozenset(settings.webhook_hosts)
    triggers = TriggerStore(Table(dynamodb, settings.chain_triggers_table, TriggerStore.SPEC))
    dead = DeadLetters(aws.client("sqs"), settings.start_queue_url, settings.start_dead_url)
    publisher = Publisher(settings, chains, aws.client("stepfunctions"), known(models.catalogue, prompts, policies, hosts), triggers)
    engine = Runs.connect(settings, services.log)
    files = FileStore(Table(dynamodb, settings.files_table, FileStore.SPEC))
    readings = engine.readings(files.readable)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(ShippedPrompts(prompts, settings.catalogue).publish)
        async with models, meter.open():
            yield

    return create_app(
        title="Maru chains",
        routers=ROUTERS,
        services=services,
        collaborators=[models, prompts, asking, chains, publisher, engine, engine.runs, readings, notifier(settings), triggers, dead],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
        lifespan=lifespan,
        documents=Documents(files.readable, Table(dynamodb, settings.cache_table, EntryStore.SPEC)),
    )
