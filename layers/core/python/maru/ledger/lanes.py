"""Changes of a tenant's budgets that come at the same time, in one transaction: what comes while one is under way joins the next.

A budget's counters are one item, and transactions on one item get into each other's way: one after the other, and as many requests
in each as there are, they bear what no number of attempts at once does.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from maru.dynamo import Item
from maru.items import marshal, unmarshal
from maru.lean import Dynamo
from maru.ledger import writes
from maru.ledger.writes import TransactionRefused, Write
from maru.transactions import LIMIT

COUNTERS_KEPT_SECONDS = 400 * 86_400
#: A write that takes longer, several times what DynamoDB usually needs, holds up nobody else: the next goes out beside it.
_LONGEST_SECONDS = 0.1

type _Key = tuple[asyncio.AbstractEventLoop, str]


@dataclass(frozen=True)
class Change:
    """What is added to a window's counters; with a ``limit`` only where all that is committed stays within it."""

    committed: int
    reserved: int
    estimated: int = 0
    limit: int | None = None


@dataclass(eq=False)
class Part:
    """What one request changes: rows of its own, and counters by their window's sort key; all of it or nothing.

    ``undo`` makes what takes it back, for a part that is of no use once nobody waits for it.
    """

    own: Sequence[Write]
    changes: Mapping[str, Change]
    undo: "Callable[[], Part] | None" = None
    done: "asyncio.Future[None]" = field(init=False)

    @property
    def forsaken(self) -> bool:
        """Whether it is to be taken back."""
        return self.undo is not None and self.done.cancelled()

    def end(self, error: Exception | None = None) -> None:
        """Tell who waits for it."""
        if self.done.done():
            return
        self.done.set_exception(error) if error else self.done.set_result(None)


class Refused(Exception):
    """A part is not written: ``full`` are the windows without room for it, each with what was committed at that moment. None of them:
    a row of its own was in another state.
    """

    def __init__(self, full: Mapping[str, int]) -> None:
        super().__init__(f"no room in {sorted(full)}")
        self.full = full


