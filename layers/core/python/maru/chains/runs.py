"""Runs: what DynamoDB holds is the truth, whatever becomes of an execution."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import NotFound, RateLimited
from maru.identity import Caller
from maru.knowledge.retention import strictest
from maru.transactions import TransactionFailed, change, put, transact, update

type Status = Literal["running", "completed", "completed_with_errors", "failed", "cancelled"]

#: A run is kept so long after its start, or after its deadline where that is later, unless its tenant's rules of retention say otherwise.
KEPT_SECONDS = 90 * 86_400
_UNENDED, _SLOTS = "yes", "slots"


class RunStore:
    """The table of runs by id. ``unended`` stands in the rows of runs that have not ended, which recovery looks through.

    ``behind`` are those who stand behind a run, its owner first: whoever started it, or published and armed the trigger that did. Nobody
    stands behind runs of the triggers that Maru ships.

    A second kind of row, ``slots#{tenant}#{chain}``, counts the runs of a tenant's chain that are under way. It changes in the same
    transaction as the run that begins or ends, so that a process which dies leaves both or neither.
    """

    SPEC = TableSpec(
        "runs",
        key="run_id",
        ttl="expires_at",
        indexes=(
            IndexSpec("by_tenant", "tenant", "started"),
            IndexSpec("by_owner", "owned_by", "started"),
            IndexSpec("not_ended", "unended", "started"),
        ),
    )

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self.table, self.clock = table, clock

    def create(self, row: Item, *, limit: int) -> None:
        """Begin a run; raises :class:`ConditionFailed` where it is there already and :class:`RateLimited` above the chain's limit."""
        slots = _slots(row["tenant"], row["chain"])
        now = self.clock()
        # To the microsecond: lists show runs in the order in which they were started.
        stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1_000_000):06d}Z#{row['run_id']}"
        times = {"created_at": now, "started": stamp, "expires_at": int(max(now, row["deadline_at"])) + KEPT_SECONDS}
        owned = {"owned_by": _owned(row["tenant"], row["behind"][0])} if row["behind"] else {}
        begun = {**row, **times, **owned, "status": "running", "unended": _UNENDED}
        free = "attribute_not_exists(running) OR running < :limit"
        changes = [
            put(self.table, begun, condition="attribute_not_exists(run_id)"),
            change(self.table, {"run_id": slots}, _listed(slots), add={"running": 1}, condition=free, values={":limit": limit}),
        ]
        try:
            transact(self.table, changes)
        except TransactionFailed as error:
            if 0 in error.failed:
                raise
            message = f"{limit} runs of the chain '{row['chain']}' are under way; the chain's 'concurrency' allows no more."
            raise RateLimited(message, code="chain_concurrency", retry_after=5) from None

    def get(self, run_id: str) -> Item | None:
        """A run, read consistently."""
        return self.table.get({"run_id": run_id})

    def several(self, run_ids: Iterable[str]) -> dict[str, Item]:
        """The runs that are there, by id, read together."""
        return {row["run_id"]: row for row in self.table.batch_get({"run_id": one} for one in run_ids)}

    def of(self, tenant: str, run_id: str) -> Item:
        """A tenant's run; raises :class:`NotFound`, also for another tenant's."""
        row = self.get(run_id)
        if row is None or row.get("tenant") != tenant:
            raise NotFound(f"No run '{run_id}'.", param="run_id")
        return row

    def listed(
        self,
        tenant: str,
        *,
        owner: str | None = None,
        before: str = "~",
        limit: int | None = 20,
        chain: str | None = None,
        status: str | None = None,
    ) -> list[Item]:
        """A tenant's runs, or those of one owner, newest first; ``before`` is the ``started`` of the last one seen."""
        index, key, whose = ("by_tenant", "tenant", tenant) if owner is None else ("by_owner", "owned_by", _owned(tenant, owner))
        values: Item = {":whose": whose, ":before": before}
        wanted = {name: value for name, value in (("chain", chain), ("status", status)) if value}
        where = " AND ".join(f"#{name} = :{name}" for name in wanted)
        names = {"#started": "started", **{f"#{name}": name for name in wanted}}
        values |= {f":{name}": value for name, value in wanted.items()}
        rows = self.table.query(
            f"{key} = :whose AND #started < :before",
            values,
            index=index,
            names=names,
            where=where or None,
            forward=False,
            limit=limit,
        )
        return list(rows)

    def open(self) -> Iterator[Item]:
        """All runs that have not ended, of every tenant, oldest first."""
        yield from self.table.query("unended = :yes", {":yes": _UNENDED}, index="not_ended")

    def set(self, run_id: str, changes: Item) -> Item:
        """Change a run that has not ended; raises :class:`ConditionFailed`."""
        return self.table.set({"run_id": run_id}, changes, condition="attribute_exists(unended)")

    def add(self, run_id: str, **amounts: int) -> None:
        """Add to the run's sums: ``cost_nanodollars``, ``input_tokens``, ``lost_calls``, ``item_failures`` and so on."""
        values = {f":{name}": amount for name, amount in amounts.items() if amount}
        if values:
            expression = "ADD " + ", ".join(f"{name} :{name}" for name, amount in amounts.items() if amount)
            with suppress(ConditionFailed):  # it was erased meanwhile
                self.table.update({"run_id": run_id}, expression, values=values, condition="attribute_exists(run_id)")

    def reads(self, run_id: str, data_class: str) -> None:
        """The run has read documents of this class: its state stays as long as the strictest of them lets it."""
        values = {":class": {data_class}}
        self.table.update({"run_id": run_id}, "ADD data_classes :class", values=values, condition="attribute_exists(run_id)")

    def end(self, run: Item, status: Status, **facts: Any) -> Item | None:
        """End a run, once, and free its slot with it; gives its row, None where it had ended before."""
        key, slots = {"run_id": run["run_id"]}, {"run_id": _slots(run["tenant"], run["chain"])}
        changes = {"status": status, "ended_at": self.clock(), "unended": None, **facts}
        try:
            actions = [
                change(self.table, key, changes, condition="attribute_exists(unended)"),
                update(self.table, slots, "ADD running :less", values={":less": -1}),
            ]
            transact(self.table, actions)
        except TransactionFailed:
            return None
        return self.get(run["run_id"])

    def recount(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Set how many runs are under way, by tenant and chain, 0 where ``counts`` names none; for when nothing else writes.

        Counts and runs do not part by themselves: this mends a table that was restored or changed by hand.
        """
        there = {row["run_id"]: row["running"] for row in self.table.query("unended = :slots", {":slots": _SLOTS}, index="not_ended")}
        wanted = dict.fromkeys(there, 0) | {_slots(*whose): running for whose, running in counts.items()}
        for slots, running in wanted.items():
            if there.get(slots) != running:
                self.table.put({"run_id": slots, "running": running, **_listed(slots)})


def owner_of(row: Item) -> str | None:
    """Whose a run is; None for runs of the triggers that Maru ships, which are nobody's."""
    return next(iter(row.get("behind", ())), None)


def ended(row: Item) -> bool:
    """Whether a run has ended, however."""
    return "unended" not in row


def data_class_of(row: Item) -> str:
    """The strictest class of what a run's searches found; `internal` where it read no document."""
    return strictest(set(row.get("data_classes", ())))


def caller_row(caller: Caller) -> Item:
    """A caller as a run keeps it: steps act under the rights of whoever started it."""
    return {
        "tenant": caller.tenant,
        "user": caller.user,
        "groups": list(caller.groups),
        "scopes": sorted(caller.scopes),
        "key_id": caller.key_id,
    }


def caller_of(row: Item) -> Caller:
    """The caller of a run's row."""
    one = row["caller"]
    return Caller(one["tenant"], one["user"], tuple(one["groups"]), frozenset(one["scopes"]), one["key_id"])


def _owned(tenant: str, owner: str) -> str:
    return f"{tenant}#{owner}"


def _slots(tenant: str, chain: str) -> str:
    return f"slots#{tenant}#{chain}"


def _listed(slots: str) -> Item:
    """What lets the index list a count beside the others."""
    return {"unended": _SLOTS, "started": slots}
