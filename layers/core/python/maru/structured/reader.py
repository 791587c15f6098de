"""Reads views on the replica, each in a transaction that can only read and is bound to the caller's tenant and user."""

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, Self

from maru import aws, telemetry
from maru.errors import BadRequest, MaruError, NotFound, Unavailable, UpstreamFailed
from maru.identity import Caller
from maru.postgres import Pool, Terms
from maru.structured import replica
from maru.structured.query import Question, having, told
from maru.structured.replica import State
from maru.structured.rows import evidence_id, parted, reference, values_of
from maru.structured.settings import DataSettings
from maru.structured.sql import columns_of, cursor, statement
from maru.structured.views import View, Views

if TYPE_CHECKING:
    from pg8000.native import Connection

#: What the audit calls the reading of a view.
READ = "data.read"
_STATEMENT_MS = 5_000
#: Rows that one statement looks for by their keys.
_AT_ONCE = 100
_TIMEOUT_SECONDS = 8.0
_BOUND = """SELECT set_config('maru.user', :user, true), set_config('statement_timeout', :ms, true), set_config('TimeZone', 'UTC', true),
  set_config('DateStyle', 'ISO', true)"""


def _busy() -> Exception:
    return Unavailable("The database is busy. Ask again, or for less.", code="database_busy", retry_after=2)


def _refused(_: str) -> Exception:
    return UpstreamFailed("The database refuses to read this view as it is configured.", code="database_refused")


TERMS = Terms("The database", _busy, _refused)


@dataclass(frozen=True)
class Page:
    """Rows of a view in order; ``next`` leads to the page behind."""

    view: View
    rows: list[dict[str, Any]]
    next: str | None
    state: State

    def told(self) -> dict[str, Any]:
        """As the API answers it: each row with the reference that an answer cites it by."""
        data = [{"object": "data.row", "reference": reference(self.view, row), "row": row} for row in self.rows]
        return {
            "object": "list",
            "view": self.view.view,
            "data": data,
            "has_more": self.next is not None,
            "next": self.next,
            "replica": self.state.told(),
        }


class Trail(Protocol):
    """The audit."""

    def write(self, row: dict[str, Any]) -> None:
        """Keep a row; blocks."""
        ...


class DataReader:
    """One per process; threads share it. Each reading leaves a row in the audit: who, which view, how many rows, never a value."""

    def __init__(self, views: Views, pool: Pool | None, *, trail: Trail, log: telemetry.Telemetry) -> None:
        self.views, self._pool, self._trail, self._log = views, pool, trail, log

    @classmethod
    def connect(cls, settings: DataSettings, *, trail: Trail, log: telemetry.Telemetry) -> Self:
        """On the database that the settings name; makes no call."""
        password = partial(_password, settings.data_secret)
        url = settings.data_url
        pool = Pool(url, password=password, timeout=_TIMEOUT_SECONDS, terms=TERMS) if url else None
        return cls(Views.load(settings.catalogue), pool, trail=trail, log=log)

    def read(self, caller: Caller, view: View, asked: Question) -> Page:
        """A page of a view. Raises :class:`BadRequest` where no database is configured, :class:`Unavailable` where no replica answers or
        it is too far behind, :class:`UpstreamFailed` where the database refuses."""
        sql, values = statement(view, asked)
        with self._bound(caller) as connection:
            state = replica.state(connection, view, required=self.views.replica == "required")
            rows = connection.run(sql, **values) or []
        page = _page(view, asked, rows, state)
        self._audited(caller, view, len(page.rows))
        return page

    def row(self, caller: Caller, view: View, key: str) -> tuple[dict[str, Any], State]:
        """One row whole, and how the replica stands. Raises :class:`NotFound` where the caller has none of that key, and as :meth:`read`
        does."""
        try:
            wanted = having(view, [values_of(view, key)])
        except (ValueError, BadRequest):
            wanted = None
        page = self.read(caller, view, Question(tuple(view.columns), wanted, None, 1, None)) if wanted else None
        if page is None or not page.rows:
            raise NotFound(f"There is no row '{key[:100]}' in '{view.view}'.", param="key", code="row_not_found")
        return page.rows[0], page.state

    def visible(self, caller: Caller, ids: Iterable[str]) -> set[str]:
        """Those rows, as citations name them, that the caller may read now; none where the database cannot be asked."""
        names: dict[str, set[str]] = {}
        for id_ in ids:
            names.setdefault(parted(id_)[0], set()).add(id_)
        return {id_ for view in self.views.of(caller) if view.view in names for id_ in self._visible(caller, view, names[view.view])}

    def _visible(self, caller: Caller, view: View, ids: set[str]) -> set[str]:
        keys = {}
        for id_ in ids:
            try:
                keys[id_] = values_of(view, parted(id_)[1])
                having(view, [keys[id_]])
            except (ValueError, BadRequest):
                keys.pop(id_, None)
        found: set[str] = set()
        for batch in itertools.batched(sorted(keys), _AT_ONCE, strict=False):
            asked = Question(view.key, having(view, [keys[id_] for id_ in batch]), None, len(batch), None)
            sql, values = statement(view, asked)
            try:
                with self._bound(caller) as connection:
                    state = replica.state(connection, view, required=self.views.replica == "required")
                    rows = connection.run(sql, **values) or []
            except MaruError as error:
                self._log.failure("rows not checked", error, view=view.view)
                return set()
            found |= {evidence_id(view, row) for row in _page(view, asked, rows, state).rows}
        return found & ids

    @contextmanager
    def _bound(self, caller: Caller) -> "Iterator[Connection]":
        if self._pool is None:
            raise BadRequest(
                "No database is configured here. An operator names a replica: data_url of the stage, MARU_DATA_URL of `make run`.",
                param="view",
                code="no_database",
            )
        with self._pool.transaction(caller.tenant) as connection:
            connection.run("SET TRANSACTION READ ONLY")
            connection.run(_BOUND, user=caller.user, ms=str(_STATEMENT_MS))
            yield connection

    def _audited(self, caller: Caller, view: View, rows: int) -> None:
        row = {
            "tenant": caller.tenant,
            "user": caller.user,
            "key_id": caller.key_id,
            "action": READ,
            "object": view.view,
            "rows": rows,
            "status": 200,
            "outcome": "ok",
            "request_id": telemetry.request_id.get() or "-",
        }
        try:
            self._trail.write(row)
        except Unavailable as error:  # as with every row of the audit: it is counted, and the answer goes out
            self._log.failure("audit row lost", error, **row)
            self._log.metric({"part": "audit"}, {"lost_rows": 1})


def _page(view: View, asked: Question, rows: Sequence[Sequence[str | None]], state: State) -> Page:
    names = columns_of(view, asked)
    texts = [dict(zip(names, row, strict=True)) for row in rows[: asked.limit]]
    try:
        shown = [{name: told(view.columns[name].type, row[name]) for name in asked.fields} for row in texts]
    except ValueError as error:
        message = "The database holds a value that its column's type in data.yaml does not have: an operator says 'cast' there."
        raise UpstreamFailed(message, code="database_refused") from error
    more = cursor(view, asked, texts[-1]) if len(rows) > asked.limit else None
    return Page(view, shown, more, state)


def _password(secret: str | None) -> str | None:
    from botocore.exceptions import BotoCoreError, ClientError

    if secret is None:
        return None
    try:
        value: str = aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("The database's password cannot be read.", code="database_password") from error
    try:
        held: Any = json.loads(value)
    except ValueError:
        return value
    return str(held["password"]) if isinstance(held, dict) else value
