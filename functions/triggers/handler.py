"""Takes start events from their queue, and each minute puts the schedules that are due into it."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.triggers.settings import Settings
from maru import aws, tracing
from maru.chains.arming import TriggerStore
from maru.chains.dispatching import Dispatcher, permanent
from maru.chains.dropped import Dropped
from maru.chains.publishing import machine_of
from maru.chains.service import Runs
from maru.chains.store import ChainStore, load
from maru.dynamo import Item, Table
from maru.errors import MaruError
from maru.identity.directory import TenantStore
from maru.telemetry import Telemetry

#: How long an event that cannot be taken now is hidden, doubled each time it came; at the 20th the queue gives it up, after some 4 hours.
_FIRST_WAIT, _LONGEST_WAIT = 15, 900


@dataclass(frozen=True)
class Queue:
    """The queue of start events, and the one behind it for those that were given up."""

    sqs: Any
    url: str
    dead_url: str

    def put(self, message: Item) -> None:
        """Add a start event."""
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(message))

    def give_up(self, record: Item, error: MaruError) -> None:
        """Lay an event aside that fails however often it comes; whoever mends the cause puts it back."""
        cause = {"cause": {"DataType": "String", "StringValue": error.code}}
        self.sqs.send_message(QueueUrl=self.dead_url, MessageBody=record["body"], MessageAttributes=cause)

    def later(self, record: Item) -> None:
        """Let an event come again, the later the more often it came."""
        came = int(record["attributes"]["ApproximateReceiveCount"])
        seconds = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(came - 1, 10))
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    with tracing.invocation():
        return handle(*_built(), event)


def handle(dispatcher: Dispatcher, queue: Queue, log: Telemetry, event: dict[str, Any]) -> dict[str, Any]:
    """Do every event of a batch and name those that are to come again; or look at the clock."""
    if event.get("task") == "tick":
        return {"put": dispatcher.tick(queue.put)}
    again = [record["messageId"] for record in event["Records"] if not _taken(dispatcher, queue, log, record)]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in again]}


def _taken(dispatcher: Dispatcher, queue: Queue, log: Telemetry, record: Item) -> bool:
    try:
        dispatcher.take(json.loads(record["body"]))
    except MaruError as error:
        if not permanent(error):
            return _again(queue, log, record)
        queue.give_up(record, error)
    except Exception as error:  # noqa: BLE001 - the queue counts how often it came, and gives it up in the end
        log.failure("start event failed", error, message_id=record["messageId"])
        return _again(queue, log, record)
    return True


def _again(queue: Queue, log: Telemetry, record: Item) -> bool:
    try:
        queue.later(record)
    except Exception as error:  # noqa: BLE001 - it comes again after the queue's own time
        log.failure("not put off", error, message_id=record["messageId"])
    return False


@cache
def _built() -> tuple[Dispatcher, Queue, Telemetry]:
    settings = Settings.from_env(os.environ)
    log = Telemetry(settings.function)
    return dispatcher_on(settings, Runs.connect(settings, log), log), Queue(*_queues(settings)), log


def dispatcher_on(settings: Settings, runs: Runs, log: Telemetry) -> Dispatcher:
    """The dispatcher on what the settings name."""
    dynamodb = aws.client("dynamodb")
    exists: Callable[[str], bool] = TenantStore(Table(dynamodb, settings.tenants_table, TenantStore.SPEC)).exists
    return Dispatcher(
        chains=ChainStore(Table(dynamodb, settings.chains_table, ChainStore.SPEC), load(settings.catalogue)),
        triggers=TriggerStore(Table(dynamodb, settings.chain_triggers_table, TriggerStore.SPEC)),
        starter=runs.starter,
        dropped=Dropped(aws.client("s3"), settings.door_bucket),
        machine_of=lambda version: machine_of(version, settings.shipped_machines),
        tenant_exists=exists,
        tenants_of=settings.event_tenants,
        log=log,
    )


def _queues(settings: Settings) -> tuple[Any, str, str]:
    return aws.client("sqs"), settings.start_queue_url, settings.start_dead_url
