"""Idempotency-Key on every POST: the same request twice is done once and answered twice.

Rights hold here, too: an answer that shows documents is given again to who may read them still, and what only reads (a search) is
made anew each time.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, IdempotencyMismatch
from maru.http.body import read_whole, replay
from maru.http.exchange import of
from maru.identity import Caller
from maru.knowledge.rights import FileVersion, Readable

_KEEP_SECONDS = 86_400
#: Longer than any request may run (Lambda ends at 15 minutes), so that a crash does not block a key for a day.
_LOCK_SECONDS = 16 * 60
_MAX_KEY = 255
#: A row holds 400 KB; larger answers go to S3.
_INLINE_BYTES = 300_000
#: Not kept: the caller is meant to try again.
_TRANSIENT = {408, 409, 425, 429}


@dataclass(frozen=True)
class StoredAnswer:
    """A finished answer as it was sent, and the file versions that it shows."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    made_of: frozenset[FileVersion] = frozenset()


class IdempotencyStore:
    """The table of requests that carried an Idempotency-Key; answers too large for a row lie in ``bucket``."""

    SPEC = TableSpec("idempotency", key="id", ttl="expires_at")
    PREFIX = "idempotency/"

    def __init__(self, table: Table, *, s3: Any, bucket: str) -> None:
        self._table, self._s3, self._bucket = table, s3, bucket

    def begin(self, key: str, request_hash: str) -> StoredAnswer | None:
        """Take the key (None: go on), or give the finished answer.

        Raises :class:`Conflict` while the first request is still running and :class:`IdempotencyMismatch` for another request.
        """
        now = int(time.time())
        row: Item = {"id": key, "request": request_hash, "locked_until": now + _LOCK_SECONDS, "expires_at": now + _KEEP_SECONDS}
        free = "attribute_not_exists(id) OR expires_at < :now OR (attribute_not_exists(answer) AND locked_until < :now)"
        try:
            self._table.put(row, condition=free, values={":now": now})
        except ConditionFailed:
            return self._finished(self._table.get({"id": key}), request_hash)
        return None

    def finish(self, key: str, answer: StoredAnswer) -> None:
        """Keep the answer for a day."""
        kept: Item = {
            "status": answer.status,
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers],
            "made_of": [list(one) for one in sorted(answer.made_of)],
        }
        if len(answer.body) > _INLINE_BYTES:
            self._s3.put_object(Bucket=self._bucket, Key=self.PREFIX + key, Body=answer.body)
        else:
            kept["body"] = answer.body
        self._table.set({"id": key}, {"answer": kept})

    def release(self, key: str) -> None:
        """Forget a request that came to nothing, so that it can be sent again."""
        self._table.delete({"id": key})

    def _finished(self, row: Item | None, request_hash: str) -> StoredAnswer:
        if row is None or (row["request"] == request_hash and "answer" not in row):
            raise Conflict("The first request with this Idempotency-Key is still running.", code="idempotency_in_progress", retry_after=2)
        if row["request"] != request_hash:
            raise IdempotencyMismatch("This Idempotency-Key was used for another request. Use a new key.", param="Idempotency-Key")
        kept = row["answer"]
        body = kept["body"] if "body" in kept else self._s3.get_object(Bucket=self._bucket, Key=self.PREFIX + row["id"])["Body"].read()
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept["headers"]]
        made_of = frozenset((file_id, int(version)) for file_id, version in kept.get("made_of", ()))
        return StoredAnswer(kept["status"], headers, body, made_of)


class Idempotency:
    """Applies the store to POST requests that carry the header; without ``readable`` nobody may read any document."""

    def __init__(self, app: ASGIApp, store: IdempotencyStore, readable: Readable | None = None) -> None:
        self._app, self._store, self._readable = app, store, readable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or give its first answer again."""
        key, caller = _header(scope, b"idempotency-key"), of(scope).caller
        if scope["method"] != "POST" or not key or caller is None:
            await self._app(scope, receive, send)
            return
        if len(key) > _MAX_KEY:
            raise BadRequest(f"An Idempotency-Key has at most {_MAX_KEY} characters.", param="Idempotency-Key")
        body = await read_whole(receive)
        row_id = _row_id(caller, scope["path"], key)
        kept = await anyio.to_thread.run_sync(self._store.begin, row_id, _request_hash(scope, body))
        if kept is not None:
            await anyio.to_thread.run_sync(self._check, caller, kept)
            await _give_again(send, kept)
            return
        recorder = _Recorder(send, self._store, row_id, scope)
        try:
            await self._app(scope, replay(body, receive), recorder)
        finally:
            await recorder.close()

    def _check(self, caller: Caller, kept: StoredAnswer) -> None:
        """Raises :class:`Conflict` for an answer that shows what its caller may no longer read."""
        if kept.made_of and not (self._readable and kept.made_of <= self._readable(caller, kept.made_of)):
            told = "The first answer to this Idempotency-Key shows documents that are gone or no longer yours to read. Use a new key."
            raise Conflict(told, param="Idempotency-Key", code="idempotent_answer_withheld")


class _Recorder:
    """Passes the answer on and keeps it before its last byte leaves."""

    def __init__(self, send: Send, store: IdempotencyStore, row_id: str, scope: Scope) -> None:
        self._send, self._store, self._row_id, self._scope = send, store, row_id, scope
        self._start: Message | None = None
        self._body: list[bytes] = []
        self._settled = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": list(message["headers"])}  # CORS adds its own to this one, anew with each answer
        elif message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._settle(complete=True)
        await self._send(message)

    async def close(self) -> None:
        """Release the key of an answer that never came to its end."""
        if not self._settled:
            await self._settle(complete=False)

    async def _settle(self, *, complete: bool) -> None:
        self._settled = True
        status = self._start["status"] if self._start else 500
        current = of(self._scope)
        if complete and status < 500 and status not in _TRANSIENT and not (current.failed or current.anew):
            assert self._start is not None  # noqa: S101 - a complete answer has begun
            answer = StoredAnswer(status, list(self._start["headers"]), b"".join(self._body), frozenset(current.made_of))
            await anyio.to_thread.run_sync(self._store.finish, self._row_id, answer)
        else:
            await anyio.to_thread.run_sync(self._store.release, self._row_id)


async def _give_again(send: Send, kept: StoredAnswer) -> None:
    await send({"type": "http.response.start", "status": kept.status, "headers": [*kept.headers, (b"idempotent-replayed", b"true")]})
    await send({"type": "http.response.body", "body": kept.body})


def _row_id(caller: Caller, path: str, key: str) -> str:
    return hashlib.sha256(json.dumps([caller.tenant, caller.user, path, key]).encode()).hexdigest()


def _request_hash(scope: Scope, body: bytes) -> str:
    # A client that sends a form again draws another boundary: it is no part of what was asked.
    content_type = _header(scope, b"content-type")
    _, _, boundary = content_type.partition("boundary=")
    if content_type.startswith("multipart/") and boundary:
        body = body.replace(boundary.strip('"').encode(), b"")
    return hashlib.sha256(scope.get("query_string", b"") + b"\0" + body).hexdigest()


def _header(scope: Scope, name: bytes) -> str:
    return next((str(value.decode("latin-1")) for key, value in scope["headers"] if key == name), "")
