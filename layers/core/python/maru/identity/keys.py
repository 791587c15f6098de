"""API keys: ``mk_{id}_{secret}``, looked up by id, only the hash of the secret kept."""

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import BadRequest, NotFound
from maru.identity.caller import Caller
from maru.identity.published import Published

_BY_TENANT = IndexSpec("by_tenant", "tenant", "id")


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; ``key`` is shown once and stored nowhere."""

    id: str
    key: str
    row: Item


class KeyStore:
    """The table of API keys, one row a key."""

    SPEC = TableSpec("keys", key="id", indexes=(_BY_TENANT,))

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(
        self,
        *,
        tenant: str,
        user: str,
        groups: Iterable[str],
        scopes: Iterable[str],
        expires_at: int | None = None,
        created_by: str | None = None,
        published: Published | None = None,
    ) -> NewKey:
        """Make a key; ``expires_at`` is in seconds since the epoch, None means never. One that is ``published`` may stand in web pages."""
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        row: Item = {
            "id": key_id,
            "tenant": tenant,
            "user": user,
            "groups": sorted(set(groups)),
            "scopes": sorted(set(scopes)),
            "secret_hash": _hash(secret),
            "created_at": int(time.time()),
            "created_by": created_by,
            "expires_at": expires_at,
            "revoked_at": None,
            **({"published": published.row()} if published else {}),
        }
        self._table.put(row, condition="attribute_not_exists(id)")
        return NewKey(key_id, f"mk_{key_id}_{secret}", row)

    def verify(self, key: str) -> tuple[Caller, float] | None:
        """The caller that a whole key stands for, and when the key expires (seconds since the epoch); None if it is unknown, wrong, expired
        or revoked.
        """
        key_id, _, secret = key.removeprefix("mk_").partition("_")
        if not key.startswith("mk_") or not key_id or not secret:
            return None
        row = self._table.get({"id": key_id})
        if row is None or not hmac.compare_digest(row["secret_hash"], _hash(secret)):
            return None
        if not _holds(row):
            return None
        published = Published.of(row)
        caller = Caller(row["tenant"], row["user"], tuple(row["groups"]), frozenset(row["scopes"]), row["id"], published)
        return caller, float(row["expires_at"] or math.inf)

    def origins(self, key_id: str) -> frozenset[str]:
        """The origins whose pages may use a published key that holds; none for any other, and for none."""
        row = self._table.get({"id": key_id})
        published = Published.of(row) if row and _holds(row) else None
        return published.origins if published else frozenset()

    def list(self, tenant: str) -> list[Item]:
        """All keys of a tenant, oldest first, hashes left out."""
        rows = self._table.query("tenant = :tenant", {":tenant": tenant}, index=_BY_TENANT.name)
        return sorted((_public(row) for row in rows), key=lambda row: (row["created_at"], row["id"]))

    def require(self, tenant: str, key_id: str) -> None:
        """Raises :class:`BadRequest` where the tenant has no such key; what stands for a token or a trigger (``jwt:…``) is none."""
        if ":" in key_id:
            return
        row = self._table.get({"id": key_id})
        if row is None or row["tenant"] != tenant:
            raise BadRequest(f"No key '{key_id}' in this tenant. GET /v1/keys lists them.", param="key_id")

    def revoke(self, tenant: str, key_id: str) -> Item:
        """Revoke a key of ``tenant``, for good; raises :class:`NotFound` for an unknown or foreign one."""
        try:
            row = self._table.set(
                {"id": key_id}, {"revoked_at": int(time.time())}, condition="tenant = :tenant", values={":tenant": tenant}
            )
        except ConditionFailed:
            raise NotFound(f"No key '{key_id}'.", param="id") from None
        return _public(row)


def _holds(row: Item) -> bool:
    return row["revoked_at"] is None and (row["expires_at"] is None or bool(row["expires_at"] > time.time()))


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def _public(row: Item) -> Item:
    return {name: value for name, value in row.items() if name != "secret_hash"}
