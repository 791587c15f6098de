"""The knowledge function's application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from functions.knowledge import (
    attachment_routes,
    batch_routes,
    data_routes,
    file_routes,
    lineage_routes,
    operation_routes,
    rebuild_routes,
    retention_routes,
    search_routes,
    source_routes,
    store_file_routes,
    store_routes,
    text_routes,
    upload_routes,
)
from functions.knowledge.settings import Settings
from maru import aws
from maru.agents.feedback import FeedbackStore
from maru.agents.sessions import SessionStore
from maru.dynamo import Table
from maru.errors import Unavailable
from maru.governance.holdings import Holdings
from maru.governance.keeping import Keeping
from maru.guard import policy
from maru.guard.journal import Journal
from maru.guard.plain import Doors
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import guards as paid_guards
from maru.http import App, HttpServices, create_app
from maru.http.app import Check
from maru.knowledge.library import Library
from maru.knowledge.lineage import LineageStore
from maru.knowledge.questions import QuestionStore
from maru.knowledge.rebuild import Machine
from maru.knowledge.retention import RetentionStore
from maru.knowledge.retrieve import Retriever
from maru.knowledge.rewriting import Rewriting
from maru.knowledge.searching import Searcher
from maru.ledger.meter import Meter
from maru.models import KeyRing, ModelClient
from maru.structured.reader import DataReader
from maru.telemetry import Telemetry

ROUTERS = [
    attachment_routes.router,
    file_routes.router,
    upload_routes.router,
    store_routes.router,
    store_file_routes.router,
    batch_routes.router,
    search_routes.router,
    text_routes.router,
    operation_routes.router,
    rebuild_routes.router,
    source_routes.router,
    lineage_routes.router,
    retention_routes.router,
    data_routes.router,
]


def build(settings: Settings) -> App:
    """The application on what the settings name."""
    library, models, services = Library.connect(settings), ModelClient.connect(settings), HttpServices.connect(settings)
    meter = Meter.connect(settings, services.tenants)

    retriever = Retriever.connect(settings, models, meter, services.log)
    searcher = Searcher(retriever, models=models, rewriting=Rewriting.load(settings.catalogue), meter=meter)
    policies = PolicyStore(Table(aws.client("dynamodb"), settings.policies_table, PolicyStore.SPEC), policy.load(settings.catalogue))
    guard = paid_guards(models, KeyRing(settings.model_keys, settings.model_keys_secret), services.log)(meter)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with models, meter.open():
            yield

    return create_app(
        title="Maru documents",
        routers=ROUTERS,
        services=services,
        collaborators=[
            library,
            retriever,
            searcher,
            Doors(guard, policies),
            Journal.connect(settings, services.audit, services.log),
            _machine(settings),
            DataReader.connect(settings, trail=services.audit, log=services.log),
            *_governing(settings, library, services.log),
        ],
        ready=ready(library),
        cors_origins=settings.cors_origins,
        lifespan=lifespan,
    )


def _governing(settings: Settings, library: Library, log: Telemetry) -> list[object]:
    dynamodb = aws.client("dynamodb")
    rules = RetentionStore(Table(dynamodb, settings.retention_table, RetentionStore.SPEC))
    sessions = SessionStore(Table(dynamodb, settings.sessions_table, SessionStore.SPEC))
    feedback = FeedbackStore(Table(dynamodb, settings.feedback_table, FeedbackStore.SPEC))
    return [
        Keeping(library, sessions, feedback, rules, log, Holdings(dynamodb, settings.held_tables)),
        LineageStore(Table(dynamodb, settings.lineage_table, LineageStore.SPEC)),
        QuestionStore(Table(dynamodb, settings.questions_table, QuestionStore.SPEC)),
        rules,
        sessions,
    ]


def ready(library: Library) -> dict[str, Check]:
    """What documents depend on: the tables, and the index where there is one."""

    def index() -> None:
        if not library.engines.ready():
            raise Unavailable("The index does not answer.")

    return {"files": lambda: library.files.row("-"), "index": index}


def _machine(settings: Settings) -> Machine:
    return Machine(aws.client("stepfunctions"), settings.rebuild_machine_arn)
