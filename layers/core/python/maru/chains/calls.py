"""What a step's calls of models answered, kept in the write that counts them: what was paid for is never asked again.

A call is paid when its answer is there, and known as paid when its budget is settled. Its answer is kept in that very transaction, so
that a worker which dies afterwards finds it. One that dies between the last word of a model and that transaction leaves a call that was
perhaps paid and whose answer is gone: it is made again, and before that its lease in the ledger is settled for what a model can have
written meanwhile, which the run tells as ``estimated``.
"""

from dataclasses import dataclass
from typing import Any

from maru.chains.steps import StepStore
from maru.chains.values import Values, digest
from maru.dynamo import Item
from maru.ledger.writes import Write


@dataclass(frozen=True)
class Call:
    """An answer with what it used; ``counted`` where an earlier attempt told the run of its cost."""

    text: str
    reason: str
    input_tokens: int
    output_tokens: int
    cost: int | None
    counted: bool


class Calls:
    """The calls of one attempt of a step, in their order.

    ``row`` is the step's as the attempt begins; ``settled`` in it is the last attempt that came to an end, well or not.
    """

    def __init__(self, steps: StepStore, values: Values, run: Item, row: Item) -> None:
        self._steps, self._values, self._run = steps, values, run
        self._path, self._attempt, self._settled = str(row["path"]), int(row["attempts"]), int(row.get("settled", 0))
        self._kept = {one["number"]: one for one in steps.calls(run["run_id"], self._path)} if self._attempt > 1 else {}
        self._lost = max(0, self._attempt - 1 - self._settled)
        #: When the first attempt began, in seconds since the epoch.
        self.since = float(row["started_at"])
        self._number = -1
        self._question = ""

    def next(self, question: Any) -> Call | None:
        """Begin the next call; gives its answer where an earlier attempt was given one to the same question."""
        self._number, self._question = self._number + 1, digest(question)
        row = self._kept.get(self._number)
        if row is None or row["question"] != self._question:
            return None
        counted = int(row["attempt"]) <= self._settled
        return Call(self._values.get(row["answer"]), row["reason"], row["input_tokens"], row["output_tokens"], row["cost"], counted)

    def lost(self) -> int:
        """How many attempts died before this call, which may have made it; told once."""
        lost, self._lost = self._lost, 0
        return lost

    def keeping(self, call: Call) -> Write:
        """The write that keeps the present call's answer."""
        place = f"{self._run['tenant']}/{self._run['run_id']}"
        row: Item = {
            "number": self._number,
            "question": self._question,
            "attempt": self._attempt,
            "answer": self._values.put(place, call.text),
            "reason": call.reason,
            "input_tokens": call.input_tokens,
            "output_tokens": call.output_tokens,
            "cost": call.cost,
            "expires_at": self._run["expires_at"],
        }
        return self._steps.keeping_call(self._run["run_id"], self._path, row)
