"""Prompts of a tenant: versions that never change, and labels that say which of them is meant."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, NotFound
from maru.items import marshal
from maru.prompts.template import Template

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
LABEL = re.compile(r"[a-z][a-z0-9_-]{0,31}")
#: The partition of the prompts that Maru ships; no tenant can have this id, and every tenant reads it beneath its own.
SHIPPED = "-"
_ATTEMPTS = 10


@dataclass(frozen=True)
class PromptVersion:
    """One immutable version of a prompt."""

    name: str
    version: int
    template: Template
    checksum: str
    description: str
    created_at: int
    created_by: str


class PromptStore:
    """The table of prompts; a tenant's partition holds ``{name}#version#{n}`` and ``{name}#label#{label}``.

    Beneath a tenant's own stand those that Maru ships (:data:`SHIPPED`): a label that the tenant has not set, and the versions of a
    name that it has not published, are theirs.

    A prompt lies well below the 400 KB of a row: its messages have 100,000 characters each at most, and a version that does
    not fit is refused by name.
    """

    SPEC = TableSpec("prompts", key="tenant", sort="sk")
    MAX_BYTES = 300_000

    def __init__(self, table: Table) -> None:
        self._table = table

    def publish(self, tenant: str, name: str, template: Template, *, description: str, user: str) -> PromptVersion:
        """Make the next version; content equal to the newest version's gives that one again."""
        if not NAME.fullmatch(name):
            raise BadRequest("A prompt's name has 1 to 63 of a-z, 0-9, '-' and '_'.", param="name")
        content = template.model_dump(mode="json")
        marshal(content)  # what no row holds is refused by the caller's own names
        if len(str(content).encode()) > self.MAX_BYTES:
            raise BadRequest(f"A prompt has at most {self.MAX_BYTES} bytes.", param="messages")
        for _ in range(_ATTEMPTS):
            newest = next(self._versions(tenant, name, forward=False, limit=1), None)
            if newest and newest["checksum"] == template.checksum():
                return _version(newest)
            row: Item = {
                "tenant": tenant,
                "sk": _version_key(name, newest["version"] + 1 if newest else 1),
                "name": name,
                "version": newest["version"] + 1 if newest else 1,
                "content": content,
                "checksum": template.checksum(),
                "description": description,
                "created_at": int(time.time()),
                "created_by": user,
            }
            try:
                self._table.put(row, condition="attribute_not_exists(sk)")
            except ConditionFailed:
                continue  # somebody published at the same time: take the next number
            return _version(row)
        raise Conflict("The prompt is being published by others at this moment. Try again.")

    def find(self, tenant: str, name: str, which: str = "live") -> PromptVersion:
        """A version by its number or by a label; raises :class:`NotFound` saying which is missing."""
        if which.isdigit():
            owner, number = self._owner(tenant, name), int(which)
        else:
            owner, number = self._labelled(tenant, name, which)
        row = self._table.get({"tenant": owner, "sk": _version_key(name, number)})
        if row is None:
            raise NotFound(f"The prompt '{name}' has no version {number}.", param="version")
        return _version(row)

    def versions(self, tenant: str, name: str) -> list[PromptVersion]:
        """All versions, newest first; raises :class:`NotFound` for an unknown prompt."""
        return [_version(row) for row in self._versions(self._owner(tenant, name), name, forward=False)]

    def labels(self, tenant: str, name: str) -> dict[str, int]:
        """Label to version, of the same prompt that :meth:`versions` gives."""
        return self._labels(self._owner(tenant, name), name)

    def label(self, tenant: str, name: str, label: str, version: int) -> int | None:
        """Move a label to a version of the tenant's own that exists; gives the version it stood on before."""
        if not LABEL.fullmatch(label):
            raise BadRequest("A label has 1 to 32 of a-z, 0-9, '-' and '_' and begins with a letter.", param="label")
        if self._table.get({"tenant": tenant, "sk": _version_key(name, version)}) is None:
            raise NotFound(f"Your prompt '{name}' has no version {version}. Publish it first.", param="version")
        key = {"tenant": tenant, "sk": _label_key(name, label)}
        before = self._table.get(key)
        self._table.put({**key, "name": name, "label": label, "version": version})
        return before["version"] if before else None

    def unlabel(self, tenant: str, name: str, label: str) -> int:
        """Take a label away; gives the version it stood on. What Maru ships under that label holds again. Raises NotFound."""
        row = self._table.delete({"tenant": tenant, "sk": _label_key(name, label)})
        if row is None:
            raise NotFound(f"Your prompt '{name}' has no label '{label}'.", param="label")
        return int(row["version"])

    def list(self, tenant: str) -> list[tuple[PromptVersion, dict[str, int]]]:
        """Every prompt's newest version with its labels, by name; the tenant's own stand before those that Maru ships."""
        found = self._listed(SHIPPED) | self._listed(tenant)
        return [found[name] for name in sorted(found)]

    def shipped(self) -> str | None:
        """The checksum of the catalogue whose prompts were published last."""
        row = self._table.get({"tenant": SHIPPED, "sk": "#catalogue"})
        return row["checksum"] if row else None

    def mark_shipped(self, checksum: str) -> None:
        """Remember the catalogue whose prompts are published."""
        self._table.put({"tenant": SHIPPED, "sk": "#catalogue", "checksum": checksum})

    def _listed(self, tenant: str) -> dict[str, tuple[PromptVersion, dict[str, int]]]:
        newest: dict[str, Item] = {}
        labels: dict[str, dict[str, int]] = {}
        for row in self._table.query("tenant = :tenant", {":tenant": tenant}):
            if "label" in row:
                labels.setdefault(row["name"], {})[row["label"]] = row["version"]
            elif "version" in row:
                newest[row["name"]] = row  # versions come in ascending order
        return {name: (_version(row), labels.get(name, {})) for name, row in newest.items()}

    def _owner(self, tenant: str, name: str) -> str:
        """Whose versions a name means; versions are never deleted, so the first one tells. Raises NotFound."""
        for owner in (tenant, SHIPPED):
            if self._table.get({"tenant": owner, "sk": _version_key(name, 1)}):
                return owner
        raise NotFound(f"No prompt '{name}'.", param="name")

    def _labels(self, tenant: str, name: str) -> dict[str, int]:
        values = {":tenant": tenant, ":kind": f"{name}#label#"}
        return {row["label"]: row["version"] for row in self._table.query("tenant = :tenant AND begins_with(sk, :kind)", values)}

    def _labelled(self, tenant: str, name: str, label: str) -> tuple[str, int]:
        for owner in (tenant, SHIPPED):
            if row := self._table.get({"tenant": owner, "sk": _label_key(name, label)}):
                return owner, int(row["version"])
        self._owner(tenant, name)
        raise NotFound(f"The prompt '{name}' has no label '{label}'.", param="label")

    def _versions(self, tenant: str, name: str, **options: Any) -> Iterator[Item]:
        values = {":tenant": tenant, ":kind": f"{name}#version#"}
        return self._table.query("tenant = :tenant AND begins_with(sk, :kind)", values, **options)


def _version_key(name: str, version: int) -> str:
    return f"{name}#version#{version:06d}"


def _label_key(name: str, label: str) -> str:
    return f"{name}#label#{label}"


def _version(row: Item) -> PromptVersion:
    fields = ("name", "version", "checksum", "description", "created_at", "created_by")
    return PromptVersion(template=Template.model_validate(row["content"]), **{name: row[name] for name in fields})
