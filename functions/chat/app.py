"""The chat function's application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from functions.chat import (
    agents_routes,
    completions_routes,
    embeddings_routes,
    feedback_routes,
    models_routes,
    sessions_routes,
    stored_routes,
    tools_routes,
)
from functions.chat.completing import Completing
from functions.chat.screening import Screening
from functions.chat.settings import Settings
from maru import aws
from maru.agents.guarding import Guards
from maru.agents.service import Agents
from maru.cache.entries import EntryStore
from maru.cache.responses import ResponseCache
from maru.dynamo import Table
from maru.guard import policy
from maru.guard.journal import Journal
from maru.guard.plain import Doors
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import guards as paid_guards
from maru.guard.sealing import Sealer
from maru.http import App, HttpServices, create_app
from maru.http.idempotency import Documents
from maru.knowledge.retrieve import Retriever
from maru.ledger.meter import Meter
from maru.models import KeyRing, ModelClient
from maru.models.stored import StoredCompletions
from maru.prompts.store import PromptStore

ROUTERS = [
    completions_routes.router,
    stored_routes.router,
    embeddings_routes.router,
    models_routes.router,
    agents_routes.router,
    sessions_routes.router,
    feedback_routes.router,
    tools_routes.router,
]


def build(settings: Settings) -> App:
    """The application on the tables and models that the settings name."""
    services = HttpServices.connect(settings)
    meter = Meter.connect(settings, services.tenants)
    models = ModelClient.connect(settings, meter.dynamo, settings.health_table)
    policies = PolicyStore(Table(aws.client("dynamodb"), settings.policies_table, PolicyStore.SPEC), policy.load(settings.catalogue))
    guard = paid_guards(models, KeyRing(settings.model_keys, settings.model_keys_secret), services.log)(meter)
    guards = Guards(guard, policies, Sealer(aws.client("kms"), settings.guard_key))
    completions = Table(aws.client("dynamodb"), settings.completions_table, StoredCompletions.SPEC)
    stored = StoredCompletions(completions, s3=aws.client("s3"), bucket=settings.bucket)
    search = Retriever.connect(settings, models, meter, services.log)
    cache = ResponseCache.connect(settings, models, meter, services.log)
    agents = Agents.connect(settings, models=models, search=search, guards=guards, log=services.log, cache=cache, audit=services.audit)
    screening = Screening(guard, policies)
    journal = Journal.connect(settings, services.audit, services.log)
    prompts = PromptStore(Table(aws.client("dynamodb"), settings.prompts_table, PromptStore.SPEC))

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with meter.open(), models:
            yield
            await agents.runs.drain()

    return create_app(
        title="Maru chat",
        routers=ROUTERS,
        services=services,
        collaborators=[
            models,
            meter,
            services.log,
            services.tenants,
            policies,
            screening,
            Doors(guard, policies),
            journal,
            Completing(models, meter, screening, cache, stored, journal, services.log),
            stored,
            cache,
            prompts,
            *agents.collaborators(),
        ],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
        lifespan=lifespan,
        documents=Documents(agents.reader.visible, Table(aws.client("dynamodb"), settings.cache_table, EntryStore.SPEC)),
    )
