"""Idempotency-Key on every POST: the same request twice is done once and answered twice.

Rights hold here, too: an answer that shows documents is given again to who may read them still, and what only reads (a search) is
made anew each time.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maru.cache.idempotent import IdempotencyStore, Shown, StoredAnswer, withheld
from maru.dynamo import Table
from maru.errors import BadRequest
from maru.http.body import read_whole, replay
from maru.http.exchange import named_of, of, route_of
from maru.identity import Caller
from maru.knowledge.rights import Readable

_MAX_KEY = 255
#: Not kept: the caller is meant to try again.
_TRANSIENT = {408, 409, 425, 429}


@dataclass(frozen=True)
class Documents:
    """Behind the answers of a function that shows any: who may read them still, and the ``table`` that tells which answers show them."""

    readable: Readable
    table: Table


class Idempotency:
    """Applies the store to POST requests that carry the header; without ``documents`` nobody may read any."""

    def __init__(self, app: ASGIApp, store: IdempotencyStore, documents: Documents | None = None) -> None:
        self._app, self._store, self._documents = app, store, documents

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
        kept = await anyio.to_thread.run_sync(self._store.begin, row_id, _request_hash(scope, body), caller.tenant, caller.user)
        if kept is not None:
            current = of(scope)
            current.given_again, current.object_id, current.made_of = kept.action, kept.named, set(kept.made_of)
            await anyio.to_thread.run_sync(self._check, caller, kept)
            await _give_again(send, kept)
            return
        shown = Shown(self._documents.table, caller.tenant) if self._documents else None
        recorder = _Recorder(send, partial(self._store.finish, row_id, shown=shown), partial(self._store.release, row_id), scope)
        try:
            await self._app(scope, replay(body, receive), recorder)
        finally:
            await recorder.close()

    def _check(self, caller: Caller, kept: StoredAnswer) -> None:
        """Raises :class:`Conflict` for an answer that shows what its caller may no longer read."""
        if kept.made_of and not (self._documents and kept.made_of <= self._documents.readable(caller, kept.made_of)):
            raise withheld()


class _Recorder:
    """Passes the answer on and keeps it before its last byte leaves."""

    def __init__(self, send: Send, finish: Callable[[StoredAnswer], None], release: Callable[[], None], scope: Scope) -> None:
        self._send, self._finish, self._release, self._scope = send, finish, release, scope
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
            headers, body, made_of = list(self._start["headers"]), b"".join(self._body), frozenset(current.made_of)
            answer = StoredAnswer(status, headers, body, made_of, route_of(self._scope), named_of(self._scope))
            await anyio.to_thread.run_sync(self._finish, answer)
        else:
            await anyio.to_thread.run_sync(self._release)


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
