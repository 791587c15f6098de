"""The chains function's prompts on the in-memory AWS and the local model server, as a client calls them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import boto3
from starlette.testclient import TestClient

from functions.chains import prompt_trials_routes, prompts_routes
from maru.guard.engine import Guard
from maru.http import HttpServices, create_app
from maru.models import Catalogue, KeyRing, ModelClient
from maru.prompts.asking import Asking
from maru.prompts.shipped import ShippedPrompts
from maru.prompts.store import PromptStore
from tests.conftest import MakeTable
from tests.door import client, key_for
from tests.guarding import policies_on
from tests.ledger import meter_on
from tests.patience import PATIENT

type Door = Callable[..., TestClient]


def prompts_door(services: HttpServices, make_table: MakeTable, base_url: str, catalogue: str = "catalogue") -> Door:
    """Makes a client for a caller; the aliases `default` and `scripted` lead to ``base_url``."""
    target = {"model": "scripted", "base_url": base_url, "price": {"input": 2, "output": 10}}
    entries = [
        {"alias": "default", "kind": "chat", "targets": [target]},
        {"alias": "scripted", "kind": "chat", "targets": [target]},
        {"alias": "vectors", "kind": "embeddings", "dimensions": 4, "targets": [target]},
    ]
    dynamodb = boto3.client("dynamodb")
    models = ModelClient(Catalogue({"models": entries}, {}), KeyRing({}), PATIENT)
    prompts = PromptStore(make_table(PromptStore.SPEC))
    asking = Asking(models, meter_on(dynamodb), Guard(), policies_on(dynamodb), services.log)
    ShippedPrompts(prompts, catalogue).publish()

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with models:
            yield

    app = create_app(
        title="prompts",
        routers=[prompts_routes.router, prompt_trials_routes.router],
        services=services,
        collaborators=[models, prompts, asking],
        ready={},
        lifespan=lifespan,
    )
    return lambda **who: client(app, key_for(services, **who))
