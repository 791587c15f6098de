"""Programs by their checksum: a run finishes on the one it began with, whatever is published or deployed meanwhile."""

import gzip
import json
import time
from contextlib import suppress

from maru.chains.program import Program
from maru.dynamo import ConditionFailed, Table, TableSpec
from maru.errors import NotFound

#: How long a process may take it that a program is still there: an erased tenant's may have read alike.
_FRESH_SECONDS = 60


class ProgramStore:
    """The table of programs; content never changes under its checksum."""

    SPEC = TableSpec("chain_programs", key="checksum")

    def __init__(self, table: Table) -> None:
        self._table = table
        self._kept: dict[str, float] = {}

    def keep(self, program: Program) -> str:
        """Store a program where it is not there yet; gives its checksum."""
        if time.monotonic() - self._kept.get(program.checksum, -_FRESH_SECONDS) >= _FRESH_SECONDS:
            content = gzip.compress(json.dumps(program.to_json(), ensure_ascii=False).encode(), mtime=0)
            with suppress(ConditionFailed):  # the same content under the same name
                self._table.put({"checksum": program.checksum, "content": content}, condition="attribute_not_exists(checksum)")
            self._kept[program.checksum] = time.monotonic()
        return program.checksum

    def get(self, checksum: str) -> Program:
        """The program; raises :class:`NotFound`."""
        row = self._table.get({"checksum": checksum})
        if row is None:
            raise NotFound(f"No program '{checksum[:16]}'.")
        return Program.from_json(json.loads(gzip.decompress(bytes(row["content"]))))
