"""Takes batches from the ingest queue, and the schedule's call to sweep; messages that fail come back alone."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.ingest.settings import Settings
from maru import aws, tracing
from maru.agents.feedback import FeedbackStore
from maru.agents.sessions import SessionStore
from maru.dynamo import Item, Table
from maru.governance.erasing import Erasure
from maru.governance.holdings import Holdings
from maru.governance.keeping import Keeping
from maru.guard import policy
from maru.guard.documents import DocumentMasking
from maru.guard.journal import Journal
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import guards
from maru.http.audit import AuditStore
from maru.identity import Caller, serving
from maru.identity.directory import TenantStore
from maru.knowledge.engines import look_after
from maru.knowledge.ingest.announcing import Announcer
from maru.knowledge.ingest.door import Door
from maru.knowledge.ingest.large import LargeDocuments, Machine
from maru.knowledge.ingest.pipeline import Pipeline
from maru.knowledge.ingest.reading import Hide, ParseOf
from maru.knowledge.ingest.worker import Task, Worker
from maru.knowledge.ingest.writing import Embed
from maru.knowledge.library import Library
from maru.knowledge.parse import ocr
from maru.knowledge.parse.limited import parse_limited, shared
from maru.knowledge.parse.model import ParsedDocument
from maru.knowledge.parse.ocr import OcrName
from maru.knowledge.rebuild import Rebuilder
from maru.knowledge.retention import RetentionStore
from maru.knowledge.sources import git, web
from maru.knowledge.sources.sync import sync
from maru.lean import ThreadedDynamo
from maru.ledger.meter import Meter
from maru.models import KeyRing, ModelClient, Usage
from maru.models.routing import permitted
from maru.telemetry import Telemetry

#: The key in whose name documents are embedded, and the user where whoever dropped them is nobody that Maru knows.
INGEST = "ingest"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    with tracing.invocation():
        worker, log = _worker()
        return handle(worker, log, event)


def handle(worker: Worker, log: Telemetry, event: dict[str, Any]) -> dict[str, Any]:
    """Do every message of a batch; names those that are to come again."""
    if "Records" not in event:
        state = worker.do(event)
        return {} if state is None else {"state": state}
    # A batch whose every message failed is still answered message by message: each has its own count of attempts.
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, partial(_take, worker, log), processor)
    return dict(answer)


def _take(worker: Worker, log: Telemetry, record: SQSRecord) -> None:
    try:
        worker.take(record.body)
    except Exception as error:
        log.failure("message failed", error, message_id=record.message_id)
        log.metric({"part": "ingest"}, {"message_failures": 1})
        raise


@cache
def _worker() -> tuple[Worker, Telemetry]:
    settings = Settings.from_env(os.environ)
    log = Telemetry(settings.function)
    return build(settings, log), log


def build(settings: Settings, log: Telemetry) -> Worker:
    """The worker on what the settings name."""
    library = Library.connect(settings)
    models = ModelClient.connect(settings)

    tenants = TenantStore(Table(aws.client("dynamodb"), settings.tenants_table, TenantStore.SPEC))
    meter = Meter.connect(settings, tenants, ThreadedDynamo(aws.client("dynamodb")))
    embed = embedding(models, meter)
    announcer = Announcer(aws.client("events"), settings.event_bus, log)
    policies = PolicyStore(Table(aws.client("dynamodb"), settings.policies_table, PolicyStore.SPEC), policy.load(settings.catalogue))
    guard = guards(models, KeyRing(settings.model_keys, settings.model_keys_secret), log)(meter)
    pipeline = Pipeline(
        library,
        embed=embed,
        parse=reading(settings.ocr, models, meter),
        log=log,
        announcer=announcer,
        hide=hiding(DocumentMasking(guard, policies), Journal.connect(settings, AuditStore.connect(settings), log)),
        hand_on=Machine(library, aws.client("stepfunctions"), settings.large_machine_arn).start,
        large=settings.large_document_bytes,
    )
    door = Door(pipeline.endings, bucket=settings.door_bucket, tenant_exists=tenants.exists)
    keeping = _keeping(settings, library, log)
    readers = {"web": web.reader(settings.source_hosts), "git": git.reader(settings.source_hosts)}
    further: dict[str, Task] = {
        "care": lambda _: _care(settings, tenants, keeping),
        "erase": Erasure(keeping, aws.client("stepfunctions")).take,
        "sync": lambda job: sync(library, job["source_id"], readers, log=log),
    }
    further |= rebuild_tasks(Rebuilder(library, pipeline)) | large_tasks(LargeDocuments(library, pipeline))
    return Worker(library, pipeline, door, further=further)


def reading(name: OcrName, models: ModelClient, meter: Meter) -> ParseOf:
    """What reads documents, scanned pages among them. Korean is Tesseract's: where it is installed it reads what Textract cannot.

    Textract's pages are paid as the catalogue's alias of that name says, by the file's tenant.
    """
    found = ocr.find() if name != "none" else None
    if name.startswith("textract"):
        from maru.knowledge.parse.textract import Textract

        textract = partial(Textract, aws.client("textract"), shared(None), tables=name == "textract", otherwise=found)
        return lambda file: textract(pay=partial(paying, file, name, models, meter))
    return lambda _: partial(parse_limited, ocr=found)


@contextmanager
def paying(file: Item, name: str, models: ModelClient, meter: Meter, most: int) -> Iterator[list[int]]:
    """Reserves ``most`` pages on the account of a file's tenant; settles those that were answered. Raises what the meter raises, and
    Forbidden for a file of a class that only private targets may see where the alias has none."""
    alias = models.catalogue.find(name, "ocr")
    target = permitted(alias, _private(models, file))[0]
    charge = asyncio.run(meter.recognition(_payer(file), alias, most))
    answered: list[int] = []
    try:
        yield answered
    finally:
        charge.answered(target, Usage(pages=len(answered)), "ok" if answered else "failed")
        asyncio.run(charge.close())


def rebuild_tasks(rebuilder: Rebuilder) -> dict[str, Task]:
    """The tasks of the machine that builds vector stores' rows anew."""
    return {
        "rebuild_step": lambda job: rebuilder.step(job["vector_store_id"], job["rebuild_id"]),
        "rebuild_clear": lambda job: rebuilder.clear(job["vector_store_id"]),
        "rebuild_fail": lambda job: rebuilder.fail(job["vector_store_id"], job["rebuild_id"]),
    }