class Lanes:
    """One lane for each tenant and event loop, which exists while something is written in it."""

    def __init__(self, dynamo: Dynamo, table_name: str, *, clock: Callable[[], float] = time.time) -> None:
        self._dynamo, self._table, self._clock = dynamo, table_name, clock
        self._waiting: dict[_Key, list[Part]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self, tenant: str, part: Part) -> None:
        """Write a part with those that come at the same time; raises :class:`Refused` for its own sake alone, and Unavailable."""
        self._add((asyncio.get_running_loop(), tenant), part)
        await part.done

    async def counters(self, tenant: str, sk: str) -> Item:
        """A window's counters as they are at this moment; empty where nothing was counted yet."""
        wanted = {"TableName": self._table, "Key": marshal({"tenant": tenant, "sk": sk}), "ConsistentRead": True}
        return unmarshal((await self._dynamo.call("GetItem", wanted)).get("Item", {}))

    def _add(self, key: _Key, part: Part) -> None:
        part.done = key[0].create_future()
        if key in self._waiting:
            self._waiting[key].append(part)
        else:
            self._begin(key, [part])

    def _begin(self, key: _Key, waiting: list[Part]) -> None:
        self._waiting[key] = waiting
        task = key[0].create_task(self._drain(key, waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, key: _Key, waiting: list[Part]) -> None:
        group: list[Part] = []
        try:
            while waiting:
                group = _taken(waiting)
                late = key[0].call_later(_LONGEST_SECONDS, self._overtake, key, waiting)
                try:
                    await self._write(key, group)
                finally:
                    late.cancel()
        finally:
            if self._waiting.get(key) is waiting:
                del self._waiting[key]
            for part in (*group, *waiting):  # none, where the loop itself has not come to its end
                part.done.cancel()

    def _overtake(self, key: _Key, waiting: list[Part]) -> None:
        if self._waiting.get(key) is not waiting:
            return
        del self._waiting[key]
        if waiting:
            self._begin(key, waiting.copy())
            waiting.clear()

    async def _write(self, key: _Key, group: Sequence[Part]) -> None:
        """Write these parts, together as far as that is possible, and tell each what became of it."""
        parts = [part for part in group if not part.forsaken]
        if not parts:
            return
        try:
            again = await self._tried(key[1], parts)
        except Exception as error:  # noqa: BLE001 - whoever waits gets it
            await self._failed(key, parts, error)
            return
        for smaller in again or ():
            await self._write(key, smaller)
        if again is None:
            self._written(key, parts)

    async def _tried(self, tenant: str, parts: Sequence[Part]) -> list[list[Part]] | None:
        """Write all of them: None. Where they are refused: the groups in which to try again what is not refused for its own sake."""
        try:
            await writes.together(self._dynamo, self._actions(tenant, parts))
        except TransactionRefused as refused:
            owners, windows = [part for part in parts for _ in part.own], list(_windows(parts))
            gone = {owners[place] for place in refused.failed if place < len(owners)}
            rows = {windows[place - len(owners)]: row for place, row in refused.failed.items() if place >= len(owners)}
            full = {sk: await self._committed(tenant, sk, row) for sk, row in rows.items()}
            return _judged(parts, gone, full)
        return None

    def _written(self, key: _Key, parts: Sequence[Part]) -> None:
        for part in parts:
            part.end()
            if part.forsaken and part.undo:
                undo = part.undo()
                self._add(key, undo)
                # Nobody waits for it, either: where it fails, the lease's end does the same.
                undo.done.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _failed(self, key: _Key, parts: Sequence[Part], error: Exception) -> None:
        """What DynamoDB does not take of several parts may be the mistake of one."""
        if len(parts) == 1 or not isinstance(error, ClientError):
            for part in parts:
                part.end(error)
            return
        for part in parts:
            await self._write(key, [part])

    async def _committed(self, tenant: str, sk: str, row: dict[str, Any] | None) -> int:
        """As the refused transaction told it, or as it is read where it did not."""
        counters = await self.counters(tenant, sk) if row is None else unmarshal(row)
        return int(counters.get("committed", 0))

    def _actions(self, tenant: str, parts: Sequence[Part]) -> list[Write]:
        """Rows in the order of their parts, then one update for each window."""
        own = [write for part in parts for write in part.own]
        return own + [self._counted(tenant, sk, changes) for sk, changes in _windows(parts).items()]

    def _counted(self, tenant: str, sk: str, changes: Sequence[Change]) -> Write:
        values = {f":{name}": sum(getattr(one, name) for one in changes) for name in ("committed", "reserved", "estimated")}
        expression, condition = "ADD committed :committed, reserved :reserved, estimated :estimated", None
        if (room := _room(changes)) is not None:
            values |= {":room": room, ":expires": int(self._clock()) + COUNTERS_KEPT_SECONDS, ":zero": 0}
            expression = f"SET expires_at = :expires {expression}"
            condition = "(attribute_not_exists(committed) AND :room >= :zero) OR committed <= :room"
        return writes.update(self._table, {"tenant": tenant, "sk": sk}, expression, values, condition=condition)


def _taken(waiting: list[Part]) -> list[Part]:
    """Take as many off the beginning as one transaction bears."""
    rows, windows, count = 0, set[str](), 0
    for part in waiting:
        rows, windows = rows + len(part.own), windows | part.changes.keys()
        if count and rows + len(windows) > LIMIT:
            break
        count += 1
    taken = waiting[:count]
    del waiting[:count]
    return taken


def _windows(parts: Sequence[Part]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for part in parts:
        for sk, change in part.changes.items():
            found.setdefault(sk, []).append(change)
    return found


def _room(changes: Sequence[Change]) -> int | None:
    """The most that may be committed before; what others give back at the same time does not count yet."""
    limits = [one.limit for one in changes if one.limit is not None]
    return min(limits) - sum(one.committed for one in changes if one.limit is not None) if limits else None


def _judged(parts: Sequence[Part], gone: Collection[Part], full: Mapping[str, int]) -> list[list[Part]]:
    """Refuse those parts that would have been refused alone; the others, in the groups in which to try them again."""
    if len(parts) == 1:
        parts[0].end(Refused({} if gone else full))
        return []
    for part in gone:
        part.end(Refused({}))
    fitting, later = _fitting([part for part in parts if part not in gone], full)
    if max(len(fitting), len(later)) == len(parts):
        return [[part] for part in parts]
    return [group for group in (fitting, later) if group]


def _fitting(parts: Sequence[Part], full: Mapping[str, int]) -> tuple[list[Part], list[Part]]:
    """Those for which there is room together, the first ones first, and those for which there was room alone; the others are refused."""
    taken, fitting, later = dict(full), list[Part](), list[Part]()
    for part in parts:
        asked = {sk: (one.committed, one.limit) for sk, one in part.changes.items() if sk in full and one.limit is not None}
        if over := {sk: full[sk] for sk, (size, limit) in asked.items() if full[sk] + size > limit}:
            part.end(Refused(over))
        elif all(taken[sk] + size <= limit for sk, (size, limit) in asked.items()):
            taken |= {sk: taken[sk] + size for sk, (size, _) in asked.items()}
            fitting.append(part)
        else:
            later.append(part)
    return fitting, later
