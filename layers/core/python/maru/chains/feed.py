"""What happens in a run, for whoever watches: events in a table, by run and number, written at most every half second."""

import random
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import Unavailable
from maru.ids import new_id

#: Between two writes of one writer.
EVERY_SECONDS = 0.5
_ROW_CHARACTERS = 100_000
#: Writers of one run that want the same place try for the next one.
_ATTEMPTS = 100
_RUNS = 1_000


class EventStore:
    """The table of events: ``seq`` counts the rows of a run without gaps, each holding a few events.

    A row is one write, conditional on nobody having taken its place: a writer that dies leaves neither a hole nor half a row, and one
    that never learned whether its write was done finds its own row there and writes no second one.
    """

    SPEC = TableSpec("run_events", key="run_id", sort="seq", ttl="expires_at", numeric=frozenset({"seq"}))

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table, self._clock = table, clock
        self._last: OrderedDict[str, int] = OrderedDict()

    def write(self, run: Item, events: list[Item]) -> None:
        """Append one row, kept as long as the run. Raises :class:`Unavailable` where too many write at once."""
        run_id = str(run["run_id"])
        row: Item = {"run_id": run_id, "at": self._clock(), "events": events, "write": new_id(""), "expires_at": run["expires_at"]}
        seq = self._last.get(run_id)
        for attempt in range(_ATTEMPTS):
            seq = (self._newest(run_id) if seq is None else seq) + 1
            try:
                self._table.put({**row, "seq": seq}, condition="attribute_not_exists(run_id)", tell=True)
            except ConditionFailed as taken:
                if not (taken.row and taken.row["write"] == row["write"]):
                    seq = None
                    time.sleep(random.uniform(0, min(0.2, 0.002 * 2**attempt)))  # noqa: S311 - spreads writers, decides nothing
                    continue
            self._remember(run_id, seq)
            return
        raise Unavailable("Too many steps tell of themselves at this moment.", retry_after=1)

    def after(self, run_id: str, seq: int) -> Iterator[Item]:
        """Rows behind ``seq``, in order."""
        return self._table.query("run_id = :run AND seq > :seq", {":run": run_id, ":seq": max(0, seq)})

    def _newest(self, run_id: str) -> int:
        found = self._table.query("run_id = :run", {":run": run_id}, forward=False, limit=1)
        return next((int(row["seq"]) for row in found), 0)

    def _remember(self, run_id: str, seq: int) -> None:
        self._last[run_id] = seq
        self._last.move_to_end(run_id)
        if len(self._last) > _RUNS:
            self._last.popitem(last=False)


class Feed:
    """Gathers the events of one step and writes them when their time has come; :meth:`close` writes the rest."""

    def __init__(self, store: EventStore, run: Item, step: str) -> None:
        self._store, self._run, self._step = store, run, step
        self._held: list[Item] = []
        self._written = 0.0

    def add(self, type_: str, **facts: Any) -> None:
        """One event; deltas of text join the one before."""
        last = self._held[-1] if self._held else None
        if type_ == "step.delta" and last and last["type"] == type_ and len(last["delta"]) < _ROW_CHARACTERS:
            last["delta"] += facts["delta"]
        else:
            self._held.append({"type": type_, "step": self._step, **facts})
        if self._written == 0.0:
            self._written = time.monotonic()
        elif time.monotonic() - self._written >= EVERY_SECONDS:
            self.close()

    def close(self) -> None:
        """Write what is held."""
        if self._held:
            self._store.write(self._run, self._held)
        self._held, self._written = [], time.monotonic()
