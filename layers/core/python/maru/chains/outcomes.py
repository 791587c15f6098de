"""What a list of steps came to: found among their states, along the ways that were taken."""

from collections.abc import Callable, Sequence

from maru.chains.kinds import Approve, Choice, Step
from maru.chains.values import Reference
from maru.dynamo import Item

#: A step's state by its path.
type Rows = Callable[[str], Item | None]


def outcome(steps: Sequence[Step], at: str, begin: Reference, rows: Rows) -> Reference | None:
    """The output of the last of these steps, ``begin`` where there are none; None where they did not come to their end."""
    if not steps:
        return begin
    step = steps[-1]
    row = rows(at + step.id)
    if row is None or "after" not in row or row["status"] in {"failed", "running", "waiting"}:
        return None
    given: Reference = row["after"]["input"]
    if row["status"] == "caught":
        return outcome(step.catch[int(row["catch"])].steps, at, given, rows)
    return outcome(_way(step, row), at, given, rows)


def _way(step: Step, row: Item) -> Sequence[Step]:
    """The steps that followed inside, by the way that was taken."""
    go = str(row.get("go", ""))
    if isinstance(step, Choice):
        return step.choices[int(go)].steps if go.isdigit() else step.otherwise
    if isinstance(step, Approve) and go in {"rejected", "expired"}:
        return getattr(step, go) or ()
    return ()
