"""What an export withholds: what sessions and runs hold of documents that are gone, or that the person who asks may not read."""

import json
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from maru.chains.reading import WITHHELD, Sight
from maru.chains.steps import StepStore
from maru.chains.values import canonical
from maru.dynamo import Item
from maru.governance.keeping import Keeping
from maru.governance.person import Person
from maru.knowledge.acl import permits
from maru.knowledge.rights import FileVersion
from maru.structured.rows import PREFIX

#: Tables of what runs made, each row with its ``run_id``.
OF_RUNS = frozenset({"runs", "run_steps", "run_events", "approvals"})


class Withholding:
    """Of a tenant's export what came of documents that are there no more, as from anybody; of a person's own, as from them.

    A person's groups are those of their keys and identities: which others a token of theirs would name is not known here.
    """

    def __init__(self, keeping: Keeping, tenant: str, person: Person | None = None) -> None:
        self._files, self._tenant, self._own = keeping.library.files, tenant, person is not None
        self._principals = None if person is None else _principals(person)
        steps = StepStore(keeping.holdings.table("run_steps"))

        @cache
        def sight(run_id: str) -> Sight:
            found = partial(steps.documents, run_id)
            return Sight({}, None, own=self._own, found=found, readable=self.readable)  # type: ignore[arg-type]  # it reads no value here

        @cache
        def known(run_id: str) -> bool:
            return keeping.holdings.table("runs").get({"run_id": run_id}) is not None

        self._sight, self._known = sight, known

    def readable(self, versions: Iterable[FileVersion]) -> set[FileVersion]:
        """Those of the file versions that may be told; rows of structured data are no documents."""
        wanted = set(versions)
        ids = {file_id for file_id, _ in wanted if not file_id.startswith(PREFIX)}
        rows = {row["id"]: row for row in self._files.table.batch_get({"id": one} for one in ids)}
        return {one for one in wanted if one[0].startswith(PREFIX) or self._told(rows.get(one[0]), one[1])}

    def _told(self, file: Item | None, version: int) -> bool:
        if file is None or file["tenant"] != self._tenant or "deleted" in file or not file["first_version"] <= version <= file["version"]:
            return False
        return self._principals is None or permits(file["acl"], self._principals)

    def row(self, row: Item) -> Item:
        """A row of one of :data:`OF_RUNS`; of an approval that outlived its run nobody knows what it came of."""
        run_id = str(row.get("run_id", "")).partition("#")[0]
        if "arguments" in row and not self._known(run_id):
            return row | {name: WITHHELD for name in ("title", "arguments", "evidence") if row.get(name)}
        sight = self._sight(run_id)
        return {name: _cleared(sight, value) for name, value in sight.event(row).items()} if sight.hidden else row

    def value(self, key: str, content: Any) -> Any:
        """A value of a run that lies below its own place, ``runs/{tenant}/{run_id}/``."""
        sight = self._sight(key.split("/")[2])
        return _shown(sight, content) if sight.hidden else content


def _cleared(sight: Sight, value: Any) -> Any:
    """Part of a row, in which values of runs stand as ``{"json": text}``."""
    if isinstance(value, list):
        return [_cleared(sight, one) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"json"}:
        return {"json": canonical(_shown(sight, json.loads(value["json"])))}
    return {name: _cleared(sight, one) for name, one in value.items()}


def _shown(sight: Sight, value: Any) -> Any:
    return sight.cleared(value) if sight.own else WITHHELD


def _principals(person: Person) -> frozenset[str]:
    groups = {group for held, row in person.rows() if held.table in {"keys", "identities"} for group in row.get("groups", ())}
    return frozenset({"public", f"user:{person.user}", *(f"group:{group}" for group in groups)})
