"""That an answer, an agent's or a run's, read documents: who read what is in the audit, what it was made of in the lineage."""

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from maru import telemetry
from maru.dynamo import Item
from maru.errors import Unavailable
from maru.http.audit import READ, AuditStore
from maru.identity import Caller
from maru.knowledge.lineage import LineageStore
from maru.knowledge.rights import FileVersion
from maru.structured.rows import PREFIX
from maru.telemetry import Telemetry
from maru.transactions import LIMIT, transact


@dataclass(frozen=True)
class Answer:
    """An answer by its id and whose it is; ``made_by`` names agent and session, or chain, run and step. One that is written again, from
    ``at`` (seconds) on, is the same."""

    id: str
    caller: Caller
    made_by: Item = field(default_factory=dict)
    at: int | None = None


class Reads:
    """Writes it; blocks. What cannot be written is logged and counted, and the answer goes out: it has happened."""

    def __init__(self, audit: AuditStore, lineage: LineageStore, log: Telemetry) -> None:
        self._audit, self._lineage, self._log = audit, lineage, log

    def note(self, answer: Answer, chunks: Mapping[FileVersion, Sequence[str]], cited: Collection[FileVersion] | None) -> None:
        """A model was given these chunks: a row of the audit and one of the lineage for each file version, both or none. That rows of
        structured data were read is in the audit already. ``cited`` is None where nobody checks what an answer cites."""
        row = {"tenant": answer.caller.tenant, "user": answer.caller.user, "message_id": answer.id, **answer.made_by}
        pairs = []
        for number, ((file_id, version), ids) in enumerate(chunks.items()):
            named = None if cited is None else (file_id, version) in cited
            pair = [self._lineage.entry(row, file_id=file_id, version=version, chunks=ids, cited=named, at=answer.at)]
            if not file_id.startswith(PREFIX):
                pair.append(self._audit.entry(_audited(answer, f"{file_id}/{version}"), part=f"/{number}"))
            pairs.append(pair)
        for batch in itertools.batched(pairs, LIMIT // 2, strict=False):
            self.kept(partial(transact, self._lineage.table, [action for pair in batch for action in pair]))

    def kept(self, write: Callable[[], None]) -> None:
        """Do a write of the trail."""
        try:
            write()
        except Unavailable as error:
            self._log.failure("trail lost", error)
            self._log.metric({"part": "audit"}, {"lost_rows": 1})


def _audited(answer: Answer, named: str) -> Item:
    caller = answer.caller
    return {
        "tenant": caller.tenant,
        "user": caller.user,
        "key_id": caller.key_id,
        "action": READ,
        "object": named,
        "message_id": answer.id,
        "status": 200,
        "outcome": "ok",
        "request_id": telemetry.request_id.get() or answer.id,
    }
