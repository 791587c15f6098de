"""From an event to runs: which tenant it concerns, which triggers take it, and what their chains are given."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from maru.chains.arming import Armed, TriggerStore
from maru.chains.dropped import Dropped, identity
from maru.chains.expressions import ExpressionError, Scope, evaluate, truthy
from maru.chains.starting import Starter, Wanted
from maru.chains.store import SHIPPED, ChainStore, ChainVersion
from maru.chains.triggers import EventTrigger, S3Trigger
from maru.dynamo import Item
from maru.errors import BadRequest, Conflict, MaruError, NotFound, RateLimited
from maru.telemetry import Telemetry

_AWS = "aws."
_CREATED = "Object Created"


class Put(Protocol):
    """Puts a start event into the queue."""

    def __call__(self, message: Item) -> None: ...


@dataclass(frozen=True)
class Happened:
    """An event of one tenant. ``id`` is the same however often it is told; ``seen`` is what triggers' expressions see."""

    tenant: str
    kind: str
    id: str
    seen: Mapping[str, Any]


class Dispatcher:
    """``machine_of`` says where a version's executions start; ``tenants_of`` maps sources of AWS to the tenant they concern."""

    def __init__(
        self,
        *,
        chains: ChainStore,
        triggers: TriggerStore,
        starter: Starter,
        dropped: Dropped,
        machine_of: Callable[[ChainVersion], str],
        tenant_exists: Callable[[str], bool],
        tenants_of: Mapping[str, str],
        log: Telemetry,
    ) -> None:
        self._chains, self._triggers, self._starter, self._dropped = chains, triggers, starter, dropped
        self._machine_of, self._tenant_exists, self._tenants_of, self._log = machine_of, tenant_exists, tenants_of, log

    def take(self, message: Mapping[str, Any]) -> list[str]:
        """Start what an event starts; gives the runs' ids, those that an earlier telling began among them.

        Raises :class:`RateLimited` where a chain's concurrency is reached, and :class:`BadRequest` for an event that a trigger cannot take,
        after all triggers had their turn.
        """
        if "schedule" in message:
            return self._scheduled(message["schedule"])
        happened = self._happened(message)
        if happened is None or not self._tenant_exists(happened.tenant):
            return []
        taking = list(self._taking(happened))
        read = self._read(happened, message) if taking else None
        return self._start_each(taking, read) if read else []

    def tick(self, put: Put) -> int:
        """Put the schedules whose moment has come into the queue; gives how many."""
        count = 0
        for armed, due in list(self._triggers.due()):
            # Put first: a crash between the two puts it twice, and a moment of a schedule starts one run.
            put({"schedule": {"tenant": armed.tenant, "chain": armed.chain, "trigger": armed.trigger.id, "due": due}})
            self._triggers.pass_(armed, due)
            count += 1
        return count

    def _start_each(self, taking: list[Armed], happened: Happened) -> list[str]:
        begun: list[str] = []
        failed: list[Exception] = []
        for armed in taking:
            try:
                begun += self._start(armed, happened)
            except Exception as error:  # noqa: BLE001 - one trigger's trouble is not another's; raised below
                self._told(armed, error)
                failed.append(error)
        if failed:
            raise min(failed, key=permanent)
        return begun

    def _scheduled(self, told: Mapping[str, str]) -> list[str]:
        armed = self._triggers.find(told["tenant"], told["chain"], told["trigger"])
        if armed is None or armed.trigger.kind != "schedule":
            return []
        seen = {"trigger": armed.trigger.id, "scheduled_at": told["due"]}
        try:
            return self._start(armed, Happened(armed.tenant, "schedule", told["due"], seen))
        except Exception as error:
            self._told(armed, error)
            raise

    def _happened(self, message: Mapping[str, Any]) -> Happened | None:
        source, detail = str(message["source"]), message["detail"]
        if source == "aws.s3":
            place = self._dropped.place(detail) if message["detail-type"] == _CREATED else None
            return Happened(place[0], "s3", identity(detail), {"name": place[1]}) if place else None
        # Nobody but AWS puts events of a source `aws.…`: what those say of tenants is not theirs to say.
        tenant = self._tenants_of.get(source) if source.startswith(_AWS) else detail.get("tenant")
        if not isinstance(tenant, str):
            return None
        names = {"id": "id", "source": "source", "detail_type": "detail-type", "time": "time", "region": "region", "resources": "resources"}
        seen = {name: message.get(key) for name, key in names.items()} | {"detail": detail}
        return Happened(tenant, "event", str(message["id"]), seen)

    def _read(self, happened: Happened, message: Mapping[str, Any]) -> Happened | None:
        """The event with what an object holds; None where that is gone."""
        if happened.kind != "s3":
            return happened
        seen = self._dropped.event(message["detail"], str(happened.seen["name"]), str(message["time"]))
        return replace(happened, seen=seen) if seen is not None else None

    def _taking(self, happened: Happened) -> Iterator[Armed]:
        for armed in (*self._triggers.of(happened.tenant), *self._shipped(happened.tenant)):
            if armed.trigger.kind == happened.kind and _takes(armed.trigger, happened.seen):
                yield armed

    def _shipped(self, tenant: str) -> Iterator[Armed]:
        """Triggers of the catalogue's chains, as far as the tenant has none of its own in their place."""
        for name, program in self._chains.shipped.items():
            if program.chain.triggers and self._chains.find(tenant, name).version == SHIPPED:
                yield from (Armed(tenant, name, SHIPPED, one) for one in program.chain.triggers)

    def _start(self, armed: Armed, happened: Happened) -> list[str]:
        if not self._chains.enabled(armed.tenant, armed.chain):
            return []
        try:
            version = self._chains.find(armed.tenant, armed.chain, str(armed.version))
        except NotFound:
            return []  # deleted at this moment
        about = {"id": armed.trigger.id, "kind": armed.trigger.kind, "event": happened.id}
        wanted = Wanted(_input(armed, happened), key=f"trigger:{armed.trigger.id}:{happened.id}", trigger=about, behind=armed.behind)
        try:
            run = self._starter.start(armed.caller(), version, self._machine_of(version), wanted)
        except Conflict:
            return []  # an earlier telling began its run, of the version before this one
        self._log.metric({"chain": armed.chain}, {"triggered": 1})
        return [str(run["run_id"])]

    def _told(self, armed: Armed, error: Exception) -> None:
        about = {"tenant": armed.tenant, "chain": armed.chain, "trigger": armed.trigger.id}
        if isinstance(error, RateLimited):
            self._log.log("INFO", "start event waits", code=error.code, **about)
            return
        self._log.failure("not triggered", error, **about)
        self._log.metric({"chain": armed.chain}, {"trigger_failures": 1})


def permanent(error: Exception) -> bool:
    """Whether an event fails however often it comes, until somebody mends the chain or the event."""
    return isinstance(error, MaruError) and error.status < 500 and not isinstance(error, RateLimited)


def _takes(trigger: Any, seen: Mapping[str, Any]) -> bool:
    if isinstance(trigger, S3Trigger):
        return str(seen["name"]).startswith(trigger.prefix) and str(seen["name"]).endswith(trigger.suffix)
    if not isinstance(trigger, EventTrigger) or seen["source"] not in trigger.source:
        return False
    if trigger.detail_type and seen["detail_type"] not in trigger.detail_type:
        return False
    try:
        return trigger.when is None or truthy(evaluate(trigger.when, Scope({"input": seen})))
    except ExpressionError:
        return False  # it asks for what this event does not have


def _input(armed: Armed, happened: Happened) -> Any:
    try:
        return evaluate(armed.trigger.input, Scope({"input": happened.seen}, seed=happened.id))
    except ExpressionError as error:
        raise BadRequest(f"The 'input' of the trigger '{armed.trigger.id}' fails: {error}.", param="input") from error
