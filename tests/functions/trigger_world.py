"""The triggers function on the in-memory AWS: its queues, the S3 door, and chains that run in this process."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from functions.triggers.handler import Queue, handle
from maru.chains.compiler import Worker, compile_program
from maru.chains.dispatching import Dispatcher
from maru.chains.dropped import Dropped
from maru.chains.program import Program
from maru.dynamo import Item
from maru.knowledge.dead_letters import DeadLetters
from maru.telemetry import Telemetry
from tests.chain_world import World
from tests.conftest import BUCKET
from tests.samples import sample

TENANTS = frozenset({"acme", "other"})
RECORD = "triggers/event_put"


@dataclass
class Triggers:
    """The function, and what tests look at."""

    here: World
    dispatcher: Dispatcher
    queue: Queue
    dead: DeadLetters
    log: Telemetry
    s3: Any
    #: Machines of shipped chains, by name.
    machines: dict[str, str]
    now: datetime

    def handle(self, event: Item) -> Item:
        """Lambda's event."""
        return handle(self.dispatcher, self.queue, self.log, event)

    def put(self, **values: str) -> Item:
        """An event on the bus."""
        told = {"ID": "e1", "SOURCE": "maru.documents", "TENANT": "acme", "CHUNKS": "3", "RECEIPT": "none"}
        return self.handle(sample(RECORD, **{**told, **values}))

    def drop(self, key: str, body: bytes, *, sequencer: str = "0066C1", received: int = 1, receipt: str = "none") -> Item:
        """An object written to the door, and S3's event about it."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        told = {"KEY": key, "SIZE": str(len(body)), "SEQUENCER": sequencer, "RECEIVED": str(received), "RECEIPT": receipt}
        return self.handle(sample("triggers/events_dropped", **told))

    def drain(self) -> list[Item]:
        """Every message of the queue, each handled alone; gives the answers."""
        answers = []
        while messages := self.queue.sqs.receive_message(QueueUrl=self.queue.url, AttributeNames=["All"]).get("Messages"):
            for one in messages:
                record = {"messageId": one["MessageId"], "receiptHandle": one["ReceiptHandle"], "body": one["Body"]}
                answers.append(self.handle({"Records": [{**record, "attributes": one["Attributes"]}]}))
                if not answers[-1]["batchItemFailures"]:
                    self.queue.sqs.delete_message(QueueUrl=self.queue.url, ReceiptHandle=one["ReceiptHandle"])
        return answers

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def runs(self, chain: str | None = None, tenant: str = "acme") -> list[Item]:
        """The tenant's runs once they have ended, oldest first, each with its input and output."""
        rows = [self.here.end(row["run_id"], tenant) for row in self.here.engine.runs.listed(tenant, chain=chain)][::-1]
        values = self.here.engine.values
        return [
            {**row, "input": values.get(row["input"]), "output": values.get(row["output"]) if "output" in row else None} for row in rows
        ]

    def dead_letters(self) -> list[Item]:
        """What was given up, with its cause."""
        told = self.queue.sqs.receive_message(
            QueueUrl=self.queue.dead_url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        return [
            {"body": json.loads(one["Body"]), "cause": one["MessageAttributes"]["cause"]["StringValue"]} for one in told.get("Messages", [])
        ]


def machine_for(here: World, program: Program) -> str:
    """The machine of a shipped chain, as the stack makes it."""
    definition = compile_program(program, Worker("arn:aws:lambda:r:0:function:step:live"))
    made = here.machines.create_state_machine(
        name=f"maru-test-shipped-{program.chain.chain}", definition=json.dumps(definition), publish=True
    )
    return str(made["stateMachineVersionArn"])


def triggers(here: World, s3: Any) -> Triggers:
    """The function on a world; its clock begins on Thursday, 15 January 2026 at 00:30 UTC."""
    sqs = boto3.client("sqs")
    url, dead_url = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("starts", "lost-starts"))
    log = Telemetry("triggers", stream=here.lines)
    machines: dict[str, str] = {}
    dispatcher = Dispatcher(
        chains=here.chains,
        triggers=here.triggers,
        starter=here.engine.starter,
        dropped=Dropped(s3, BUCKET),
        machine_of=lambda version: machines.get(version.name) or here.publisher.machine_of(version),
        tenant_exists=TENANTS.__contains__,
        tenants_of={"aws.guardduty": "acme"},
        log=log,
    )
    made = Triggers(
        here,
        dispatcher,
        Queue(sqs, url, dead_url),
        DeadLetters(sqs, url, dead_url),
        log,
        s3,
        machines,
        datetime(2026, 1, 15, 0, 30, tzinfo=UTC),
    )
    here.triggers.now = lambda: made.now
    return made
