"""Connections to PostgreSQL: borrowed for a transaction that is bound to one tenant, and given back."""

import queue
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from maru.errors import Unavailable

if TYPE_CHECKING:
    from pg8000.native import Connection

_IDLE = 10
#: SQLSTATE classes of what may do better a moment later: connections, resources, rollbacks, locks, operators at work.
_BUSY = ("08", "53", "40", "55", "57")
#: Whether row-level security binds the role: one that it does not bind must not be used, a forgotten condition would show it all.
_UNBOUND = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_SET_TENANT = "SELECT set_config('maru.tenant', :tenant, true)"


@dataclass(frozen=True)
class Terms:
    """How whoever uses a server speaks of it: its name, its errors while it is busy, and where it refuses (by SQLSTATE)."""

    server: str
    busy: Callable[[], Exception]
    refused: Callable[[str], Exception]


class Pool:
    """Threads share it; ``timeout`` is in seconds and of each answer of the server. ``password`` is asked for with each connection that
    is opened: one that was changed meanwhile is taken up."""

    def __init__(self, url: str, *, password: Callable[[], str | None], timeout: float, terms: Terms) -> None:
        self._url, self._password, self._timeout, self._terms = url, password, timeout, terms
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue(_IDLE)

    @contextmanager
    def transaction(self, tenant: str | None) -> Iterator["Connection"]:
        """A connection in a transaction bound to the tenant, or to nobody. Raises the errors of its terms, or Unavailable."""
        from pg8000.exceptions import DatabaseError, InterfaceError

        connection = self._begun()
        try:
            if tenant is not None:
                connection.run(_SET_TENANT, tenant=tenant)
            yield connection
            connection.run("COMMIT")
        except DatabaseError as error:
            self._give_back(connection, broken=not _rolled_back(connection))
            raise self._in_our_terms(error) from error
        except (InterfaceError, OSError) as error:
            self._give_back(connection, broken=True)
            raise Unavailable(f"{self._terms.server} does not answer.") from error
        except BaseException:
            self._give_back(connection, broken=not _rolled_back(connection))
            raise
        self._give_back(connection, broken=False)

    def close(self) -> None:
        """Close the idle connections."""
        while not self._idle.empty():
            _close(self._idle.get_nowait())

    def _begun(self) -> "Connection":
        """An idle connection, or a new one: the server may have ended idle ones meanwhile."""
        from pg8000.exceptions import DatabaseError, InterfaceError

        while True:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                break
            try:
                connection.run("BEGIN")
            except (DatabaseError, InterfaceError, OSError):
                _close(connection)
            else:
                return connection
        connection = self._open()
        connection.run("BEGIN")
        return connection

    def _give_back(self, connection: "Connection", *, broken: bool) -> None:
        try:
            if not broken:
                self._idle.put_nowait(connection)
                return
        except queue.Full:
            pass
        _close(connection)

    def _open(self) -> "Connection":
        from pg8000.exceptions import DatabaseError, InterfaceError
        from pg8000.native import Connection

        try:
            arguments = _arguments(self._url, self._password())
        except ValueError as error:
            raise Unavailable(f"{self._terms.server} cannot be reached by the URL that is configured: {error}.") from error
        try:
            connection = Connection(**arguments, timeout=self._timeout)
            ((unbound,),) = connection.run(_UNBOUND)
        except (DatabaseError, InterfaceError, OSError) as error:
            raise Unavailable(f"{self._terms.server} does not answer.") from error
        if unbound:
            _close(connection)
            raise Unavailable(
                f"{self._terms.server} has given a role that row-level security does not bind: give Maru one that is no superuser."
            )
        return connection

    def _in_our_terms(self, error: Exception) -> Exception:
        """The server's error as ours, with nothing of its text: that may quote rows."""
        told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        state = str(told.get("C", ""))
        return self._terms.busy() if state.startswith(_BUSY) else self._terms.refused(f"sqlstate_{state}")


def checked(url: str) -> str:
    """The URL of a server; raises ValueError for another, which it does not quote."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or not parts.username:
        raise ValueError("a PostgreSQL server is postgresql://user@host:port/database")
    return url


def _arguments(url: str, password: str | None) -> dict[str, Any]:
    """The driver's arguments for a connection's URL."""
    parts = urlsplit(checked(url))
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    secure = None
    if asked.get("sslmode", "disable") != "disable":
        secure = ssl.create_default_context(cafile=asked.get("sslrootcert"))
    return {
        "user": unquote(parts.username or ""),
        "password": password or (unquote(parts.password) if parts.password else None),
        "host": parts.hostname,
        "port": parts.port or 5432,
        "database": parts.path.lstrip("/") or None,
        "ssl_context": secure,
        "application_name": "maru",
    }


def _rolled_back(connection: "Connection") -> bool:
    from pg8000.exceptions import DatabaseError, InterfaceError

    try:
        connection.run("ROLLBACK")
    except (DatabaseError, InterfaceError, OSError):
        return False
    return True


def _close(connection: "Connection") -> None:
    from pg8000.exceptions import DatabaseError, InterfaceError

    try:
        connection.close()
    except (DatabaseError, InterfaceError, OSError):
        return  # it is gone already
