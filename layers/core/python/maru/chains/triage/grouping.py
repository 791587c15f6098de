"""Which events are one alert: the same thing seen again, or things that share an actor, a machine or an indicator within a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

#: Seconds within which related events belong together.
WINDOW_SECONDS = 3_600
#: ECS fields whose equal values relate two events.
_BINDING = ("user.name", "host.name", "source.ip", "file.hash.sha256")
_NOBODY = frozenset({"-", "system", "root", "unknown", "none", "n/a", "nt authority\\system", "127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Trace:
    """What grouping looks at: the action, the binding values by field, the techniques, and when, in seconds."""

    action: str
    values: dict[str, str]
    techniques: frozenset[str]
    at: float | None


def trace(fields: dict[str, str], techniques: frozenset[str]) -> Trace:
    """The trace of an event from its ECS fields as text."""
    values = {name: fields[name].lower() for name in _BINDING if fields.get(name, "").lower() not in _NOBODY | {""}}
    return Trace(fields.get("event.action", "").lower(), values, techniques, moment(fields.get("@timestamp", "")))


def groups(traces: Sequence[Trace], concerning: Sequence[bool]) -> list[list[int]]:
    """Positions of events that are one alert, each in one group, in the order of their first event.

    Duplicates have the same action and the same binding values. Related events share a user, a machine, an address or a file within
    :data:`WINDOW_SECONDS`, both concerning: an ordinary event of a busy user is no part of an attack on that user.
    """
    parent = list(range(len(traces)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    seen: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(traces):
        for key in _keys(one, concerning=concerning[at]):
            for other in seen.get(key, ())[-8:]:
                if _near(one, traces[other]):
                    left, right = sorted((root(at), root(other)))
                    parent[right] = left
            seen.setdefault(key, []).append(at)
    found: dict[int, list[int]] = {}
    for at in range(len(traces)):
        found.setdefault(root(at), []).append(at)
    return [found[first] for first in sorted(found)]


def _keys(one: Trace, *, concerning: bool) -> list[tuple[str, ...]]:
    same = [("same", one.action, *sorted(f"{name}={value}" for name, value in one.values.items()))] if one.action and one.values else []
    if not concerning:
        return same
    return same + [("related", name, value) for name, value in one.values.items()]


def _near(left: Trace, right: Trace) -> bool:
    return left.at is None or right.at is None or abs(left.at - right.at) <= WINDOW_SECONDS


def moment(text: str) -> float | None:
    """Seconds since 1970 of a time as events write it: ISO 8601, seconds or milliseconds; None where it cannot be read."""
    if re.fullmatch(r"\d{10}(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d{13}", text):
        return int(text) / 1000
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)? ?(Z|[+-]\d\d:?\d\d)?", text)
    if found is None:
        return None
    try:
        when = datetime.fromisoformat(f"{found[1]}T{found[2]}{(found[3] or 'Z')}")
    except ValueError:
        return None
    return when.astimezone(UTC).timestamp()
