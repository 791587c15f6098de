"""The moderation function's application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from functions.moderation import check_routes, evaluation_routes, incidents_routes, moderations_routes, policy_routes
from functions.moderation.settings import Settings
from maru import aws
from maru.agents.agent import AgentStore
from maru.dynamo import Table
from maru.guard import policy
from maru.guard.incidents import IncidentStore
from maru.guard.moderation.images import ImageModeration
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import PaidModels, guards
from maru.guard.sealing import Sealer
from maru.guard.uses import PolicyUses
from maru.http import App, HttpServices, create_app
from maru.knowledge.files import FileStore
from maru.ledger.meter import Meter
from maru.models import KeyRing, ModelClient

if TYPE_CHECKING:
    from maru.chains.store import ChainStore

ROUTERS = [moderations_routes.router, check_routes.router, policy_routes.router, evaluation_routes.router, incidents_routes.router]


def build(settings: Settings) -> App:
    """The application on the tables and the catalogue that the settings name."""
    services = HttpServices.connect(settings)
    client = aws.client("dynamodb")
    keys = KeyRing(settings.model_keys, settings.model_keys_secret)
    models = ModelClient(settings.models(), keys, settings.model_timeouts)
    meter = Meter.connect(settings, services.tenants)
    guard = guards(models, keys, services.log)(meter)
    images = ImageModeration(PaidModels(models, meter, services.log))
    table = Table(client, settings.policies_table, PolicyStore.SPEC)

    def chains() -> "ChainStore":
        from maru.chains.store import ChainStore

        return ChainStore(Table(client, settings.chains_table, ChainStore.SPEC), {})

    uses = PolicyUses(AgentStore(Table(client, settings.agents_table, AgentStore.SPEC)), chains)
    sealer = Sealer(aws.client("kms"), settings.guard_key)
    incidents = IncidentStore(Table(client, settings.incidents_table, IncidentStore.SPEC), sealer, services.log)
    files = FileStore(Table(client, settings.files_table, FileStore.SPEC))

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with meter.open(), models:
            yield

    return create_app(
        title="Maru moderation",
        routers=ROUTERS,
        services=services,
        collaborators=[guard, images, PolicyStore(table, policy.load(settings.catalogue)), uses, incidents, files],
        ready={"keys": lambda: services.tenants.exists("-")},
        cors_origins=settings.cors_origins,
        lifespan=lifespan,
    )
