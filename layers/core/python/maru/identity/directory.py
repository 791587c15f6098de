"""Tenants, and the identities that tokens of a foreign issuer are mapped to."""

import re
import time
from collections.abc import Iterable

from maru.dynamo import ConditionFailed, IndexSpec, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, NotFound

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class TenantStore:
    """The table of tenants, one row a tenant; read when a key is made and when a token names a tenant."""

    SPEC = TableSpec("tenants", key="id", sort=None, indexes=(IndexSpec("all", "kind", "id"),))

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, tenant: str, name: str | None = None) -> Item:
        """Make a tenant; raises :class:`BadRequest` for an unusable id and :class:`Conflict` where it exists."""
        if not _NAME.fullmatch(tenant):
            raise BadRequest("A tenant's id has 1 to 63 of a-z, 0-9 and '-', and starts with a letter or digit.", param="id")
        row: Item = {"id": tenant, "kind": "tenant", "name": name or tenant, "created_at": int(time.time())}
        try:
            self._table.put(row, condition="attribute_not_exists(id)")
        except ConditionFailed:
            raise Conflict(f"The tenant '{tenant}' exists already.", param="id") from None
        return row

    def plan(self, tenant: str) -> str | None:
        """The name of the tenant's plan, None where it has none of its own."""
        row = self._table.get({"id": tenant})
        return row.get("plan") if row else None

    def set_plan(self, tenant: str, plan: str | None) -> Item:
        """Give the tenant a plan, or none; raises :class:`NotFound` for an unknown tenant."""
        try:
            return self._table.set({"id": tenant}, {"plan": plan}, condition="attribute_exists(id)")
        except ConditionFailed:
            raise NotFound(f"There is no tenant '{tenant}'.", param="tenant") from None

    def exists(self, tenant: str) -> bool:
        """Whether the tenant was made and not removed."""
        return self._table.get({"id": tenant}) is not None

    def require(self, tenant: str) -> str:
        """The tenant's id; raises :class:`BadRequest` where it was never made."""
        if not self.exists(tenant):
            raise BadRequest(f"There is no tenant '{tenant}'. GET /v1/tenants lists all, POST /v1/tenants makes one.", param="tenant")
        return tenant

    def named(self, tenant: str, *, own: str, found: object) -> None:
        """Of an answer about a tenant: raises :class:`BadRequest` where nothing was ``found`` of a foreign one that does not exist.

        What is kept of an erased tenant is told still.
        """
        if tenant != own and not found:
            self.require(tenant)

    def list(self) -> list[Item]:
        """All tenants, by id."""
        return list(self._table.query("kind = :kind", {":kind": "tenant"}, index="all"))


class IdentityStore:
    """The table that maps ``(issuer, client id or subject)`` to a tenant, a user, groups and scopes."""

    SPEC = TableSpec("identities", key="id", indexes=(IndexSpec("by_tenant", "tenant", "id"),))

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, *, issuer: str, subject: str, tenant: str, user: str, groups: Iterable[str], scopes: Iterable[str]) -> Item:
        """Map a token's subject (a client id or a user's ``sub``); a mapping of another tenant is never taken over."""
        row: Item = {
            "id": f"{issuer}|{subject}",
            "issuer": issuer,
            "subject": subject,
            "tenant": tenant,
            "user": user,
            "groups": sorted(set(groups)),
            "scopes": sorted(set(scopes)),
            "created_at": int(time.time()),
        }
        try:
            self._table.put(row, condition="attribute_not_exists(id) OR tenant = :tenant", values={":tenant": tenant})
        except ConditionFailed:
            raise Conflict("That subject belongs to another tenant.", param="subject") from None
        return row

    def find(self, issuer: str, subject: str) -> Item | None:
        """The mapping of a subject, or None."""
        return self._table.get({"id": f"{issuer}|{subject}"})

    def list(self, tenant: str) -> list[Item]:
        """All mappings of a tenant."""
        return list(self._table.query("tenant = :tenant", {":tenant": tenant}, index="by_tenant"))

    def delete(self, tenant: str, issuer: str, subject: str) -> None:
        """Remove a mapping; raises :class:`NotFound` for an unknown or foreign one."""
        try:
            self._table.delete({"id": f"{issuer}|{subject}"}, condition="tenant = :tenant", values={":tenant": tenant})
        except ConditionFailed:
            raise NotFound("No such identity.", param="subject") from None
