"""Programs by their checksum: a run finishes on the one it began with, whatever is published or deployed meanwhile."""

import gzip
import json
from contextlib import suppress

from maru.chains.program import Program
from maru.dynamo import ConditionFailed, Table, TableSpec
from maru.errors import NotFound


class ProgramStore:
    """The table of programs; content never changes under its checksum."""

    SPEC = TableSpec("chain_programs", key="checksum")

    def __init__(self, table: Table) -> None:
        self._table = table
        self._kept: set[str] = set()

    def keep(self, program: Program) -> str:
        """Store a program where it is not there yet; gives its checksum."""
        if program.checksum not in self._kept:
            content = gzip.compress(json.dumps(program.to_json(), ensure_ascii=False).encode(), mtime=0)
            with suppress(ConditionFailed):  # the same content under the same name
                self._table.put({"checksum": program.checksum, "content": content}, condition="attribute_not_exists(checksum)")
            self._kept.add(program.checksum)
        return program.checksum

    def get(self, checksum: str) -> Program:
        """The program; raises :class:`NotFound`."""
        row = self._table.get({"checksum": checksum})
        if row is None:
            raise NotFound(f"No program '{checksum[:16]}'.")
        return Program.from_json(json.loads(gzip.decompress(bytes(row["content"]))))
