"""Where a run waits or comes together: waits, approvals, the ends of branches and of items."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from maru.chains.approvals import ApprovalStore, hash_of
from maru.chains.failures import ApprovalExpired, ApprovalRejected, ExpressionFailed, MapFailed
from maru.chains.feed import Feed
from maru.chains.kinds import Approve, Map, Parallel, Wait
from maru.chains.outcomes import outcome
from maru.chains.steps import StepStore
from maru.chains.work import Outcome, Work
from maru.dynamo import Item

_LONGEST = timedelta(days=365)
_ERRORS_TOLD = 100


class Gates:
    """``wake`` tells Step Functions that a waiting task may go on: ``(token)``."""

    def __init__(self, steps: StepStore, approvals: ApprovalStore, wake: Callable[[str], None]) -> None:
        self._steps, self._approvals, self.wake = steps, approvals, wake

    def until(self, work: Work, started_at: float) -> str:
        """The moment that a wait ends, as Step Functions takes it; counted from its first attempt."""
        step = work.step
        assert isinstance(step, Wait)  # noqa: S101 - the worker's table
        start = datetime.fromtimestamp(started_at, UTC)
        if step.until is not None:
            moment = _moment(work.evaluated(step.until))
        else:
            seconds = work.evaluated(step.seconds)
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
                raise ExpressionFailed("'seconds' is no number of seconds.")
            moment = start + timedelta(seconds=min(seconds, _LONGEST.total_seconds()))
        return stamp(min(moment, start + _LONGEST).astimezone(UTC))

    def ask(self, work: Work, feed: Feed) -> Item:
        """Put a question to people, with the token that wakes the machine; one that was answered already wakes it at once."""
        step = work.step
        assert isinstance(step, Approve)  # noqa: S101 - the worker's table
        arguments = work.evaluated(step.arguments)
        if step.tool == "notify":
            arguments = {name: value for name, value in arguments.items() if value not in (None, "", {})}
        before = self._steps.get(work.run_id, work.path) or {}
        left = max(0.0, float(work.run["deadline_at"]) - self._approvals.clock())
        row = self._approvals.ask(
            {
                "tenant": work.run["tenant"],
                "run_id": work.run_id,
                "chain": work.run["chain"],
                "path": work.path,
                "title": str(work.evaluated(step.title))[:2000],
                "tool": step.tool,
                "arguments": work.values.put(work.place, arguments),
                "hash": hash_of(step.tool, arguments),
                "users": list(step.who.users),
                "groups": list(step.who.groups),
                "requesters": list(work.run["behind"]),
                "evidence": None if step.evidence is None else work.values.put(work.place, work.evaluated(step.evidence)),
            },
            seconds=min(step.expires_seconds, left),  # after the run's deadline a decision would change nothing
            remind_seconds=step.remind_seconds,
        )
        self._void_former(work, before, row)
        token = str(work.event["token"])
        self._approvals.note(row, {"token": token})
        self._steps.note(work.run_id, work.path, {"status": "waiting", "approval_id": row["id"]})
        feed.add("approval.waiting", approval_id=row["id"], title=row["title"])
        # Decided between the two writes above, or before a restart: nobody else would wake the machine.
        now = self._approvals.of(row["tenant"], row["id"])
        if now["status"] != "pending" or now["expires_at"] <= self._approvals.clock():
            self.wake(token)
        return {}

    def _void_former(self, work: Work, before: Item, row: Item) -> None:
        former = before.get("approval_id")
        if former and former != row["id"]:
            self._approvals.settle(self._approvals.of(work.run["tenant"], former), "void")

    def settle(self, work: Work, step: Approve, row: Item) -> Outcome:
        """What was decided; raises where it went against the step and the chain has no steps for that."""
        asked = self._approvals.of(work.run["tenant"], row["approval_id"])
        if asked["status"] == "pending":
            asked = self._approvals.settle(asked, "expired")
        status = "approved" if asked["status"] == "approved" else "rejected" if asked["status"] == "rejected" else "expired"
        if status == "rejected" and step.rejected is None:
            raise ApprovalRejected(f"'{asked['title']}' was rejected by {asked['decided_by']}.")
        if status == "expired" and step.expired is None:
            raise ApprovalExpired(f"Nobody decided about '{asked['title']}' in time.")
        at = asked.get("decided_at")
        result = {
            "decision": status,
            "by": asked.get("decided_by"),
            "reason": asked.get("reason"),
            "at": None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "approval_id": asked["id"],
        }
        return Outcome(result, {"go": status}, {"go": status})

    def branches(self, work: Work, step: Parallel) -> dict[str, Any]:
        """The last outputs of a parallel's branches, by name."""
        found: dict[str, Any] = {}
        for name, steps in step.branches.items():
            reference = outcome(steps, work.at, work.reach.input, lambda path: self._steps.get(work.run_id, path))
            found[name] = None if reference is None else work.values.get(reference)
        return found

    def items(self, work: Work, step: Map, row: Item) -> Outcome:
        """What became of a map's items; raises :class:`MapFailed` where more failed than the step tolerates."""
        rows: dict[str, Item] = {one["path"]: one for one in self._steps.below(work.run_id, f"{work.path}[")}
        count = int(row["count"])
        failing: dict[int, Item] = {}
        for path, one in rows.items():
            if one["status"] in {"failed", "running", "waiting"}:
                failing.setdefault(int(path[len(work.path) + 1 :].partition("]")[0]), one)
        results: list[Any] = []
        errors: list[dict[str, Any]] = []
        for index in range(count):
            at = f"{work.path}[{index}]/"
            reference = outcome(step.steps, at, {"json": "null"}, rows.get)
            results.append(None if reference is None else work.values.get(reference))
            if reference is None:
                errors.append(_told(index, failing.get(index), at))
        if len(errors) * 100 > step.tolerate_percent * count:
            first = errors[0]
            raise MapFailed(f"{len(errors)} of {count} items failed; item {first['index']}: {first['error']}: {first['message']}")
        told = {"results": results, "errors": errors, "total": count, "succeeded": count - len(errors), "failed": len(errors)}
        facts = {"item_errors": errors[:_ERRORS_TOLD], "failed_items": len(errors)} if errors else {}
        return Outcome(told, facts)


def stamp(moment: datetime) -> str:
    """A moment as Step Functions takes it: such texts sort as their moments do."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(index: int, row: Item | None, at: str) -> dict[str, Any]:
    error = (row or {}).get("error") or {"name": "StepCrashed", "message": "The item did not come to its end."}
    return {"index": index, "step": row["path"].removeprefix(at) if row else None, "error": error["name"], "message": error["message"]}


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ExpressionFailed("'until' is no moment: give ISO 8601, as 2026-01-31T09:00:00Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def waker(client: Any) -> Callable[[str], None]:
    """Wakes waiting tasks through a Step Functions client; a token that is no longer waited for is let go."""

    def wake(token: str) -> None:
        try:
            client.send_task_success(taskToken=token, output="{}")
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"}:
                raise

    return wake
