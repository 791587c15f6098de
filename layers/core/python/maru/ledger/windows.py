"""Calendar windows of budgets, in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Literal

type Window = Literal["day", "month"]


def window_id(window: Window, now: datetime) -> str:
    """The window that ``now`` lies in: ``2026-11-21`` or ``2026-11``."""
    day = now.astimezone(UTC).date().isoformat()
    return day if window == "day" else day[:7]


def window_end(window: Window, now: datetime) -> datetime:
    """When the window of ``now`` ends and the next begins."""
    start = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if window == "day":
        return start + timedelta(days=1)
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
