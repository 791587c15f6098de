"""Prompts of a tenant: versions that never change, and labels that say which of them is meant."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, NotFound
from maru.prompts.template import Template

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
LABEL = re.compile(r"[a-z][a-z0-9_-]{0,31}")
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
        number = int(which) if which.isdigit() else self._labelled(tenant, name, which)
        row = self._table.get({"tenant": tenant, "sk": _version_key(name, number)})
        if row is None:
            raise NotFound(f"The prompt '{name}' has no version {number}.", param="version")
        return _version(row)

    def versions(self, tenant: str, name: str) -> list[PromptVersion]:
        """All versions, newest first; raises :class:`NotFound` for an unknown prompt."""
        found = [_version(row) for row in self._versions(tenant, name, forward=False)]
        if not found:
            raise NotFound(f"No prompt '{name}'.", param="name")
        return found

    def labels(self, tenant: str, name: str) -> dict[str, int]:
        """Label to version."""
        values = {":tenant": tenant, ":kind": f"{name}#label#"}
        return {row["label"]: row["version"] for row in self._table.query("tenant = :tenant AND begins_with(sk, :kind)", values)}

    def label(self, tenant: str, name: str, label: str, version: int) -> int | None:
        """Move a label to a version that exists; gives the version it stood on before."""
        if not LABEL.fullmatch(label):
            raise BadRequest("A label has 1 to 32 of a-z, 0-9, '-' and '_' and begins with a letter.", param="label")
        self.find(tenant, name, str(version))
        before = self.labels(tenant, name).get(label)
        self._table.put({"tenant": tenant, "sk": f"{name}#label#{label}", "name": name, "label": label, "version": version})
        return before

    def list(self, tenant: str) -> list[tuple[PromptVersion, dict[str, int]]]:
        """Every prompt's newest version with its labels, by name."""
        newest: dict[str, Item] = {}
        labels: dict[str, dict[str, int]] = {}
        for row in self._table.query("tenant = :tenant", {":tenant": tenant}):
            if "label" in row:
                labels.setdefault(row["name"], {})[row["label"]] = row["version"]
            else:
                newest[row["name"]] = row  # versions come in ascending order
        return [(_version(row), labels.get(name, {})) for name, row in sorted(newest.items())]

    def _versions(self, tenant: str, name: str, **options: Any) -> Iterator[Item]:
        values = {":tenant": tenant, ":kind": f"{name}#version#"}
        return self._table.query("tenant = :tenant AND begins_with(sk, :kind)", values, **options)

    def _labelled(self, tenant: str, name: str, label: str) -> int:
        row = self._table.get({"tenant": tenant, "sk": f"{name}#label#{label}"})
        if row is None:
            raise NotFound(f"The prompt '{name}' has no label '{label}'.", param="label")
        return int(row["version"])


def _version_key(name: str, version: int) -> str:
    return f"{name}#version#{version:06d}"


def _version(row: Item) -> PromptVersion:
    fields = ("name", "version", "checksum", "description", "created_at", "created_by")
    return PromptVersion(template=Template.model_validate(row["content"]), **{name: row[name] for name in fields})
