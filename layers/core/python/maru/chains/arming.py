"""Which triggers are armed: those of the version on which a tenant's ``live`` stands, and schedules with their next moment."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from maru.chains.document import Chain
from maru.chains.triggers import RunAs, ScheduleTrigger, Trigger
from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.identity import Caller

#: The label whose version's triggers are armed.
ARMED = "live"
_CLOCKED = "yes"
_READER: TypeAdapter[Any] = TypeAdapter(Trigger)
_SCOPES = frozenset({"chains", "chat", "knowledge:read"})


@dataclass(frozen=True)
class Armed:
    """A trigger, and the version of the chain that it starts; ``behind`` are who published that version and who armed it."""

    tenant: str
    chain: str
    version: int
    trigger: Any
    behind: tuple[str, ...] = ()

    def caller(self) -> Caller:
        """Under whose rights its runs are."""
        who = self.trigger.run_as
        return Caller(self.tenant, who.user or f"trigger:{self.chain}", who.groups, _SCOPES, f"trigger:{self.chain}/{self.trigger.id}")


class TriggerStore:
    """The table of armed triggers by tenant and ``{chain}#{id}``; ``clock`` and ``due`` stand in the rows of schedules."""

    SPEC = TableSpec("chain_triggers", key="tenant", sort="sk", indexes=(IndexSpec("by_due", "clock", "due"),))

    def __init__(self, table: Table, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._table, self.now = table, now

    def arm(self, tenant: str, name: str, version: int, chain: Chain, *, behind: Sequence[str]) -> None:
        """Let the triggers of a version be those of its chain; a schedule that stays as it was keeps its next moment.

        ``behind`` are those who answer for what it starts, the owner of its runs first: none of them decides about its approvals.
        """
        before = {row["sk"]: row for row in self._rows(tenant, name)}
        for trigger in chain.triggers:
            told = trigger.model_dump(mode="json")
            row: Item = {"tenant": tenant, "sk": f"{name}#{trigger.id}", "chain": name, "version": version, "trigger": told}
            row["behind"] = list(behind)
            old = before.pop(row["sk"], {})
            if isinstance(trigger, ScheduleTrigger):
                same = _when(old.get("trigger")) == _when(told)
                row |= {"clock": _CLOCKED, "due": old["due"] if same else stamp(trigger.after(self.now()))}
            self._table.put(row)
        for sk in before:
            self._table.delete({"tenant": tenant, "sk": sk})

    def disarm(self, tenant: str, name: str) -> None:
        """Let a chain have no triggers of the tenant's own."""
        for row in list(self._rows(tenant, name)):
            self._table.delete({"tenant": tenant, "sk": row["sk"]})

    def of(self, tenant: str) -> Iterator[Armed]:
        """The tenant's own armed triggers."""
        return (_armed(row) for row in self._rows(tenant))

    def listed(self, tenant: str, name: str) -> Iterator[tuple[Armed, str | None]]:
        """A chain's armed triggers, each with its next moment where it is a schedule."""
        return ((_armed(row), row.get("due")) for row in self._rows(tenant, name))

    def find(self, tenant: str, name: str, trigger: str) -> Armed | None:
        """One armed trigger."""
        row = self._table.get({"tenant": tenant, "sk": f"{name}#{trigger}"})
        return _armed(row) if row else None

    def due(self) -> Iterator[tuple[Armed, str]]:
        """Schedules of all tenants whose moment has come, with that moment."""
        rows = self._table.query("clock = :yes AND due <= :now", {":yes": _CLOCKED, ":now": stamp(self.now())}, index="by_due")
        return ((_armed(row), row["due"]) for row in rows)

    def pass_(self, armed: Armed, due: str) -> None:
        """A schedule's moment was served: its next one is the first from now on, however many were missed."""
        trigger: ScheduleTrigger = armed.trigger
        try:
            key = {"tenant": armed.tenant, "sk": f"{armed.chain}#{trigger.id}"}
            self._table.set(key, {"due": stamp(trigger.after(self.now()))}, condition="due = :due", values={":due": due})
        except ConditionFailed:
            return  # passed or disarmed by somebody else

    def _rows(self, tenant: str, name: str = "") -> Iterator[Item]:
        values = {":tenant": tenant}
        if not name:
            return self._table.query("tenant = :tenant", values)
        return self._table.query("tenant = :tenant AND begins_with(sk, :chain)", {**values, ":chain": f"{name}#"})


def lender(caller: Caller | None) -> Callable[[RunAs], str | None]:
    """What is wrong with the rights that somebody lends to a trigger: nobody lends more than their own, an admin the tenant's."""

    def wrong(who: RunAs) -> str | None:
        if caller is not None and "admin" in caller.scopes:
            return None
        if who.user is not None and (caller is None or who.user != caller.user):
            return f"only an admin lets a trigger run as '{who.user}'; leave 'user' out, or name yourself"
        foreign = sorted(set(who.groups) - set(caller.groups if caller else ()))
        return f"you are not in the group '{foreign[0]}' yourself; only an admin lends its rights" if foreign else None

    return wrong


def stamp(moment: datetime) -> str:
    """A moment as rows and events have it: UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _armed(row: Item) -> Armed:
    return Armed(row["tenant"], row["chain"], int(row["version"]), _READER.validate_python(row["trigger"]), tuple(row.get("behind", ())))


def _when(told: Any) -> Any:
    return (told["cron"], told["timezone"]) if told and told.get("kind") == "schedule" else None
