"""The way of documents: S3's events through a queue to the ingest function, with a dead-letter queue behind it."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

_ATTEMPTS = 4


class WorkQueue(Construct):
    """Messages for a function, and behind them in `dead` those that were taken `attempts` times in vain.

    They are hidden six times as long as the function may run, as AWS asks of event sources.
    """

    def __init__(self, scope: Construct, id_: str, *, function_timeout_s: int, attempts: int) -> None:
        super().__init__(scope, id_)
        self.dead = sqs.Queue(
            self, "Dead", encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True, retention_period=cdk.Duration.days(14)
        )  # fmt: skip
        self._hidden = cdk.Duration.seconds(6 * function_timeout_s)
        self._behind = sqs.DeadLetterQueue(queue=self.dead, max_receive_count=attempts)
        self.queue = self._queue("Queue")

    def _queue(self, id_: str) -> sqs.Queue:
        return sqs.Queue(
            self,
            id_,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=self._hidden,
            retention_period=cdk.Duration.days(4),
            dead_letter_queue=self._behind,
        )


class IngestQueue(WorkQueue):
    """What is to be ingested, and beside it `errands`: S3's events and other jobs of one tenant, past which its documents may pile up."""

    def __init__(self, scope: Construct, id_: str, *, function_timeout_s: int) -> None:
        super().__init__(scope, id_, function_timeout_s=function_timeout_s, attempts=_ATTEMPTS)
        self.errands = self._queue("Errands")

    def allow_sending(self, to: iam.IGrantable) -> None:
        """Grant sending to either queue."""
        for queue in (self.queue, self.errands):
            queue.grant(to, "sqs:SendMessage")


def feed_from_bucket(scope: Construct, bucket: s3.IBucket, queue: IngestQueue) -> None:
    """Objects that come or go in `bucket` arrive among the errands; what EventBridge cannot deliver goes to the dead letters."""
    pattern = events.EventPattern(
        source=["aws.s3"],
        detail_type=["Object Created", "Object Deleted"],
        detail={"bucket": {"name": [bucket.bucket_name]}},
    )
    rule = events.Rule(scope, "DoorEvents", description="Documents dropped into or deleted from the door bucket", event_pattern=pattern)
    rule.add_target(targets.SqsQueue(queue.errands, dead_letter_queue=queue.dead, max_event_age=cdk.Duration.hours(24), retry_attempts=20))


def consume(alias: lambda_.Alias, queue: IngestQueue, *, batch: int, concurrency: int) -> None:
    """Let the function take messages of either queue; those that fail come back alone, not with their batch."""
    for taken in (queue.queue, queue.errands):
        alias.add_event_source(
            sources.SqsEventSource(taken, batch_size=batch, report_batch_item_failures=True, max_concurrency=concurrency)
        )  # fmt: skip


def sweep(scope: Construct, id_: str, alias: lambda_.Alias, queue: IngestQueue, *, description: str) -> None:
    """Every five minutes, call a worker for what was begun and never finished. Calls that EventBridge cannot deliver end in the
    dead letters; of those that Lambda gives up an alarm tells (`Watch`).
    """
    rule = events.Rule(scope, id_, description=description, schedule=events.Schedule.rate(cdk.Duration.minutes(5)))
    rule.add_target(
        targets.LambdaFunction(alias, dead_letter_queue=queue.dead, event=events.RuleTargetInput.from_object({"task": "sweep"}))
    )


def care(scope: Construct, id_: str, alias: lambda_.Alias, queue: IngestQueue) -> None:
    """Once a day, put the search domain's own policies (snapshots, index state) in force: CloudFormation does not reach inside it."""
    rule = events.Rule(scope, id_, description="Snapshots and index policies", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    rule.add_target(targets.LambdaFunction(alias, dead_letter_queue=queue.dead, event=events.RuleTargetInput.from_object({"task": "care"})))
