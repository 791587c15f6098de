"""Run state by data class: a run that has had its time goes with all that it made; one that has more time stays longer."""

from dataclasses import dataclass

from maru.chains.runs import data_class_of
from maru.dynamo import Item
from maru.governance.holdings import Holdings, below_run
from maru.knowledge.blobs import Blobs
from maru.knowledge.retention import before

_DAY = 86_400


@dataclass(frozen=True)
class RunKeeping:
    """The tables of runs as retention sees them. Without a rule a run stays as long as its own row says."""

    holdings: Holdings
    blobs: Blobs

    def apply(self, rules: Item, now: float) -> int:
        """Remove ended runs that have had their time by the tenant's rules; returns how many. May be cut off and called again."""
        gone = 0
        for run in list(self.holdings.table("runs").query("tenant = :tenant", {":tenant": rules["tenant"]}, index="by_tenant")):
            limit = before(rules, "runs", data_class_of(run), now)
            if limit is None:
                continue
            since = float(run.get("ended_at") or run["created_at"])
            if "unended" not in run and since < limit:
                self.remove(run)
                gone += 1
            else:
                self._keep(run, int(since + now - limit))
        return gone

    def remove(self, run: Item) -> None:
        """Delete a run with its steps, events and values, and what it asked people for; may be called again at any time."""
        # The row last: it is how the next sweep finds what this one may leave.
        for table, sort in (("run_events", "seq"), ("run_steps", "path")):
            for row in list(below_run(self.holdings.table(table), run["run_id"])):
                if "approval_id" in row:  # the audit tells who decided what
                    self.holdings.table("approvals").delete({"tenant": run["tenant"], "id": row["approval_id"]})
                self.holdings.table(table).delete({"run_id": row["run_id"], sort: row[sort]})
        self.blobs.delete_under(f"runs/{run['tenant']}/{run['run_id']}/")
        self.holdings.table("runs").delete({"run_id": run["run_id"]})

    def _keep(self, run: Item, until: int) -> None:
        """See to it that DynamoDB does not take the run before its time; a day's difference is none."""
        if until <= run["expires_at"] + _DAY:
            return
        steps = self.holdings.table("run_steps")
        for row in list(below_run(steps, run["run_id"])):
            steps.set({"run_id": row["run_id"], "path": row["path"]}, {"expires_at": until})
        self.holdings.table("runs").set({"run_id": run["run_id"]}, {"expires_at": until}, condition="attribute_exists(run_id)")
