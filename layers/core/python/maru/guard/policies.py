"""Policies of tenants: versions that never change, the newest in force; under them those of the catalogue."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import Conflict, NotFound
from maru.guard.policy import Policy

#: The policy of agents that name none, and of what documents and tools give to chains.
DEFAULT = "default"
_ATTEMPTS = 10
#: A published policy is in force everywhere after so many seconds.
KEPT = 10.0


class PolicyStore:
    """The table of policies, by tenant and ``{name}#{version}``; ``catalogue`` are the policies that every tenant has."""

    SPEC = TableSpec("policies", key="tenant", sort="sk")

    def __init__(self, table: Table, catalogue: Mapping[str, Policy]) -> None:
        self._table, self._catalogue = table, catalogue
        self._kept: dict[tuple[str, str], tuple[float, Policy]] = {}

    def publish(self, tenant: str, policy: Policy, *, user: str) -> dict[str, Any]:
        """Make the policy's next version, in force from now on."""
        for _ in range(_ATTEMPTS):
            newest = next(self._versions(tenant, policy.name, limit=1), None)
            version = newest["version"] + 1 if newest else 1
            row: Item = {
                "tenant": tenant,
                "sk": _key(policy.name, version),
                "name": policy.name,
                "version": version,
                "content": policy.model_dump_json(exclude_unset=True, exclude={"version"}),
                "created_at": int(time.time()),
                "created_by": user,
            }
            try:
                self._table.put(row, condition="attribute_not_exists(sk)")
            except ConditionFailed:
                continue  # somebody published at the same time: take the next number
            self._kept.clear()
            return _public(row)
        raise Conflict("The policy is being published by others at this moment. Try again.")

    def kept(self, tenant: str, reference: str) -> Policy | None:
        """The policy where it was read a moment ago; None where :meth:`find` has to."""
        held = self._kept.get((tenant, reference))
        return held[1] if held and held[0] > time.monotonic() else None

    def find(self, tenant: str, reference: str) -> Policy:
        """The policy ``name`` or ``name@version``; the tenant's, else the catalogue's. Raises NotFound."""
        if held := self.kept(tenant, reference):
            return held
        return self.renew(tenant, reference)

    def renew(self, tenant: str, reference: str) -> Policy:
        """The same, read now."""
        until = time.monotonic() + KEPT
        policy = self._read(tenant, reference)
        self._kept[tenant, reference] = (until, policy)
        return policy

    def shown(self, tenant: str, name: str) -> list[dict[str, Any]]:
        """All versions, newest first, the catalogue's as version 0; raises NotFound."""
        rows = [_public(row) for row in self._versions(tenant, name)]
        if name in self._catalogue:
            rows.append(_of_catalogue(self._catalogue[name]))
        if not rows:
            raise _unknown(name)
        return rows

    def listed(self, tenant: str) -> list[dict[str, Any]]:
        """What is in force, by name."""
        found = {name: _of_catalogue(policy) for name, policy in self._catalogue.items()}
        for row in self._table.query("tenant = :tenant", {":tenant": tenant}):
            found[row["name"]] = _public(row)  # versions come in ascending order
        return [found[name] for name in sorted(found)]

    def stands_beneath(self, name: str) -> bool:
        """Whether the catalogue has a policy of this name."""
        return name in self._catalogue

    def retract(self, tenant: str, name: str) -> None:
        """Delete all of a tenant's versions, so that the catalogue's holds again where there is one; raises NotFound."""
        rows = list(self._versions(tenant, name))
        if not rows:
            raise _unknown(name)
        for row in rows:
            self._table.delete({"tenant": tenant, "sk": row["sk"]})
        self._kept.clear()

    def _read(self, tenant: str, reference: str) -> Policy:
        name, _, version = reference.partition("@")
        if version == "0" and name in self._catalogue:
            return self._catalogue[name]
        if version:
            row = self._table.get({"tenant": tenant, "sk": _key(name, int(version))}) if version.isdigit() else None
        else:
            row = next(self._versions(tenant, name, limit=1), None)
        if row is None and (version or name not in self._catalogue):
            raise _unknown(reference)
        return _policy(row) if row else self._catalogue[name]

    def _versions(self, tenant: str, name: str, limit: int | None = None) -> Iterator[Item]:
        values = {":tenant": tenant, ":name": f"{name}#"}
        return self._table.query("tenant = :tenant AND begins_with(sk, :name)", values, forward=False, limit=limit)


def _key(name: str, version: int) -> str:
    return f"{name}#{version:06d}"


def _policy(row: Item) -> Policy:
    return Policy.model_validate_json(row["content"]).model_copy(update={"version": int(row["version"])})


def _public(row: Item) -> dict[str, Any]:
    shown = {"object": "guard.policy", **_policy(row).model_dump(exclude_unset=True)}
    return shown | {"version": int(row["version"]), "created_at": int(row["created_at"]), "created_by": row["created_by"]}


def _of_catalogue(policy: Policy) -> dict[str, Any]:
    return {"object": "guard.policy", **policy.model_dump(exclude_unset=True), "version": 0, "created_at": None, "created_by": "catalogue"}


def _unknown(reference: str) -> NotFound:
    return NotFound(f"No policy '{reference}'.", param="policy", code="policy_not_found")
