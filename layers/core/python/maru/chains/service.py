"""Everything that runs consist of, wired from settings."""

from dataclasses import dataclass
from typing import Any, Self

from maru import aws
from maru.chains.approvals import ApprovalStore, Decision, may_decide
from maru.chains.feed import EventStore
from maru.chains.finishing import Finishing
from maru.chains.gates import Gates, waker
from maru.chains.notifying import Notifier
from maru.chains.programs import ProgramStore
from maru.chains.reading import Readings
from maru.chains.runs import RunStore, ended
from maru.chains.settings import ChainSettings, NotifySettings
from maru.chains.starting import Starter, Stopper
from maru.chains.steps import StepStore
from maru.chains.values import Values
from maru.dynamo import Item, Table, TableSpec
from maru.errors import Conflict
from maru.identity import Caller
from maru.knowledge.rights import Readable
from maru.plain import PlainDynamo
from maru.telemetry import Telemetry


@dataclass(frozen=True)
class Runs:
    """The stores of runs, and what starts and ends them; ``client`` is Step Functions'."""

    runs: RunStore
    steps: StepStore
    events: EventStore
    values: Values
    approvals: ApprovalStore
    programs: ProgramStore
    finishing: Finishing
    starter: Starter
    stopper: Stopper
    gates: Gates
    client: Any

    def readings(self, readable: Readable) -> Readings:
        """What gives runs to their readers; ``readable`` tells which documents those may read."""
        return Readings(self.runs, self.steps, self.approvals, self.values, readable)

    def decide(self, caller: Caller, approval_id: str, decision: Decision, reason: str, *, shown_hash: str | None = None) -> Item:
        """Decide about an approval and wake the machine that waits for it; gives the approval as it is then.

        Raises :class:`NotFound`, :class:`Forbidden`, and :class:`Conflict` with the cause why it is too late.
        """
        row = self.approvals.of(caller.tenant, approval_id)
        may_decide(row, caller)
        if shown_hash is not None and shown_hash != row["hash"]:
            raise Conflict("The approval is about something else than what you were shown.", code="approval_changed")
        run = self.runs.get(row["run_id"])
        if row["status"] == "pending" and (run is None or ended(run)):
            self.approvals.settle(row, "void")
            raise Conflict(f"The run has ended: it is {run['status'] if run else 'gone'}.", code="run_ended")
        if row["status"] == "pending" and run is not None and run["deadline_at"] <= self.runs.clock():
            self.approvals.settle(row, "expired")
            if row.get("token"):
                self.gates.wake(row["token"])  # the worker then ends the run, which the sweep would do minutes later
            raise Conflict("The run's deadline has passed.", code="run_expired")
        decided = self.approvals.decide(row, caller, decision, reason)
        told = {"type": "approval.decided", "step": row["path"], "approval_id": approval_id, "decision": decision}
        try:
            if run is not None:
                self.events.write(run, [told])
        finally:
            if decided.get("token"):
                self.gates.wake(decided["token"])
        return decided

    @classmethod
    def on(cls, tables: dict[str, Table], *, s3: Any, bucket: str, client: Any, log: Telemetry) -> Self:
        """The collaborators on these tables, by the names of their specifications."""
        runs, steps = RunStore(tables[RunStore.SPEC.name]), StepStore(tables[StepStore.SPEC.name])
        events, approvals = EventStore(tables[EventStore.SPEC.name]), ApprovalStore(tables[ApprovalStore.SPEC.name])
        values, programs = Values(s3, bucket), ProgramStore(tables[ProgramStore.SPEC.name])
        finishing = Finishing(runs, steps, events, approvals, log)
        return cls(
            runs=runs,
            steps=steps,
            events=events,
            values=values,
            approvals=approvals,
            programs=programs,
            finishing=finishing,
            starter=Starter(runs=runs, programs=programs, events=events, values=values, client=client),
            stopper=Stopper(finishing=finishing, runs=runs, client=client),
            gates=Gates(steps, approvals, waker(client)),
            client=client,
        )

    @classmethod
    def connect(cls, settings: ChainSettings, log: Telemetry) -> Self:
        """On what the settings name; makes no call."""
        client: Any = PlainDynamo.like(aws.client("dynamodb"))
        named = {spec.name: Table(client, str(getattr(settings, f"{spec.name}_table")), spec) for spec in SPECS}
        return cls.on(named, s3=aws.client("s3"), bucket=settings.bucket, client=aws.client("stepfunctions"), log=log)


#: The tables of runs.
SPECS: tuple[TableSpec, ...] = (RunStore.SPEC, StepStore.SPEC, EventStore.SPEC, ApprovalStore.SPEC, ProgramStore.SPEC)


def notifier(settings: NotifySettings) -> Notifier:
    """The way to the outside that the settings name; makes no call."""
    hosts = frozenset(settings.webhook_hosts)
    sns = aws.client("sns") if settings.notify_topic_arn else None
    return Notifier(topic_arn=settings.notify_topic_arn, hosts=hosts, secret=settings.webhook_secret, sns=sns)
