"""Chains on the in-memory AWS: published, started and performed as in production, with machines that run in this process."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from maru.chains.arming import TriggerStore
from maru.chains.document import Chain
from maru.chains.evidence import Evidence
from maru.chains.known import known
from maru.chains.notifying import Notifier
from maru.chains.performing import Services
from maru.chains.publishing import MachineSettings, Publisher
from maru.chains.reading import Readings
from maru.chains.runs import ended
from maru.chains.service import SPECS, Runs
from maru.chains.starting import Wanted, wait_for_end
from maru.chains.store import ChainStore
from maru.chains.sweeping import Sweeper
from maru.chains.worker import Worker
from maru.dynamo import Item, Table
from maru.guard.journal import Journal
from maru.guard.policies import PolicyStore
from maru.guard.providers.paid import guards
from maru.identity import Caller
from maru.identity.caller import ROLES
from maru.knowledge.blobs import Blobs
from maru.knowledge.file_pages import PageReader
from maru.knowledge.files import FileStore
from maru.knowledge.renderings import RenderingStore
from maru.ledger.meter import Meter
from maru.models import Catalogue, KeyRing, ModelClient
from maru.prompts.store import PromptStore
from maru.telemetry import Telemetry
from tests.conftest import BUCKET, MakeTable
from tests.fakes.passages import Passages
from tests.fakes.step_functions import FakeStepFunctions
from tests.guarding import policies_on, untold
from tests.ledger import meter_on
from tests.patience import PATIENT

MINJI = Caller("acme", "minji", ("hr",), ROLES["builder"], "key")
BOSS = Caller("acme", "boss", ("leads",), ROLES["admin"], "key2")


@dataclass
class Sns:
    """A topic that remembers."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **message: Any) -> None:
        """Take a message."""
        self.sent.append(message)


@dataclass
class World:
    """Everything of chains for tests."""

    engine: Runs
    machines: FakeStepFunctions
    worker: Worker
    chains: ChainStore
    publisher: Publisher
    prompts: PromptStore
    sns: Sns
    sweeper: Sweeper
    lines: io.StringIO
    triggers: TriggerStore
    policies: PolicyStore
    meter: Meter
    readings: Readings
    files: FileStore
    renderings: RenderingStore

    def publish(self, text: str | Mapping[str, Any], caller: Caller = MINJI) -> Chain:
        """Publish a chain and let `live` stand on it."""
        made = self.publisher.publish(caller, text if isinstance(text, str) else json.dumps(text))
        self.chains.label(caller.tenant, made.name, "live", made.version)
        self.publisher.alias(caller, made, "live")
        return made.chain

    def start(self, name: str, given: Any = None, caller: Caller = MINJI, **wanted: Any) -> str:
        """Start a run of what `live` stands on; gives its id."""
        version = self.chains.find(caller.tenant, name)
        row = self.engine.starter.start(
            caller, version, self.publisher.machine_of(version), Wanted({} if given is None else given, **wanted)
        )
        return str(row["run_id"])

    def end(self, run_id: str, tenant: str = "acme", seconds: float = 30) -> Item:
        """The run's row once it has ended."""
        row = wait_for_end(self.engine.runs, tenant, run_id, seconds)
        assert ended(row), f"the run does not end: {row}"
        return row

    def run(self, name: str, given: Any = None, *, seconds: float = 30, **wanted: Any) -> Item:
        """Start a run and wait for its end; ``output`` is its value."""
        row = self.end(self.start(name, given, **wanted), seconds=seconds)
        return {**row, "output": self.engine.values.get(row["output"]) if "output" in row else None}

    def steps(self, run_id: str) -> dict[str, Item]:
        """The states of its steps by path."""
        return {row["path"]: row for row in self.engine.steps.below(run_id)}

    def events(self, run_id: str) -> list[Item]:
        """Its events in order."""
        return [event for row in self.engine.events.after(run_id, 0) for event in row["events"]]

    def waiting(self, run_id: str) -> Item:
        """The approval that a run waits for."""
        import time

        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = [one for one in self.engine.approvals.listed("acme", "pending") if one["run_id"] == run_id and one.get("token")]
            if found:
                return found[0]
            time.sleep(0.02)
        raise AssertionError("the run asked for no approval")


