"""Starting runs, and ending them from outside."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from maru.chains.feed import EventStore
from maru.chains.finishing import Finishing
from maru.chains.inputs import demand_input
from maru.chains.programs import ProgramStore
from maru.chains.runs import RunStore, caller_row, ended
from maru.chains.store import ChainVersion
from maru.chains.values import Values, canonical
from maru.dynamo import ConditionFailed, Item
from maru.errors import BadRequest, Conflict, Unavailable
from maru.identity import Caller
from maru.ids import new_id
from maru.ledger.plans import NANO
from maru.tracing import onward


@dataclass(frozen=True)
class Wanted:
    """What a run is to be: ``cost_cap_usd`` and ``deadline_seconds`` may only narrow the chain's own.

    ``replay_of`` names an earlier run; steps with equal questions are taken from it, but those at the paths ``fresh``, and none
    that found documents under other rights than the caller's.
    ``prompts`` maps names of prompts to the versions that stand in place of those the chain names. ``trigger`` is what started it by
    itself: ``{id, kind, event}``; ``behind`` are then those who stand behind it, its owner first (default: the caller).
    """

    input: Any
    cost_cap_usd: float | None = None
    deadline_seconds: int | None = None
    key: str | None = None
    replay_of: str | None = None
    fresh: tuple[str, ...] = ()
    prompts: dict[str, str] = field(default_factory=dict)
    trigger: dict[str, str] | None = None
    behind: tuple[str, ...] | None = None


class Starter:
    """Starts executions: the run's row is written first, so that what was taken on is never lost."""

    def __init__(self, *, runs: RunStore, programs: ProgramStore, events: EventStore, values: Values, client: Any) -> None:
        self._runs, self._programs, self._events, self._values, self._client = runs, programs, events, values, client

    def start(self, caller: Caller, version: ChainVersion, machine: str, wanted: Wanted) -> Item:
        """Begin a run; the same Idempotency-Key gives the run that it began before.

        Raises :class:`BadRequest` for an input that the chain's schema refuses, and :class:`RateLimited` above its concurrency.
        """
        demand_input(version.chain.input, wanted.input, _bad_input)
        run_id = run_id_of(caller, version.name, wanted.key)
        row = self._row(caller, version, machine, wanted, run_id)
        try:
            self._runs.create(row, limit=version.chain.concurrency)
        except ConditionFailed:
            found = self._runs.of(caller.tenant, run_id)
            if found["asked"] != row["asked"]:
                raise Conflict("This Idempotency-Key began another run. Use a new key.", param="Idempotency-Key") from None
            return found
        begun = self._runs.of(caller.tenant, run_id)
        self._events.write(begun, [{"type": "run.started", "chain": version.name, "version": version.version}])
        self.execute(begun, run_id)
        return self._runs.of(caller.tenant, run_id)

    def execute(self, run: Item, name: str) -> None:
        """Start an execution of a run under a name; one of that name counts as started."""
        begin = canonical({"run": run["run_id"], "at": "", "scope": ""})
        try:
            arn = self._client.start_execution(stateMachineArn=run["machine"], name=name, input=begin, **onward())["executionArn"]
        except self._client.exceptions.ExecutionAlreadyExists:
            return
        except (BotoCoreError, ClientError) as error:
            # The row stands: the next sweep starts it. The caller learns that it waits.
            raise Unavailable("The run was taken on and starts within minutes: Step Functions does not answer at present.") from error
        try:
            self._runs.set(run["run_id"], {"execution_arn": arn, "execution": name})
        except ConditionFailed:
            return  # it has ended already

    def _row(self, caller: Caller, version: ChainVersion, machine: str, wanted: Wanted, run_id: str) -> Item:
        chain, now = version.chain, time.time()
        caps = [cap for cap in (chain.cost_cap_usd, wanted.cost_cap_usd) if cap is not None]
        seconds = min(chain.deadline_seconds, wanted.deadline_seconds or chain.deadline_seconds)
        row: Item = {
            "run_id": run_id,
            "tenant": caller.tenant,
            "chain": version.name,
            "version": version.version,
            "program": self._programs.keep(version.program),
            "machine": machine,
            "input": self._values.put(f"{caller.tenant}/{run_id}", wanted.input),
            "caller": caller_row(caller),
            "behind": [caller.user] if wanted.behind is None else list(wanted.behind),
            "deadline_at": now + seconds,
            "tries": 0,
            "asked": hashlib.sha256(canonical([wanted.input, version.version, wanted.prompts, wanted.replay_of]).encode()).hexdigest(),
        }
        optional: Item = {"cap_nanodollars": int(min(caps) * NANO) if caps else None, "replay_of": wanted.replay_of}
        optional |= {
            "replay_fresh": list(wanted.fresh) or None,
            "prompts": wanted.prompts or None,
            "trigger": wanted.trigger,
            "asked_cap_usd": wanted.cost_cap_usd,
            "asked_seconds": wanted.deadline_seconds,
        }
        return row | {name: value for name, value in optional.items() if value is not None}


class Stopper:
    """Cancels runs."""

    def __init__(self, *, finishing: Finishing, runs: RunStore, client: Any) -> None:
        self._finishing, self._runs, self._client = finishing, runs, client

    def cancel(self, tenant: str, run_id: str, user: str) -> Item:
        """End a run now; raises :class:`NotFound`, and :class:`Conflict` for one that has ended."""
        run = self._runs.of(tenant, run_id)
        ended = self._finishing.end(run, "cancelled", cancelled_by=user)
        if ended is None:
            raise Conflict(f"The run has ended: it is {self._runs.of(tenant, run_id)['status']}.", code="run_ended")
        if run.get("execution_arn"):
            stop(self._client, run["execution_arn"], "The run was cancelled.")
        return ended


def stop(client: Any, arn: str, cause: str) -> None:
    """Stop the execution of a run that has ended."""
    try:
        client.stop_execution(executionArn=arn, error="RunStopped", cause=cause)
    except ClientError as error:
        # It came to its end meanwhile; the run's row says how it ended.
        if error.response["Error"]["Code"] not in {"ExecutionDoesNotExist", "ValidationException"}:
            raise


def run_id_of(caller: Caller, chain: str, key: str | None) -> str:
    """The id of a run, which is its execution's name: decided by the Idempotency-Key where there is one."""
    if key is None:
        return new_id("run_")
    place = canonical([caller.tenant, caller.user, chain, key])
    return "run_" + hashlib.sha256(place.encode()).hexdigest()[:24]


def _bad_input(message: str) -> Exception:
    return BadRequest(message, param=message.split("'")[1])


def wait_for_end(runs: RunStore, tenant: str, run_id: str, seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> Item:
    """The run once it has ended, or as it is after ``seconds``."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while True:
        row = runs.of(tenant, run_id)
        if ended(row) or time.monotonic() + pause > deadline:
            return row
        sleep(pause)
        pause = min(0.5, pause * 1.5)