def large_tasks(large: LargeDocuments) -> dict[str, Task]:
    """The tasks of the machine that brings very large documents in."""
    return {"large_read": large.read, "large_write": large.write, "large_publish": large.publish, "large_fail": large.fail}


def embedding(models: ModelClient, meter: Meter) -> Embed:
    """Embeds a file's texts on its tenant's account; those of a class that needs it by private targets only."""

    def embed(alias: str, texts: Sequence[str], file: Item) -> Sequence[Sequence[float]]:
        caller = _payer(file)
        # Few attempts at once: a document that finds no model is taken up again later.
        found = asyncio.run(meter.embed(caller, models, alias, texts, attempts=3, private=_private(models, file)))
        vectors: Sequence[Sequence[float]] = found.vectors
        return vectors

    return embed


def hiding(masking: DocumentMasking, journal: Journal) -> Hide:
    """What the policy of a file's tenant leaves of it; models that the policy asks are paid as those that embed it.

    What it decides stands in the audit as a row about the file.
    """

    def hide(file: Item, document: ParsedDocument) -> ParsedDocument:
        payer = _payer(file)
        version = (file["id"], int(file.get("version", 1)))
        with serving(payer), journal.around(payer, f"{version[0]}/{version[1]}", about=file["id"], found=lambda: {version}):
            return masking.masked(file["tenant"], file.get("data_class", "internal"), document)

    return hide


def _private(models: ModelClient, file: Item) -> tuple[str, ...]:
    """Why only private targets may see a file, if so."""
    return (f"class {file['data_class']}",) if file["data_class"] in models.router.routing.sensitive.data_classes else ()


def _payer(file: Item) -> Caller:
    return Caller(file["tenant"], file.get("uploaded_by") or INGEST, (), frozenset(), INGEST)


def _keeping(settings: Settings, library: Library, log: Telemetry) -> Keeping:
    dynamodb = aws.client("dynamodb")
    sessions = SessionStore(Table(dynamodb, settings.sessions_table, SessionStore.SPEC))
    feedback = FeedbackStore(Table(dynamodb, settings.feedback_table, FeedbackStore.SPEC))
    rules = RetentionStore(Table(dynamodb, settings.retention_table, RetentionStore.SPEC))
    return Keeping(library, sessions, feedback, rules, log, Holdings(dynamodb, settings.held_tables))


def _care(settings: Settings, tenants: TenantStore, keeping: Keeping) -> None:
    """Once a day: what tenants' rules let go, and the policies of the search domain, where there is one."""
    for tenant in tenants.list():
        keeping.apply(tenant["id"])
    if settings.snapshot_bucket and settings.snapshot_role and settings.vector_store_location:
        place = settings.vector_store_location
        look_after(place, bucket=settings.snapshot_bucket, role=settings.snapshot_role, days=settings.snapshot_days)
