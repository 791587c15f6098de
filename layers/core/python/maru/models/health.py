"""Which targets are fit to be asked: a circuit breaker for each, shared by all instances through one table.

Rows exist only for targets that are out; an instance reads them all in one call, at most once in some seconds, and none of
them on the way of every request. What the table cannot tell is decided by what this process itself has seen.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Literal

from botocore.exceptions import ClientError

from maru.dynamo import ConditionFailed, Item, TableSpec
from maru.errors import MaruError
from maru.items import marshal, unmarshal
from maru.lean import Dynamo
from maru.models import failures
from maru.models.catalogue import Target
from maru.models.rules import Breaker

_SCOPE = "targets"
#: How old knowledge from the table may be, and how long one asker alone may try whether a target is back.
FRESH_SECONDS = 5.0
_PROBE_SECONDS = 10.0
_KEPT_SECONDS = 3600


@dataclass
class _State:
    """What is known of one target: recent failures here, and until when nobody is to ask it, for which time in a row.

    ``saved_at`` is when the table took that in; until then the table's silence says nothing.
    """

    failures: int = 0
    since: float = 0.0
    out_until: float = 0.0
    times: int = 0
    why: str = ""
    saved_at: float = inf
    probing_until: float = 0.0


@dataclass(frozen=True)
class Condition:
    """How a target is: ``fit``; ``out`` for so many ``seconds`` more; ``tried`` by one caller alone, or by the next one, to see whether it
    is back.

    ``why`` is the code of what it failed with last, ``times`` how often in a row it was taken out, ``failures`` how many this process
    has seen of it lately.
    """

    state: Literal["fit", "out", "tried"] = "fit"
    seconds: float = 0.0
    why: str | None = None
    times: int = 0
    failures: int = 0


class Health:
    """One per process. Without a table it knows what this process has seen, and nothing else."""

    SPEC = TableSpec("health", key="scope", sort="target", ttl="expires_at")

    def __init__(
        self, breaker: Breaker | None = None, dynamo: Dynamo | None = None, table: str = "", *, clock: Callable[[], float] = time.time
    ) -> None:
        self._breaker, self._dynamo, self._table, self._clock = breaker or Breaker(), dynamo, table, clock
        self._states: dict[str, _State] = {}
        self._read_at = 0.0

    async def refresh(self) -> None:
        """Learn what other instances found out, where that was not asked within the last seconds."""
        now = self._clock()
        if self._dynamo is None or now - self._read_at < FRESH_SECONDS:
            return
        self._read_at = now
        values = marshal({":scope": _SCOPE})
        condition = {"KeyConditionExpression": "#scope = :scope", "ExpressionAttributeNames": {"#scope": "scope"}}
        try:
            answer = await self._dynamo.call("Query", {"TableName": self._table, **condition, "ExpressionAttributeValues": values})
        except (MaruError, ClientError):
            return
        rows = {row["target"]: row for row in map(unmarshal, answer["Items"])}
        for name, state in self._states.items():
            if state.times and name not in rows and state.saved_at < now:
                state.times, state.out_until, state.probing_until = 0, 0.0, 0.0
        for name, row in rows.items():
            state = self._states.setdefault(name, _State())
            state.out_until, state.times, state.why, state.saved_at = row["out_until"], row["times"], row["why"], now

    def out(self, target: Target) -> tuple[float, str]:
        """Seconds until somebody may ask the target again, and the code of what it failed with last."""
        state = self._states.get(key(target)) or _State()
        return max(0.0, max(state.out_until, state.probing_until) - self._clock()), state.why

    async def condition(self, target: Target) -> Condition:
        """How the target is, as far as any instance has told within the last seconds."""
        await self.refresh()
        state, now = self._states.get(key(target)) or _State(), self._clock()
        failures_ = state.failures if now - state.since <= self._breaker.within_seconds else 0
        if not state.times:
            return Condition(failures=failures_)
        left = max(0.0, state.out_until - now)
        return Condition("out" if left else "tried", left, state.why or None, state.times, failures_)

    async def admits(self, target: Target) -> bool:
        """Whether to ask it now. One that was out is asked by one caller alone until it is known to be back."""
        state = self._states.get(key(target))
        if state is None or not state.times:
            return True
        now = self._clock()
        if now < max(state.out_until, state.probing_until):
            return False
        state.probing_until = now + _PROBE_SECONDS
        free = "out_until <= :now AND (attribute_not_exists(probed_until) OR probed_until < :now)"
        if state.saved_at == inf:
            free = f"attribute_not_exists(out_until) OR {free}"
        try:
            await self._update(target, "SET probed_until = :until", {":now": now, ":until": state.probing_until}, condition=free)
        except ConditionFailed:
            # Another instance is about it, or knows already what came of it.
            self._read_at = state.probing_until = 0.0
            await self.refresh()
            return not state.times
        return True

    async def answered(self, target: Target, *, whole: bool = True) -> None:
        """It took a request and answered; of a stream that has only begun that is not to its end yet."""
        state = self._states.get(key(target))
        if state is None:
            return
        state.failures, state.probing_until = 0 if whole else state.failures, 0.0
        if state.times:
            state.times, state.out_until = 0, 0.0
            await self._forget(target)

    async def failed(self, target: Target, error: MaruError) -> None:
        """It failed; too often within some time, or with an hour to come back at, it is not asked for a while."""
        if not target.rests:
            return
        now = self._clock()
        state = self._states.setdefault(key(target), _State())
        if now - state.since > self._breaker.within_seconds:
            state.failures, state.since = 0, now
        state.failures += 1
        told = _told(error)
        if not told and not state.times and state.failures < self._breaker.failures:
            return
        state.times += 1
        pause = told or self._breaker.cooldown_seconds * 2 ** min(state.times - 1, 10)
        state.out_until, state.why = now + min(pause, self._breaker.longest_seconds), error.code
        state.failures, state.probing_until, state.saved_at = 0, 0.0, inf
        values: Item = {":until": state.out_until, ":times": state.times, ":why": error.code, ":end": int(now) + _KEPT_SECONDS}
        expression = "SET out_until = :until, times = :times, why = :why, expires_at = :end REMOVE probed_until"
        try:
            if await self._update(target, expression, values, condition="attribute_not_exists(out_until) OR out_until < :until"):
                state.saved_at = self._clock()
        except ConditionFailed:
            # Another instance keeps it out for longer.
            self._read_at = 0.0

    async def _update(self, target: Target, expression: str, values: Item, *, condition: str) -> bool:
        """Whether the table took it: what it does not, this process knows at least."""
        if self._dynamo is None:
            return False
        request = {"TableName": self._table, "Key": _row_key(target), "UpdateExpression": expression, "ConditionExpression": condition}
        try:
            await self._dynamo.call("UpdateItem", request | {"ExpressionAttributeValues": marshal(values)})
        except (MaruError, ClientError):
            return False
        return True

    async def _forget(self, target: Target) -> None:
        if self._dynamo is None:
            return
        try:
            await self._dynamo.call("DeleteItem", {"TableName": self._table, "Key": _row_key(target)})
        except (MaruError, ClientError):
            return


def key(target: Target) -> str:
    """What tells a target from all others, in all aliases."""
    place = target.component or target.endpoint or ""
    return f"{target.provider} {target.base_url} {place} {target.model}"[:1000]


def _row_key(target: Target) -> Item:
    return marshal({"scope": _SCOPE, "target": key(target)})


def _told(error: MaruError) -> float:
    """Seconds after which the server itself wants to be asked again; 0 where one failure proves nothing yet."""
    if isinstance(error, failures.Misconfigured):
        return 60.0
    return float(error.retry_after or 0) if isinstance(error, failures.LimitedUntil | failures.Waking) else 0.0
