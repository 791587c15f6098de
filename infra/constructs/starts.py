"""What starts chains by themselves: two fixed rules of EventBridge and a clock, one queue, and dead letters behind it."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.ingestion import WorkQueue
from maru.chains.triggers import EVENTS

#: An event that finds its chain busy comes again after 15 s, 30 s … 15 min: some four hours in all.
_ATTEMPTS = 20


class Starts(WorkQueue):
    """Start events wait here for the triggers function; what it gives up lies in `dead` until an operator puts it back."""

    def __init__(self, scope: Construct, id_: str, *, function_timeout_s: int) -> None:
        super().__init__(scope, id_, function_timeout_s=function_timeout_s, attempts=_ATTEMPTS)

    def feed(self, door: s3.IBucket, worker: lambda_.Alias, sources_of_aws: Sequence[str]) -> None:
        """Fixed rules, whatever triggers tenants write: events in the bucket, those that name a tenant, services given to one."""
        about = {"bucket": {"name": [door.bucket_name]}, "object": {"key": [{"wildcard": f"*/{EVENTS}/*"}]}}
        self._rule("Drops", "Events for chains in the door bucket", ["aws.s3"], about, kinds=["Object Created"])
        others = events.Match.anything_but_prefix("aws.")
        self._rule("Events", "Events that name the tenant that they concern", others, {"tenant": events.Match.exists()})
        if sources_of_aws:
            self._rule("Services", "Events of AWS's services that the stage gave to a tenant", list(sources_of_aws), None)
        worker.add_event_source(sources.SqsEventSource(self.queue, batch_size=10, report_batch_item_failures=True, max_concurrency=5))
        clock = events.Rule(self, "Clock", description="Schedules of chains", schedule=events.Schedule.rate(cdk.Duration.minutes(1)))
        tick = events.RuleTargetInput.from_object({"task": "tick"})
        # A lost minute is made up for by the next.
        clock.add_target(targets.LambdaFunction(worker, event=tick, retry_attempts=0, max_event_age=cdk.Duration.minutes(1)))

    def _rule(
        self, id_: str, description: str, source: list[str], detail: dict[str, object] | None, *, kinds: list[str] | None = None
    ) -> None:
        pattern = events.EventPattern(source=source, detail_type=kinds, detail=detail)
        rule = events.Rule(self, id_, description=description, event_pattern=pattern)
        day = cdk.Duration.hours(24)
        rule.add_target(targets.SqsQueue(self.queue, dead_letter_queue=self.dead, max_event_age=day, retry_attempts=20))
