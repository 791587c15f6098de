"""Sums of the ledger: usage in buckets of time, and a month's statement, both straight from its rows."""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any, Literal

from maru.dynamo import Item
from maru.errors import BadRequest
from maru.ledger.plans import NANO
from maru.ledger.usage import UsageStore

type Bucket = Literal["1h", "1d", "1mo"]
type Group = tuple[str | None, ...]

#: Currencies whose smallest unit is the whole one (ISO 4217).
_WITHOUT_CENTS = {"KRW", "JPY", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "PYG"}
_CENT = Decimal("0.01")


@dataclass
class Sums:
    """What some rows come to; ``cost`` and ``charge`` in nanodollars, without the ``unknown`` ones.

    ``cached`` of the requests the cache answered; ``saved`` is what those would have been charged.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: int = 0
    charge: int = 0
    unknown: int = 0
    estimated: int = 0
    cached: int = 0
    saved: int = 0

    def add(self, row: Item) -> None:
        """One more row."""
        self.requests += 1
        self.input_tokens += row.get("input_tokens", 0)
        self.output_tokens += row.get("output_tokens", 0)
        self.cached_tokens += row.get("cached_tokens", 0)
        self.cost += row.get("cost", 0)
        self.charge += row.get("charge", 0)
        self.unknown += "cost" not in row
        self.estimated += bool(row.get("estimated"))
        self.cached += "cache" in row
        self.saved += row.get("saved", 0)


def grouped(rows: Iterable[Item], by: tuple[str, ...]) -> dict[Group, Sums]:
    """Rows summed by these attributes; None stands for an absent one."""
    found: dict[Group, Sums] = {}
    for row in rows:
        found.setdefault(tuple(row.get(name) for name in by), Sums()).add(row)
    return dict(sorted(found.items(), key=lambda one: tuple(str(part or "") for part in one[0])))


def bucketed(
    store: UsageStore, tenant: str, start: datetime, end: datetime, *, width: Bucket, by: tuple[str, ...]
) -> Iterator[tuple[datetime, datetime, dict[Group, Sums]]]:
    """Every bucket from ``start`` on and before ``end``, empty ones too: its begin, its end, its groups."""
    rows = store.between(tenant, start, end)
    pending = next(rows, None)
    for begin, until in _buckets(start, end, width):
        inside = []
        while pending and pending[0] < until:
            inside.append(pending[1])
            pending = next(rows, None)
        yield begin, until, grouped(inside, by)


def end_of(start: datetime, end: datetime, *, width: Bucket, buckets: int) -> datetime:
    """Where so many buckets from ``start`` on end, ``end`` at the latest."""
    *_, (_, last) = islice(_buckets(start, end, width), buckets)
    return last


@dataclass(frozen=True)
class Currency:
    """A second currency, at the operator's rate for one USD; None for none."""

    code: str | None = None
    rate: Decimal | None = None

    @classmethod
    def of(cls, code: str | None, rate: Decimal | None) -> "Currency":
        """Both or neither; raises :class:`ValueError`."""
        if (code is None) != (rate is None):
            raise ValueError("SECOND_CURRENCY and SECOND_CURRENCY_RATE belong together.")
        return cls(code, rate)

    def amount(self, usd: Decimal) -> Decimal:
        """The exact USD in this currency, in its smallest unit, half a unit upward."""
        assert self.rate is not None  # noqa: S101 - asked only where there is one
        unit = Decimal(1) if self.code in _WITHOUT_CENTS else _CENT
        return (usd * self.rate).quantize(unit, ROUND_HALF_UP)


@dataclass(frozen=True)
class Statement:
    """A month of a tenant: its lines by model, and their sum."""

    tenant: str
    month: str
    lines: dict[Group, Sums]
    total: Sums
    currency: Currency = field(default_factory=Currency)

    def document(self) -> dict[str, Any]:
        """As JSON: exact amounts as decimal strings in ``usd``, the sum to pay in whole cents."""
        total = {"requests": self.total.requests, "unknown_costs": self.total.unknown, "estimated": self.total.estimated}
        amounts = {"usd": exact(self.total.charge), "amount_usd": str(cents(self.total.charge))}
        if self.currency.code:
            amounts["currency"] = self.currency.code
            amounts["rate"] = str(self.currency.rate)
            amounts["amount"] = str(self.currency.amount(Decimal(self.total.charge) / NANO))
        lines = [{"model": group[0], **_shown(sums)} for group, sums in self.lines.items()]
        return {"object": "statement", "tenant": self.tenant, "month": self.month, "lines": lines, "total": total | amounts}

    def table(self) -> list[list[str]]:
        """As rows of a CSV file, a head first and the sum last."""
        shown = [[str(group[0]), *(str(value) for value in _shown(sums).values())] for group, sums in self.lines.items()]
        head = ["model", *_shown(Sums())]
        last = ["total", *(str(value) for value in _shown(self.total).values())]
        if self.currency.code:
            head.append(self.currency.code)
            shown = [[*row, ""] for row in shown]
            last.append(str(self.currency.amount(Decimal(self.total.charge) / NANO)))
        return [head, *shown, last]


def statement(store: UsageStore, tenant: str, month: str, currency: Currency) -> Statement:
    """The statement of a month, ``YYYY-MM``; raises :class:`BadRequest` for another form."""
    start = _month(month)
    total = Sums()
    lines: dict[Group, Sums] = {}
    for _, row in store.between(tenant, start, _next_month(start)):
        total.add(row)
        lines.setdefault((row.get("model"),), Sums()).add(row)
    ordered = dict(sorted(lines.items(), key=lambda one: str(one[0][0])))
    return Statement(tenant, month, ordered, total, currency)


def exact(nanodollars: int) -> str:
    """USD as a decimal with nine places, written out: what reads it may know no exponents."""
    return f"{Decimal(nanodollars) / NANO:.9f}"


def cents(nanodollars: int) -> Decimal:
    """USD in whole cents, half a cent upward."""
    return (Decimal(nanodollars) / NANO).quantize(_CENT, ROUND_HALF_UP)


def _shown(sums: Sums) -> dict[str, Any]:
    names = ("requests", "input_tokens", "cached_tokens", "output_tokens")
    return {**{name: getattr(sums, name) for name in names}, "unknown_costs": sums.unknown, "usd": exact(sums.charge)}


def _buckets(start: datetime, end: datetime, width: Bucket) -> Iterator[tuple[datetime, datetime]]:
    begin = start
    while begin < end:
        until = min(_after(begin, width), end)
        yield begin, until
        begin = until


def _after(moment: datetime, width: Bucket) -> datetime:
    if width == "1mo":
        return _next_month(moment)
    day = moment.replace(minute=0, second=0, microsecond=0)
    return day + timedelta(hours=1) if width == "1h" else day.replace(hour=0) + timedelta(days=1)


def _next_month(moment: datetime) -> datetime:
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first + timedelta(days=calendar.monthrange(first.year, first.month)[1])


def _month(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadRequest("'month' is written as YYYY-MM, such as 2026-11.", param="month") from error
