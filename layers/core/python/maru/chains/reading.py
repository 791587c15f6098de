"""Who may read a run, and what of it: a run is its owner's, and what came out of documents is for those who may read these."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any

from maru.agents.fencing import read_fenced
from maru.chains import failures
from maru.chains.approvals import ApprovalStore, decides
from maru.chains.runs import RunStore, owner_of
from maru.chains.steps import StepStore
from maru.chains.values import Reference, Values
from maru.dynamo import Item
from maru.errors import NotFound
from maru.identity import Caller
from maru.knowledge.rights import FileVersion, Readable

#: Either of these opens the runs of others in the tenant.
READ_ALL = frozenset({"runs:read_all", "admin"})
#: What stands in the place of a value that its reader may not see.
WITHHELD = {"withheld": True}
#: What an event says of the texts of a run.
_TEXTS = ("delta", "title", "message")

type _Readable = Callable[[Iterable[FileVersion]], set[FileVersion]]


class Sight:
    """A run before the eyes of one reader.

    Whoever it searched for keeps what was written from documents that they may no longer read, as in a session, without the passages.
    Other readers get nothing that may have come of documents that are not theirs: no step says which of its words it has from where.
    """

    def __init__(self, row: Item, values: Values, *, own: bool, found: Callable[[], set[FileVersion]], readable: _Readable) -> None:
        self.row, self.values, self.own, self._found, self._readable = row, values, own, found, readable

    @cached_property
    def documents(self) -> frozenset[FileVersion]:
        """Documents that the run found; asked for after the states that are to be shown were read."""
        return frozenset(self._found())

    @cached_property
    def hidden(self) -> frozenset[FileVersion]:
        """Those of them that the reader may not read now."""
        return self.documents - self._readable(self.documents) if self.documents else frozenset()

    def get(self, reference: Reference | None, *, found: bool = False) -> Any:
        """A value, as far as it is shown; ``found`` marks the result of a search, of which the rest is shown."""
        if reference is None:
            return None
        if not self.own and not found and self.hidden:
            return WITHHELD
        return self.cleared(self.values.get(reference))

    def cleared(self, value: Any) -> Any:
        """A value without passages of hidden documents."""
        return _cleared(value, self.hidden) if self.hidden else value

    def error(self, error: Item | None) -> Item | None:
        """An error; its message may quote what a model wrote."""
        if error is None or self.own or not self.hidden:
            return error
        return {**error, "message": failures.ERRORS.get(error["name"], "The step failed.")}

    def event(self, event: Item) -> Item:
        """An event of the run."""
        if self.own or not set(_TEXTS) & event.keys() or not self.hidden:
            return event
        return {name: value for name, value in event.items() if name not in _TEXTS} | WITHHELD


class Readings:
    """Gives runs to who may read them. ``readable`` tells which file versions a caller may read at present."""

    def __init__(self, runs: RunStore, steps: StepStore, approvals: ApprovalStore, values: Values, readable: Readable) -> None:
        self._runs, self._steps, self._approvals, self._values, self._readable = runs, steps, approvals, values, readable

    def run(self, caller: Caller, run_id: str) -> Sight:
        """A run; raises :class:`NotFound` for one that is not there or not the caller's to read."""
        row = self._runs.of(caller.tenant, run_id)
        if not may_read(row, caller):
            raise _not_found(run_id)
        return self._sight(caller, row)

    def evidence(self, caller: Caller, run_id: str) -> tuple[Item, list[Item]]:
        """A run for whoever decides about an approval of it: its row, and the states of those steps. Raises :class:`NotFound`."""
        row = self._runs.of(caller.tenant, run_id)
        if "approve" not in caller.scopes:
            raise _not_found(run_id)
        asking = [one for one in self._steps.below(run_id) if "approval_id" in one]
        deciding = [one for one in asking if decides(self._approvals.of(caller.tenant, one["approval_id"]), caller)]
        if not deciding:
            raise _not_found(run_id)
        return row, deciding

    def approval(self, caller: Caller, row: Item) -> dict[str, Any] | None:
        """What a caller sees of an approval, ``{title, arguments, evidence}``; None where it is not theirs to see."""
        return next((told for _, told in self.approvals(caller, [row])), None)

    def approvals(self, caller: Caller, rows: Iterable[Item]) -> Iterator[tuple[Item, dict[str, Any]]]:
        """The approvals among ``rows`` that are a caller's to see, each with what they see of it; their runs are read together.

        What is decided about is shown whole to whoever decides, until it is decided; later they read it as others do.
        """
        asked = list(rows)
        runs = {id_: self._sight(caller, run) for id_, run in self._runs.several(row["run_id"] for row in asked).items()}
        for row in asked:
            sight, deciding = runs.get(row["run_id"]), decides(row, caller)
            if deciding or (sight and may_read(sight.row, caller)):
                yield row, self._told(row, sight, whole=deciding and row["status"] == "pending")

    def _told(self, row: Item, sight: Sight | None, *, whole: bool) -> dict[str, Any]:
        asked = row.get("evidence")
        if not whole and (sight is None or (not sight.own and sight.hidden)):  # without its run nobody knows what it came of
            return {"title": None, "arguments": WITHHELD, "evidence": WITHHELD if asked else None}
        told = {"title": row["title"], "arguments": self._values.get(row["arguments"]), "evidence": None}
        if asked:
            told["evidence"] = sight.cleared(self._values.get(asked)) if sight else WITHHELD
        return told

    def _sight(self, caller: Caller, row: Item) -> Sight:
        found, readable = partial(self._steps.documents, row["run_id"]), partial(self._readable, caller)
        return Sight(row, self._values, own=row["caller"]["user"] == caller.user, found=found, readable=readable)


def may_read(row: Item, caller: Caller) -> bool:
    """Whether a run of the caller's tenant is theirs to read: their own, or anybody's for holders of one of :data:`READ_ALL`."""
    return owner_of(row) == caller.user or bool(READ_ALL & caller.scopes)


def _not_found(run_id: str) -> NotFound:
    return NotFound(f"No run '{run_id}'.", param="run_id")


def _cleared(value: Any, hidden: frozenset[FileVersion]) -> Any:
    """A value without what passages of these documents say: what is known by its file, and texts that hold fenced passages."""
    if isinstance(value, str):
        return WITHHELD if read_fenced(value) else value
    if isinstance(value, list):
        return [_cleared(one, hidden) for one in value]
    if not isinstance(value, dict):
        return value
    if (value.get("file_id"), value.get("version")) in hidden:
        return ({"index": value["index"]} if "index" in value else {}) | WITHHELD
    return {name: _cleared(one, hidden) for name, one in value.items()}
