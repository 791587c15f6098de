"""Requests and tokens per minute and per second: counters beside the budgets, one item for each subject and minute.

They are no transaction: what one subject's rate refuses is given back to those of the others. Prompt tokens are counted when a request
begins, about; what it used beyond them is counted when it ends, in the minute in which that is known, and what it did not use is given
back to the minute that bore it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from maru.dynamo import ConditionFailed, Item, TableSpec
from maru.errors import RateLimited
from maru.identity import Caller
from maru.items import marshal, unmarshal
from maru.lean import Dynamo
from maru.ledger.plans import Plan, Rate, Subject

_KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Counted:
    """The tokens of a request that were counted when it began, ``at`` so many seconds since the epoch."""

    at: float = 0.0
    tokens: int = 0


@dataclass(frozen=True)
class Counter:
    """A subject's counters after a request was counted."""

    rate: Rate
    row: Item
    second: int

    def headers(self) -> dict[str, str]:
        """OpenAI's ``x-ratelimit-*`` headers: those of the minute, or of the second where the minute has no limit."""
        found: dict[str, str] = {}
        for unit in ("requests", "tokens"):
            minute, second = getattr(self.rate, f"{unit}_per_minute"), getattr(self.rate, f"{unit}_per_second")
            limit, used = (minute, self.row.get(unit, 0)) if minute else (second, self.row.get(_per_second(unit, self.second), 0))
            if limit:
                found[f"x-ratelimit-limit-{unit}"] = str(limit)
                found[f"x-ratelimit-remaining-{unit}"] = str(max(0, limit - used))
                found[f"x-ratelimit-reset-{unit}"] = f"{60 - self.second if minute else 1}s"
        return found


class RateStore:
    """The table of rate counters; rows vanish after an hour."""

    SPEC = TableSpec("rates", key="id", ttl="expires_at")

    def __init__(self, dynamo: Dynamo, table_name: str, *, clock: Callable[[], float] = time.time) -> None:
        self._dynamo, self._table, self._clock = dynamo, table_name, clock

    async def take(self, caller: Caller, plan: Plan, tokens: int, headers: dict[str, str]) -> Counted:
        """Count a request; ``headers`` gets OpenAI's. Raises :class:`RateLimited` naming the rate that is full: then nothing is counted."""
        rates, now = _rates(caller, plan), self._clock()
        if not rates:
            return Counted()
        taken = await asyncio.gather(*(self._take(_name(caller, subject), subject, rate, tokens, now) for subject, rate in rates))
        # Of several, each unit's headers tell the one that has least left.
        for unit in ("requests", "tokens"):
            told = [one[0].headers() for one in taken]
            known = [one for one in told if f"x-ratelimit-limit-{unit}" in one]
            if known:
                tightest = min(known, key=lambda one: int(one[f"x-ratelimit-remaining-{unit}"]))
                headers.update({name: value for name, value in tightest.items() if name.endswith(unit)})
        if refusal := next((error for _, error in taken if error), None):
            counted = [subject for (subject, _), (_, error) in zip(rates, taken, strict=True) if error is None]
            await self._add(caller, counted, -1, -tokens, now)
            raise refusal
        return Counted(now, tokens)

    async def correct(self, caller: Caller, plan: Plan, counted: Counted, used: int) -> None:
        """Count the tokens that a request ``used`` beyond those counted already, or give the rest of them back."""
        limited = [subject for subject, rate in plan.rates() if rate.tokens_per_minute or rate.tokens_per_second]
        if more := used - counted.tokens:
            await self._add(caller, limited, 0, more, self._clock() if more > 0 else counted.at)

    async def _add(self, caller: Caller, subjects: Sequence[Subject], requests: int, tokens: int, at: float) -> None:
        names, values = _names(int(at) % 60), {":r": requests, ":t": tokens, ":x": int(at) + _KEPT_SECONDS}
        added = (self._update(_name(caller, one), at, _ADDING, names, values) for one in subjects)
        await asyncio.gather(*added, return_exceptions=True)

    async def _take(self, name: str, subject: Subject, rate: Rate, tokens: int, now: float) -> tuple[Counter, RateLimited | None]:
        second = int(now) % 60
        values: Item = {":r": 1, ":t": tokens, ":x": int(now) + _KEPT_SECONDS}
        conditions = []
        for field, (unit, count) in _COUNTED.items():
            if limit := getattr(rate, f"{unit}_per_{count}"):
                values[f":{field}"] = _most_before(unit, limit, tokens)
                conditions.append(f"(attribute_not_exists(#{field}) OR #{field} <= :{field})")
        names = _names(second)
        try:
            row = await self._update(name, now, _ADDING, names, values, condition=" AND ".join(conditions))
        except ConditionFailed as failed:
            counter = Counter(rate, failed.row or {}, second)
            return counter, _refused(subject, counter, tokens)
        return Counter(rate, row, second), None

    async def _update(
        self, name: str, now: float, expression: str, names: dict[str, str], values: Item, *, condition: str | None = None
    ) -> Item:
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": marshal({"id": f"{name}#{int(now) // 60}"}),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": marshal(values),
            "ReturnValues": "UPDATED_NEW",
        }
        if condition:
            request |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        answer = await self._dynamo.call("UpdateItem", request)
        return unmarshal(answer.get("Attributes", {}))


_ADDING = "SET expires_at = :x ADD #requests :r, #tokens :t, #requests_s :r, #tokens_s :t"
#: Placeholder to the unit and the window that it counts.
_COUNTED = {
    "requests": ("requests", "minute"),
    "tokens": ("tokens", "minute"),
    "requests_s": ("requests", "second"),
    "tokens_s": ("tokens", "second"),
}


def _rates(caller: Caller, plan: Plan) -> list[tuple[Subject, Rate]]:
    """The plan's rates, and that of a key which stands in web pages."""
    rates = dict(plan.rates())
    if caller.published:
        rate, most = rates.get("key", Rate()), caller.published.requests_per_minute
        rates["key"] = rate.model_copy(update={"requests_per_minute": min(rate.requests_per_minute or most, most)})
    return list(rates.items())


def _most_before(unit: str, limit: int, tokens: int) -> int:
    """What a window may hold before; what is larger than a whole window's tokens passes where it is still empty."""
    return limit - 1 if unit == "requests" else max(0, limit - tokens)


def _names(second: int) -> dict[str, str]:
    plain = {"#requests": "requests", "#tokens": "tokens"}
    return plain | {f"#{unit}_s": _per_second(unit, second) for unit in ("requests", "tokens")}


def _per_second(unit: str, second: int) -> str:
    return f"{unit[0]}{second}"


def _name(caller: Caller, subject: Subject) -> str:
    whose = {"tenant": "", "user": caller.user, "key": caller.key_id}[subject]
    return f"{caller.tenant}#{subject}#{whose}"


def _refused(subject: Subject, counter: Counter, tokens: int) -> RateLimited:
    rate, row, second = counter.rate, counter.row, counter.second
    wait, full = 1, ""
    for field, (unit, window) in _COUNTED.items():
        limit = getattr(rate, f"{unit}_per_{window}")
        used = row.get(_per_second(unit, second) if field.endswith("_s") else unit)
        if limit and used is not None and used > _most_before(unit, limit, tokens):
            full = full or f"{limit} {unit} per {window}"
            wait = max(wait, 60 - second if window == "minute" else 1)
    shown = f" ({full})" if full else ""
    return RateLimited(f"The rate limit of this {subject}{shown} is reached. Try again in {wait} s.", retry_after=wait)
