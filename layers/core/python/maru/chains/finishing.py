"""How runs end, and what is counted of their steps."""

from typing import Any

from maru.chains import failures
from maru.chains.approvals import ApprovalStore
from maru.chains.failures import RunStopped, StepFailed
from maru.chains.feed import EventStore
from maru.chains.runs import RunStore, Status
from maru.chains.steps import StepStore
from maru.chains.work import Work
from maru.dynamo import Item
from maru.telemetry import Telemetry

#: The path under which the chain's own `output` stands where it failed; no step has it.
OUTPUT = "$output"


class Finishing:
    """Ends runs, once."""

    def __init__(self, runs: RunStore, steps: StepStore, events: EventStore, approvals: ApprovalStore, log: Telemetry) -> None:
        self._runs, self._steps, self._events, self._approvals, self._log = runs, steps, events, approvals, log

    def finish(self, work: Work) -> Item:
        """The run came to its end; raises :class:`ExpressionFailed` for an output that cannot be shaped."""
        try:
            output = work.values.put(work.place, work.evaluated(work.program.chain.output))
        except StepFailed as error:
            facts = {"status": "failed", "error": {"name": type(error).__name__, "message": error.message}, "ended_at": self._runs.clock()}
            self._steps.note(work.run_id, OUTPUT, {"kind": "output", "expires_at": work.run["expires_at"], **facts})
            raise
        status: Status = "completed_with_errors" if work.run.get("item_failures") else "completed"
        if self.end(work.run, status, output=output) is None:
            raise RunStopped("The run had ended before.")
        return {"run": work.run_id, "status": status}

    def fail(self, work: Work) -> Item:
        """The run failed; its error is that of the step that failed last."""
        name = str(work.event.get("error") or "StepCrashed")
        message = failures.ERRORS.get(name, "A step did not come to its end.")
        last = max(
            (row for row in self._steps.below(work.run_id) if row.get("error")), key=lambda row: row.get("ended_at", 0), default=None
        )
        error: Item = {"name": name, "message": message, "step": None}
        if last and last["error"]["name"] == name:
            error = {**last["error"], "step": last["path"]}
        elif name not in StepFailed.registered:
            error |= {"name": "StepTimeout" if name == "States.Timeout" else "StepCrashed", "cause": name[:100]}
        self.end(work.run, "failed", error=error)
        return {"error": error["name"], "message": error["message"]}

    def end(self, run: Item, status: Status, **facts: Any) -> Item | None:
        """End a run whatever ends it; gives its row, None where it had ended before. What was still open in it is closed."""
        row = self._runs.end(run, status, **facts)
        if row is not None:
            if not status.startswith("completed"):
                self._cut_off(row)
            # A second time without the chain's name: alarms watch all chains at once.
            self._log.metric({"part": "chains"}, {"runs": 1, "failures": int(status == "failed")})
            self._events.write(row, [{"type": "run.ended", "status": status}])
            self._log.metric(
                {"chain": run["chain"]},
                {
                    "chain_runs": 1,
                    "chain_failures": int(status == "failed"),
                    "chain_duration_ms": round((row["ended_at"] - row["created_at"]) * 1000),
                    "chain_cost_microdollars": row.get("cost_nanodollars", 0) / 1000,
                },
                tenant=run["tenant"],
                run_id=run["run_id"],
                status=status,
            )
        return row

    def _cut_off(self, run: Item) -> None:
        """Close the steps that the end of their run left open, and void the approvals that nobody needs any more."""
        for step in self._steps.below(run["run_id"]):
            if step.get("status") in {"running", "waiting"}:
                self._steps.stop(run["run_id"], step["path"], {"ended_at": run["ended_at"]})
            if step.get("status") == "waiting" and "approval_id" in step:
                self._approvals.settle(self._approvals.of(run["tenant"], step["approval_id"]), "void")

    def measured(self, work: Work, outcome: str, seconds: float) -> None:
        """Count a step."""
        values = {"step_duration_ms": round(seconds * 1000, 1), "step_failures": int(outcome != "ok"), "steps": 1}
        values["step_cost_microdollars"] = (work.spent.cost or 0) / 1000
        dimensions = {"chain": work.run["chain"], "step": work.key}
        self._log.metric(dimensions, values, tenant=work.run["tenant"], run_id=work.run_id, outcome=outcome)