def world(
    make_table: MakeTable,
    s3: Any,
    base_url: str,
    *,
    price: Mapping[str, Any] | None = None,
    hosts: frozenset[str] = frozenset(),
    passages: Any = None,
    private: bool | None = None,
    journal: Journal | None = None,
    evidence: Evidence | None = None,
    **notify: Any,
) -> World:
    """A world whose alias `scripted` (and `default`, `small`, `large`) leads to ``base_url``; ``passages`` is what searches find, and
    without it there is no vector store."""
    from functions.step.handler import sweeper_on

    target: dict[str, Any] = {"model": "scripted", "base_url": base_url, "private": private}
    target["price"] = dict(price or {"input": 2, "output": 10})
    abilities = ["stream", "json_schema", "json_object"]
    entries = [
        {"alias": name, "kind": "chat", "abilities": abilities, "targets": [target]} for name in ("scripted", "default", "small", "large")
    ]
    dead = {"model": "x", "base_url": "http://127.0.0.1:9/v1", "price": {"input": 1, "output": 1}}
    entries.append({"alias": "dead", "kind": "chat", "abilities": abilities, "targets": [dead]})
    models = ModelClient(Catalogue({"models": entries}, {}), KeyRing({}), PATIENT)
    dynamodb, lines = boto3.client("dynamodb"), io.StringIO()
    log, machines, sns = Telemetry("step", stream=lines), FakeStepFunctions(), Sns()
    tables: dict[str, Table] = {spec.name: make_table(spec) for spec in SPECS}
    engine = Runs.on(tables, s3=s3, bucket=BUCKET, client=machines, log=log)
    prompts, policies = PromptStore(make_table(PromptStore.SPEC)), policies_on(dynamodb)
    notifier = Notifier(topic_arn="arn:aws:sns:r:0:t", hosts=hosts, secret=lambda: "secret", sns=sns, **notify)
    files, renderings = FileStore(make_table(FileStore.SPEC)), RenderingStore(make_table(RenderingStore.SPEC), Blobs(s3, BUCKET))
    readable = files.readable if passages is None else passages.visible
    searched: Any = Passages(store="") if passages is None else passages
    services = Services(
        models=models,
        meter=meter_on(dynamodb),
        retriever=lambda _: searched,
        pages=PageReader(files, renderings),
        readable=readable,
        guard=guards(models, KeyRing({}), log),
        policies=policies,
        journal=journal or untold(),
        evidence=evidence or Evidence(Unread()),  # type: ignore[arg-type]  # as far as it is asked
        prompts=prompts,
        approvals=engine.approvals,
        notifier=notifier,
        log=log,
    )
    worker = Worker(
        services,
        runs=engine.runs,
        steps=engine.steps,
        events=engine.events,
        values=engine.values,
        programs=engine.programs,
        gates=engine.gates,
    )
    machines.invoke = worker.handle
    chains = ChainStore(make_table(ChainStore.SPEC), {})
    settings = MachineSettings(
        stage="test",
        step_function_arn="arn:aws:lambda:r:0:function:step:live",
        chain_role_arn="arn:aws:iam::0:role/chains",
        machine_arn_prefix="arn:aws:states:r:0:stateMachine:maru-test-",
        webhook_hosts=tuple(hosts),
    )
    triggers = TriggerStore(make_table(TriggerStore.SPEC))
    publisher = Publisher(settings, chains, machines, known(models.catalogue, prompts, policies, hosts), triggers)
    readings = engine.readings(readable)
    sweeper = sweeper_on(engine, None, log)
    meter = services.meter
    return World(
        engine, machines, worker, chains, publisher, prompts, sns, sweeper, lines, triggers, policies, meter, readings, files, renderings
    )


class Unread:
    """A trail that keeps nothing."""

    def note(self, *_: Any) -> None:
        """Pass over what was read."""
