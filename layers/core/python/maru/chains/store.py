"""Chains of a tenant: versions that never change, labels that move between them; under them those of the catalogue."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maru.chains.checks import verify
from maru.chains.document import LABEL, Chain
from maru.chains.known import Known
from maru.chains.loading import ChainInvalid, parse, read
from maru.chains.program import Program
from maru.dynamo import ConditionFailed, Item, Table, TableSpec
from maru.errors import BadRequest, Conflict, NotFound

_ATTEMPTS = 10
_LABEL = re.compile(LABEL)
#: The version and the labels of what Maru ships.
SHIPPED = 0
_SHIPPED_LABELS = ("live",)


class ChainFileError(Exception):
    """A file of the catalogue is no chain; the message names the file, the line and the step."""


def load(catalogue: str | Path, known: Known | None = None) -> dict[str, Program]:
    """The chains of ``chains/*.yaml`` by name, linked with each other; raises :class:`ChainFileError`."""
    chains: dict[str, Chain] = {}
    for path in sorted((Path(catalogue) / "chains").glob("*.yaml")):
        try:
            source = read(path.read_text(encoding="utf-8"))
            chain = parse(source)
            verify(chain, source, known or Known(hosts_unknown=True))
        except ChainInvalid as error:
            raise ChainFileError(f"{path.name}: {error.message}") from error
        if chain.chain != path.stem:
            raise ChainFileError(f"{path.name}: 'chain' is '{chain.chain}', not the file's name.")
        chains[chain.chain] = chain

    def resolve(reference: str) -> Chain:
        found = chains.get(reference.partition("@")[0])
        if found is None:
            raise ChainFileError(f"There is no chain '{reference}' in the catalogue.")
        return found

    return {name: Program.link(chain, resolve) for name, chain in chains.items()}


@dataclass(frozen=True)
class ChainVersion:
    """One immutable version: its program, and the published version of its machine (empty for shipped ones: the stage knows it)."""

    name: str
    version: int
    program: Program
    machine: str
    created_at: int
    created_by: str

    @property
    def chain(self) -> Chain:
        """The document."""
        return self.program.chain


class ChainStore:
    """The table of chains; a tenant's partition holds ``{name}#version#{n}``, ``{name}#label#{label}`` and ``{name}#off``."""

    SPEC = TableSpec("chains", key="tenant", sort="sk")

    def __init__(self, table: Table, shipped: Mapping[str, Program]) -> None:
        self._table, self.shipped = table, shipped

    def add(self, tenant: str, program: Program, machine: str, *, user: str) -> ChainVersion:
        """Keep the next version of a chain."""
        name = program.chain.chain
        for _ in range(_ATTEMPTS):
            newest = self.newest(tenant, name)
            number = newest.version + 1 if newest else 1
            row: Item = {
                "tenant": tenant,
                "sk": _version_key(name, number),
                "name": name,
                "version": number,
                "content": json.dumps(program.to_json(), ensure_ascii=False),
                "checksum": program.checksum,
                "machine": machine,
                "created_at": int(time.time()),
                "created_by": user,
            }
            try:
                self._table.put(row, condition="attribute_not_exists(sk)")
            except ConditionFailed:
                continue  # somebody published at the same time: take the next number
            return _version(row)
        raise Conflict("The chain is being published by others at this moment. Try again.")

    def newest(self, tenant: str, name: str) -> ChainVersion | None:
        """The tenant's own newest version."""
        row = next(self._rows(tenant, f"{name}#version#", forward=False, limit=1), None)
        return _version(row) if row else None

    def find(self, tenant: str, name: str, which: str = "live") -> ChainVersion:
        """A version by number or label, the tenant's before the catalogue's; raises :class:`NotFound` saying which is missing."""
        number = int(which) if which.isdigit() else self.labels(tenant, name).get(which)
        row = self._table.get({"tenant": tenant, "sk": _version_key(name, number)}) if number else None
        if row is not None:
            return _version(row)
        if name in self.shipped and (which in _SHIPPED_LABELS or which == str(SHIPPED)) and (which == str(SHIPPED) or number is None):
            return self._of_catalogue(name)
        known = name in self.shipped or self.newest(tenant, name) is not None
        what = f"version {which}" if which.isdigit() else f"label '{which}'"
        raise NotFound(f"The chain '{name}' has no {what}." if known else f"No chain '{name}'.", param="version" if known else "name")

    def versions(self, tenant: str, name: str) -> list[ChainVersion]:
        """All versions, newest first, the catalogue's last; raises :class:`NotFound` for an unknown chain."""
        found = [_version(row) for row in self._rows(tenant, f"{name}#version#", forward=False)]
        if name in self.shipped:
            found.append(self._of_catalogue(name))
        if not found:
            raise NotFound(f"No chain '{name}'.", param="name")
        return found

    def labels(self, tenant: str, name: str) -> dict[str, int]:
        """The tenant's labels of a chain: label to version."""
        return {row["label"]: int(row["version"]) for row in self._rows(tenant, f"{name}#label#")}

    def label(self, tenant: str, name: str, label: str, version: int) -> int | None:
        """Move a label to one of the tenant's versions; gives the one it stood on before."""
        if not _LABEL.fullmatch(label):
            raise BadRequest("A label has 1 to 32 of a-z, 0-9, '-' and '_' and begins with a letter.", param="label")
        if self._table.get({"tenant": tenant, "sk": _version_key(name, version)}) is None:
            raise NotFound(f"The chain '{name}' has no version {version} of your own.", param="version")
        before = self.labels(tenant, name).get(label)
        self._table.put({"tenant": tenant, "sk": f"{name}#label#{label}", "name": name, "label": label, "version": version})
        return before

    def unlabel(self, tenant: str, name: str, label: str) -> int:
        """Take a label away; gives where it stood. Raises :class:`NotFound`."""
        row = self._table.delete({"tenant": tenant, "sk": f"{name}#label#{label}"})
        if row is None:
            raise NotFound(f"The chain '{name}' has no label '{label}' of your own.", param="label")
        return int(row["version"])

    def switch(self, tenant: str, name: str, *, on: bool) -> None:
        """Let a chain take runs, or no more; raises :class:`NotFound` for an unknown one."""
        self.versions(tenant, name)
        key = {"tenant": tenant, "sk": f"{name}#off"}
        if on:
            self._table.delete(key)
        else:
            self._table.put({**key, "name": name})

    def enabled(self, tenant: str, name: str) -> bool:
        """Whether it takes runs."""
        return self._table.get({"tenant": tenant, "sk": f"{name}#off"}) is None

    def delete(self, tenant: str, name: str) -> list[ChainVersion]:
        """Forget the tenant's own versions and labels; gives what there was. Raises :class:`NotFound`."""
        rows = list(self._rows(tenant, f"{name}#"))
        gone = [_version(row) for row in rows if "content" in row]
        if not gone:
            raise NotFound(f"No chain '{name}' of your own.", param="name")
        for row in rows:
            self._table.delete({"tenant": tenant, "sk": row["sk"]})
        return gone

    def list(self, tenant: str) -> list[tuple[ChainVersion, dict[str, int]]]:
        """Every chain's newest version with its labels, by name."""
        found = {name: self._of_catalogue(name) for name in self.shipped}
        labels: dict[str, dict[str, int]] = {}
        for row in self._table.query("tenant = :tenant", {":tenant": tenant}):
            if "label" in row:
                labels.setdefault(row["name"], {})[row["label"]] = int(row["version"])
            elif "content" in row:
                found[row["name"]] = _version(row)  # versions come in ascending order
        return [(found[name], labels.get(name, {})) for name in sorted(found)]

    def labelled(self, tenant: str) -> Iterator[tuple[str, Program]]:
        """The tenant's own versions on which a label stands, by name."""
        stands: set[tuple[str, int]] = set()
        versions: list[ChainVersion] = []
        for row in self._table.query("tenant = :tenant", {":tenant": tenant}):
            if "label" in row:
                stands.add((row["name"], int(row["version"])))
            elif "content" in row:
                versions.append(_version(row))
        return ((one.name, one.program) for one in versions if (one.name, one.version) in stands)

    def _rows(self, tenant: str, prefix: str, **options: Any) -> Iterator[Item]:
        return self._table.query("tenant = :tenant AND begins_with(sk, :kind)", {":tenant": tenant, ":kind": prefix}, **options)

    def _of_catalogue(self, name: str) -> ChainVersion:
        return ChainVersion(name, SHIPPED, self.shipped[name], "", 0, "catalogue")


def _version_key(name: str, version: int) -> str:
    return f"{name}#version#{version:06d}"


def _version(row: Item) -> ChainVersion:
    program = Program.from_json(json.loads(row["content"]))
    return ChainVersion(row["name"], int(row["version"]), program, row["machine"], int(row["created_at"]), row["created_by"])
