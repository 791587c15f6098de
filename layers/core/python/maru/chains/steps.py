"""The state of the steps of runs, what they found, and what models answered to them."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.knowledge.rights import FileVersion
from maru.ledger import writes
from maru.ledger.writes import Write

#: A file's id and the number of its version.


class StepStore:
    """The table of steps' states by run and path (``search``, ``each[3]/draft``).

    A partition ``{run_id}#documents`` says which documents the steps of a run found: by them it is decided who is shown what came of it;
    ``{run_id}#calls`` keeps what models answered to steps.
    """

    SPEC = TableSpec("run_steps", key="run_id", sort="path", ttl="expires_at")

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self.table, self.clock = table, clock

    def begin(self, run_id: str, path: str, facts: Item, *, attempt: bool = True) -> Item:
        """Note an attempt, or what belongs to the last one; gives the row as it is, with the outcome of an earlier one if there is one."""
        names = {f"#{name}": name for name in facts}
        values: Item = {f":{name}": value for name, value in facts.items()} | {
            ":now": self.clock(),
            ":more": int(attempt),
            ":running": "running",
        }
        sets = [*(f"#{name} = :{name}" for name in facts), "started_at = if_not_exists(started_at, :now)", "attempted_at = :now"]
        sets.append("#status = if_not_exists(#status, :running)")
        expression = f"SET {', '.join(sets)} ADD attempts :more"
        return self.table.update({"run_id": run_id, "path": path}, expression, values=values, names={**names, "#status": "status"})

    def note(self, run_id: str, path: str, facts: Item) -> Item:
        """Set what is known of a step; None removes."""
        return self.table.set({"run_id": run_id, "path": path}, facts)

    def stop(self, run_id: str, path: str, facts: Item) -> None:
        """Note that a step was cut off by the end of its run, with what else is known; one that came to its own end stays as it is."""
        values: Item = {":open": "running", ":waits": "waiting", ":cut": "cancelled"}
        key, condition = {"run_id": run_id, "path": path}, "#n0 IN (:open, :waits, :cut)"
        with suppress(ConditionFailed):
            self.table.set(key, {"status": "cancelled", **facts}, condition=condition, values=values)

    def found(self, run: Item, path: str, documents: Collection[FileVersion]) -> None:
        """Note what a step found, before anything that came of it can be read."""
        kept = [[file_id, version] for file_id, version in sorted(documents)]
        self.table.put({"run_id": documents_of(run["run_id"]), "path": path, "documents": kept, "expires_at": run["expires_at"]})

    def documents(self, run_id: str, path: str = "") -> set[FileVersion]:
        """The documents that a run's steps found, or the one at ``path``."""
        if path:
            row = self.table.get({"run_id": documents_of(run_id), "path": path})
            rows: Iterable[Item] = [row] if row else []
        else:
            rows = self.table.query("run_id = :run", {":run": documents_of(run_id)})
        return {(str(file_id), int(version)) for row in rows for file_id, version in row["documents"]}

    def finds(self, run_id: str) -> Iterator[tuple[str, list[FileVersion]]]:
        """The steps of a run that found documents, by their paths."""
        for row in self.table.query("run_id = :run", {":run": documents_of(run_id)}):
            yield row["path"], [(str(file_id), int(version)) for file_id, version in row["documents"]]

    def calls(self, run_id: str, path: str) -> Iterator[Item]:
        """What models answered to a step, by the ``number`` of the call."""
        values, names = {":run": calls_of(run_id), ":path": f"{path}#"}, {"#path": "path"}
        return self.table.query("run_id = :run AND begins_with(#path, :path)", values, names=names)

    def keeping_call(self, run_id: str, path: str, row: Item) -> Write:
        """The write that keeps a model's answer to a step."""
        return writes.put(self.table.name, {**row, "run_id": calls_of(run_id), "path": f"{path}#{row['number']:04d}"})

    def get(self, run_id: str, path: str) -> Item | None:
        """One step's state."""
        return self.table.get({"run_id": run_id, "path": path})

    def below(self, run_id: str, prefix: str = "") -> Iterator[Item]:
        """The states of all steps whose paths begin with ``prefix``, in order of paths."""
        if not prefix:
            return self.table.query("run_id = :run", {":run": run_id})
        return self.table.query(
            "run_id = :run AND begins_with(#path, :prefix)", {":run": run_id, ":prefix": prefix}, names={"#path": "path"}
        )


def calls_of(run_id: str) -> str:
    """The partition of the table of steps that keeps what models answered to a run's steps."""
    return f"{run_id}#calls"


def documents_of(run_id: str) -> str:
    """The partition of the table of steps that says which documents a run's steps found."""
    return f"{run_id}#documents"
