"""What happens in a run, for whoever watches: events in a table, by run and number, written at most every half second."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from maru.dynamo import Item, Table, TableSpec

#: Between two writes of one writer.
EVERY_SECONDS = 0.5
_KEPT_SECONDS = 7 * 86_400
_ROW_CHARACTERS = 100_000


class EventStore:
    """The table of events: ``seq`` counts the rows of a run without gaps, each holding a few events. Row 0 keeps the count."""

    SPEC = TableSpec("run_events", key="run_id", sort="seq", ttl="expires_at", numeric=frozenset({"seq"}))

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table, self._clock = table, clock

    def write(self, run_id: str, events: list[Item]) -> None:
        """Append one row."""
        expires = int(self._clock()) + _KEPT_SECONDS
        values = {":one": 1, ":expires": expires}
        seq = self._table.update({"run_id": run_id, "seq": 0}, "SET expires_at = :expires ADD written :one", values=values)["written"]
        self._table.put({"run_id": run_id, "seq": seq, "at": self._clock(), "events": events, "expires_at": expires})

    def after(self, run_id: str, seq: int) -> Iterator[Item]:
        """Rows behind ``seq``, in order, up to the first that is still being written."""
        seq = max(0, seq)  # row 0 is the count
        for row in self._table.query("run_id = :run AND seq > :seq", {":run": run_id, ":seq": seq}):
            if row["seq"] != seq + 1 and self._clock() - row["at"] < 2:  # a row that never comes is not waited for
                return
            seq = row["seq"]
            yield row


class Feed:
    """Gathers the events of one step and writes them when their time has come; :meth:`close` writes the rest."""

    def __init__(self, store: EventStore, run_id: str, step: str) -> None:
        self._store, self._run_id, self._step = store, run_id, step
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
            self._store.write(self._run_id, self._held)
        self._held, self._written = [], time.monotonic()
