"""The ledger: one row for each request that a model took part in, with its tokens and its exact cost; never a text."""

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from maru.dynamo import Item, Table, TableSpec
from maru.ledger.writes import Write, put

_KEPT_SECONDS = 800 * 86_400
_PARALLEL = 8


class UsageStore:
    """The table of usage: a partition for each tenant and day (UTC), in order of time.

    ``cost`` is what the request cost, ``charge`` what the tenant pays for it (its plan's markup on it), both in nanodollars and
    absent where unknown. ``estimated`` marks counts that no provider told. ``status`` is ok, failed, cancelled, interrupted or lost.
    ``duration_ms`` is from the reservation to the answer's end, ``first_token_ms`` (of streams) to its first token. ``route`` says in a
    line where the request went and why; ``turn`` stands on the call that answers a person's question: ``first``, or ``again`` where
    the same question was asked before.
    """

    SPEC = TableSpec("usage", key="day", sort="at", ttl="expires_at")

    def __init__(self, table: Table, *, clock: Callable[[], float] = time.time) -> None:
        self._table, self._clock = table, clock

    def entry(self, row: Item) -> Write:
        """The write of a row; it holds ``tenant`` and what is known of user, key_id, agent, model and numbers."""
        now = self._clock()
        day, _, clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)).partition("T")
        at = f"{clock}.{int(now % 1 * 1_000_000):06d}#{secrets.token_hex(6)}"
        kept = {name: value for name, value in row.items() if value is not None}
        return put(self._table.name, {**kept, "day": f"{row['tenant']}#{day}", "at": at, "expires_at": int(now) + _KEPT_SECONDS})

    def between(self, tenant: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, Item]]:
        """The rows of a tenant from ``start`` on and before ``end``, in order, each with its moment; days are read side by side."""
        days = list(_days(start, end))
        with ThreadPoolExecutor(_PARALLEL) as pool:
            for rows in pool.map(lambda day: self._day(tenant, day, start, end), days):
                yield from rows

    def latest(self, tenant: str, *, days: int, before: str | None = None) -> Iterator[tuple[str, Item]]:
        """The rows of a tenant of the last ``days``, newest first, each with its place; those behind the place ``before`` where given.

        Raises :class:`ValueError` for a place that is none.
        """
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        named, _, clock = (before or f"{today}#~").partition("#")
        first = date.fromisoformat(named)
        if first > today:
            raise ValueError("nothing was answered on a day that has not come")
        for number in range((first - today).days + days):
            shown = first - timedelta(days=number)
            key = {":day": f"{tenant}#{shown}", ":before": clock if number == 0 and clock else "~"}
            for row in self._table.query("#day = :day AND #at < :before", key, names={"#day": "day", "#at": "at"}, forward=False):
                yield f"{shown}#{row['at']}", row

    def _day(self, tenant: str, day: datetime, start: datetime, end: datetime) -> list[tuple[datetime, Item]]:
        first, last = (_clock(max(day, start), day, "00:00"), _clock(min(day + timedelta(days=1), end), day, "~"))
        key = {":day": f"{tenant}#{day:%Y-%m-%d}", ":first": first, ":last": last}
        rows = self._table.query("#day = :day AND #at BETWEEN :first AND :last", key, names={"#day": "day", "#at": "at"})
        return [(_moment(row), row) for row in rows]


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        yield day
        day += timedelta(days=1)


def _clock(moment: datetime, day: datetime, otherwise: str) -> str:
    return moment.strftime("%H:%M:%S.%f") if moment.date() == day.date() and moment != day else otherwise


def _moment(row: Item) -> datetime:
    day, clock = row["day"].rpartition("#")[2], row["at"].partition("#")[0]
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def public(row: Item) -> dict[str, Any]:
    """A row without what only the table needs."""
    return {name: value for name, value in row.items() if name not in ("day", "at", "expires_at")}
