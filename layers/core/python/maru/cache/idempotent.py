"""The table of requests that carried an Idempotency-Key, with their answers for a day.

Beside an answer stand the documents that it shows, in the table of cached answers: whatever takes a document away finds both there
(:mod:`maru.cache.forgetting`).
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

from maru.cache.entries import of, there
from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import Conflict, IdempotencyMismatch
from maru.knowledge.blobs import Blob, Blobs, ObjectGone
from maru.knowledge.rights import FileVersion
from maru.transactions import LIMIT, TransactionFailed, change, put, transact

_KEEP_SECONDS = 86_400
#: Longer than any request may run (Lambda ends at 15 minutes), so that a crash does not block a key for a day.
_LOCK_SECONDS = 16 * 60
#: A row holds 400 KB; larger answers go to S3.
_INLINE_BYTES = 300_000
#: Each document takes two places of a transaction, the answer one. An answer that shows more is given once.
_MOST_FILES = (LIMIT - 1) // 2
_WITHHELD = {"withheld": True}
_FREE = "attribute_not_exists(answer)"


@dataclass(frozen=True)
class StoredAnswer:
    """A finished answer as it was sent, the file versions that it shows, and what the audit called the call and its object."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    made_of: frozenset[FileVersion] = frozenset()
    action: str = "-"
    named: str | None = None


class Shown(NamedTuple):
    """Where the documents behind a tenant's answers are told: the table of :class:`maru.cache.entries.EntryStore`."""

    table: Table
    tenant: str


class IdempotencyStore:
    """Answers too large for a row lie in ``blobs``, below :attr:`PREFIX`."""

    SPEC = TableSpec("idempotency", key="id", ttl="expires_at")
    PREFIX = "idempotency/"

    def __init__(self, table: Table, blobs: Blobs) -> None:
        self._table, self._blobs = table, blobs

    def begin(self, key: str, request_hash: str, tenant: str, user: str) -> StoredAnswer | None:
        """Take the key (None: go on), or give the finished answer; it is deleted with its tenant and with its user.

        Raises :class:`Conflict` while the first request is still running, or where its answer is forgotten, and
        :class:`IdempotencyMismatch` for another request.
        """
        now = int(time.time())
        times = {"locked_until": now + _LOCK_SECONDS, "expires_at": now + _KEEP_SECONDS}
        row: Item = {"id": key, "request": request_hash, "tenant": tenant, "user": user, **times}
        free = f"attribute_not_exists(id) OR expires_at < :now OR ({_FREE} AND locked_until < :now)"
        try:
            self._table.put(row, condition=free, values={":now": now})
        except ConditionFailed:
            return self._finished(self._table.get({"id": key}), request_hash)
        return None

    def finish(self, key: str, answer: StoredAnswer, shown: Shown | None = None) -> None:
        """Keep the answer for a day; of one whose documents nobody can tell, or are gone by now, only that it was given."""
        kept: Item = {
            "status": answer.status,
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in answer.headers],
            "made_of": [list(one) for one in sorted(answer.made_of)],
            "action": answer.action,
            "named": answer.named,
        }
        written: Blob | None = None
        if len(answer.body) > _INLINE_BYTES:
            written = self._blobs.put(self._blobs.own(self.PREFIX + key), answer.body)
        else:
            kept["body"] = answer.body
        if answer.made_of and not (shown and self._kept_with(shown, key, kept, answer.made_of)):
            self._set(key, _WITHHELD)
            if written:
                self._blobs.remove(written)
        elif not answer.made_of:
            self._set(key, kept)

    def release(self, key: str) -> None:
        """Forget a request that came to nothing, so that it can be sent again."""
        self._table.delete({"id": key})

    def withhold(self, key: str) -> None:
        """Take an answer away and leave that it was given; may be cut off and called again at any time."""
        self._set(key, _WITHHELD, "attribute_exists(id)")
        self._blobs.delete_under(self.PREFIX + key)

    def _kept_with(self, shown: Shown, key: str, kept: Item, made_of: frozenset[FileVersion]) -> bool:
        """Write an answer together with what it shows; False where that is too much, or something that is gone."""
        oldest = dict(sorted(made_of, reverse=True))
        if len(oldest) > _MOST_FILES:
            return False
        now, table = int(time.time()), shown.table
        actions = [change(self._table, {"id": key}, {"answer": kept}, condition=_FREE)]
        for file_id, version in oldest.items():
            row = {"tenant": shown.tenant, "id": of(file_id, key), "answer": key, "version": version, "expires_at": now + _KEEP_SECONDS}
            actions += [put(table, row), there(table.name, shown.tenant, (file_id, version), now, since="first")]
        try:
            transact(table, actions)
        except TransactionFailed:
            return False
        return True

    def _set(self, key: str, answer: Item, condition: str = _FREE) -> None:
        try:
            self._table.set({"id": key}, {"answer": answer}, condition=condition)
        except ConditionFailed:
            return  # another request took the key over, or its day is over

    def _finished(self, row: Item | None, request_hash: str) -> StoredAnswer:
        if row is None or (row["request"] == request_hash and "answer" not in row):
            raise Conflict("The first request with this Idempotency-Key is still running.", code="idempotency_in_progress", retry_after=2)
        if row["request"] != request_hash:
            raise IdempotencyMismatch("This Idempotency-Key was used for another request. Use a new key.", param="Idempotency-Key")
        kept = row["answer"]
        if kept == _WITHHELD:
            raise withheld()
        try:
            body = kept["body"] if "body" in kept else self._blobs.get(self._blobs.own(self.PREFIX + row["id"]))
        except ObjectGone:
            raise withheld() from None
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept["headers"]]
        made_of = frozenset((file_id, int(version)) for file_id, version in kept.get("made_of", ()))
        return StoredAnswer(kept["status"], headers, body, made_of, kept.get("action", "-"), kept.get("named"))


def withheld() -> Conflict:
    """What a repeated request gets whose first answer shows what is no longer there, or no longer its caller's."""
    told = "The first answer to this Idempotency-Key shows documents that are gone or no longer yours to read. Use a new key."
    return Conflict(told, param="Idempotency-Key", code="idempotent_answer_withheld")
