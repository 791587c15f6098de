"""How long requests took, from the ledger's rows: percentiles of their whole duration and of the time to the first token."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from maru.dynamo import Item
from maru.ledger.statements import Group

_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass
class Times:
    """Of some requests: how many models answered to the end, how many not, and how long the former took."""

    requests: int = 0
    failed: int = 0
    durations: list[int] = field(default_factory=list)
    first_tokens: list[int] = field(default_factory=list)

    def add(self, row: Item) -> None:
        """One more row. What was broken off says nothing about how long an answer takes."""
        self.requests += 1
        if row["status"] != "ok":
            self.failed += row["status"] != "cancelled"
            return
        for name, kept in (("duration_ms", self.durations), ("first_token_ms", self.first_tokens)):
            if name in row:
                kept.append(int(row[name]))

    def public(self) -> dict[str, Any]:
        """As callers get it, milliseconds; percentiles are null where nothing was measured."""
        measured = {"duration_ms": percentiles(self.durations), "first_token_ms": percentiles(self.first_tokens)}
        return {"num_model_requests": self.requests, "num_failed": self.failed, **measured}


def latencies(rows: Iterable[Item], by: tuple[str, ...]) -> dict[Group, Times]:
    """Times of the requests that models answered, by these attributes; what the cache answered is left out."""
    found: dict[Group, Times] = {}
    for row in rows:
        if "cache" not in row:
            found.setdefault(tuple(row.get(name) for name in by), Times()).add(row)
    return dict(sorted(found.items(), key=lambda one: tuple(str(part or "") for part in one[0])))


def percentiles(values: list[int]) -> dict[str, int | None]:
    """By the nearest rank: the least value that this share of all does not exceed; with their ``count``."""
    ordered = sorted(values)
    told = {name: ordered[ceil(share * len(ordered)) - 1] if ordered else None for name, share in _SHARES.items()}
    return {"count": len(ordered), **told}
