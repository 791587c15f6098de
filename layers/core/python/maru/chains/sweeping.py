"""What the schedule and every local start do: carry on runs whose execution is gone, remind of approvals, close expired ones."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from maru.chains.approvals import ApprovalStore
from maru.chains.finishing import Finishing
from maru.chains.runs import RunStore
from maru.chains.starting import Starter, stop
from maru.dynamo import ConditionFailed, Item
from maru.telemetry import Telemetry

#: Executions of one run that may be lost before it counts as failed.
_TRIES = 10
#: A run this young may be between its row and its execution.
_FRESH_SECONDS = 60.0

type Remind = Callable[[Item], None]


class Sweeper:
    """One run after the other; what fails for one is logged, counted, and keeps no other waiting."""

    def __init__(
        self,
        *,
        runs: RunStore,
        approvals: ApprovalStore,
        starter: Starter,
        finishing: Finishing,
        wake: Callable[[str], None],
        remind: Remind,
        client: Any,
        log: Telemetry,
    ) -> None:
        self._runs, self._approvals, self._starter, self._finishing = runs, approvals, starter, finishing
        self._wake, self._remind, self._client, self._log = wake, remind, client, log

    def run(self, *, at_start: bool = False) -> dict[str, int]:
        """Look after everything open; ``at_start``: nothing else runs yet, so that young runs are no exception. Gives counts."""
        done: Counter[str] = Counter(restarted=0, failed=0, open=0, reminded=0, expired=0, errors=0, approvals_waiting=0)
        counts: Counter[tuple[str, str]] = Counter()
        for run in list(self._runs.open()):
            done["open"] += 1
            counts[run["tenant"], run["chain"]] += 1
            self._safely(done, self._look, run, at_start=at_start)
        if at_start:
            self._runs.recount(dict(counts))
        waiting: Counter[str] = Counter()
        for approval in list(self._approvals.waiting()):
            done["approvals_waiting"] += 1
            waiting[approval["chain"]] += 1
            self._safely(done, self._look_at_approval, approval)
        self._log.metric(
            {"part": "chains"}, {name: value for name, value in done.items() if name != "errors"} | {"sweep_errors": done["errors"]}
        )
        for chain, number in waiting.items():
            self._log.metric({"chain": chain}, {"chain_approvals_waiting": number})
        return dict(done)

    def _safely(self, done: Counter[str], look: Callable[..., str | None], row: Item, **how: Any) -> None:
        try:
            found = look(row, **how)
        except Exception as error:  # noqa: BLE001 - see the class
            self._log.failure("not swept", error, id=row.get("run_id"))
            found = "errors"
        if found:
            done[found] += 1

    def _look(self, run: Item, *, at_start: bool) -> str | None:
        now = self._runs.clock()
        if not at_start and now - run["created_at"] < _FRESH_SECONDS:
            return None
        alive = self._alive(run)
        # Steps end themselves at the deadline; what waits does not: the machine's own limit is the chain's, which a run may have narrowed.
        if now - run["deadline_at"] > (_FRESH_SECONDS if alive else 0):
            failed = self._fail(run, "DeadlinePassed", "The run's deadline has passed.")
            if alive:
                stop(self._client, run["execution_arn"], "The run's deadline has passed.")
            return failed
        if alive:
            return None
        if run["tries"] >= _TRIES:
            return self._fail(run, "StepCrashed", f"Its execution was lost {_TRIES} times.")
        tries = int(run["tries"]) + 1
        try:
            # No execution of a run may carry on beside another: whoever takes the number starts the next.
            values = {":before": run["tries"]}
            condition = "attribute_exists(unended) AND tries = :before"
            self._runs.table.set({"run_id": run["run_id"]}, {"tries": tries, "execution_arn": None}, condition=condition, values=values)
        except ConditionFailed:
            return None
        self._starter.execute(run, f"{run['run_id']}-{tries}")
        return "restarted"

    def _alive(self, run: Item) -> bool:
        if not run.get("execution_arn"):
            return False
        try:
            return bool(self._client.describe_execution(executionArn=run["execution_arn"])["status"] == "RUNNING")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionDoesNotExist":
                raise
            return False

    def _fail(self, run: Item, name: str, message: str) -> str:
        self._finishing.end(run, "failed", error={"name": name, "message": message, "step": None})
        return "failed"

    def _look_at_approval(self, row: Item) -> str | None:
        now = self._approvals.clock()
        if row["expires_at"] <= now:
            self._approvals.settle(row, "expired")
            if row.get("token"):
                self._wake(row["token"])
            return "expired"
        if row.get("remind_at") and row["remind_at"] <= now and "reminded_at" not in row:
            self._remind(row)
            self._approvals.note(row, {"reminded_at": now})
            return "reminded"
        return None
