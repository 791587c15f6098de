"""How long a tenant keeps what, by data class, and whether what people ask may be used to make it better."""

import time
from collections.abc import Mapping
from typing import Any, get_args

from maru.dynamo import Item, Table, TableSpec
from maru.errors import BadRequest
from maru.knowledge.acl import DATA_CLASSES, DataClass

#: What has a time of its own: documents with their renderings, sessions with what was said in them, feedback, runs with their state.
KINDS = ("documents", "sessions", "feedback", "runs")
#: The values of runs lie in the bucket no longer than this, and 60 days that a run may take.
_MOST_DAYS = {"runs": 400}
_MOST_DAYS_OF_ANY = 36_500
_SECONDS = 86_400


class RetentionStore:
    """The table of tenants' rules. Without a rule everything stays, and nothing may be used for improvement."""

    SPEC = TableSpec("retention", key="tenant")

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, tenant: str) -> Item:
        """The tenant's rules: ``days`` by data class and kind, and ``improvement``."""
        return self._table.get({"tenant": tenant}) or {"tenant": tenant, "days": {}, "improvement": False}

    def put(self, tenant: str, *, days: Mapping[str, Mapping[str, int]], improvement: bool) -> Item:
        """Set the tenant's rules."""
        row: Item = {
            "tenant": tenant,
            "days": {name: dict(kinds) for name, kinds in days.items()},
            "improvement": improvement,
            "changed_at": int(time.time()),
        }
        self._table.put(row)
        return row

    def improving(self, tenant: str) -> bool:
        """Whether what the tenant's people ask may be used to improve what answers them."""
        return bool(self.get(tenant)["improvement"])


def check_days(given: object) -> dict[str, dict[str, int]]:
    """The rules as they are kept. Raises BadRequest naming the class or the kind."""
    if not isinstance(given, Mapping):
        raise BadRequest("'days' is an object of data classes, each with days by kind.", param="days")
    checked: dict[str, dict[str, int]] = {}
    for name, kinds in given.items():
        if name not in get_args(DataClass) or not isinstance(kinds, Mapping):
            raise BadRequest(f"'days' has an object for some of: {', '.join(DATA_CLASSES)}.", param=f"days.{str(name)[:40]}")
        checked[name] = {kind: _days(name, kind, days) for kind, days in kinds.items()}
    return checked


def _days(name: str, kind: Any, days: Any) -> int:
    param = f"days.{name}.{str(kind)[:40]}"
    if kind not in KINDS:
        raise BadRequest(f"Days are given for some of: {', '.join(KINDS)}.", param=param)
    most = _MOST_DAYS.get(kind, _MOST_DAYS_OF_ANY)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= most:
        raise BadRequest(f"Days of {kind} are a whole number from 1 to {most}.", param=param)
    return days


def before(rules: Item, kind: str, data_class: str, now: float) -> float | None:
    """The moment before which what is of this kind and class has had its time; None where it stays."""
    days = (rules["days"].get(data_class) or {}).get(kind)
    return None if days is None else now - days * _SECONDS


def strictest(classes: set[str]) -> str:
    """The class that decides over what stands on several: the last in their order."""
    return max(classes, key=DATA_CLASSES.index, default="internal")
