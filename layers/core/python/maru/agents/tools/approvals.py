"""Approvals of dangerous calls: one person's decision about one call with exactly its arguments, good for a single use."""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, Literal

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import Conflict, Forbidden, NotFound
from maru.guard.sealing import Sealer
from maru.identity import Caller

#: Seconds that a request waits for its decision, and that a decision holds.
WAITS = 7 * 86_400
HOLDS = 86_400

type Verdict = Literal["approve", "reject"]
type State = Literal["pending", "approved", "rejected"]


class ToolApprovals:
    """The table of approvals, by tenant and id; the arguments lie in it sealed, for whoever decides to read."""

    SPEC = TableSpec("tool_approvals", key="tenant", sort="id", ttl="expires_at")

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table, self._sealer = table, sealer

    def ask(self, caller: Caller, agent: str, tool: str, arguments: Mapping[str, Any]) -> tuple[str, State]:
        """The approval of this very call and how it stands; ``approved`` is said once, and is used up by it. Blocks."""
        id_ = _id(caller, agent, tool, arguments)
        key, now = {"tenant": caller.tenant, "id": id_}, int(time.time())
        row = self._table.get(key)
        if row and row["expires_at"] > now and row["status"] in {"pending", "rejected"}:
            return id_, row["status"]
        if row and row["expires_at"] > now and row["status"] == "approved" and self._used(key):
            return id_, "approved"
        self._table.put(
            {
                **key,
                "status": "pending",
                "agent": agent,
                "tool": tool,
                "requested_by": caller.user,
                "sealed": self._sealer.seal({"arguments": _canonical(arguments)}, key),
                "created_at": now,
                "expires_at": now + WAITS,
            }
        )
        return id_, "pending"

    def decide(self, caller: Caller, id_: str, verdict: Verdict, comment: str | None) -> dict[str, Any]:
        """Keep a decision; raises NotFound, Forbidden for whoever asked, and Conflict where it was decided already."""
        now = int(time.time())
        if self.shown(caller.tenant, id_)["requested_by"] == caller.user:
            raise Forbidden("Whoever asked for a call does not decide about it.", param="approval_id", code="own_request")
        changes: Item = {
            "status": "approved" if verdict == "approve" else "rejected",
            "decided_by": caller.user,
            "decided_at": now,
            "comment": comment,
            "expires_at": now + HOLDS,
        }
        try:
            self._table.set({"tenant": caller.tenant, "id": id_}, changes, condition="#n0 = :pending", values={":pending": "pending"})
        except ConditionFailed as error:
            raise Conflict("This approval was decided already.", param="approval_id", code="approval_decided") from error
        return self.shown(caller.tenant, id_)

    def shown(self, tenant: str, id_: str) -> dict[str, Any]:
        """An approval with the arguments that it is about; raises NotFound."""
        row = self._table.get({"tenant": tenant, "id": id_})
        if row is None or row["expires_at"] <= time.time():
            raise NotFound(f"No approval '{id_}'.", param="approval_id")
        sealed = self._sealer.open(bytes(row["sealed"]), {"tenant": tenant, "id": id_})
        return {**_public(row), "arguments": json.loads(sealed["arguments"])}

    def listed(self, tenant: str, status: str | None) -> list[dict[str, Any]]:
        """Approvals of a tenant, the newest first, without their arguments."""
        now = time.time()
        rows = [row for row in self._table.query("tenant = :tenant", {":tenant": tenant}) if row["expires_at"] > now]
        kept = [row for row in rows if status in {None, row["status"]}]
        return [_public(row) for row in sorted(kept, key=lambda row: -int(row["created_at"]))]

    def _used(self, key: Item) -> bool:
        try:
            self._table.set(key, {"status": "used"}, condition="#n0 = :approved", values={":approved": "approved"})
        except ConditionFailed:
            return False  # another call was faster
        return True


def _id(caller: Caller, agent: str, tool: str, arguments: Mapping[str, Any]) -> str:
    whole = json.dumps([caller.tenant, caller.user, agent, tool, _canonical(arguments)])
    return "appr_" + hashlib.sha256(whole.encode()).hexdigest()[:32]


def _canonical(arguments: Mapping[str, Any]) -> str:
    return json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _public(row: Item) -> dict[str, Any]:
    names = ("id", "status", "agent", "tool", "requested_by", "created_at", "expires_at", "decided_by", "decided_at", "comment")
    return {"object": "approval", "kind": "tool", **{name: row.get(name) for name in names}}
