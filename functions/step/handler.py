"""Called by machines with one step of one run, and by the schedule to look after all that is open."""

import asyncio
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from functions.step.settings import Settings
from maru import aws, tracing
from maru.agents.reads import Reads
from maru.chains.evidence import Evidence
from maru.chains.performing import Services
from maru.chains.service import Runs, notifier
from maru.chains.sweeping import Sweeper
from maru.chains.worker import Worker
from maru.dynamo import Item, Table
from maru.guard import policy
from maru.guard.journal import Journal
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import guards
from maru.http.audit import AuditStore
from maru.identity.directory import TenantStore
from maru.knowledge.blobs import Blobs
from maru.knowledge.file_pages import PageReader
from maru.knowledge.files import FileStore
from maru.knowledge.lineage import LineageStore
from maru.knowledge.renderings import RenderingStore
from maru.knowledge.retrieve import Retriever
from maru.lean import ThreadedDynamo
from maru.ledger.meter import Meter
from maru.models import KeyRing, ModelClient
from maru.plain import PlainDynamo
from maru.prompts.shipped import ShippedPrompts
from maru.prompts.store import PromptStore
from maru.telemetry import Telemetry


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    with tracing.invocation():
        worker, sweeper = _built()
        return handle(worker, sweeper, event)


def handle(worker: Worker, sweeper: Sweeper, event: dict[str, Any]) -> dict[str, Any]:
    """Do one step, or sweep."""
    if event.get("task") == "sweep":
        return dict(sweeper.run(at_start=bool(event.get("at_start"))))
    return worker.handle(event)


@cache
def _built() -> tuple[Worker, Sweeper]:
    settings = Settings.from_env(os.environ)
    return build(settings, Telemetry(settings.function))


def build(settings: Settings, log: Telemetry) -> tuple[Worker, Sweeper]:
    """The worker and the sweeper on what the settings name."""
    dynamodb = aws.client("dynamodb")
    tenants = TenantStore(Table(dynamodb, settings.tenants_table, TenantStore.SPEC))
    models = ModelClient.connect(settings)
    # No event loop outlives an event here: calls to DynamoDB go through threads.
    plain: Any = PlainDynamo.like(dynamodb)
    meter = Meter.connect(settings, tenants, ThreadedDynamo(plain))
    runs = Runs.connect(settings, log)
    outside = notifier(settings)
    prompts = PromptStore(Table(dynamodb, settings.prompts_table, PromptStore.SPEC))
    # The first run of a stage may be a trigger's, before anybody called the API that publishes them as well.
    ShippedPrompts(prompts, settings.catalogue).publish()
    files = FileStore(Table(plain, settings.files_table, FileStore.SPEC))
    renderings = RenderingStore(Table(plain, settings.renderings_table, RenderingStore.SPEC), Blobs(aws.client("s3"), settings.bucket))
    audit, lineage = AuditStore.connect(settings), LineageStore(Table(dynamodb, settings.lineage_table, LineageStore.SPEC))
    services = Services(
        models=models,
        meter=meter,
        retriever=Retriever.connect(settings, models, meter).paid_by,
        pages=PageReader(files, renderings),
        readable=files.readable,
        guard=guards(models, KeyRing(settings.model_keys, settings.model_keys_secret), log),
        policies=PolicyStore(Table(dynamodb, settings.policies_table, PolicyStore.SPEC), policy.load(settings.catalogue)),
        journal=Journal.connect(settings, audit, log),
        evidence=Evidence(Reads(audit, lineage, log)),
        prompts=prompts,
        approvals=runs.approvals,
        notifier=outside,
        log=log,
    )
    worker = Worker(
        services,
        runs=runs.runs,
        steps=runs.steps,
        events=runs.events,
        values=runs.values,
        programs=runs.programs,
        gates=runs.gates,
    )
    return worker, sweeper_on(runs, _reminder(outside, log) if settings.notify_topic_arn else None, log)


def sweeper_on(runs: Runs, remind: Callable[[Item], None] | None, log: Telemetry) -> Sweeper:
    """The sweeper of these runs; without ``remind`` reminders are lines of the log alone."""
    return Sweeper(
        runs=runs.runs,
        approvals=runs.approvals,
        starter=runs.starter,
        finishing=runs.finishing,
        wake=runs.gates.wake,
        remind=remind or (lambda row: log.log("INFO", "approval waits", approval_id=row["id"], tenant=row["tenant"])),
        client=runs.client,
        log=log,
    )


def _reminder(outside: Any, log: Telemetry) -> Callable[[Item], None]:
    def remind(row: Item) -> None:
        log.log("INFO", "approval waits", approval_id=row["id"], tenant=row["tenant"])
        subject = f"Maru: an approval waits ({row['chain']})"
        text = f"{row['id']} of the run {row['run_id']} waits for a decision. GET /v1/approvals/{row['id']}"
        message = {"channel": "sns", "subject": subject, "text": text}
        asyncio.run(outside.send(row["tenant"], message, delivery=f"remind-{row['id']}"))

    return remind
