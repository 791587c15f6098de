"""The audit trail: one row for every call, who did what to which object and how it ended; never a text."""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Self

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru import aws
from maru.dynamo import Item, Table, TableSpec
from maru.errors import MaruError, shortened
from maru.http.exchange import named_of, of, route_of
from maru.items import marshal
from maru.knowledge.rights import FileVersion
from maru.settings import Settings
from maru.telemetry import Telemetry

#: What the audit calls the reading of a document by an answer.
READ = "answer.read"
#: The tenant of calls whose caller never became known; operators read it.
NOBODY = "-"


class AuditSettings(Settings):
    """Where the audit is written, and how long a row is kept."""

    audit_table: str
    audit_retention_days: int = 400


class AuditStore:
    """The table of audit rows: a tenant's calls in order of time."""

    SPEC = TableSpec("audit", key="tenant", sort="at", ttl="expires_at")

    def __init__(self, table: Table, *, retention_days: int) -> None:
        self._table, self._retention = table, retention_days * 86_400

    @classmethod
    def connect(cls, settings: AuditSettings) -> Self:
        """On the table that the settings name; makes no call."""
        return cls(Table(aws.client("dynamodb"), settings.audit_table, cls.SPEC), retention_days=settings.audit_retention_days)

    def write(self, row: Item, *, part: str = "") -> None:
        """Keep one call; ``row`` holds ``tenant``, ``request_id`` and whatever else is known. ``part`` is as in :meth:`entry`."""
        self._table.put(self._stamped(row, part))

    def entry(self, row: Item, *, part: str = "") -> dict[str, Any]:
        """The same as a write to make together with others (:mod:`maru.ledger.writes`); ``part`` tells rows of one moment apart."""
        return {"Put": {"TableName": self._table.name, "Item": marshal(self._stamped(row, part))}}

    def _stamped(self, row: Item, part: str = "") -> Item:
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1_000_000):06d}Z"
        return {**row, "at": f"{stamp}#{row['request_id']}{part}", "expires_at": int(now) + self._retention}

    def read(self, tenant: str, *, since: str = "", until: str = "~", limit: int | None = None) -> Iterator[Item]:
        """Rows of a tenant, newest first; ``since`` and ``until`` are ISO 8601 in UTC, or beginnings of it."""
        values = {":tenant": tenant, ":since": since or " ", ":until": until}
        key = "tenant = :tenant AND #at BETWEEN :since AND :until"
        return self._table.query(key, values, names={"#at": "at"}, forward=False, limit=limit)


class Audit:
    """Writes the row of each call before the last byte of its answer leaves.

    Behind Lambda nothing runs after the answer, so the last message waits for the row. A row that cannot be written is
    logged and counted, and the answer goes out: the call has happened.
    """

    def __init__(self, app: ASGIApp, store: AuditStore, log: Telemetry) -> None:
        self._app, self._store, self._log = app, store, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and keep its row."""
        if not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        status, written = 0, False

        async def audited(message: Message) -> None:
            nonlocal status, written
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body" and not message.get("more_body") and not written:
                written = True
                await self._write(scope, status)
            await send(message)

        try:
            await self._app(scope, receive, audited)
        except MaruError as error:
            status = status or error.status
            raise
        except Exception:
            of(scope).failed = True
            raise
        finally:
            if not written:
                await self._write(scope, status or 500)

    async def _write(self, scope: Scope, status: int) -> None:
        current = of(scope)
        caller = current.caller
        row: Item = {
            "tenant": caller.tenant if caller else NOBODY,
            "user": caller.user if caller else None,
            "key_id": caller.key_id if caller else None,
            "action": current.given_again or route_of(scope),
            "object": shortened(named_of(scope) or "") or None,
            "status": status,
            "outcome": "failed" if status >= 400 or current.failed else "ok",
            "request_id": current.request_id,
        }
        if notes := current.noted and current.noted():
            row["guard"] = notes
        try:
            if current.after:
                await current.after()
            if current.close:
                await current.close([self._store.entry(row)])
            else:
                await anyio.to_thread.run_sync(self._keep, row, current.made_of if current.given_again and row["outcome"] == "ok" else ())
        except Exception as error:  # noqa: BLE001 - see the class: the answer is not held hostage
            self._log.failure("audit row lost", error, **{name: value for name, value in row.items() if name != "guard"})
            self._log.metric({"part": "audit"}, {"lost_rows": 1})

    def _keep(self, row: Item, read: Iterable[FileVersion]) -> None:
        """Write a call's row, and one for each document that an answer given again shows once more; blocks."""
        for number, (file_id, version) in enumerate(sorted(read)):
            self._store.write({**row, "action": READ, "object": f"{file_id}/{version}"}, part=f"/{number}")
        self._store.write(row)
