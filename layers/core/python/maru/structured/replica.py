"""How a replica stands: whether changes reach it, and how far it is behind."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maru.errors import Unavailable
from maru.structured.views import View

if TYPE_CHECKING:
    from pg8000.native import Connection

#: Whether it is a replica and has a connection to its primary; up to where it has received the log, whether it has replayed less, and
#: the seconds since the last commit that it has replayed (None where there was none since it began).
#: Source: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
_STATE = """SELECT pg_is_in_recovery(), EXISTS (SELECT 1 FROM pg_stat_wal_receiver), pg_last_wal_receive_lsn()::text,
  coalesce(pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn(), false),
  extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8"""
_REPLAYED = "SELECT pg_last_wal_replay_lsn() >= CAST(:received AS pg_lsn)"
#: Seconds at most that a replica is given to replay what it had received when it was asked, and between two looks.
_LONGEST, _PAUSE = 2.0, 0.02


@dataclass(frozen=True)
class State:
    """Seconds behind, None where it is cut off its primary and nobody knows; and whether changes reach it."""

    lag_seconds: float | None
    streaming: bool

    def told(self) -> dict[str, Any]:
        """As answers have it."""
        return {"lag_seconds": self.lag_seconds, "streaming": self.streaming}


def state(connection: "Connection", view: View, *, required: bool) -> State:
    """How the server stands, for a view. Raises :class:`Unavailable` where it is no replica and one is ``required``, and where it is
    further behind than the view allows."""
    ((recovering, streaming, received, pending, since),) = connection.run(_STATE) or [(False, False, None, False, None)]
    if not recovering:
        if required:
            raise Unavailable("The database is no replica, and views are read on replicas alone.", code="no_replica")
        return State(0.0, streaming=True)
    lag = _lag(since) if pending else 0.0
    if (lag is None or lag > view.max_lag_seconds) and _replays(connection, received, min(_LONGEST, view.max_lag_seconds)):
        lag = 0.0
    if lag is None or lag > view.max_lag_seconds:
        far = "has not replayed anything that it received yet" if lag is None else f"is {lag:.0f} s behind"
        message = f"The replica {far}; this view allows {view.max_lag_seconds:g} s."
        raise Unavailable(message, code="replica_behind", retry_after=5)
    return State(lag if streaming else None, streaming=bool(streaming))


def _lag(since: float | None) -> float | None:
    """What is received and not replayed is at most as old as the last commit that was: everything before that is there."""
    return None if since is None else max(0.0, round(float(since), 3))


def _replays(connection: "Connection", received: str, seconds: float) -> bool:
    """Whether it replays within so many seconds what it had received. After a quiet hour the last commit is an hour old when the next one
    arrives, and that one is no lag."""
    until = time.monotonic() + seconds
    while not (connection.run(_REPLAYED, received=received) or [[False]])[0][0]:
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True
