"""Approvals: who may decide, about exactly what, until when, once; the machine that waits is only woken up."""

import hashlib
import time
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from typing import Any, Literal

from maru.chains.failures import ApprovalVoid
from maru.chains.values import digest
from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import Conflict, Forbidden, NotFound
from maru.identity import Caller

type Decision = Literal["approved", "rejected"]

_KEPT_SECONDS = 400 * 86_400
#: Approvals that are read at once.
_PAGE = 50


def hash_of(tool: str, arguments: Any) -> str:
    """What is approved, in one number: SHA-256 over the tool's name and its arguments as canonical JSON."""
    return digest({"tool": tool, "arguments": arguments})


class ApprovalStore:
    """The table of approvals by tenant and id. ``pending`` stands in the rows that nobody decided yet."""

    SPEC = TableSpec(
        "approvals",
        key="tenant",
        sort="id",
        ttl="kept_until",
        indexes=(IndexSpec("pending", "pending", "expires"), IndexSpec("by_age", "tenant", "created_at")),
        numeric=frozenset({"created_at"}),
    )

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self.table, self.clock = table, clock

    def ask(self, row: Item, *, seconds: float, remind_seconds: int | None) -> Item:
        """Ask for a decision, or give the one that was asked for before with the same step and content."""
        now = self.clock()
        place = f"{row['run_id']}|{row['path']}|{row['hash']}"
        id_ = "appr_" + hashlib.sha256(place.encode()).hexdigest()[:24]
        times = {
            "created_at": now,
            "expires_at": now + seconds,
            "expires": f"{int(now + seconds):012d}",
            "kept_until": int(now) + _KEPT_SECONDS,
        }
        asked = {**row, "id": id_, "status": "pending", "pending": "pending", **times}
        if remind_seconds is not None:
            asked["remind_at"] = now + remind_seconds
        try:
            self.table.put(asked, condition="attribute_not_exists(id)")
        except ConditionFailed:
            found = self.table.get({"tenant": row["tenant"], "id": id_})
            assert found is not None  # noqa: S101 - it was there a moment ago
            return found
        return asked

    def of(self, tenant: str, approval_id: str) -> Item:
        """A tenant's approval; raises :class:`NotFound`, also for another tenant's."""
        row = self.table.get({"tenant": tenant, "id": approval_id})
        if row is None:
            raise NotFound(f"No approval '{approval_id}'.", param="approval_id")
        return row

    def listed(self, tenant: str, status: str | None = None, *, after: str | None = None) -> Iterator[Item]:
        """A tenant's approvals, newest first, those behind ``after`` where it is given; raises :class:`NotFound` for an unknown one.

        What is read goes with how many are taken: by age, those of other statuses passed over; of pending ones with all that wait.
        """
        last = self.of(tenant, after) if after is not None else None
        return self._listed(tenant, status, last)

    def _listed(self, tenant: str, status: str | None, last: Item | None) -> Iterator[Item]:
        found = self._pending(tenant) if status == "pending" else self._by_age(tenant, last)
        while page := list(islice(found, _PAGE)):
            # An index is a moment behind: the table says how each of them stands.
            for row in sorted(self.table.batch_get({"tenant": tenant, "id": one["id"]} for one in page), key=_age):
                if (status is None or row["status"] == status) and (last is None or _age(row) > _age(last)):
                    yield row

    def _pending(self, tenant: str) -> Iterator[Item]:
        yield from sorted((row for row in self.waiting() if row["tenant"] == tenant), key=_age)

    def _by_age(self, tenant: str, last: Item | None) -> Iterator[Item]:
        condition, values = "tenant = :tenant", {":tenant": tenant}
        if last is not None:
            condition, values = f"{condition} AND created_at <= :last", {**values, ":last": last["created_at"]}
        rows = self.table.query(condition, values, index="by_age", forward=False, at_once=_PAGE + 1)
        for _, together in groupby(rows, key=lambda row: row["created_at"]):
            yield from sorted(together, key=_age)

    def waiting(self) -> Iterator[Item]:
        """Everything undecided, of every tenant, soonest to expire first."""
        return self.table.query("#pending = :pending", {":pending": "pending"}, index="pending", names={"#pending": "pending"})

    def decide(self, row: Item, caller: Caller, decision: Decision, reason: str) -> Item:
        """Decide, once; raises :class:`Forbidden` for who may not, and :class:`Conflict` saying why it is too late."""
        may_decide(row, caller)
        facts = {"status": decision, "pending": None, "decided_by": caller.user, "decided_at": self.clock(), "reason": reason}
        condition = "attribute_exists(pending) AND expires_at > :now"
        try:
            return self.table.set({"tenant": row["tenant"], "id": row["id"]}, facts, condition=condition, values={":now": self.clock()})
        except ConditionFailed:
            raise _too_late(self.of(row["tenant"], row["id"])) from None

    def settle(self, row: Item, status: Literal["expired", "void"]) -> Item:
        """Close what nobody decided; gives the row as it is then, with the decision where somebody was faster."""
        key = {"tenant": row["tenant"], "id": row["id"]}
        try:
            return self.table.set(key, {"status": status, "pending": None}, condition="attribute_exists(pending)")
        except ConditionFailed:
            return self.of(row["tenant"], row["id"])

    def note(self, row: Item, facts: Item) -> Item:
        """Set what the engine keeps beside a decision: the token to wake, whether it was reminded of."""
        return self.table.set({"tenant": row["tenant"], "id": row["id"]}, facts)

    def use(self, row: Item, *, tool: str, arguments: Any, path: str) -> None:
        """Let an approval serve one step; raises :class:`ApprovalVoid` for other arguments, or where it served another."""
        if row["status"] != "approved":
            raise ApprovalVoid(f"The approval '{row['id']}' is {row['status']}.")
        if row["hash"] != hash_of(tool, arguments):
            raise ApprovalVoid(f"The arguments are not those that were approved in '{row['id']}'.")
        key = {"tenant": row["tenant"], "id": row["id"]}
        try:
            condition = "attribute_not_exists(used_by) OR used_by = :path"
            self.table.set(key, {"used_by": path}, condition=condition, values={":path": path})
        except ConditionFailed:
            raise ApprovalVoid(f"The approval '{row['id']}' was used by another step.") from None


def may_decide(row: Item, caller: Caller) -> None:
    """Raise :class:`Forbidden` unless this caller may decide: named or in a named group, where some are named; never a requester."""
    caller.require("approve")
    if caller.user in row["requesters"]:
        message = "Whoever started the run, or published or armed the trigger that did, does not decide about it."
        raise Forbidden(message, code="own_request")
    named = row["users"] or row["groups"]
    if named and caller.user not in row["users"] and not set(caller.groups) & set(row["groups"]):
        raise Forbidden("This approval is for others to decide.", code="not_an_approver")


def decides(row: Item, caller: Caller) -> bool:
    """Whether :func:`may_decide` lets the caller."""
    try:
        may_decide(row, caller)
    except Forbidden:
        return False
    return True


def _age(row: Item) -> tuple[float, str]:
    return -row["created_at"], row["id"]


def _too_late(row: Item) -> Conflict:
    if row["status"] in {"approved", "rejected"}:
        return Conflict(f"The approval was {row['status']} before, by {row['decided_by']}.", code="approval_decided")
    if row["status"] == "void":
        return Conflict("The run has ended, or asks for something else now.", code="approval_void")
    return Conflict("The approval has expired.", code="approval_expired")
